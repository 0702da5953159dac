/** A run whose suite stops by its precision: new, interrupted, and cut off by a crash. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { RunChoices } from "../../engine/plan/definition.ts";
import type { RunEvent } from "../../engine/run/events.ts";
import { check, execute, open, prepare, resume } from "../../engine/session.ts";
import type { RunFile } from "../../results/record.ts";
import { temporaryDir } from "../helpers/cnibench.ts";
import { fakeHost, type FakeHost } from "../helpers/fake-host.ts";
import { fakeChoices, fakeKind, fakeRunner, fakeSuite, storedRecords, storedRun } from "./fake-run.ts";

const BLOCKS = { min: 6, max: 12, until: "5 %" };

/** The values of the blocks spread widely until the last ones make them precise enough: it stops after block 9. */
const VALUES = [100, 112, 100, 103, 100, 100, 100, 100, 100, 100, 100, 100];

interface FakeMeasurement {
  /** Number of blocks that earlier sessions have measured. */
  readonly earlier?: number;
  /** Called with the number of measured blocks. */
  readonly onMeasured?: (count: number) => void;
}

/** Returns the choices to measure the baseline with a headline, which only this test can have. */
function choicesOf({ earlier = 0, onMeasured }: FakeMeasurement = {}, changes: Partial<RunChoices> = {}): RunChoices {
  let count = earlier;
  const runner = fakeRunner(async () => {
    const throughput = VALUES[count] ?? 0;
    count++;
    onMeasured?.(count);
    return { values: { throughput }, warnings: [] };
  });
  const suites = [{ ...fakeSuite(1), blocks: BLOCKS, headlines: ["tcp/host/throughput"] }];
  return fakeChoices(fakeKind().kind, { suites, runners: { fake: runner }, ...changes });
}

interface Finished {
  readonly run: RunFile;
  readonly dir: string;
  readonly events: readonly RunEvent[];
}

async function runAll(host: FakeHost, choices: RunChoices, resumed: string | null = null): Promise<Finished> {
  const interrupted = resumed === null ? null : await resume(host, resumed);
  const checked = await check(host, await prepare(host, choices, { interrupted }));
  const session = await open(host, checked, { out: join(temporaryDir(), "run"), command: ["cnibench"] });
  onTestFinished(session.unlock);
  const events: RunEvent[] = [];
  const run = await execute(host, session, { onEvent: (event) => events.push(event) });
  session.unlock();
  return { run, dir: session.store.dir, events };
}

const blocksOf = (dir: string): number[] => storedRecords(dir).map(({ block }) => block);
const UP_TO_9 = [1, 2, 3, 4, 5, 6, 7, 8, 9];

it("stops after the first block that is precise enough, and stores every decision", async () => {
  const { run, dir, events } = await runAll(fakeHost(), choicesOf());
  expect(blocksOf(dir)).toEqual(UP_TO_9);
  expect(run.outcome).toBe("complete");
  expect(run.plan.stoppingRules).toEqual({ small: { min: 6, max: 12, until: 0.05 } });
  expect(run.stopping?.map(({ block, stop }) => [block, stop])).toEqual(
    [2, 3, 4, 5, 6, 7, 8, 9].map((block) => [block, block === 9]),
  );
  expect(run.stopping?.at(-1)).toMatchObject({ suite: "small", question: "small/tcp/host/throughput" });
  expect(storedRun(dir)).toEqual(run);
  const decided = events.flatMap((event) => (event.kind === "decided" ? [event.decision] : []));
  expect(decided).toEqual(run.stopping);
});

it("resumes with the same rule, and stops after the same block", async () => {
  const whole = await runAll(fakeHost(), choicesOf());
  const controller = new AbortController();
  const host = fakeHost({}, { signal: controller.signal });
  const onMeasured = (count: number): void => void (count === 5 && controller.abort(new Error("interrupted")));
  const { dir, run } = await runAll(host, choicesOf({ onMeasured }));
  expect(run.outcome).toBe("interrupted");
  expect(blocksOf(dir)).toEqual([1, 2, 3, 4]);
  const resumed = await runAll(fakeHost(), choicesOf({ earlier: 4 }), dir);
  expect(blocksOf(dir)).toEqual(UP_TO_9);
  expect(resumed.run.stopping).toEqual(whole.run.stopping);
});

it("decides after a crash between the last block and its decision, without another block", async () => {
  const { dir, run } = await runAll(fakeHost(), choicesOf());
  const crashed = { ...run, outcome: null, finishedAt: null, stopping: run.stopping?.slice(0, -1) };
  writeFileSync(join(dir, "run.json"), JSON.stringify(crashed));
  const { run: resumed } = await runAll(fakeHost(), choicesOf(), dir);
  expect(blocksOf(dir)).toEqual(UP_TO_9);
  expect(resumed).toMatchObject({ outcome: "complete", stopping: run.stopping });
});

it("has nothing to resume after it has stopped", async () => {
  const { dir } = await runAll(fakeHost(), choicesOf());
  const interrupted = await resume(fakeHost(), dir);
  onTestFinished(interrupted.unlock);
  expect((await prepare(fakeHost(), choicesOf(), { interrupted })).slots).toEqual([]);
});

it("refuses to resume with a fixed number of blocks", async () => {
  const { dir } = await runAll(fakeHost(), choicesOf());
  const interrupted = await resume(fakeHost(), dir);
  onTestFinished(interrupted.unlock);
  const [suite] = choicesOf().suites;
  const fixed = choicesOf({}, { suites: suite === undefined ? [] : [{ ...suite, blocks: BLOCKS.max }] });
  await expect(prepare(fakeHost(), fixed, { interrupted })).rejects.toThrow("--resume: stoppingRules differs");
});

it("keeps the lab of the block that ends the run", async () => {
  const host = fakeHost();
  const checked = await check(host, await prepare(host, choicesOf()));
  const session = await open(host, checked, { out: join(temporaryDir(), "run"), command: ["cnibench"] });
  onTestFinished(session.unlock);
  const kept: number[] = [];
  const keepLab = async (): Promise<void> => void kept.push(blocksOf(session.store.dir).length);
  await execute(host, session, { onEvent: () => undefined, keepLab });
  expect(kept).toEqual([9]);
});

it("refuses a run that measures no headline of an adaptive suite", async () => {
  const [suite] = choicesOf().suites;
  if (suite === undefined) throw new Error("no suite");
  const changes = { suites: [{ ...suite, headlines: [] }], exploratory: true };
  await expect(prepare(fakeHost(), choicesOf({}, changes))).rejects.toThrow(
    /^suite small stops by the precision of its headlines, but this run measures none; .*--blocks 9/,
  );
});
