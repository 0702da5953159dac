import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CniErrors } from "../../cni/plugin-errors.ts";
import { FakePlugins, RESULT, attachment, failing, network, printing, rejection } from "./fake-plugins.ts";

const PAIR = [{ type: "a" }, { type: "b" }];

describe("DEL", () => {
  test.each([
    ["0.3.1", false],
    ["0.4.0", true],
    ["1.1.0", true],
  ])("rt.req.prev.del: version %s passes the final result: %j", async (cniVersion, passed) => {
    const fakes = new FakePlugins()
      .plugin("a", { ADD: printing({ cniVersion, ips: [] }) })
      .plugin("b", { ADD: printing({ cniVersion, routes: [] }) });
    const runtime = fakes.runtime();
    const list = network(PAIR, { cniVersion });
    await runtime.add(list, attachment());
    await runtime.del(list, attachment());
    const dels = fakes.received().filter(({ command }) => command === "DEL");
    expect(dels.map(({ plugin, request }) => [plugin, request.prevResult])).toEqual(
      ["b", "a"].map((plugin) => [plugin, passed ? { cniVersion, routes: [] } : undefined]),
    );
  });

  test.each(["missing", "corrupt"])("works with a %s cache and without a namespace", async (state) => {
    const fakes = new FakePlugins().plugin("a");
    const list = network([{ type: "a" }]);
    await fakes.runtime().add(list, attachment());
    const file = join(fakes.dir, "store", "attachments", "c1-eth0", "net");
    if (state === "missing") rmSync(file);
    else writeFileSync(file, "{");
    await fakes.runtime().del(list, { containerID: "c1", ifName: "eth0", netns: "" });
    const del = fakes.received()[1];
    expect(del?.request).toEqual({ cniVersion: "1.1.0", name: "net", type: "a" });
    expect(del?.env).toMatchObject({ CNI_COMMAND: "DEL", CNI_NETNS: "", CNI_CONTAINERID: "c1" });
    await fakes.runtime().add(list, attachment());
  });

  test("rt.life.sameconf, rt.req.runtimeconfig: uses configuration, arguments and capabilities of ADD", async () => {
    const fakes = new FakePlugins().plugin("a");
    const list = network([{ type: "a", option: "old", capabilities: { mac: true } }]);
    const added = attachment({ args: [["K", "V"]], capabilityArgs: { mac: "00:11:22:33:44:55" } });
    await fakes.runtime().add(list, added);
    const changed = network([{ type: "a", option: "new" }, { type: "b" }]);
    const again = fakes.runtime();
    await again.check(changed, { containerID: "c1", ifName: "eth0" });
    await again.del(changed, { containerID: "c1", ifName: "eth0" });
    const [add, ...later] = fakes.received();
    expect(later.map(({ plugin, command }) => `${plugin} ${command}`)).toEqual(["a CHECK", "a DEL"]);
    for (const { request, env } of later) {
      expect(request).toEqual({ ...add?.request, prevResult: RESULT });
      expect(env).toEqual({ ...add?.env, CNI_COMMAND: env.CNI_COMMAND });
    }
  });

  test("stops at the first error and keeps the stored attachment; runs all plugins with goOn", async () => {
    const fakes = new FakePlugins().plugin("a", { DEL: failing(5, "a") }).plugin("b", { DEL: failing(6, "b") });
    const runtime = fakes.runtime();
    const list = network(PAIR);
    await runtime.add(list, attachment());
    expect(await rejection(runtime.del(list, attachment()))).toMatchObject({ code: 6 });
    const error = await rejection(runtime.del(list, attachment(), { goOn: true }));
    expect(error).toBeInstanceOf(CniErrors);
    expect((error as CniErrors).errors).toMatchObject([{ code: 6 }, { code: 5 }]);
    await runtime.check(list, attachment());
    expect(fakes.order().slice(2)).toEqual(["b DEL", "b DEL", "a DEL", "a CHECK", "b CHECK"]);
  });

  test("can be repeated", async () => {
    const fakes = new FakePlugins().plugin("a");
    const runtime = fakes.runtime();
    const list = network([{ type: "a" }]);
    await runtime.add(list, attachment());
    for (let times = 0; times < 3; times++) expect(await runtime.del(list, attachment())).toHaveLength(1);
  });
});
