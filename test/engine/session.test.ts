/** A run is planned, checked, stored, interrupted and resumed, without any process. */
import { appendFileSync, cpSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { EnvironmentError } from "../../core/errors.ts";
import type { RunChoices } from "../../engine/plan/definition.ts";
import type { RunEvent } from "../../engine/run/events.ts";
import { lockRunDir } from "../../engine/run/run-locks.ts";
import { check, execute, open, prepare, resume, type InterruptedRun, type Session } from "../../engine/session.ts";
import { plugins } from "../../plugins/index.ts";
import { temporaryDir } from "../helpers/cnibench.ts";
import { fakeHost, type FakeHost } from "../helpers/fake-host.ts";
import { fakeChoices, fakeKind, fakeRunner, fakeSuite, storedRecords, storedRun } from "./fake-run.ts";

/** Opens a session in a new directory, or that of an interrupted run. */
async function openSession(
  host: FakeHost,
  choices: RunChoices,
  interrupted: InterruptedRun | null = null,
): Promise<Session> {
  const checked = await check(host, await prepare(host, choices, { interrupted }));
  const session = await open(host, checked, { out: join(temporaryDir(), "run"), command: ["cnibench", "run"] });
  onTestFinished(session.unlock);
  return session;
}

/** Executes a session. @returns the kinds of its events */
async function executeAll(host: FakeHost, session: Session): Promise<string[]> {
  const events: RunEvent[] = [];
  await execute(host, session, { onEvent: (event) => events.push(event) });
  return events.map(({ kind }) => kind);
}

/** Returns a copy of a run, as a process sees it that did not create it. */
function copyOf(dir: string): string {
  const copy = join(temporaryDir(), "run");
  cpSync(dir, copy, { recursive: true });
  return copy;
}

/** Interrupts a run during its second block. */
async function interruptedRun(): Promise<string> {
  const controller = new AbortController();
  const host = fakeHost({}, { signal: controller.signal });
  let measured = 0;
  const runner = fakeRunner(async () => {
    measured++;
    if (measured === 2) controller.abort(new Error("interrupted"));
    return { values: { throughput: measured }, warnings: [] };
  });
  const session = await openSession(host, fakeChoices(fakeKind().kind, { runners: { fake: runner } }));
  const run = await execute(host, session, { onEvent: () => undefined });
  expect(run.outcome).toBe("interrupted");
  return copyOf(session.store.dir);
}

describe("prepare", () => {
  it("creates nothing if the plan does not depend on the kernel", async () => {
    const { kind, log } = fakeKind();
    let probes = 0;
    const prepared = await prepare(fakeHost(), fakeChoices(kind), { onProbe: () => probes++ });
    expect({ log, probes }).toEqual({ log: [], probes: 0 });
    expect(prepared.slots.map(({ block, plugin }) => `${block} ${plugin}`)).toEqual(["1 host", "2 host"]);
  });

  it("announces the lab that probes the kernel, and skips what the kernel lacks", async () => {
    const { kind, log } = fakeKind();
    const choices = fakeChoices(kind, { suites: [fakeSuite(1, { family: "ipv6" })] });
    const prepared = await prepare(fakeHost(), choices, { onProbe: () => log.push("announce") });
    expect(log).toEqual(["announce", "create", "dispose"]);
    expect(prepared.plan.cells.map(({ skip }) => skip)).toEqual(["the kernel lacks IPv6"]);
    expect(prepared.slots).toEqual([]);
  });

  it("refuses to resume a run with other choices", async () => {
    const interrupted = await resume(fakeHost(), await interruptedRun());
    onTestFinished(interrupted.unlock);
    const choices = fakeChoices(fakeKind().kind, { seed: 2 });
    await expect(prepare(fakeHost(), choices, { interrupted })).rejects.toThrow(
      "--resume: seed differs from the stored run",
    );
  });
});

describe("check", () => {
  it("reports all problems at once", async () => {
    const problems = [{ message: "no namespaces", fix: "enable them" }, { message: "no memory" }];
    const { kind } = fakeKind({ check: async () => problems });
    const missing = { ...plugins.bridge, bare: { ...plugins.bridge.bare, binaries: ["missing-binary"] } };
    const prepared = await prepare(fakeHost(), fakeChoices(kind, { plugins: [missing] }));
    const error: unknown = await check(fakeHost(), prepared).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(EnvironmentError);
    expect(String(error).split("\n")).toEqual([
      "EnvironmentError: no namespaces; fix: enable them",
      "no memory",
      expect.stringContaining('plugin bridge needs the CNI plugin "missing-binary"'),
    ]);
  });
});

describe("a new run", () => {
  it("stores its definition before, and its environment and results after the measurement", async () => {
    const host = fakeHost();
    const { kind, log } = fakeKind();
    const session = await openSession(host, fakeChoices(kind));
    const { dir } = session.store;
    expect(storedRun(dir)).toMatchObject({
      id: expect.stringMatching(/^1970-01-01T00-00-00-[0-9a-f]{6}$/) as string,
      command: ["cnibench", "run"],
      environment: null,
      outcome: null,
      definition: { cluster: "fake", plugins: [], redacted: false },
    });
    expect(existsSync(join(dir, "results.jsonl"))).toBe(false);
    const events = await executeAll(host, session);
    expect(events).toEqual(["deploying", "measuring", "measured", "deploying", "measuring", "measured"]);
    expect(log).toEqual(["create", "dispose", "create", "dispose"]);
    expect(storedRun(dir)).toMatchObject({ outcome: "complete", environment: { kernel: "6.1.0" } });
    expect(storedRecords(dir).map(({ block, value }) => ({ block, value }))).toEqual([
      { block: 1, value: 1e9 },
      { block: 2, value: 1e9 },
    ]);
  });

  it("stays locked after the measurement, until its reports are written", async () => {
    const host = fakeHost();
    const session = await openSession(host, fakeChoices(fakeKind().kind));
    await executeAll(host, session);
    await expect(resume(host, session.store.dir)).rejects.toThrow("another cnibench process is writing to");
    session.unlock();
    (await resume(host, session.store.dir)).unlock();
  });

  it("stores nothing in a directory that another process has locked", async () => {
    const host = fakeHost();
    const dir = temporaryDir();
    await lockRunDir(host, dir);
    const checked = await check(host, await prepare(host, fakeChoices(fakeKind().kind)));
    const opening = open(host, checked, { out: dir, command: ["cnibench", "run"] });
    await expect(opening).rejects.toThrow("another cnibench process is writing to");
    expect(readdirSync(dir)).toEqual([]);
  });

  it("inspects a separate cluster where the kind asks for it", async () => {
    const host = fakeHost();
    const { kind, log } = fakeKind({ inspection: "separate" });
    const session = await openSession(host, fakeChoices(kind, { suites: [fakeSuite(1)] }));
    await executeAll(host, session);
    expect(log).toEqual(["create", "dispose", "create", "dispose"]);
  });

  it("stores a failed deployment and continues", async () => {
    const host = fakeHost();
    const { kind, log } = fakeKind({}, (count) => {
      if (count === 1) throw new EnvironmentError("out of memory");
    });
    const session = await openSession(host, fakeChoices(kind));
    expect(await executeAll(host, session)).toEqual(["deploying", "failed", "deploying", "measuring", "measured"]);
    expect(log).toEqual(["create", "dispose"]);
    const [first, second] = storedRecords(session.store.dir);
    expect(first).toMatchObject({ block: 1, error: "out of memory" });
    expect(second).toMatchObject({ block: 2, value: 1e9 });
    expect(storedRun(session.store.dir).outcome).toBe("complete");
  });

  it("stores that it failed, and removes its cluster, if its results cannot be stored", async () => {
    const host = fakeHost();
    const { kind, log } = fakeKind();
    const session = await openSession(host, fakeChoices(kind));
    const failing = execute(host, session, {
      onEvent: ({ kind: event }) => {
        if (event === "measuring") throw new EnvironmentError("disk full");
      },
    });
    await expect(failing).rejects.toThrow("disk full");
    expect(log).toEqual(["create", "dispose"]);
    expect(storedRun(session.store.dir).outcome).toBe("failed");
  });
});

describe("an interrupted run", () => {
  it("measures only the rest, in a session of its own", async () => {
    const dir = await interruptedRun();
    expect(storedRecords(dir).map(({ block }) => block)).toEqual([1]);
    const host = fakeHost();
    const session = await openSession(host, fakeChoices(fakeKind().kind), await resume(host, dir));
    expect(session.slots.map(({ block }) => block)).toEqual([2]);
    expect(await executeAll(host, session)).toEqual(["deploying", "measuring", "measured"]);
    expect(storedRecords(dir).map(({ block, sitting }) => ({ block, sitting }))).toEqual([
      { block: 1, sitting: undefined },
      { block: 2, sitting: 2 },
    ]);
    expect(storedRun(dir).outcome).toBe("complete");
  });

  it("drops a line that a crash cut off", async () => {
    const dir = await interruptedRun();
    appendFileSync(join(dir, "results.jsonl"), '{"schemaVersion":1,"kind":"rep');
    const session = await openSession(fakeHost(), fakeChoices(fakeKind().kind), await resume(fakeHost(), dir));
    expect(session.slots).toHaveLength(1);
    expect(storedRecords(dir)).toHaveLength(1);
  });

  it("is used by one session at a time", async () => {
    const dir = await interruptedRun();
    const host = fakeHost();
    const { unlock } = await resume(host, dir);
    await expect(resume(host, dir)).rejects.toThrow("another cnibench process is writing to");
    unlock();
    (await resume(host, dir)).unlock();
  });

  it("measures nothing if it is complete", async () => {
    const host = fakeHost();
    const complete = await openSession(host, fakeChoices(fakeKind().kind));
    await executeAll(host, complete);
    const { kind, log } = fakeKind();
    const session = await openSession(host, fakeChoices(kind), await resume(host, copyOf(complete.store.dir)));
    expect(await executeAll(host, session)).toEqual([]);
    expect(log).toEqual([]);
  });
});
