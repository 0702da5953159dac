/** The records and raw files of a repetition, by its outcome. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { MetricName } from "../../../core/metrics.ts";
import type { Task } from "../../../engine/plan/make-plan.ts";
import type { RunEvent } from "../../../engine/run/events.ts";
import {
  bounded,
  storeDeploymentFailure,
  storeRepetition,
  type RepetitionOutcome,
  type RoleOutput,
} from "../../../engine/run/store-outcome.ts";
import { prepare } from "../../../engine/session.ts";
import type { ClauseResult } from "../../../results/clause-result.ts";
import type { ResultRecord } from "../../../results/record.ts";
import { RunStore } from "../../../results/store.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { fakeHost, outputOf } from "../../helpers/fake-host.ts";
import { fakeChoices, fakeKind, fakeRunner, planTask, storedRecords } from "../fake-run.ts";

const STARTED = "2026-03-01T12:00:00.000Z";
const CELL = "small/tcp/host/fake/host";

/** Plans a task that measures these metrics on the baseline. */
function planMetrics(...metrics: readonly MetricName[]): Promise<Task> {
  return planTask({ ...fakeRunner(), metrics });
}

interface Stored {
  readonly dir: string;
  readonly records: readonly ResultRecord[];
  readonly events: readonly RunEvent[];
}

async function store(
  outcome: RepetitionOutcome,
  { rawOutputs = [] as readonly RoleOutput[], session = 1, task = null as Task | null } = {},
): Promise<Stored> {
  const dir = temporaryDir();
  const events: RunEvent[] = [];
  const target = {
    task: task ?? (await planMetrics("throughput", "retransmits")),
    block: 3,
    rep: 2,
    store: new RunStore(dir, session, null),
    onEvent: (event: RunEvent) => events.push(event),
  };
  await storeRepetition(target, outcome, rawOutputs, STARTED);
  return { dir, events, records: storedRecords(dir) };
}

describe("a measurement", () => {
  it("skips a metric that could not be measured, with the reason", async () => {
    const measurement = { values: { throughput: 1e9 }, missing: { retransmits: "below the resolution" }, warnings: [] };
    const { records } = await store({ measurement });
    expect(records).toMatchObject([{ value: 1e9 }, { cell: `${CELL}/retransmits`, skip: "below the resolution" }]);
    expect(records[1]).not.toHaveProperty("error");
  });

  const pairs = { nodes: ["a", "b"], pairs: [], omitted: 0 };

  it("is one record for each metric; a metric without a value is an error", async () => {
    const { records, events } = await store({ measurement: { values: { throughput: 1e9 }, warnings: [], pairs } });
    const fields = { schemaVersion: 1, kind: "repetition", block: 3, rep: 2, startedAt: STARTED, raw: null };
    expect(records).toEqual([
      { ...fields, cell: `${CELL}/throughput`, value: 1e9, pairs },
      { ...fields, cell: `${CELL}/retransmits`, error: "fake did not collect retransmits" },
    ]);
    expect(events).toMatchObject([{ kind: "measured", block: 3, rep: 2, values: { throughput: 1e9 } }]);
  });

  it("stores the value 0, and details only with the first value", async () => {
    const series = [{ name: "throughput", unit: "bit/s", start: 0, interval: 1, values: [1, null] }];
    const distributions = [{ name: "latency", unit: "s", samples: 9, levels: [0, 1], values: [1, 2] }];
    const details = { pairs, series, distributions };
    const { records } = await store({ measurement: { values: { retransmits: 0 }, warnings: [], ...details } });
    for (const key of Object.keys(details)) expect(records[0]).not.toHaveProperty(key);
    expect(records[1]).toMatchObject({ value: 0, ...details });
    const both = await store({ measurement: { values: { throughput: 1, retransmits: 0 }, warnings: [], ...details } });
    expect(both.records[0]).toMatchObject(details);
    expect(both.records[1]).not.toHaveProperty("series");
  });

  it("has no record of a metric that the plan skips", async () => {
    const task = await planMetrics("throughput", "retransmits");
    const { throughput } = task.cells;
    if (throughput === undefined) throw new Error("the plan has no throughput");
    const skipping = { ...task, cells: { ...task.cells, throughput: { ...throughput, skip: "no" } } };
    const { records } = await store({ measurement: { values: {}, warnings: [] } }, { task: skipping });
    expect(records.map(({ cell }) => cell)).toEqual([`${CELL}/retransmits`]);
  });

  it("has the number of its session from the second one on", async () => {
    const { records } = await store({ measurement: { values: {}, warnings: [] } }, { session: 2 });
    expect(records.map(({ sitting }) => sitting)).toEqual([2, 2]);
  });
});

