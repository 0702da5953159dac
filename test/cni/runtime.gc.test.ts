import { describe, expect, test } from "vitest";
import type { CniErrors } from "../../cni/errors.ts";
import { FakePlugins, attachment, failing, network, printing, rejection } from "./fake-plugins.ts";

const PAIR = [{ type: "a" }, { type: "b" }];

describe("GC", () => {
  test("rt.req.gc: deletes what is stored and not valid, then asks every plugin, with no attachment in sight", async () => {
    const doubles = new FakePlugins().plugin("a").plugin("b");
    const runtime = doubles.runtime();
    const list = network(PAIR);
    for (const containerID of ["c1", "c2"])
      await runtime.add(list, attachment({ containerID, args: [["K", containerID]] }));
    await runtime.add(network([{ type: "a" }], { name: "other" }), attachment({ containerID: "c3" }));
    const before = doubles.received().length;
    await runtime.gc(
      list,
      ["c1", "c3", "c4"].map((containerID) => ({ containerID, ifName: "eth0" })),
    );
    const calls = doubles.received().slice(before);
    expect(calls.map(({ plugin, command, env }) => `${plugin} ${command} ${env.CNI_CONTAINERID}`)).toEqual([
      "b DEL c2",
      "a DEL c2",
      "a GC ",
      "b GC ",
    ]);
    expect(calls[0]?.env.CNI_ARGS).toBe("K=c2");
    // c3 is another network's; c4 is unknown here, so it is the caller's word.
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
    expect(calls[2]?.env).toMatchObject({ CNI_NETNS: "", CNI_IFNAME: "", CNI_ARGS: "", CNI_PATH: doubles.dir });
  });

  test("goes on after failures and returns them all", async () => {
    const doubles = new FakePlugins()
      .plugin("a", { GC: failing(100, "ga"), DEL: failing(102, "da") })
      .plugin("b", { GC: failing(101, "gb") });
    const runtime = doubles.runtime();
    const list = network(PAIR);
    await runtime.add(list, attachment());
    const error = await rejection(runtime.gc(list, []));
    expect((error as CniErrors).errors).toMatchObject([{ code: 102 }, { code: 100 }, { code: 101 }]);
    expect(doubles.order().slice(2)).toEqual(["b DEL", "a DEL", "a GC", "b GC"]);
  });

  test("disableGC runs nothing; below 1.1.0 only the DELs are made", async () => {
    const doubles = new FakePlugins().plugin("a", { ADD: printing({ cniVersion: "1.0.0" }) });
    const runtime = doubles.runtime();
    const list = network([{ type: "a" }], { cniVersion: "1.0.0" });
    await runtime.add(list, attachment());
    expect(await runtime.gc({ ...list, disableGC: true }, [])).toEqual([]);
    await runtime.gc(list, []);
    expect(doubles.order()).toEqual(["a ADD", "a DEL"]);
  });
});
