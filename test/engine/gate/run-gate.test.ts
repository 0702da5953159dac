/** Gates of runs without any process: the base, the head and the confirmation have scripted throughputs. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EnvironmentError } from "../../../core/errors.ts";
import { CommandError } from "../../../core/shell.ts";
import { type ConfirmationStart, type GateResult, runGate } from "../../../engine/gate/run-gate.ts";
import type { KnownChange, RunFile } from "../../../results/index.ts";
import { validator } from "../../../results/run-schema.ts";
import { fakeShell } from "../../helpers/fake-host.ts";
import { openGate, type OpenGate, type Phases } from "./fake-gate.ts";

type Decided = GateResult & Pick<OpenGate, "session">;

/** Decides a gate. @param onConfirm called at the start of the confirmation */
async function decide(
  opening: Promise<OpenGate>,
  onConfirm: (start: ConfirmationStart) => void = () => undefined,
): Promise<Decided> {
  const { host, gate, session } = await opening;
  const result = await runGate(host, gate, session, (start) => {
    onConfirm(start);
    return () => undefined;
  });
  return { ...result, session };
}

/** Returns a gate whose base measured the plugin `other` with a longer load. */
function withLongerLoad(opened: OpenGate): OpenGate {
  const baseRuns = opened.gate.baseRuns.map((loaded) => {
    const { run } = loaded;
    const cells = run.plan.cells.map((cell) => (cell.plugin === "other" ? { ...cell, duration: 30 } : cell));
    return { ...loaded, run: { ...run, plan: { ...run.plan, cells } } };
  });
  return { ...opened, gate: { ...opened.gate, baseRuns } };
}

/** Returns a gate whose base was measured on another machine. */
function withOtherMachine(opened: OpenGate): OpenGate {
  const baseRuns = opened.gate.baseRuns.map((loaded) => {
    const { environment } = loaded.run;
    return { ...loaded, run: { ...loaded.run, environment: environment && { ...environment, kernel: "6.0.0-other" } } };
  });
  return { ...opened, gate: { ...opened.gate, baseRuns } };
}

function storedGate({ store }: OpenGate["session"]): unknown {
  const stored: unknown = JSON.parse(readFileSync(join(store.dir, "gate.json"), "utf8"));
  expect(validator("gate")(stored)).toBeNull();
  return stored;
}

describe("with the binary of the base", () => {
  it("passes without a second measurement if nothing is suspected", async () => {
    const starts: ConfirmationStart[] = [];
    const { file, session } = await decide(openGate({ base: 5, head: 5, again: 5 }), (start) => starts.push(start));
    expect(file).toMatchObject({ outcome: "passed", confirmation: null, suspects: [] });
    expect(storedGate(session)).toEqual(file);
    expect(starts).toEqual([]);
  });

  it("finds a regression that both measurements show, and links all runs", async () => {
    const { file, comparison, session } = await decide(openGate({ base: 5, head: 4, again: 4 }));
    expect(file).toMatchObject({
      outcome: "regression",
      head: session.run.id,
      confirmation: { dir: "confirmation", design: "paired" },
      suspects: [{ id: "small/tcp/mine/fake/same-node/throughput", state: "confirmed" }],
    });
    expect(file.suspects[0]?.first.estimate).toBeCloseTo(0.8, 2);
    expect(file.suspects[0]?.second?.estimate).toBeCloseTo(0.8, 2);
    expect(storedGate(session)).toEqual(file);
    expect(comparison.cells.map(({ state }) => state)).toEqual(["confirmed"]);
    const confirmation: unknown = JSON.parse(readFileSync(join(session.store.dir, "confirmation/run.json"), "utf8"));
    expect(confirmation).toMatchObject({ id: file.confirmation?.id, outcome: "complete" });
  });

  it("refutes a regression that only the first measurement shows", async () => {
    const { file, comparison } = await decide(openGate({ base: 5, head: 4, again: 5 }));
    expect(file).toMatchObject({ outcome: "passed", suspects: [{ state: "refuted" }] });
    expect(comparison.cells.map(({ state }) => state)).toEqual(["refuted"]);
  });

  it("ignores improvements and changes below the threshold", async () => {
    for (const head of [6, 4.9]) {
      const { file } = await decide(openGate({ base: 5, head, again: head }));
      expect(file).toMatchObject({ outcome: "passed", suspects: [] });
    }
    expect((await decide(openGate({ base: 5, head: 4.9, again: 4.9 }, { threshold: 1.01 }))).file).toMatchObject({
      outcome: "regression",
    });
  });

  it("states how long it takes before the confirmation starts", async () => {
    const starts: ConfirmationStart[] = [];
    const { file } = await decide(openGate({ base: 5, head: 4, again: 4 }), (each) => starts.push(each));
    const [start] = starts;
    expect(start?.confirmation).toEqual(file.confirmation);
    expect(start?.confirmation.maxSeconds).toBeGreaterThan(start?.expected ?? Infinity);
  });
});

