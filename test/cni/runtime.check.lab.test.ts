import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { folderStore } from "../../cni/runtime-store.ts";
import { FakePlugins, RESULT, attachment, failing, network, printing, rejection } from "./fake-plugins.ts";

const PAIR = [{ type: "a" }, { type: "b" }];

describe("CHECK", () => {
  test("is rejected before ADD, after DEL, and below 0.4.0", async () => {
    const fakes = new FakePlugins().plugin("a");
    const runtime = fakes.runtime();
    const list = network([{ type: "a" }]);
    expect((await rejection(runtime.check(list, attachment()))).message).toMatch(/run ADD before CHECK/);
    await runtime.add(list, attachment());
    await runtime.del(list, attachment());
    expect((await rejection(runtime.check(list, attachment()))).message).toMatch(/run ADD before CHECK/);
    const old = network([{ type: "a" }], { cniVersion: "0.3.1" });
    expect((await rejection(runtime.check(old, attachment()))).message).toBe(
      "version 0.3.1 has no CHECK; use 0.4.0 or later",
    );
    expect(fakes.order()).toEqual(["a ADD", "a DEL"]);
  });

  test("rt.req.prev.check: passes the final result to the plugins in list order, stops at an error", async () => {
    const fakes = new FakePlugins()
      .plugin("a")
      .plugin("b", { ADD: printing({ ...RESULT, routes: [] }), CHECK: failing(100, "gone") })
      .plugin("c", { ADD: `cat "$here/final"` });
    const final = { ...RESULT, dns: { domain: "x" } };
    writeFileSync(join(fakes.dir, "final"), JSON.stringify(final));
    const runtime = fakes.runtime();
    const list = network([...PAIR, { type: "c" }]);
    await runtime.add(list, attachment());
    expect(await rejection(runtime.check(list, attachment()))).toMatchObject({ code: 100 });
    const checks = fakes.received().filter(({ command }) => command === "CHECK");
    expect(checks.map(({ plugin, request }) => [plugin, request.prevResult])).toEqual([
      ["a", final],
      ["b", final],
    ]);
  });

  test("an unusable stored result fails CHECK but not DEL", async () => {
    const fakes = new FakePlugins().plugin("a", { ADD: printing({ cniVersion: "1.0.0", ips: "none" }) });
    const runtime = fakes.runtime();
    const list = network([{ type: "a" }]);
    const store = folderStore(join(fakes.dir, "store"));
    store.save({
      network: "net",
      config: list.text,
      attachment: attachment(),
      result: { cniVersion: "1.0.0", ips: "none" },
    });
    expect((await rejection(runtime.check(list, attachment()))).message).toMatch(/unusable stored result of ADD/);
    await runtime.del(list, attachment());
    expect(fakes.received()[0]?.request).not.toHaveProperty("prevResult");
  });

  test.each([true, "true"])("disableCheck %j: succeeds without a call", async (disableCheck) => {
    const fakes = new FakePlugins().plugin("a", { CHECK: failing(1, "x") });
    expect(await fakes.runtime().check(network([{ type: "a" }], { disableCheck }), attachment())).toEqual([]);
    expect(fakes.order()).toEqual([]);
  });
});

describe("STATUS", () => {
  test("rt.req.status: runs in list order and throws the first error; runs nothing below 1.1.0", async () => {
    const fakes = new FakePlugins()
      .plugin("a")
      .plugin("b", { STATUS: failing(50, "no daemon") })
      .plugin("c");
    const runtime = fakes.runtime();
    const plugins = [{ type: "a", capabilities: { mac: true } }, { type: "b" }, { type: "c" }];
    expect(await rejection(runtime.status(network(plugins)))).toMatchObject({ code: 50, msg: "no daemon" });
    expect(fakes.order()).toEqual(["a STATUS", "b STATUS"]);
    expect(fakes.received()[0]?.request).toEqual({ cniVersion: "1.1.0", name: "net", type: "a" });
    expect(await runtime.status(network(plugins, { cniVersion: "1.0.0" }))).toEqual([]);
  });

  test("does not prevent ADD, CHECK and DEL of a plugin that is not ready", async () => {
    const fakes = new FakePlugins().plugin("a", { STATUS: failing(51, "down") });
    const runtime = fakes.runtime();
    const list = network([{ type: "a" }]);
    await rejection(runtime.status(list));
    await runtime.add(list, attachment());
    await runtime.check(list, attachment());
    await runtime.del(list, attachment());
    expect(fakes.order()).toEqual(["a STATUS", "a ADD", "a CHECK", "a DEL"]);
  });
});
