import { readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { UsageError } from "../../core/errors.ts";
import { folderStore } from "../../cni/runtime-store.ts";
import { FakePlugins, RESULT, attachment, failing, network, printing, rejection } from "./fake-plugins.ts";

const PAIR = [{ type: "a" }, { type: "b" }];

describe("ADD", () => {
  test("rt.req.prev.add: passes no result to the first plugin, then the result of the previous one", async () => {
    const fakes = new FakePlugins().plugin("a", { ADD: printing({ ...RESULT, extra: [1] }) }).plugin("b");
    const { raw, invocations } = await fakes.runtime().add(network(PAIR), attachment());
    const [first, second] = fakes.received();
    expect(first?.request).not.toHaveProperty("prevResult");
    expect(second?.request.prevResult).toEqual({ ...RESULT, extra: [1] });
    expect(raw).toEqual(RESULT);
    expect(invocations.map(({ plugin, command, request, path }) => [plugin, command, request, path])).toEqual([
      ["a", "ADD", first?.stdin, join(fakes.dir, "a")],
      ["b", "ADD", second?.stdin, join(fakes.dir, "b")],
    ]);
  });

  test("rt.req.prev.version: converts a result of another version for the next plugin", async () => {
    const fakes = new FakePlugins()
      .plugin("a", { ADD: printing({ cniVersion: "0.2.0", ip4: { ip: "10.0.0.2/24" } }) })
      .plugin("b");
    await fakes.runtime().add(network(PAIR, { cniVersion: "0.4.0" }), attachment());
    expect(fakes.received()[1]?.request.prevResult).toEqual({
      cniVersion: "0.4.0",
      interfaces: [],
      ips: [{ version: "4", address: "10.0.0.2/24" }],
      routes: [],
      dns: {},
    });
  });

  test.each(["0.1.0", "0.2.0"])("accepts, stores and returns a result of %s", async (cniVersion) => {
    const result = { cniVersion, ip4: { ip: "10.0.0.2/24", gateway: "10.0.0.1" } };
    const fakes = new FakePlugins().plugin("a", { ADD: printing(result) });
    const outcome = await fakes.runtime().add(network([{ type: "a" }], { cniVersion }), attachment());
    expect(outcome.raw).toEqual(result);
    expect(outcome.result.ips).toEqual([{ address: "10.0.0.2/24", gateway: "10.0.0.1" }]);
  });

  test("rt.life.del: stops at the first error, runs DEL of the entire list in reverse, stores nothing", async () => {
    const fakes = new FakePlugins().plugin("a", { ADD: failing(100, "first") }).plugin("b");
    const list = network(PAIR);
    const runtime = fakes.runtime();
    const error = await rejection(runtime.add(list, attachment()));
    expect(error).toMatchObject({ code: 100, msg: "first" });
    expect(error).not.toHaveProperty("cleanup");
    expect(fakes.order()).toEqual(["a ADD", "b DEL", "a DEL"]);
    expect(await rejection(runtime.check(list, attachment()))).toBeInstanceOf(UsageError);
  });

  test("attaches a failed cleanup to the first error", async () => {
    const fakes = new FakePlugins().plugin("a", { ADD: failing(100, "first"), DEL: failing(101, "second") });
    const error = await rejection(fakes.runtime().add(network([{ type: "a" }]), attachment()));
    expect(error).toMatchObject({ code: 100, cleanup: { code: 101 } });
    expect(error.message).toMatch(/code 100: first; .*run DEL again: .*code 101: second/);
  });

  test("fails if the result cannot be stored", async () => {
    const fakes = new FakePlugins().plugin("a");
    const store = {
      ...folderStore(join(fakes.dir, "store")),
      save: () => {
        throw new Error("disk full");
      },
    };
    expect((await rejection(fakes.runtime({ store }).add(network([{ type: "a" }]), attachment()))).message).toBe(
      "disk full",
    );
    expect(fakes.order()).toEqual(["a ADD", "a DEL"]);
  });

  test("rt.life.noreadd: rejects a second ADD without DEL, in any network", async () => {
    const fakes = new FakePlugins().plugin("a");
    const runtime = fakes.runtime();
    const list = network([{ type: "a" }]);
    await runtime.add(list, attachment());
    const error = await rejection(runtime.add(network([{ type: "a" }], { name: "other" }), attachment()));
    expect(error.message).toMatch(/^container c1 already has eth0; run DEL/);
    await runtime.add(list, attachment({ ifName: "eth1" }));
    await runtime.del(list, attachment());
    await runtime.add(list, attachment());
    expect(fakes.order()).toEqual(["a ADD", "a ADD", "a DEL", "a ADD"]);
  });

  test("rt.validate: runs nothing for an invalid ID or interface name, in any operation", async () => {
    const fakes = new FakePlugins().plugin("a");
    const runtime = fakes.runtime();
    const list = network([{ type: "a" }]);
    for (const invalid of [attachment({ containerID: "../x" }), attachment({ ifName: "a/b" })]) {
      for (const work of [
        runtime.add(list, invalid),
        runtime.del(list, invalid),
        runtime.check(list, invalid),
        runtime.gc(list, [invalid]),
      ]) {
        expect(await rejection(work)).toBeInstanceOf(UsageError);
      }
    }
    expect(fakes.order()).toEqual([]);
  });

  test("rt.exec.netns: runs the plugin in the namespace of the shell, not of the container", async () => {
    const fakes = new FakePlugins().plugin("a", {
      ADD: `readlink /proc/self/ns/net >"$here/ns"; ${printing(RESULT)}`,
    });
    await fakes.runtime().add(network([{ type: "a" }]), attachment());
    expect(readFileSync(join(fakes.dir, "ns"), "utf8").trim()).toBe(readlinkSync("/proc/self/ns/net"));
  });

  test("calls onInvoke for every execution, including failures and cleanup", async () => {
    const fakes = new FakePlugins().plugin("a", { ADD: failing(7, "no") });
    const seen: string[] = [];
    await rejection(
      fakes
        .runtime({ onInvoke: ({ command, output }) => seen.push(`${command} ${output.exitCode}`) })
        .add(network([{ type: "a" }]), attachment()),
    );
    expect(seen).toEqual(["ADD 1", "DEL 0"]);
  });
});

describe("rt.life.lock", () => {
  const mark = (sign: string): string => `echo "${sign}$CNI_CONTAINERID" >>"$here/marks"`;
  const script = `${mark("+")}; sleep 0.1; ${mark("-")}; ${printing(RESULT)}`;

  async function marksOf(attachments: readonly ReturnType<typeof attachment>[]): Promise<string> {
    const fakes = new FakePlugins().plugin("a", { ADD: script });
    await Promise.all(attachments.map((one) => fakes.runtime().add(network([{ type: "a" }]), one)));
    return readFileSync(join(fakes.dir, "marks"), "utf8").replaceAll("\n", " ");
  }

  test("runs ADDs of different containers concurrently", async () => {
    expect(await marksOf([attachment(), attachment({ containerID: "c2" })])).toMatch(/^\+c\d \+c\d -/);
  });

  test("runs ADDs of one container in sequence", async () => {
    expect(await marksOf([attachment(), attachment({ ifName: "eth1" })])).toBe("+c1 -c1 +c1 -c1 ");
  });
});
