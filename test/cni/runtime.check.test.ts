import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { folderStore } from "../../cni/store.ts";
import { FakePlugins, RESULT, attachment, failing, network, printing, rejection } from "./fake-plugins.ts";

const PAIR = [{ type: "a" }, { type: "b" }];

describe("CHECK", () => {
  test("is refused before ADD, after DEL, and below 0.4.0", async () => {
    const doubles = new FakePlugins().plugin("a");
    const runtime = doubles.runtime();
    const list = network([{ type: "a" }]);
    expect((await rejection(runtime.check(list, attachment()))).message).toMatch(/run ADD before CHECK/);
    await runtime.add(list, attachment());
    await runtime.del(list, attachment());
    expect((await rejection(runtime.check(list, attachment()))).message).toMatch(/run ADD before CHECK/);
    const old = network([{ type: "a" }], { cniVersion: "0.3.1" });
    expect((await rejection(runtime.check(old, attachment()))).message).toBe(
      "version 0.3.1 has no CHECK; use 0.4.0 or later",
    );
    expect(doubles.order()).toEqual(["a ADD", "a DEL"]);
  });

  test("rt.req.prev.check: forward, the final result for every plugin, halting at the first error", async () => {
    const doubles = new FakePlugins()
      .plugin("a")
      .plugin("b", { ADD: printing({ ...RESULT, routes: [] }), CHECK: failing(100, "gone") })
      .plugin("c", { ADD: `cat "$here/final"` });
    const final = { ...RESULT, dns: { domain: "x" } };
    writeFileSync(join(doubles.dir, "final"), JSON.stringify(final));
    const runtime = doubles.runtime();
    const list = network([...PAIR, { type: "c" }]);
    await runtime.add(list, attachment());
    expect(await rejection(runtime.check(list, attachment()))).toMatchObject({ code: 100 });
    const checks = doubles.received().filter(({ command }) => command === "CHECK");
    expect(checks.map(({ plugin, request }) => [plugin, request.prevResult])).toEqual([
      ["a", final],
      ["b", final],
    ]);
  });

  test("a stored result that the version cannot say stops CHECK, not DEL", async () => {
    const doubles = new FakePlugins().plugin("a", { ADD: printing({ cniVersion: "1.0.0", ips: "none" }) });
    const runtime = doubles.runtime();
    const list = network([{ type: "a" }]);
    const store = folderStore(join(doubles.dir, "store"));
    store.save({
      network: "net",
      config: list.text,
      attachment: attachment(),
      result: { cniVersion: "1.0.0", ips: "none" },
    });
    expect((await rejection(runtime.check(list, attachment()))).message).toMatch(/stored result of ADD cannot be used/);
    await runtime.del(list, attachment());
    expect(doubles.received()[0]?.request).not.toHaveProperty("prevResult");
  });

  test.each([true, "true"])("disableCheck %j: success without a call", async (disableCheck) => {
    const doubles = new FakePlugins().plugin("a", { CHECK: failing(1, "x") });
    expect(await doubles.runtime().check(network([{ type: "a" }], { disableCheck }), attachment())).toEqual([]);
    expect(doubles.order()).toEqual([]);
  });
});

describe("STATUS", () => {
  test("rt.req.status: forward, the first error with its code; below 1.1.0 unasked", async () => {
    const doubles = new FakePlugins()
      .plugin("a")
      .plugin("b", { STATUS: failing(50, "no daemon") })
      .plugin("c");
    const runtime = doubles.runtime();
    const plugins = [{ type: "a", capabilities: { mac: true } }, { type: "b" }, { type: "c" }];
    expect(await rejection(runtime.status(network(plugins)))).toMatchObject({ code: 50, msg: "no daemon" });
    expect(doubles.order()).toEqual(["a STATUS", "b STATUS"]);
    expect(doubles.received()[0]?.request).toEqual({ cniVersion: "1.1.0", name: "net", type: "a" });
    expect(await runtime.status(network(plugins, { cniVersion: "1.0.0" }))).toEqual([]);
  });

  test("a plugin that is not ready is still asked to ADD, CHECK and DEL", async () => {
    const doubles = new FakePlugins().plugin("a", { STATUS: failing(51, "down") });
    const runtime = doubles.runtime();
    const list = network([{ type: "a" }]);
    await rejection(runtime.status(list));
    await runtime.add(list, attachment());
    await runtime.check(list, attachment());
    await runtime.del(list, attachment());
    expect(doubles.order()).toEqual(["a STATUS", "a ADD", "a CHECK", "a DEL"]);
  });
});
