import { afterAll, describe, expect, test } from "vitest";
import { MUTANTS } from "./catalog.ts";
import { judge, uncoveredClauses, type Judgment } from "./judge.ts";
import { useMutantLab } from "./lab.ts";

/** Whether to test every clause for every mutant, which takes an hour, instead of only some controls. */
const ALL = process.env.CNIBENCH_MUTANTS === "all";

const lab = useMutantLab();
const judgments: Judgment[] = [];
afterAll(() => console.log(summary()));

describe.concurrent("each mutant breaks its clauses and nothing else", () => {
  test.for(MUTANTS)("$number $description", { timeout: ALL ? 600_000 : 120_000 }, async (mutant, { skip }) => {
    const { requiredTool, base } = mutant;
    const missing = await lab().missingRequirement(base);
    if (missing !== null) skip(`the lab lacks ${missing}`);
    if (requiredTool !== undefined) {
      const { exitCode } = await lab().node.shell.exec(["sh", "-c", `command -v "$0"`, requiredTool]);
      if (exitCode !== 0) skip(`the lab lacks ${requiredTool}`);
    }
    const judgment = await judge(lab(), mutant, ALL);
    judgments.push(judgment);
    expect(judgment).toMatchObject({ missed: [], unrelated: [] });
  });
});

test("no plugin handler throws an unexpected error", () => {
  expect(lab().server.errors).toEqual([]);
});

function summary(): string {
  const killed = judgments.filter(({ missed }) => missed.length === 0).length;
  const lines = judgments.flatMap(({ mutant, missed, unrelated }) => [
    ...missed.map((text) => `${mutant.number} survives ${text}`),
    ...unrelated.map((text) => `${mutant.number} unexpectedly breaks ${text}`),
  ]);
  const tested = judgments.reduce((sum, judgment) => sum + judgment.tested, 0);
  return [
    `${killed} of ${judgments.length} mutants killed by ${tested} tests and ${lab().server.calls} executions; ` +
      `clauses without a mutant: ${uncoveredClauses(MUTANTS).join(", ") || "none"}`,
    ...lines,
  ].join("\n");
}
