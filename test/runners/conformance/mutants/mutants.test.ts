import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MUTANTS } from "./catalog.ts";
import { judge, uncoveredClauses, type Judgment } from "./judge.ts";
import { openMutantLab, type MutantLab } from "./lab.ts";

/** Every clause for every mutant takes an hour; without it, those that must fail and some controls. */
const ALL = process.env.CNIBENCH_MUTANTS === "all";

let lab: MutantLab;
const judgements: Judgment[] = [];
beforeAll(async () => {
  lab = await openMutantLab();
}, 60_000);
afterAll(async () => {
  await lab[Symbol.asyncDispose]();
  console.log(summary());
});

describe.concurrent("each mutant breaks its clauses and nothing else", () => {
  test.for(MUTANTS)("$number $description", { timeout: ALL ? 600_000 : 60_000 }, async (mutant, { skip }) => {
    const { requiredTool: tool, base } = mutant;
    const lacking = await lab.missingRequirement(base);
    if (lacking !== null) skip(`the lab lacks ${lacking}`);
    if (tool !== undefined && (await lab.node.shell.exec(["sh", "-c", `command -v "$0"`, tool])).exitCode !== 0)
      skip(`the lab has no ${tool}`);
    const judgement = await judge(lab, mutant, ALL);
    judgements.push(judgement);
    expect(judgement).toMatchObject({ missed: [], unrelated: [] });
  });
});

test("no program of a plugin went wrong itself", () => {
  expect(lab.server.errors).toEqual([]);
});

function summary(): string {
  const killed = judgements.filter(({ missed }) => missed.length === 0).length;
  const lines = judgements.flatMap(({ mutant, missed, unrelated }) => [
    ...missed.map((text) => `${mutant.number} survives ${text}`),
    ...unrelated.map((text) => `${mutant.number} breaks what it should not: ${text}`),
  ]);
  const tested = judgements.reduce((sum, judgement) => sum + judgement.tested, 0);
  return [
    `${killed} of ${judgements.length} mutants killed by ${tested} tests and ${lab.server.calls} executions; no mutant for: ${uncoveredClauses(MUTANTS).join(", ") || "none"}`,
    ...lines,
  ].join("\n");
}