it("stores an error for each metric, and names the task in the event", async () => {
  const { records, events } = await store({ error: "no route" });
  expect(records).toMatchObject([{ error: "no route" }, { error: "no route" }]);
  expect(events).toMatchObject([
    { kind: "failed", plugin: "host", subject: CELL, error: "no route", tasks: [{ id: CELL }] },
  ]);
});

it("stores a skip for each metric", async () => {
  const { records, events } = await store({ skip: "no service" });
  expect(records).toMatchObject([{ skip: "no service" }, { skip: "no service" }]);
  expect(events).toMatchObject([{ kind: "skipped", reason: "no service" }]);
});

it("stores each verdict of a check, and counts the passed and failed ones", async () => {
  const verdict = (clause: string, status: ClauseResult["status"]): ClauseResult => {
    return { clause, section: "4", level: "MUST", specVersion: "1.0.0", status, message: "" };
  };
  const checks = [verdict("a", "pass"), verdict("b", "fail"), verdict("c", "skip"), verdict("d", "pass")];
  const { records, events } = await store({ checks });
  expect(records).toMatchObject(checks.map((value) => ({ kind: "check", cell: CELL, value })));
  expect(events).toMatchObject([{ kind: "checked", passed: 2, failed: 1 }]);
});

it("stores the failure of a deployment for each of its repetitions", async () => {
  const dir = temporaryDir();
  const host = fakeHost();
  host.clock.advance(60);
  const { slots } = await prepare(host, fakeChoices(fakeKind().kind));
  const [slot] = slots;
  const task = await planMetrics("throughput");
  if (slot === undefined) throw new Error("the plan has no deployment");
  const failed = { ...slot, block: 2, work: [{ task, reps: [1, 3] }] };
  storeDeploymentFailure(host, new RunStore(dir, 1, null), failed, new Error("\u001b[31mno memory"));
  expect(storedRecords(dir)).toMatchObject(
    [1, 3].map((rep) => ({ block: 2, rep, startedAt: "1970-01-01T00:01:00.000Z", error: "\ufffd[31mno memory" })),
  );
});

describe("raw outputs", () => {
  it("are stored by role, with the command, the node and the end of the command", async () => {
    const output = outputOf(["load"], { stdout: "12 Gbit/s\n", stderr: "slow\n", exitCode: 3, duration: 1.25 });
    const rawOutputs = ["Client", "client", "add.up/..", "client"].map((role) => ({ role, output, command: "load 1" }));
    const { dir, records } = await store({ error: "no" }, { rawOutputs });
    const raw = join(dir, records[0]?.raw ?? "");
    expect(records[0]?.raw).toBe(`raw/${CELL}/3-2`);
    const files = ["add-up---", "client-2", "client-3", "client"];
    expect(readdirSync(raw).toSorted()).toEqual(
      files.flatMap((name) => [`${name}.cmd`, `${name}.stderr`, `${name}.stdout`]),
    );
    expect(readFileSync(join(raw, "client.cmd"), "utf8")).toBe(
      "# on this host; failed with exit code 3, after 1.250 s\nload 1\n",
    );
    expect(readFileSync(join(raw, "client.stdout"), "utf8")).toBe("12 Gbit/s\n");
    expect(readFileSync(join(raw, "client.stderr"), "utf8")).toBe("slow\n");
  });
});

it("limits the length of a message, after control characters were replaced", () => {
  expect(bounded(`\u0007${"x".repeat(2000)}`)).toBe(`\ufffd${"x".repeat(999)}`);
});
