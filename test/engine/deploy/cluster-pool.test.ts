/** The cluster pool creates clusters together, keeps them paused until their slot and leaves none behind. */
import { expect, test } from "vitest";
import type { Cluster, ClusterSpec } from "../../../clusters/cluster.ts";
import type { ClusterKind } from "../../../clusters/cluster-kind.ts";
import { clustersThatFit } from "../../../clusters/kind/pause.ts";
import type { Host } from "../../../core/host.ts";
import type { DeploymentSlot } from "../../../engine/plan/schedule.ts";
import { ClusterPool } from "../../../engine/deploy/cluster-pool.ts";
import { fakeHost } from "../../helpers/fake-host.ts";

const slots: readonly DeploymentSlot[] = ["a", "b", "c", "d", "e"].map((plugin) => ({ block: 1, plugin, work: [] }));

const [first] = slots as readonly [DeploymentSlot];

/** Returns a pool whose clusters log each operation. @param breaks operation that fails, by cluster name */
function recordingPool(
  size: number,
  breaks: Readonly<Record<string, string>> = {},
): { readonly pool: ClusterPool; readonly log: string[]; readonly controller: AbortController } {
  const log: string[] = [];
  const names = slots.map(({ plugin }) => plugin);
  const step = async (verb: string, name: string): Promise<void> => {
    log.push(`${verb} ${name}`);
    if (breaks[name] === verb) throw new Error(`cannot ${verb}`);
  };
  const create = async (_: Host, { nodes }: ClusterSpec): Promise<Cluster> => {
    const name = names[nodes] ?? "";
    await step("create", name);
    const cluster = {
      api: "kubernetes",
      pause: () => step("pause", name),
      resume: () => step("resume", name),
      [Symbol.asyncDispose]: () => step("remove", name),
    };
    return cluster as unknown as Cluster;
  };
  const controller = new AbortController();
  const specOf = ({ plugin }: DeploymentSlot): ClusterSpec => ({ nodes: names.indexOf(plugin), underlayMtu: 1500 });
  return {
    pool: new ClusterPool(fakeHost({}, { signal: controller.signal }), {
      kind: { create } as unknown as ClusterKind,
      slots,
      specOf,
      maxConcurrent: size,
    }),
    log,
    controller,
  };
}

async function takeAll({ pool, log }: ReturnType<typeof recordingPool>): Promise<void> {
  for (const slot of slots) {
    try {
      const cluster = await pool.take(slot);
      log.push(`use ${slot.plugin}`);
      await cluster[Symbol.asyncDispose]();
    } catch (error) {
      log.push(`${slot.plugin}: ${String(error)}`);
    }
  }
  await pool[Symbol.asyncDispose]();
}

test("without concurrency, each cluster is created for its slot", async () => {
  const one = recordingPool(1);
  await takeAll(one);
  expect(one.log).toEqual(
    slots.flatMap(({ plugin }) => ["create", "use", "remove"].map((verb) => `${verb} ${plugin}`)),
  );
});

test("a batch is created together and kept paused; the next batch is created when it is used up", async () => {
  const two = recordingPool(2);
  await takeAll(two);
  expect(two.log).toEqual(
    [
      ["create a", "create b", "pause b", "use a", "remove a", "resume b", "use b", "remove b"],
      ["create c", "create d", "pause d", "use c", "remove c", "resume d", "use d", "remove d"],
      ["create e", "use e", "remove e"],
    ].flat(),
  );
});

test("a cluster that cannot be created, paused or resumed fails only its slot and is removed", async () => {
  const three = recordingPool(5, { b: "create", d: "resume" });
  await takeAll(three);
  expect(three.log.filter((line) => line.includes(":"))).toEqual([
    "b: Error: cannot create",
    "d: Error: cannot resume",
  ]);
  expect(three.log.filter((line) => line.startsWith("remove")).toSorted()).toEqual([
    "remove a",
    "remove c",
    "remove d",
    "remove e",
  ]);
});

test("a cluster that failed in a batch is created again; paused clusters are reused", async () => {
  const three = recordingPool(3, { a: "create", c: "pause" });
  await takeAll(three);
  expect(three.log).toEqual(
    [
      ["create a", "create b", "create c", "pause b", "pause c", "remove c"],
      ["create a", "a: Error: cannot create"],
      ["resume b", "use b", "remove b"],
      ["create c", "create d", "create e", "pause d", "pause e", "use c", "remove c"],
      ["resume d", "use d", "remove d", "resume e", "use e", "remove e"],
    ].flat(),
  );
});

test("unused clusters are removed at the end, or at once on an interrupt", async () => {
  const ended = recordingPool(3);
  await ended.pool.take(first);
  await ended.pool[Symbol.asyncDispose]();
  expect(ended.log.filter((line) => line.startsWith("remove"))).toEqual(["remove b", "remove c"]);
  const interrupted = recordingPool(3);
  await interrupted.pool.take(first);
  interrupted.controller.abort();
  expect(interrupted.log.filter((line) => line.startsWith("remove"))).toEqual(["remove a", "remove b", "remove c"]);
  const stuck = recordingPool(3, { b: "remove" });
  await stuck.pool.take(first);
  stuck.controller.abort(); // an unhandled rejection would fail the test run
  await expect(stuck.pool[Symbol.asyncDispose]()).rejects.toThrow("cannot remove");
});

test.each([
  { nodes: 2, cpus: 2, memory: 64e9, inotify: 512, count: 1 },
  { nodes: 2, cpus: 4, memory: 64e9, inotify: 512, count: 2 },
  { nodes: 2, cpus: 16, memory: 7e9, inotify: 512, count: 3 },
  { nodes: 2, cpus: 64, memory: 128e9, inotify: 512, count: 4 },
  { nodes: 8, cpus: 16, memory: 7e9, inotify: 512, count: 1 },
  { nodes: 2, cpus: 64, memory: 128e9, inotify: 128, count: 3 },
])(
  "$count clusters of $nodes nodes fit on $cpus CPUs with $memory bytes and $inotify inotify instances",
  ({ nodes, count, ...machine }) => {
    expect(clustersThatFit(nodes, machine)).toBe(count);
  },
);
