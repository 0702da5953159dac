import { describe, expect, test } from "vitest";
import type { CniErrors } from "../../cni/plugin-errors.ts";
import { FakePlugins, attachment, failing, network, printing, rejection } from "./fake-plugins.ts";

const PAIR = [{ type: "a" }, { type: "b" }];

describe("GC", () => {
  test("rt.req.gc: deletes stored attachments that are not valid, then runs GC of every plugin", async () => {
    const fakes = new FakePlugins().plugin("a").plugin("b");
    const runtime = fakes.runtime();
    const list = network(PAIR);
    for (const containerID of ["c1", "c2"])
      await runtime.add(list, attachment({ containerID, args: [["K", containerID]] }));
    await runtime.add(network([{ type: "a" }], { name: "other" }), attachment({ containerID: "c3" }));
    const before = fakes.received().length;
    await runtime.gc(
      list,
      ["c1", "c3", "c4"].map((containerID) => ({ containerID, ifName: "eth0" })),
    );
    const calls = fakes.received().slice(before);
    expect(calls.map(({ plugin, command, env }) => `${plugin} ${command} ${env.CNI_CONTAINERID}`)).toEqual([
      "b DEL c2",
      "a DEL c2",
      "a GC ",
      "b GC ",
    ]);
    expect(calls[0]?.env.CNI_ARGS).toBe("K=c2");
    // c3 belongs to another network. c4 is not stored, so the runtime trusts the caller.
    const valid = [
      { containerID: "c1", ifname: "eth0" },
      { containerID: "c4", ifname: "eth0" },
    ];
    expect(calls[2]?.request).toEqual({
      cniVersion: "1.1.0",
      name: "net",
      type: "a",
      "cni.dev/valid-attachments": valid,
      "cni.dev/attachments": valid,
    });
    expect(calls[2]?.env).toMatchObject({ CNI_NETNS: "", CNI_IFNAME: "", CNI_ARGS: "", CNI_PATH: fakes.dir });
  });

  test("continues after failures and throws them all", async () => {
    const fakes = new FakePlugins()
      .plugin("a", { GC: failing(100, "ga"), DEL: failing(102, "da") })
      .plugin("b", { GC: failing(101, "gb") });
    const runtime = fakes.runtime();
    const list = network(PAIR);
    await runtime.add(list, attachment());
    const error = await rejection(runtime.gc(list, []));
    expect((error as CniErrors).errors).toMatchObject([{ code: 102 }, { code: 100 }, { code: 101 }]);
    expect(fakes.order().slice(2)).toEqual(["b DEL", "a DEL", "a GC", "b GC"]);
  });

  test("runs nothing with disableGC, and only DEL below 1.1.0", async () => {
    const fakes = new FakePlugins().plugin("a", { ADD: printing({ cniVersion: "1.0.0" }) });
    const runtime = fakes.runtime();
    const list = network([{ type: "a" }], { cniVersion: "1.0.0" });
    await runtime.add(list, attachment());
    expect(await runtime.gc({ ...list, disableGC: true }, [])).toEqual([]);
    await runtime.gc(list, []);
    expect(fakes.order()).toEqual(["a ADD", "a DEL"]);
  });
});
