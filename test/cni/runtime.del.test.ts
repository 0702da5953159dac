import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CniErrors } from "../../cni/errors.ts";
import { FakePlugins, RESULT, attachment, failing, network, printing, rejection } from "./fake-plugins.ts";

const PAIR = [{ type: "a" }, { type: "b" }];

describe("DEL", () => {
  test.each([
    ["0.3.1", false],
    ["0.4.0", true],
    ["1.1.0", true],
  ])("rt.req.prev.del: with version %s the final result is given: %j", async (cniVersion, given) => {
    const doubles = new FakePlugins()
      .plugin("a", { ADD: printing({ cniVersion, ips: [] }) })
      .plugin("b", { ADD: printing({ cniVersion, routes: [] }) });
    const runtime = doubles.runtime();
    const list = network(PAIR, { cniVersion });
    await runtime.add(list, attachment());
    await runtime.del(list, attachment());
    const dels = doubles.received().filter(({ command }) => command === "DEL");
    expect(dels.map(({ plugin, request }) => [plugin, request.prevResult])).toEqual(
      ["b", "a"].map((plugin) => [plugin, given ? { cniVersion, routes: [] } : undefined]),
    );
  });

  test.each(["missing", "corrupt"])("works with a %s cache, and without a namespace", async (what) => {
    const doubles = new FakePlugins().plugin("a");
    const list = network([{ type: "a" }]);
    await doubles.runtime().add(list, attachment());
    const file = join(doubles.dir, "store", "attachments", "c1-eth0", "net");
    if (what === "missing") rmSync(file);
    else writeFileSync(file, "{");
    await doubles.runtime().del(list, { containerID: "c1", ifName: "eth0", netns: "" });
    const del = doubles.received()[1];
    expect(del?.request).toEqual({ cniVersion: "1.1.0", name: "net", type: "a" });
    expect(del?.env).toMatchObject({ CNI_COMMAND: "DEL", CNI_NETNS: "", CNI_CONTAINERID: "c1" });
    await doubles.runtime().add(list, attachment());
  });

  test("rt.life.sameconf, rt.req.runtimeconfig: configuration, arguments and capabilities are those of ADD", async () => {
    const doubles = new FakePlugins().plugin("a");
    const list = network([{ type: "a", option: "old", capabilities: { mac: true } }]);
    const added = attachment({ args: [["K", "V"]], capabilityArgs: { mac: "00:11:22:33:44:55" } });
    await doubles.runtime().add(list, added);
    const changed = network([{ type: "a", option: "new" }, { type: "b" }]);
    const again = doubles.runtime();
    await again.check(changed, { containerID: "c1", ifName: "eth0" });
    await again.del(changed, { containerID: "c1", ifName: "eth0" });
    const [add, ...later] = doubles.received();
    expect(later.map(({ plugin, command }) => `${plugin} ${command}`)).toEqual(["a CHECK", "a DEL"]);
    for (const { request, env } of later) {
      expect(request).toEqual({ ...add?.request, prevResult: RESULT });
      expect(env).toEqual({ ...add?.env, CNI_COMMAND: env.CNI_COMMAND });
    }
  });

  test("the first error halts it and keeps what is stored; with goOn all plugins run", async () => {
    const doubles = new FakePlugins().plugin("a", { DEL: failing(5, "a") }).plugin("b", { DEL: failing(6, "b") });
    const runtime = doubles.runtime();
    const list = network(PAIR);
    await runtime.add(list, attachment());
    expect(await rejection(runtime.del(list, attachment()))).toMatchObject({ code: 6 });
    const error = await rejection(runtime.del(list, attachment(), { goOn: true }));
    expect(error).toBeInstanceOf(CniErrors);
    expect((error as CniErrors).errors).toMatchObject([{ code: 6 }, { code: 5 }]);
    await runtime.check(list, attachment());
    expect(doubles.order().slice(2)).toEqual(["b DEL", "b DEL", "a DEL", "a CHECK", "b CHECK"]);
  });

  test("may be repeated", async () => {
    const doubles = new FakePlugins().plugin("a");
    const runtime = doubles.runtime();
    const list = network([{ type: "a" }]);
    await runtime.add(list, attachment());
    for (let times = 0; times < 3; times++) expect(await runtime.del(list, attachment())).toHaveLength(1);
  });
});
