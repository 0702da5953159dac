/** Deployments run in order on fresh clusters, which are removed whatever happens. */
import { expect, it } from "vitest";
import type { BareCluster } from "../../../clusters/index.ts";
import { EnvironmentError } from "../../../core/errors.ts";
import type { RunEvent } from "../../../engine/run/events.ts";
import { runDeployments, type RunInput } from "../../../engine/run/run-deployments.ts";
import type { Stopping } from "../../../engine/run/stopping.ts";
import type { PairRunner } from "../../../runners/runner.ts";
import { fakeHost, type FakeHost } from "../../helpers/fake-host.ts";
import { fakeCluster, fakeKind, fakeRunInput, fakeRunner, storedRecords, type FakeKind } from "../fake-run.ts";

it("reports the remaining time, which ends at 0", async () => {
  const host = fakeHost();
  const seconds: number[] = [];
  const onEvent = (event: RunEvent): void => {
    if (event.kind === "measuring") seconds.push(event.secondsLeft);
  };
  await runDeployments(host, { ...(await fakeRunInput(host, fakeKind())), onEvent });
  // Each of the two blocks takes 1 s to deploy and 1 s to measure.
  expect(seconds).toEqual([3, 1]);
});

it("inspects every cluster before its deployment", async () => {
  const host = fakeHost();
  const fake = fakeKind();
  const inspect = async (): Promise<void> => void fake.log.push("inspect");
  const onEvent = ({ kind }: RunEvent): void => void (kind === "measuring" && fake.log.push(kind));
  await runDeployments(host, { ...(await fakeRunInput(host, fake)), inspect, onEvent });
  const block = ["create", "inspect", "measuring", "dispose"];
  expect(fake.log).toEqual([...block, ...block]);
});

it("keeps the last lab and every lab with a failure until the user has seen it", async () => {
  const host = fakeHost();
  const fake = fakeKind();
  const keepLab = async (): Promise<void> => void fake.log.push("keep");
  const failing = fakeRunner(() => Promise.reject(new Error("no route")));
  await runDeployments(host, { ...(await fakeRunInput(host, fake)), keepLab });
  expect(fake.log.splice(0)).toEqual(["create", "dispose", "create", "keep", "dispose"]);
  await runDeployments(host, { ...(await fakeRunInput(host, fake, failing)), keepLab });
  expect(fake.log).toEqual(["create", "keep", "dispose", "create", "keep", "dispose"]);
});

it("stores the failure of a deployment for each repetition, and continues", async () => {
  const host = fakeHost();
  const fake = fakeKind();
  const input = await fakeRunInput(host, fake);
  let count = 0;
  const inspect = async (): Promise<void> => {
    if (++count === 1) throw new EnvironmentError("no memory");
  };
  await runDeployments(host, { ...input, inspect });
  expect(storedRecords(input.store.dir)).toMatchObject([
    { block: 1, error: "no memory" },
    { block: 2, value: 1e9 },
  ]);
  expect(fake.log).toEqual(["create", "dispose", "create", "dispose"]);
});

it("does not store an interrupted deployment as failed", async () => {
  const controller = new AbortController();
  const host = fakeHost({}, { signal: controller.signal });
  const fake = fakeKind();
  const input = await fakeRunInput(host, fake);
  const events: RunEvent[] = [];
  const inspect = async (): Promise<void> => {
    controller.abort(new Error("interrupted"));
    throw new EnvironmentError("the node is lost");
  };
  const running = runDeployments(host, { ...input, inspect, onEvent: (event) => events.push(event) });
  await expect(running).rejects.toThrow("interrupted");
  expect(events.map(({ kind }) => kind)).toEqual(["deploying"]);
  expect(fake.log).toEqual(["create", "dispose"]);
});

/** Returns the input of a run that also deploys a second baseline, named "other", in each block. */
async function interleavedInput(host: FakeHost, fake: FakeKind, runner?: PairRunner): Promise<RunInput> {
  const input = await fakeRunInput(host, fake, runner);
  return { ...input, slots: input.slots.flatMap((slot) => [slot, { ...slot, plugin: "other" }]) };
}

