import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chooseOnePlugin, choosePlugins } from "../../../cli/flags/plugins.ts";
import { plugins } from "../../../plugins/index.ts";

let dir = "";
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "plugins-"));
  const conf = { cniVersion: "1.0.0", name: "mynet", plugins: [{ type: "macvlan" }, { type: "tuning" }] };
  writeFileSync(join(dir, "mynet.conflist"), JSON.stringify(conf));
});
afterAll(() => rmSync(dir, { recursive: true }));

describe("the plugin of a lab", () => {
  const choose = (given: string, conf?: readonly string[]): ReturnType<typeof chooseOnePlugin> => {
    const problems: string[] = [];
    const chosen = chooseOnePlugin(given, conf === undefined ? {} : { conf }, problems);
    expect(problems).toEqual([]);
    return chosen;
  };

  test("is a known plugin, also by the path of its binary", () => {
    expect(choose("bridge")).toEqual({ plugin: plugins.bridge, binDirs: [] });
    expect(choose("/opt/new/bridge")).toEqual({ plugin: plugins.bridge, binDirs: ["/opt/new"] });
  });

  test("is that of --conf, whatever its name", () => {
    const conf = [join(dir, "mynet.conflist")];
    for (const given of ["bridge", "mynet", "macvlan"]) expect(choose(given, conf).plugin?.name).toBe("mynet");
    expect(choose("./bin/tuning", conf)).toMatchObject({
      plugin: { name: "mynet" },
      binDirs: [join(process.cwd(), "bin")],
    });
    expect(choose(`macvlan@${dir}`, conf)).toMatchObject({ plugin: { name: "mynet" }, binDirs: [dir] });
  });

  test.each([
    ["./bin/bridge", ["mynet.conflist"], "contains the types macvlan, tuning but not bridge"],
    ["bridge", ["mynet.conflist", "mynet.conflist"], "--conf: pass one file"],
    ["bridge", ["missing.conflist"], "missing.conflist: "],
    ["./bin/unknown", [], 'unknown plugin "unknown"'],
  ])("%s with %j is refused", (given, files, problem) => {
    const problems: string[] = [];
    chooseOnePlugin(given, { conf: files.map((file) => join(dir, file)) }, problems);
    expect(problems).toEqual([expect.stringContaining(problem)]);
  });
});

test("changes to CNI_ARGS apply to every plugin", () => {
  const chosen = choosePlugins({ plugins: ["bridge", "ptp"], cniArgs: [["K8S_POD_NAMESPACE", "prod"]] }, []);
  expect(chosen.map(({ name, cniArgs }) => [name, cniArgs])).toEqual([
    ["bridge", [["K8S_POD_NAMESPACE", "prod"]]],
    ["ptp", [["K8S_POD_NAMESPACE", "prod"]]],
  ]);
  expect(choosePlugins({ plugins: ["bridge"] }, [])[0]?.cniArgs).toBeUndefined();
  expect(chooseOnePlugin("bridge", { cniArgs: [["A", "b"]] }, []).plugin?.cniArgs).toEqual([["A", "b"]]);
});