describe("without the binary of the base", () => {
  it("is incomplete if the variation between runs is unknown", async () => {
    const { file } = await decide(openGate({ base: 5, head: 4, again: 4 }, { basePlugins: null }));
    expect(file).toMatchObject({
      outcome: "incomplete",
      reason: expect.stringContaining("between-run variation unknown") as string,
      confirmation: { design: "unpaired" },
      suspects: [{ state: "unconfirmed" }],
    });
  });

  it("passes if the second run shows no regression", async () => {
    const { file } = await decide(openGate({ base: 5, head: 4, again: 5 }, { basePlugins: null }));
    expect(file).toMatchObject({ outcome: "passed", suspects: [{ state: "refuted" }] });
  });
});

describe("a confirmation that cannot be completed", () => {
  it("is stored as incomplete after an interrupt, which ends the gate", async () => {
    const controller = new AbortController();
    const opened = await openGate({ base: 5, head: 4, again: 4 }, {}, { signal: controller.signal });
    const interrupt = (): void => controller.abort(new Error("interrupted"));
    await expect(decide(Promise.resolve(opened), interrupt)).rejects.toThrow("interrupted");
    expect(storedGate(opened.session)).toMatchObject({ outcome: "incomplete", reason: "interrupted" });
  });

  it("is incomplete if a cell fails", async () => {
    const { file } = await decide(openGate({ base: 5, head: 4, again: Number.NaN }));
    expect(file).toMatchObject({
      outcome: "incomplete",
      reason: expect.stringContaining("small/tcp/mine/fake/same-node/throughput (not measured again)") as string,
      suspects: [{ state: "unconfirmed", second: null }],
    });
  });

  it("is incomplete if it cannot be stored", async () => {
    const { file } = await decide(openGate({ base: 5, head: 4, again: 4 }), () => {
      throw new EnvironmentError("disk full");
    });
    expect(file).toMatchObject({ outcome: "incomplete", reason: "disk full" });
  });

  it("is incomplete if a command fails", async () => {
    const output = await fakeShell({ ip: { exitCode: 1, stderr: "no such device" } }).exec(["ip", "link"]);
    const { file } = await decide(openGate({ base: 5, head: 4, again: 4 }), () => {
      throw new CommandError(output);
    });
    expect(file).toMatchObject({
      outcome: "incomplete",
      reason: expect.stringContaining("no such device") as string,
    });
  });

  it("is stored as incomplete after an unexpected error, which is thrown", async () => {
    const opened = await openGate({ base: 5, head: 4, again: 4 });
    const crash = (): never => {
      throw new TypeError("a bug");
    };
    await expect(decide(Promise.resolve(opened), crash)).rejects.toThrow(TypeError);
    expect(storedGate(opened.session)).toMatchObject({ outcome: "incomplete", reason: "a bug" });
  });

  it("is stored without personal data with --redact", async () => {
    const opened = await openGate({ base: 5, head: 4, again: 4 }, {}, { redact: true });
    const { file } = await decide(Promise.resolve(opened), () => {
      throw new EnvironmentError("cannot write /home/alice/out/confirmation");
    });
    expect(file.reason).toBe("cannot write ~/out/confirmation");
    expect(storedGate(opened.session)).toEqual(file);
  });
});

describe("a cell without a baseline and a base of another machine", () => {
  const bench = { others: ["bridge"], hasBaseline: false };
  const cellOf = (plugin: string): string => `small/tcp/${plugin}/fake/same-node/throughput`;
  const onOtherMachine = (phases: Phases): Promise<OpenGate> =>
    openGate(phases, { basePlugins: null }, bench).then(withOtherMachine);

  it("passes if it is that of the reference plugin, and is listed as not compared", async () => {
    const { file, comparison } = await decide(onOtherMachine({ base: 5, head: 5, again: 5 }));
    expect(comparison.cells.map(({ id }) => id)).toEqual([cellOf("mine")]);
    expect(comparison.uncompared.map(({ cell, reason }) => [cell.id, reason])).toEqual([
      [cellOf("bridge"), "no common reference, and the runs are of different machines"],
    ]);
    expect(file).toMatchObject({ outcome: "passed" });
  });
});

