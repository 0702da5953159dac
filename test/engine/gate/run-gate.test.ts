/** Gates of runs without any process: the base, the head and the confirmation have scripted throughputs. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { EnvironmentError } from "../../../core/errors.ts";
import { checkGate, type GateOptions } from "../../../engine/gate/check-gate.ts";
import { type ConfirmationStart, type GateResult, runGate } from "../../../engine/gate/run-gate.ts";
import type { Session } from "../../../engine/session.ts";
import { validator } from "../../../results/run-schema.ts";
import { basePlugin, FakeBench } from "./fake-gate.ts";

interface Phases {
  /** Throughput of `mine` in the base run, in the head run and in the confirmation, in Gbit/s. */
  readonly base: number;
  readonly head: number;
  readonly again: number;
}

/** The throughputs vary a little, as real ones do. */
class FakeGate {
  #phase: keyof Phases = "base";
  readonly bench: FakeBench;
  readonly starts: ConfirmationStart[] = [];
  /** Called with the head run, before the gate is decided. */
  onMeasured: (session: Session) => void = () => undefined;
  /** Called at the start of the confirmation. */
  onConfirm: () => void = () => undefined;

  constructor(phases: Phases, signal = new AbortController().signal) {
    const typical = (plugin: string): number =>
      plugin === "host" ? 10 : plugin === "mine" ? phases[this.#phase] : phases.base;
    this.bench = new FakeBench((plugin, count) => typical(plugin) * 1e9 * (1 + 0.001 * (count % 5)), { signal });
  }

  /** Measures base and head, and decides. */
  async decide(options: Partial<GateOptions> = {}): Promise<GateResult & { readonly session: Session }> {
    const base = await this.bench.measure();
    base.unlock();
    this.#phase = "head";
    const session = await this.bench.measure();
    onTestFinished(session.unlock);
    this.onMeasured(session);
    const defaults = { baseDirs: [base.store.dir], threshold: 1.05, known: [], basePlugins: [basePlugin()] };
    const gate = await checkGate(this.bench.host, { ...defaults, ...options }, session);
    this.#phase = "again";
    const result = await runGate(this.bench.host, gate, session, (start) => {
      this.starts.push(start);
      this.onConfirm();
      return this.bench.listen;
    });
    return { ...result, session };
  }
}

function storedGate({ store }: Session): unknown {
  const stored: unknown = JSON.parse(readFileSync(join(store.dir, "gate.json"), "utf8"));
  expect(validator("gate")(stored)).toBeNull();
  return stored;
}

describe("with the binary of the base", () => {
  it("passes without a second measurement if nothing is suspected", async () => {
    const gate = new FakeGate({ base: 5, head: 5, again: 5 });
    const { file, session } = await gate.decide();
    expect(file).toMatchObject({ outcome: "passed", confirmation: null, suspects: [] });
    expect(storedGate(session)).toEqual(file);
    expect(gate.starts).toEqual([]);
  });

  it("finds a regression that both measurements show, and links all runs", async () => {
    const gate = new FakeGate({ base: 5, head: 4, again: 4 });
    const { file, comparison, session } = await gate.decide();
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
    const { file, comparison } = await new FakeGate({ base: 5, head: 4, again: 5 }).decide();
    expect(file).toMatchObject({ outcome: "passed", suspects: [{ state: "refuted" }] });
    expect(comparison.cells.map(({ state }) => state)).toEqual(["refuted"]);
  });

  it("ignores improvements and changes below the threshold", async () => {
    for (const head of [6, 4.9]) {
      const { file } = await new FakeGate({ base: 5, head, again: head }).decide();
      expect(file).toMatchObject({ outcome: "passed", suspects: [] });
    }
    expect((await new FakeGate({ base: 5, head: 4.9, again: 4.9 }).decide({ threshold: 1.01 })).file).toMatchObject({
      outcome: "regression",
    });
  });

  it("states how long it takes before the confirmation starts", async () => {
    const gate = new FakeGate({ base: 5, head: 4, again: 4 });
    const { file } = await gate.decide();
    const [start] = gate.starts;
    expect(start?.confirmation).toEqual(file.confirmation);
    expect(start?.confirmation.maxSeconds).toBeGreaterThan(start?.expected ?? Infinity);
  });
});

describe("without the binary of the base", () => {
  it("is incomplete if the variation between runs is unknown", async () => {
    const { file } = await new FakeGate({ base: 5, head: 4, again: 4 }).decide({ basePlugins: null });
    expect(file).toMatchObject({
      outcome: "incomplete",
      reason: expect.stringContaining("between-run variation unknown") as string,
      confirmation: { design: "unpaired" },
      suspects: [{ state: "unconfirmed" }],
    });
  });

  it("passes if the second run shows no regression", async () => {
    const { file } = await new FakeGate({ base: 5, head: 4, again: 5 }).decide({ basePlugins: null });
    expect(file).toMatchObject({ outcome: "passed", suspects: [{ state: "refuted" }] });
  });
});

describe("a confirmation that cannot be completed", () => {
  it("is stored as incomplete after an interrupt, which ends the gate", async () => {
    const controller = new AbortController();
    const gate = new FakeGate({ base: 5, head: 4, again: 4 }, controller.signal);
    gate.onConfirm = () => controller.abort(new Error("interrupted"));
    let dir = "";
    gate.onMeasured = ({ store }) => (dir = store.dir);
    await expect(gate.decide()).rejects.toThrow("interrupted");
    expect(JSON.parse(readFileSync(join(dir, "gate.json"), "utf8"))).toMatchObject({
      outcome: "incomplete",
      reason: "interrupted",
    });
  });

  it("is incomplete if a cell fails", async () => {
    const { file } = await new FakeGate({ base: 5, head: 4, again: Number.NaN }).decide();
    expect(file).toMatchObject({
      outcome: "incomplete",
      reason: expect.stringContaining("small/tcp/mine/fake/same-node/throughput (not measured again)") as string,
      suspects: [{ state: "unconfirmed", second: null }],
    });
  });

  it("is incomplete if it cannot be stored", async () => {
    const gate = new FakeGate({ base: 5, head: 4, again: 4 });
    gate.onConfirm = () => {
      throw new EnvironmentError("disk full");
    };
    expect((await gate.decide()).file).toMatchObject({ outcome: "incomplete", reason: "disk full" });
  });
});
