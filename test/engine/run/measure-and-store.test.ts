/** run.json during and after a measurement: the environment and the outcome. */
import { expect, it } from "vitest";
import { EnvironmentError } from "../../../core/errors.ts";
import { measureAndStore } from "../../../engine/run/measure-and-store.ts";
import type { RunInput } from "../../../engine/run/run-deployments.ts";
import type { RunFile } from "../../../results/record.ts";
import { RunStore } from "../../../results/store.ts";
import { fakeHost, type FakeHost } from "../../helpers/fake-host.ts";
import { sampleRun } from "../../helpers/sample-run.ts";
import { fakeKind, fakeRunInput, fakeRunner, storedRecords, storedRun } from "../fake-run.ts";

const NO_TOOLS = { onHost: [], onNodes: [] };
/** run.json before the first session. */
const PLANNED: RunFile = { ...sampleRun().run, environment: null, outcome: null, finishedAt: null, warnings: [] };

const measure = (host: FakeHost, input: RunInput, planned = PLANNED): Promise<RunFile> =>
  measureAndStore(host, input, planned, NO_TOOLS);

it("stores the environment before the first result, and the outcome with the time of the end", async () => {
  const host = fakeHost();
  const input = await fakeRunInput(host, fakeKind());
  let before: RunFile | null = null;
  const onEvent: RunInput["onEvent"] = ({ kind }) => {
    if (kind === "measuring") before ??= storedRun(input.store.dir);
    host.clock.advance(10);
  };
  const run = await measure(host, { ...input, onEvent });
  expect(before).toMatchObject({ environment: { kernel: "6.1.0" }, outcome: null, finishedAt: null });
  expect(run).toMatchObject({ environment: { kernel: "6.1.0" }, outcome: "complete" });
  // Two blocks with three events and the measurement of the idle node each.
  expect(run.finishedAt).toBe("1970-01-01T00:01:02.000Z");
  expect(storedRun(input.store.dir)).toEqual(run);
});

it("stores whether the plugins of a block are measured in turn, or why not", async () => {
  const host = fakeHost();
  const interleavingWith = async (coexist: boolean) => {
    const run = await measure(host, await fakeRunInput(host, fakeKind({ coexist })));
    return run.environment?.cluster.interleaving;
  };
  expect(await interleavingWith(true)).toEqual({ applied: true, reason: null });
  expect(await interleavingWith(false)).toEqual({ applied: false, reason: "fake clusters are used one at a time" });
});

it("creates a cluster only to inspect it where the kind asks for it", async () => {
  const host = fakeHost();
  const fake = fakeKind({ inspection: "separate" });
  const onEvent: RunInput["onEvent"] = ({ kind }) => void (kind === "deploying" && fake.log.push(kind));
  await measure(host, { ...(await fakeRunInput(host, fake)), onEvent });
  const block = ["deploying", "create", "dispose"];
  expect(fake.log).toEqual(["create", "dispose", ...block, ...block]);
});

it("measures nothing if the separate cluster cannot be created", async () => {
  const host = fakeHost();
  const { kind } = fakeKind({ inspection: "separate" }, () => {
    throw new EnvironmentError("no memory");
  });
  const input = await fakeRunInput(host, { kind });
  const events: string[] = [];
  const onEvent: RunInput["onEvent"] = (event) => events.push(event.kind);
  await expect(measure(host, { ...input, onEvent })).rejects.toThrow("no memory");
  expect(events).toEqual([]);
  expect(storedRun(input.store.dir)).toMatchObject({ outcome: "failed", environment: null });
});

it("keeps the environment of the first session, and warns about the differences of a later one", async () => {
  const host = fakeHost();
  const first = await measure(host, await fakeRunInput(host, fakeKind()));
  if (first.environment === null) throw new Error("no environment was stored");
  const stored = { ...first, environment: { ...first.environment, kernel: "5.10.0" } };
  const input = await fakeRunInput(host, fakeKind());
  const { dir } = input.store;
  const run = await measure(host, { ...input, store: new RunStore(dir, 2, null) }, stored);
  expect(run.environment?.kernel).toBe("5.10.0");
  expect(run.warnings).toEqual([
    {
      code: "environment-changed",
      message: "session 2 ran in a different environment: kernel is 6.1.0 instead of 5.10.0",
    },
  ]);
  expect(storedRecords(dir)).toMatchObject([{ sitting: 2 }, { sitting: 2 }]);
});

it("warns in the first session that latencies contain the wake-up of idle CPUs", async () => {
  const host = fakeHost();
  const latency = { ...fakeRunner(), keepsCpusAwake: true } as const;
  const input = await fakeRunInput(host, fakeKind(), latency);
  const first = await measure(host, input);
  const message = expect.stringMatching(/^CPUs .* \(they are fake\): latencies of small\/tcp contain /) as string;
  expect(first.warnings).toEqual([{ code: "idle-cpus", message }]);
  expect(storedRun(input.store.dir).warnings).toEqual(first.warnings);
  const resumed = await measure(host, await fakeRunInput(host, fakeKind(), latency), first);
  expect(resumed.warnings).toEqual(first.warnings);
  const other = await measure(host, await fakeRunInput(host, fakeKind()));
  expect(other.warnings).toEqual([]);
});

it("returns and stores an interrupted run without an error", async () => {
  const controller = new AbortController();
  const host = fakeHost({}, { signal: controller.signal });
  const runner = fakeRunner(async () => {
    controller.abort(new Error("interrupted"));
    return { values: {}, warnings: [] };
  });
  const input = await fakeRunInput(host, fakeKind(), runner);
  const run = await measure(host, input);
  expect(run.outcome).toBe("interrupted");
  expect(storedRun(input.store.dir)).toEqual(run);
});

it("stores that a run failed, and passes the error on", async () => {
  const host = fakeHost();
  const input = await fakeRunInput(host, fakeKind());
  const onEvent: RunInput["onEvent"] = ({ kind }) => {
    if (kind === "measured") throw new EnvironmentError("disk full");
  };
  await expect(measure(host, { ...input, onEvent })).rejects.toThrow("disk full");
  expect(storedRun(input.store.dir).outcome).toBe("failed");
});
