import { readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { UsageError } from "../../core/errors.ts";
import { folderStore } from "../../cni/store.ts";
import { FakePlugins, RESULT, attachment, failing, network, printing, rejection } from "./fake-plugins.ts";

const PAIR = [{ type: "a" }, { type: "b" }];

describe("ADD", () => {
  test("rt.req.prev.add: none for the first plugin, then the result of the one before", async () => {
    const doubles = new FakePlugins().plugin("a", { ADD: printing({ ...RESULT, extra: [1] }) }).plugin("b");
    const { raw, invocations } = await doubles.runtime().add(network(PAIR), attachment());
    const [first, second] = doubles.received();
    expect(first?.request).not.toHaveProperty("prevResult");
    expect(second?.request.prevResult).toEqual({ ...RESULT, extra: [1] });
    expect(raw).toEqual(RESULT);
    expect(invocations.map(({ plugin, command, request, path }) => [plugin, command, request, path])).toEqual([
      ["a", "ADD", first?.stdin, join(doubles.dir, "a")],
      ["b", "ADD", second?.stdin, join(doubles.dir, "b")],
    ]);
  });

  test("rt.req.prev.version: a result of another version is converted for the next plugin", async () => {
    const doubles = new FakePlugins()
      .plugin("a", { ADD: printing({ cniVersion: "0.2.0", ip4: { ip: "10.0.0.2/24" } }) })
      .plugin("b");
    await doubles.runtime().add(network(PAIR, { cniVersion: "0.4.0" }), attachment());
    expect(doubles.received()[1]?.request.prevResult).toEqual({
      cniVersion: "0.4.0",
      interfaces: [],
      ips: [{ version: "4", address: "10.0.0.2/24" }],
      routes: [],
      dns: {},
    });
  });

  test.each(["0.1.0", "0.2.0"])("a result of %s is read, stored and given back", async (cniVersion) => {
    const answer = { cniVersion, ip4: { ip: "10.0.0.2/24", gateway: "10.0.0.1" } };
    const doubles = new FakePlugins().plugin("a", { ADD: printing(answer) });
    const outcome = await doubles.runtime().add(network([{ type: "a" }], { cniVersion }), attachment());
    expect(outcome.raw).toEqual(answer);
    expect(outcome.result.ips).toEqual([{ address: "10.0.0.2/24", gateway: "10.0.0.1" }]);
  });

  test("rt.life.del: the first error halts it, the whole list is deleted in reverse, nothing is stored", async () => {
    const doubles = new FakePlugins().plugin("a", { ADD: failing(100, "first") }).plugin("b");
    const list = network(PAIR);
    const runtime = doubles.runtime();
    const error = await rejection(runtime.add(list, attachment()));
    expect(error).toMatchObject({ code: 100, msg: "first" });
    expect(error).not.toHaveProperty("cleanup");
    expect(doubles.order()).toEqual(["a ADD", "b DEL", "a DEL"]);
    expect(await rejection(runtime.check(list, attachment()))).toBeInstanceOf(UsageError);
  });

  test("a failing clean-up is attached to the first error", async () => {
    const doubles = new FakePlugins().plugin("a", { ADD: failing(100, "first"), DEL: failing(101, "second") });
    const error = await rejection(doubles.runtime().add(network([{ type: "a" }]), attachment()));
    expect(error).toMatchObject({ code: 100, cleanup: { code: 101 } });
    expect(error.message).toMatch(/code 100: first; the DEL after it failed too, so run DEL again: .*code 101: second/);
  });

  test("a result that cannot be stored is a failed ADD", async () => {
    const doubles = new FakePlugins().plugin("a");
    const store = {
      ...folderStore(join(doubles.dir, "store")),
      save: () => {
        throw new Error("disk full");
      },
    };
    expect((await rejection(doubles.runtime({ store }).add(network([{ type: "a" }]), attachment()))).message).toBe(
      "disk full",
    );
    expect(doubles.order()).toEqual(["a ADD", "a DEL"]);
  });

  test("rt.life.noreadd: no second ADD without DEL, in whichever network", async () => {
    const doubles = new FakePlugins().plugin("a");
    const runtime = doubles.runtime();
    const list = network([{ type: "a" }]);
    await runtime.add(list, attachment());
    const error = await rejection(runtime.add(network([{ type: "a" }], { name: "other" }), attachment()));
    expect(error.message).toBe("container c1 has eth0 already; run DEL before another ADD");
    await runtime.add(list, attachment({ ifName: "eth1" }));
    await runtime.del(list, attachment());
    await runtime.add(list, attachment());
    expect(doubles.order()).toEqual(["a ADD", "a ADD", "a DEL", "a ADD"]);
  });

  test("rt.validate: a bad id or interface name runs nothing, in any operation", async () => {
    const doubles = new FakePlugins().plugin("a");
    const runtime = doubles.runtime();
    const list = network([{ type: "a" }]);
    for (const bad of [attachment({ containerID: "../x" }), attachment({ ifName: "a/b" })]) {
      for (const work of [
        runtime.add(list, bad),
        runtime.del(list, bad),
        runtime.check(list, bad),
        runtime.gc(list, [bad]),
      ]) {
        expect(await rejection(work)).toBeInstanceOf(UsageError);
      }
    }
    expect(doubles.order()).toEqual([]);
  });

  test("rt.exec.netns: the plugin runs where the shell is, whatever the container's namespace", async () => {
    const doubles = new FakePlugins().plugin("a", {
      ADD: `readlink /proc/self/ns/net >"$here/ns"; ${printing(RESULT)}`,
    });
    await doubles.runtime().add(network([{ type: "a" }]), attachment());
    expect(readFileSync(join(doubles.dir, "ns"), "utf8").trim()).toBe(readlinkSync("/proc/self/ns/net"));
  });

  test("onInvoke is told of everything, failures and clean-up included", async () => {
    const doubles = new FakePlugins().plugin("a", { ADD: failing(7, "no") });
    const seen: string[] = [];
    await rejection(
      doubles
        .runtime({ onInvoke: ({ command, output }) => seen.push(`${command} ${output.exitCode}`) })
        .add(network([{ type: "a" }]), attachment()),
    );
    expect(seen).toEqual(["ADD 1", "DEL 0"]);
  });
});

describe("rt.life.lock", () => {
  const marks = `echo "+$CNI_CONTAINERID" >>"$here/marks"; sleep 0.1; echo "-$CNI_CONTAINERID" >>"$here/marks"; ${printing(RESULT)}`;

  async function marksOf(attachments: readonly ReturnType<typeof attachment>[]): Promise<string> {
    const doubles = new FakePlugins().plugin("a", { ADD: marks });
    await Promise.all(attachments.map((one) => doubles.runtime().add(network([{ type: "a" }]), one)));
    return readFileSync(join(doubles.dir, "marks"), "utf8").replaceAll("\n", " ");
  }

  test("ADDs of different containers overlap", async () => {
    expect(await marksOf([attachment(), attachment({ containerID: "c2" })])).toMatch(/^\+c\d \+c\d -/);
  });

  test("two attachments of one container do not", async () => {
    expect(await marksOf([attachment(), attachment({ ifName: "eth1" })])).toBe("+c1 -c1 +c1 -c1 ");
  });
});
