/** Sentences about the number of blocks of a run, and about the rules that end adaptive suites. */
import type { RunFile, StoppingDecision, StoppingRule } from "../results/index.ts";
import { formatPercent } from "./format.ts";

type Plan = Pick<RunFile["plan"], "blocks" | "stoppingRules">;

/** Returns the planned number of blocks: `9`, or `6 to 20` if a rule ends a suite. */
export function blockRange(plan: Plan): string {
  const min = smallestNumber(plan);
  return min < plan.blocks ? `${min} to ${plan.blocks}` : `${plan.blocks}`;
}

function smallestNumber({ blocks, stoppingRules = {} }: Plan): number {
  return Math.min(blocks, ...Object.values(stoppingRules).map(({ min }) => min));
}

/** Returns the planned number of blocks with the noun: `1 block`, `6 to 20 blocks`. */
export function plannedBlocks(plan: Plan): string {
  return `${blockRange(plan)} ${plan.blocks === 1 ? "block" : "blocks"}`;
}

/** Returns the position of a block in the run: `block 3/9`, or `block 7 of 7 to 20` while a rule can end a suite. */
export function blockPosition(block: number, plan: Plan): string {
  const min = Math.max(block, smallestNumber(plan));
  return min < plan.blocks ? `block ${block} of ${min} to ${plan.blocks}` : `block ${block}/${plan.blocks}`;
}

/** Returns what a rule decided after a block. */
export function decisionSentence(decision: StoppingDecision, plan: Plan): string {
  const { suite, block, question, halfWidth } = decision;
  const rule = plan.stoppingRules?.[suite];
  const target = rule === undefined ? "" : `, target ${formatPercent(rule.until)}`;
  const figure =
    halfWidth === null
      ? "no headline has an interval yet"
      : `95 % interval of a ratio ±${formatPercent(halfWidth)} (${question ?? ""}${target})`;
  return `${suite} ${verbOf(decision, rule)} after block ${block}: ${figure}`;
}

function verbOf({ block, stop }: StoppingDecision, rule: StoppingRule | undefined): string {
  if (stop || rule === undefined || block === rule.max) return "stops";
  return block < rule.min ? `needs ${rule.min} blocks` : "continues";
}

/** Returns the last decision about each adaptive suite. */
export function lastDecisions({ stopping = [], plan }: Pick<RunFile, "stopping" | "plan">): string[] {
  const last = new Map(stopping.map((decision) => [decision.suite, decision]));
  return [...last.values()].map((decision) => decisionSentence(decision, plan));
}