it("creates the labs of a block before it measures any of them, and removes them afterwards", async () => {
  const host = fakeHost();
  const fake = fakeKind({ coexist: true });
  const onEvent = ({ kind }: RunEvent): void => void (kind === "measuring" && fake.log.push(kind));
  await runDeployments(host, { ...(await interleavedInput(host, fake)), onEvent });
  const block = ["create", "create", "measuring", "measuring", "dispose", "dispose"];
  expect(fake.log).toEqual([...block, ...block]);
});

it("measures the other deployments of a block if the lab of one cannot be created", async () => {
  const host = fakeHost();
  const fake = fakeKind({ coexist: true }, (count) => {
    if (count === 1) throw new EnvironmentError("no memory");
  });
  const input = await interleavedInput(host, fake);
  await runDeployments(host, { ...input, slots: input.slots.slice(0, 2) });
  expect(storedRecords(input.store.dir)).toMatchObject([{ error: "no memory" }, { value: 1e9 }]);
  expect(fake.log).toEqual(["create", "dispose"]);
});

it("removes a failed deployment before it deploys the next one", async () => {
  const host = fakeHost();
  const fake = fakeKind({ coexist: true });
  const keepLab = async (): Promise<void> => void fake.log.push("keep");
  const input = await interleavedInput(host, fake);
  let count = 0;
  const inspect = async (): Promise<void> => {
    if (++count === 1) throw new EnvironmentError("no route");
  };
  await runDeployments(host, { ...input, slots: input.slots.slice(0, 2), inspect, keepLab });
  expect(storedRecords(input.store.dir)).toMatchObject([{ error: "no route" }, { value: 1e9 }]);
  expect(fake.log).toEqual(["create", "keep", "dispose", "create", "keep", "dispose"]);
});

it("removes all labs of an interrupted block and keeps the stored results", async () => {
  const controller = new AbortController();
  const host = fakeHost({}, { signal: controller.signal });
  const fake = fakeKind({ coexist: true });
  let count = 0;
  const runner = fakeRunner(async () => {
    if (++count === 2) controller.abort(new Error("interrupted"));
    return { values: { throughput: 1e9 }, warnings: [] };
  });
  const input = await interleavedInput(host, fake, runner);
  await expect(runDeployments(host, input)).rejects.toThrow("interrupted");
  expect(storedRecords(input.store.dir)).toHaveLength(1);
  expect(fake.log).toEqual(["create", "create", "dispose", "dispose"]);
});

it("waits until all labs are removed if the removal of one fails, and reports that", async () => {
  const host = fakeHost();
  const removed: number[] = [];
  let count = 0;
  const create = async (): Promise<BareCluster> => {
    const number = ++count;
    const remove = async (): Promise<void> => {
      if (number === 1) throw new EnvironmentError("cannot unmount");
      await new Promise(setImmediate);
      removed.push(number);
    };
    return { ...fakeCluster(2), [Symbol.asyncDispose]: remove };
  };
  const input = await interleavedInput(host, fakeKind({ coexist: true, create }));
  await expect(runDeployments(host, { ...input, slots: input.slots.slice(0, 2) })).rejects.toThrow("cannot unmount");
  expect(removed).toEqual([2]);
});

it("decides after a block whether the run ends, when all its deployments are measured", async () => {
  const host = fakeHost();
  const fake = fakeKind({ coexist: true });
  const input = await interleavedInput(host, fake);
  const log: string[] = [];
  const onEvent = ({ kind }: RunEvent): void => void (kind === "measuring" && log.push(kind));
  let ended = false;
  const stopping: Stopping = {
    afterBlock: async (block) => {
      if (block === 1 && !ended) log.push("decide");
      ended ||= block === 1;
    },
    remainingOf: (slot) => (ended ? null : slot),
  };
  const keepLab = async (): Promise<void> => void log.push("keep");
  await runDeployments(host, { ...input, onEvent, stopping, keepLab });
  expect(log).toEqual(["measuring", "measuring", "decide", "keep", "keep"]);
});
