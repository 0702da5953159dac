/** Clusters of a run: made together, frozen until their turn, and none left. */
import { expect, test } from "vitest";
import type { Cluster, ClusterKind, ClusterSpec } from "../../clusters/cluster.ts";
import { clustersThatFit } from "../../clusters/kind/pause.ts";
import type { DeploymentSlot } from "../../engine/schedule.ts";
import { ClusterPool } from "../../engine/cluster-pool.ts";

const slots: readonly DeploymentSlot[] = ["a", "b", "c", "d", "e"].map((plugin) => ({ block: 1, plugin, work: [] }));

const [first] = slots as readonly [DeploymentSlot];

/** A supply whose clusters note what is done with them. */
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
  const create = async ({ nodes }: ClusterSpec): Promise<Cluster> => {
    const name = names[nodes] ?? "";
    await step("make", name);
    const cluster = {
      api: "kubernetes",
      freeze: () => step("freeze", name),
      thaw: () => step("thaw", name),
      [Symbol.asyncDispose]: () => step("remove", name),
    };
    return cluster as unknown as Cluster;
  };
  const controller = new AbortController();
  const specOf = ({ plugin }: DeploymentSlot): ClusterSpec => ({ nodes: names.indexOf(plugin), underlayMtu: 1500 });
  return {
    pool: new ClusterPool({
      kind: { create } as unknown as ClusterKind,
      slots,
      specOf,
      maxConcurrent: size,
      signal: controller.signal,
    }),
    log,
    controller,
  };
}

async function takeAll({ pool: supply, log }: ReturnType<typeof recordingPool>): Promise<void> {
  for (const slot of slots) {
    try {
      const cluster = await supply.take(slot);
      log.push(`use ${slot.plugin}`);
      await cluster[Symbol.asyncDispose]();
    } catch (error) {
      log.push(`${slot.plugin}: ${String(error)}`);
    }
  }
  await supply[Symbol.asyncDispose]();
}

test("one at a time is made when its turn comes", async () => {
  const one = recordingPool(1);
  await takeAll(one);
  expect(one.log).toEqual(slots.flatMap(({ plugin }) => ["make", "use", "remove"].map((verb) => `${verb} ${plugin}`)));
});

test("a batch is made together, waits frozen, and the next is made when it is used up", async () => {
  const two = recordingPool(2);
  await takeAll(two);
  expect(two.log.join(", ")).toBe(
    "make a, make b, freeze b, use a, remove a, thaw b, use b, remove b, make c, make d, freeze d, use c, remove c, thaw d, use d, remove d, make e, use e, remove e",
  );
});

test("what cannot be made, frozen or thawed fails its own turn, and is removed", async () => {
  const three = recordingPool(5, { b: "make", d: "thaw" });
  await takeAll(three);
  expect(three.log.filter((line) => line.includes(":"))).toEqual(["b: Error: cannot make", "d: Error: cannot thaw"]);
  expect(three.log.filter((line) => line.startsWith("remove")).toSorted()).toEqual([
    "remove a",
    "remove c",
    "remove d",
    "remove e",
  ]);
});

test("what could not be made or frozen beside others is made anew, and those that wait are not", async () => {
  const three = recordingPool(3, { a: "make", c: "freeze" });
  await takeAll(three);
  expect(three.log.join(", ")).toBe(
    "make a, make b, make c, freeze b, freeze c, remove c, make a, a: Error: cannot make, thaw b, use b, remove b, make c, make d, make e, freeze d, freeze e, use c, remove c, thaw d, use d, remove d, thaw e, use e, remove e",
  );
});

test("those that nobody takes are removed, at the end and at once when interrupted", async () => {
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
  stuck.controller.abort(); // an error of it that nobody takes would end the tests
  await expect(stuck.pool[Symbol.asyncDispose]()).rejects.toThrow("cannot remove");
});

test.each([
  [2, 2, 64e9, 512, 1],
  [2, 4, 64e9, 512, 2],
  [2, 16, 7e9, 512, 3],
  [2, 64, 128e9, 512, 4],
  [8, 16, 7e9, 512, 1],
  [2, 64, 128e9, 128, 3],
])(
  "clusters of %d nodes on %d CPUs, %d bytes and %d inotify instances: %d at once",
  (nodes, cpus, memory, inotify, count) => {
    expect(clustersThatFit(nodes, { cpus, memory, inotify })).toBe(count);
  },
);
