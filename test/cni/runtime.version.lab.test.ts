import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CniError } from "../../cni/plugin-errors.ts";
import { FakePlugins, failing, network, printing, rejection } from "./fake-plugins.ts";

const PAIR = [{ type: "a" }, { type: "b" }];

describe("rt.exec.version", () => {
  const ALL = { cniVersion: "1.1.0", supportedVersions: ["0.4.0", "1.0.0"] };

  test.each([
    [printing(ALL), ["0.4.0", "1.0.0"]],
    [printing({ cniVersion: "0.2.0" }), ["0.1.0", "0.2.0"]],
    [`${printing({ cniVersion: "0.1.0", code: 4, msg: "unknown CNI_COMMAND: VERSION" })}exit 1`, ["0.1.0"]],
  ])("%j", async (script, versions) => {
    const fakes = new FakePlugins().plugin("a", { VERSION: script });
    expect((await fakes.runtime().version("a")).supportedVersions).toEqual(versions);
    expect(fakes.received()[0]?.request).toEqual({ cniVersion: "1.1.0" });
  });

  test.each([
    ":",
    "echo '{}'",
    `echo '{"supportedVersions":[]}'`,
    `echo '{"supportedVersions":["one"]}'`,
    `echo '{"supportedVersions":"1.0.0"}'`,
    failing(4, "no"),
  ])("rejects %j", async (script) => {
    expect(await rejection(new FakePlugins().plugin("a", { VERSION: script }).runtime().version("a"))).toBeInstanceOf(
      CniError,
    );
  });

  test("rt.conf.version: negotiates the highest version supported by the list and all its plugins", async () => {
    const fakes = new FakePlugins()
      .plugin("a", { VERSION: printing(ALL) })
      .plugin("b", { VERSION: printing({ ...ALL, supportedVersions: ["0.3.1", "0.4.0"] }) });
    const runtime = fakes.runtime();
    const list = await runtime.negotiate(network(PAIR, { cniVersions: ["0.3.1", "0.4.0", "1.0.0"] }));
    expect(list.cniVersion).toBe("0.4.0");
    expect(JSON.parse(list.text)).toMatchObject({ cniVersion: "0.4.0" });
    expect((await rejection(runtime.negotiate(network(PAIR)))).message).toMatch(
      /"net" \(1\.1\.0\) .* \(a: 0\.4\.0 1\.0\.0; b: 0\.3\.1 0\.4\.0\) have no common version/,
    );
  });
});

test("invoke performs one execution exactly as given and returns any outcome", async () => {
  const fakes = new FakePlugins().plugin("a", { ADD: "echo odd; exit 9" });
  const { output } = await fakes.runtime().invoke("a", { CNI_COMMAND: "ADD", CNI_FOO: "1" }, "no json");
  expect(output).toMatchObject({ stdout: "odd\n", exitCode: 9 });
  expect(readFileSync(join(fakes.dir, "log", "1000", "stdin"), "utf8")).toBe("no json");
  expect(
    readFileSync(join(fakes.dir, "log", "1000", "env"), "utf8")
      .match(/^CNI_.*/gm)
      ?.sort(),
  ).toEqual(["CNI_COMMAND=ADD", "CNI_FOO=1"]);
});
