/** Gates of runs without any process: the base, the head and the confirmation have scripted throughputs. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EnvironmentError } from "../../../core/errors.ts";
import { type ConfirmationStart, type GateResult, runGate } from "../../../engine/gate/run-gate.ts";
import { validator } from "../../../results/run-schema.ts";
import { openGate, type OpenGate } from "./fake-gate.ts";

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
});
