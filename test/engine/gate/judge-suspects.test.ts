import { describe, expect, it } from "vitest";
import { conclude, isHidden, judgeSuspects, lostResult, withStates } from "../../../engine/gate/judge-suspects.ts";
import type { ComparedCell, RunComparison, Suspect, UncomparedCell } from "../../../results/index.ts";

const SUSPECT: ComparedCell = {
  ...{
    id: "s/pods/mine/netns/same-node/add-time",
    suite: "s",
    scenario: "pods",
    path: "same-node",
    metric: "add-time",
  },
  plugin: { base: "mine", head: "mine" },
  ...{ unit: "s", better: "lower", family: "exploratory", reference: { kind: "none" } },
  base: { runs: 1, blocks: 8, value: 0.1, ratio: null },
  head: { runs: 1, blocks: 8, value: 0.11, ratio: null },
  ...{ scale: "ratio", estimate: 1.1, ci95: [1.06, 1.14], ci90: [1.07, 1.13] },
  ...{ p: 0.001, pAdjusted: 0.001, level: 0.05, verdict: "worse", betweenRuns: null, detectable: 1.03 },
  ...{ change: "regression", state: "unconfirmed" },
};

function comparison(...cells: readonly Partial<ComparedCell>[]): RunComparison {
  const errorControl = {
    headlines: { compared: 0, errorRate: 0.05 },
    exploratory: { compared: 1, different: 0, falseDiscoveryRate: 0.1 },
  };
  return {
    ...{
      schemaVersion: 1,
      design: "paired",
      facts: [],
      uncompared: [],
      clauses: [],
      uncomparedChecks: [],
      known: [],
      errorControl,
    },
    ...{ base: { runs: [], plugins: [] }, head: { runs: [], plugins: [] }, threshold: { ratio: 1.05, floors: {} } },
    cells: cells.map((cell) => ({ ...SUSPECT, plugin: { base: "mine-in-base", head: "mine" }, ...cell })),
  };
}

/** Returns the state of the suspect after a second measurement. */
function stateAfter(second: Partial<ComparedCell>, first = SUSPECT): Suspect["state"] | undefined {
  return judgeSuspects([first], [comparison(second)])[0]?.state;
}

describe("judgeSuspects", () => {
  it("confirms a regression with an interval beyond no change and an estimate beyond the threshold", () => {
    expect(stateAfter({})).toBe("confirmed");
    expect(stateAfter({ ci95: [0.99, 1.2] })).toBe("refuted");
    expect(stateAfter({ estimate: 1.04, ci95: [1.03, 1.05] })).toBe("refuted");
    expect(stateAfter({ estimate: 0.9, ci95: [0.86, 0.94] })).toBe("refuted");
  });

  it("does not depend on the verdict, which accounts for all cells", () => {
    expect(stateAfter({ verdict: "undecided", change: "none", pAdjusted: 0.2 })).toBe("confirmed");
  });

  it("demands a change beyond the floor of the metric", () => {
    const second = comparison({});
    const [judged] = judgeSuspects(
      [SUSPECT],
      [{ ...second, threshold: { ratio: 1.05, floors: { "add-time": 0.02 } } }],
    );
    expect(judged?.state).toBe("refuted");
  });

  it("knows which direction is worse", () => {
    const rate = { ...SUSPECT, metric: "throughput", better: "higher" } as const;
    expect(stateAfter({ ...rate, estimate: 0.9, ci95: [0.88, 0.92] }, rate)).toBe("confirmed");
    expect(stateAfter({ ...rate, estimate: 1.1, ci95: [1.08, 1.12] }, rate)).toBe("refuted");
  });

  it("judges differences of values that can be 0", () => {
    const loss = { ...SUSPECT, metric: "loss", scale: "difference", base: { ...SUSPECT.base, value: 0 } } as const;
    expect(stateAfter({ ...loss, estimate: 0.1, ci95: [0.05, 0.15] }, loss)).toBe("confirmed");
    expect(stateAfter({ ...loss, estimate: 0.1, ci95: [-0.05, 0.25] }, loss)).toBe("refuted");
  });

  it("leaves open what the second measurement does not decide", () => {
    expect(judgeSuspects([SUSPECT], [])[0]).toMatchObject({ state: "unconfirmed", second: null });
    expect(stateAfter({ metric: "del-time" })).toBe("unconfirmed");
    expect(stateAfter({ plugin: { base: "mine-in-base", head: "other" } })).toBe("unconfirmed");
    expect(stateAfter({ reason: "busy machine" })).toBe("unconfirmed");
    expect(stateAfter({ reason: "busy machine", ci95: [0.9, 1.1] })).toBe("unconfirmed");
    expect(stateAfter({ reason: "between-run variation unknown" })).toBe("unconfirmed");
    expect(stateAfter({ reason: "reference changed" })).toBe("unconfirmed");
    expect(stateAfter({ ci95: null })).toBe("unconfirmed");
    expect(stateAfter({ ci95: null, reason: "too few blocks" })).toBe("unconfirmed");
    expect(stateAfter({ ci95: null, reason: "between-run variation unknown" })).toBe("unconfirmed");
  });

  it.each(["between-run variation unknown", "reference changed"] as const)("refutes with the reason %s", (reason) => {
    expect(stateAfter({ reason, ci95: [0.9, 1.1] })).toBe("refuted");
  });
});

