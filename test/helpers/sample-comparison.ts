/** Comparisons with given cells, as `compareRuns` returns them. */
import type { Warning } from "../../core/warning-codes.ts";
import type { ComparedClause, UncomparedCheck } from "../../results/run-comparison/compared-clause.ts";
import {
  COMPARISON_VERSION,
  type ComparedCell,
  type ComparedKey,
  type ComparedRun,
  type RunComparison,
  type UncomparedCell,
} from "../../results/run-comparison/run-comparison.ts";

const KEY = {
  suite: "lifecycle",
  scenario: "pods",
  path: "same-node",
  metric: "add-time",
  plugin: { base: "bridge", head: "bridge" },
} as const;

function idOf({ suite, scenario, plugin, path, metric }: Omit<ComparedKey, "id">): string {
  return [suite, scenario, plugin.head, "netns", path, metric].join("/");
}

/** Returns a cell that did not change, with the given differences. */
export function comparedCell(differences: Partial<ComparedCell> = {}): ComparedCell {
  return {
    ...KEY,
    id: idOf({ ...KEY, ...differences }),
    unit: "s",
    better: "lower",
    family: "exploratory",
    reference: { kind: "baseline" },
    base: { runs: 2, blocks: 20, value: 0.0441, ratio: 1.14 },
    head: { runs: 1, blocks: 10, value: 0.0445, ratio: 1.15 },
    scale: "ratio",
    estimate: 1.009,
    ci95: [0.982, 1.037],
    ci90: [0.986, 1.032],
    p: 0.41,
    pAdjusted: 0.41,
    level: 0.05,
    verdict: "equal",
    betweenRuns: { sd: 0.01, source: "runs" },
    detectable: 1.06,
    change: "none",
    ...differences,
  };
}

export const REGRESSION = {
  head: { runs: 1, blocks: 10, value: 0.0489, ratio: 1.26 },
  estimate: 1.108,
  ci95: [1.071, 1.146],
  ci90: [1.077, 1.14],
  p: 1e-4,
  pAdjusted: 2e-4,
  verdict: "worse",
  change: "regression",
  state: "unconfirmed",
} as const satisfies Partial<ComparedCell>;

const IMPROVEMENT = {
  head: { runs: 1, blocks: 10, value: 0.0402, ratio: 1.04 },
  estimate: 0.912,
  ci95: [0.88, 0.945],
  ci90: [0.885, 0.94],
  p: 1e-4,
  pAdjusted: 2e-4,
  verdict: "better",
  change: "improvement",
} as const satisfies Partial<ComparedCell>;

/** Returns a cell that improved, with the given differences. */
export function improvedCell(differences: Partial<ComparedCell> = {}): ComparedCell {
  return comparedCell({ ...IMPROVEMENT, metric: "del-time", ...differences });
}

export function uncomparedCell(reason: string): UncomparedCell {
  const key = { ...KEY, metric: "check-time" };
  return { cell: { ...key, id: idOf(key) }, base: "skipped", head: "measured", reason };
}

const CHECK = { suite: "quick", scenario: "core", plugin: { base: "bridge", head: "bridge" } } as const;

/** Returns a MUST clause that passed on both sides, with the given differences. */
export function comparedClause(differences: Partial<ComparedClause> = {}): ComparedClause {
  const { clause = "del.idempotent", plugin = CHECK.plugin } = differences;
  return {
    ...CHECK,
    id: `quick/core/${plugin.head}/netns/${clause}/1.0.0`,
    ...{ clause, section: "DEL", level: "MUST", specVersion: "1.0.0", message: "conforms to the specification" },
    ...{ base: "pass", head: "pass", change: "none" },
    ...differences,
  };
}

/** Returns a clause that passed in the base and fails in the head. */
export function failingClause(differences: Partial<ComparedClause> = {}): ComparedClause {
  return comparedClause({
    ...{ head: "fail", change: "regression", state: "unconfirmed" },
    sentence: "A second DEL succeeds.",
    message: "expected exit code 0; got exit code 1",
    evidence: ["error: no such device"],
    reproduce: "printf %s '{}' | env CNI_COMMAND=DEL /opt/cni/bin/bridge",
    ...differences,
  });
}

/** Returns a check that only the base has a result of. */
export function brokenCheck(reason = "failed in head: no agent"): UncomparedCheck {
  return { check: { ...CHECK, id: "quick/core/bridge/netns" }, base: "measured", head: "failed", reason };
}

function comparedRun(id: string, warnings: readonly Warning[] = []): ComparedRun {
  const startedAt = "2026-03-01T12:00:00.000Z";
  return { id, digest: "0".repeat(64), startedAt, cnibench: "0.1.0", seed: 1, outcome: "complete", warnings };
}

/** Returns a comparison of two base runs and one head run. */
export function sampleComparison(
  cells: readonly ComparedCell[],
  differences: Partial<RunComparison> = {},
): RunComparison {
  const plugins = [...new Set(cells.map(({ plugin }) => plugin.head))];
  return {
    schemaVersion: COMPARISON_VERSION,
    design: "unpaired",
    base: { runs: [comparedRun("run-base-1"), comparedRun("run-base-2")], plugins },
    head: { runs: [comparedRun("run-head")], plugins },
    facts: [],
    threshold: { ratio: 1.05, floors: {} },
    errorControl: {
      headlines: { compared: cells.filter(({ family }) => family === "headline").length, errorRate: 0.05 },
      exploratory: {
        compared: cells.filter(({ family }) => family === "exploratory").length,
        different: cells.filter(({ change }) => change !== "none").length,
        falseDiscoveryRate: 0.1,
      },
    },
    cells,
    uncompared: [],
    clauses: [],
    uncomparedChecks: [],
    known: [],
    ...differences,
  };
}

/** Returns a comparison with a hostile text in every field that a stored run or a user's file determines. */
export function hostileComparison(text: string): RunComparison {
  const key = { suite: text, scenario: text, metric: text, plugin: { base: text, head: text } };
  const run = { ...comparedRun(text, [{ code: "torn-line", message: text }]), startedAt: text, cnibench: text };
  const reference = { kind: "plugin", name: text } as const;
  const cells = [
    comparedCell({ ...key, ...REGRESSION, reference, unit: text }),
    improvedCell({ ...key, reference }),
    comparedCell({ ...key, ...REGRESSION, state: "known" }),
    comparedCell({ ...key, reference }),
  ];
  return sampleComparison(cells, {
    base: { runs: [run], plugins: [text] },
    head: { runs: [run], plugins: [text] },
    facts: [{ fact: text, base: text, head: null }],
    uncompared: [{ ...uncomparedCell(text), cell: { ...key, id: text, path: "same-node" } }],
    clauses: hostileClauses(text),
    uncomparedChecks: [{ ...brokenCheck(text), check: { ...key, id: text } }],
    known: [{ entry: { cell: text, reason: text, expires: text }, state: "matched" }],
  });
}

function hostileClauses(text: string): ComparedClause[] {
  const texts = { clause: text, section: text, specVersion: text, sentence: text, message: text };
  const key = { id: text, suite: text, scenario: text, plugin: { base: text, head: text } };
  const proof = { evidence: [text, text], reproduce: `${text}\n${text}` };
  const changes = ["regression", "deviation", "improvement", "untested", "new", "removed", "relabeled"] as const;
  return changes.map((change) => failingClause({ ...texts, ...key, ...proof, change }));
}