describe("a cell that only the head failed to measure", () => {
  const phases = { base: 5, head: 5, again: 5, otherInHead: Number.NaN };

  it("does not pass, even if it is a known change", async () => {
    const position = { file: "known.yaml", line: 1, column: 1 };
    const known = [{ cell: "*/other/*", reason: "slower", expires: "2027-01-31", position }];
    const { file, session } = await decide(openGate(phases, { basePlugins: null, known }));
    expect(file).toMatchObject({
      outcome: "incomplete",
      reason: expect.stringContaining("small/tcp/other/fake/same-node/throughput (failed in the head only)") as string,
    });
    expect(storedGate(session)).toEqual(file);
  });

  it("does not pass either if the base measured it in another way", async () => {
    const opened = await openGate({ ...phases, otherInHead: 5 }, { basePlugins: null });
    const { file } = await decide(Promise.resolve(withLongerLoad(opened)));
    expect(file).toMatchObject({
      outcome: "incomplete",
      reason: expect.stringMatching(/small\/tcp\/other\/fake\/same-node\/throughput \(the loads differ: /) as string,
    });
  });

  it("passes if its plugin is not gated", async () => {
    expect((await decide(openGate({ ...phases, otherInHead: 5 }).then(withLongerLoad))).file.outcome).toBe("passed");
    expect((await decide(openGate(phases))).file).toMatchObject({ outcome: "passed" });
  });

  it("prevents a comparison without any other cell, which gate.json states", async () => {
    const opened = await openGate({ base: 5, head: Number.NaN, again: 5 });
    await expect(decide(Promise.resolve(opened))).rejects.toThrow(EnvironmentError);
    expect(storedGate(opened.session)).toMatchObject({
      outcome: "incomplete",
      reason: expect.stringContaining("nothing to compare") as string,
      suspects: [],
    });
  });
});

describe("a clause that newly fails", () => {
  const STEADY = { base: 5, head: 5, again: 5 };
  const ID = "small/core/mine/fake/del.idempotent/1.0.0";
  const statuses = (again: "pass" | "fail" | "skip", baseAgain: "pass" | "fail" = "pass"): Phases => ({
    ...STEADY,
    clause: { base: "pass", head: "fail", again, baseAgain },
  });

  it("is a regression if it fails again next to the base, with only the check measured again", async () => {
    const { file, comparison, session } = await decide(openGate(statuses("fail")));
    expect(file).toMatchObject({
      outcome: "regression",
      confirmation: { blocks: 1, design: "paired" },
      suspects: [],
      clauses: [{ id: ID, state: "confirmed", first: { base: "pass", head: "fail" }, second: { head: "fail" } }],
    });
    expect(storedGate(session)).toEqual(file);
    expect(comparison.clauses.map(({ state }) => state)).toEqual(["confirmed"]);
    const run = JSON.parse(readFileSync(join(session.store.dir, "confirmation/run.json"), "utf8")) as RunFile;
    expect(run.plan.cells).toEqual([]);
    expect(run.plan.checks.map(({ id }) => id)).toEqual(["small/core/mine/fake", "small/core/mine-in-base/fake"]);
  });

  it.each([
    ["passes", statuses("pass"), "passed", "refuted"],
    ["fails in the base, too", statuses("fail", "fail"), "passed", "refuted"],
    ["is skipped", statuses("skip"), "incomplete", "unconfirmed"],
  ])("is decided if it %s when it is tested again", async (_, phases, outcome, state) => {
    const { file } = await decide(openGate(phases));
    expect(file).toMatchObject({ outcome, clauses: [{ id: ID, state }] });
  });

  it("is confirmed without the binary of the base as well", async () => {
    const { file } = await decide(openGate(statuses("fail"), { basePlugins: null }));
    expect(file).toMatchObject({ outcome: "regression", confirmation: { design: "unpaired", blocks: 1 } });
  });

  it("is measured again together with slower cells", async () => {
    const { file } = await decide(openGate({ ...statuses("fail"), head: 4, again: 4 }));
    expect(file).toMatchObject({ suspects: [{ state: "confirmed" }], clauses: [{ state: "confirmed" }] });
    expect(file.confirmation?.blocks).toBeGreaterThanOrEqual(6);
  });

  it("is accepted by a known change", async () => {
    const position = { file: "known.yaml", line: 2, column: 5 };
    const known = [{ clause: "*/del.idempotent/*", reason: "accepted", expires: "2999-12-31", position }];
    const { file } = await decide(openGate(statuses("fail"), { known }));
    expect(file).toMatchObject({ outcome: "passed", clauses: [], confirmation: null });
    await expect(
      openGate(statuses("fail"), { known: [{ ...known[0], clause: "*/x/*" } as KnownChange] }),
    ).rejects.toThrow(/^known\.yaml:2:5: .*matches no clause/);
  });

  it("keeps the gate from passing if it could not be tested", async () => {
    const { file } = await decide(
      openGate({ ...STEADY, clause: { ...statuses("pass").clause, head: "skip" } as never }),
    );
    expect(file).toMatchObject({ outcome: "incomplete", reason: expect.stringContaining(ID) as string, clauses: [] });
  });
});