const NONE = { suspects: [], clauses: [] } as const;

describe("conclude", () => {
  const [confirmed] = judgeSuspects([SUSPECT], [comparison({})]);
  const [refuted] = judgeSuspects([SUSPECT], [comparison({ ci95: [0.9, 1.1] })]);
  const [open] = judgeSuspects([SUSPECT], [comparison({ reason: "busy machine" })]);
  const conclusion = (...suspects: readonly (Suspect | undefined)[]): unknown =>
    conclude({ suspects: suspects.filter((suspect) => suspect !== undefined), clauses: [] }, []);

  it("needs one confirmed regression to fail, and none that is open to pass", () => {
    expect(conclusion(open, confirmed, refuted)).toEqual({ outcome: "regression" });
    expect(conclusion(refuted)).toEqual({ outcome: "passed" });
    expect(conclusion()).toEqual({ outcome: "passed" });
    expect(conclusion(refuted, open)).toMatchObject({
      outcome: "incomplete",
      reason: expect.stringContaining("busy machine") as string,
    });
  });

  it("does not pass if other cells are open", () => {
    const failed = { id: "s/pods/mine/netns/same-node/del-time", reason: "failed in the head only" };
    expect(conclude(NONE, [failed])).toEqual({
      outcome: "incomplete",
      reason: expect.stringContaining("del-time (failed in the head only)") as string,
    });
    expect(conclude({ ...NONE, suspects: judgeSuspects([SUSPECT], [comparison({})]) }, [failed])).toEqual({
      outcome: "regression",
    });
  });
});

describe("lostResult", () => {
  it.each<[string, UncomparedCell["head"], string]>([
    ["failed in head: cannot read\n/home/alice", "failed", "failed in the head only"],
    ["baseline failed in head: exit code 1", "failed", "baseline failed in the head only"],
    ["baseline skipped in head: too few nodes", "measured", "baseline skipped in head: too few nodes"],
  ])("states the reason %j without the error of a plugin", (reason, head, stated) => {
    expect(lostResult(SUSPECT.id, { base: "measured", head, reason })).toEqual({ id: SUSPECT.id, reason: stated });
  });
});

describe("isHidden", () => {
  const limits = comparison().threshold;
  const busy = { ...SUSPECT, reason: "busy machine", verdict: "undecided", change: "none" } as const;

  it("finds regressions that a busy machine leaves undecided, which keep a gate from passing", () => {
    expect(isHidden(busy, limits)).toBe(true);
    expect(isHidden({ ...busy, ci95: [0.9, 1.3] }, limits)).toBe(false);
    expect(isHidden(SUSPECT, limits)).toBe(false);
    expect(conclude(NONE, [busy])).toMatchObject({ outcome: "incomplete" });
    expect(conclude({ ...NONE, suspects: judgeSuspects([SUSPECT], [comparison({})]) }, [busy])).toEqual({
      outcome: "regression",
    });
  });
});

it("withStates changes the suspects only", () => {
  const known = { ...SUSPECT, id: "known", state: "known" } as const;
  const first = { ...comparison(), cells: [SUSPECT, known, { ...SUSPECT, id: "same", change: "none" } as const] };
  const judged = judgeSuspects([SUSPECT], [comparison({})]);
  expect(withStates(first, { ...NONE, suspects: judged }).cells.map(({ state }) => state)).toEqual([
    "confirmed",
    "known",
    "unconfirmed",
  ]);
});
