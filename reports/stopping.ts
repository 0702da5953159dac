/** Sentences about the number of blocks of a run, and about the rules that end adaptive suites. */
import type { RunFile, StoppingDecision, StoppingRule } from "../results/index.ts";
import { formatPercent } from "./format.ts";
import { same, type Text } from "./language/text.ts";

type Plan = Pick<RunFile["plan"], "blocks" | "stoppingRules">;

/** Returns the planned number of blocks: `9`, or `6 to 20` if a rule ends a suite. */
export function blockRange(plan: Plan): Text {
  const min = smallestNumber(plan);
  const { blocks } = plan;
  return min < blocks ? { en: `${min} to ${blocks}`, zh: `${min} 至 ${blocks}` } : same(String(blocks));
}

function smallestNumber({ blocks, stoppingRules = {} }: Plan): number {
  return Math.min(blocks, ...Object.values(stoppingRules).map(({ min }) => min));
}

/** Returns the planned number of blocks with the noun: `1 block`, `6 to 20 blocks`. */
export function plannedBlocks(plan: Plan): Text {
  const { en, zh } = blockRange(plan);
  return { en: `${en} ${plan.blocks === 1 ? "block" : "blocks"}`, zh: `${zh} 个区组` };
}

/** Returns the position of a block in the run: `block 3/9`, or `block 7 of 7 to 20` while a rule can end a suite. */
export function blockPosition(block: number, plan: Plan): string {
  const min = Math.max(block, smallestNumber(plan));
  return min < plan.blocks ? `block ${block} of ${min} to ${plan.blocks}` : `block ${block}/${plan.blocks}`;
}

/** Returns what a rule decided after a block. */
export function decisionSentence(decision: StoppingDecision, plan: Plan): Text {
  const { suite, block } = decision;
  const rule = plan.stoppingRules?.[suite];
  const [next, figure] = [nextStep(decision, rule), figureOf(decision, rule)];
  return {
    en: `${suite} ${next.en} after block ${block}: ${figure.en}`,
    zh: `${suite} 在第 ${block} 个区组后${next.zh}：${figure.zh}`,
  };
}

function figureOf({ question, halfWidth }: StoppingDecision, rule: StoppingRule | undefined): Text {
  if (halfWidth === null) return { en: "no headline has an interval yet", zh: "尚无主要问题有置信区间" };
  const width = `±${formatPercent(halfWidth)}`;
  const target = rule === undefined ? "" : formatPercent(rule.until);
  return {
    en: `95 % interval of a ratio ${width} (${question ?? ""}${target === "" ? "" : `, target ${target}`})`,
    zh: `比值的 95 % 置信区间为 ${width}（${question ?? ""}${target === "" ? "" : `，目标 ${target}`}）`,
  };
}

function nextStep({ block, stop }: StoppingDecision, rule: StoppingRule | undefined): Text {
  if (stop || rule === undefined || block === rule.max) return { en: "stops", zh: "停止" };
  if (block < rule.min) return { en: `needs ${rule.min} blocks`, zh: `继续，至少需要 ${rule.min} 个` };
  return { en: "continues", zh: "继续" };
}

/** Returns the last decision about each adaptive suite. */
export function lastDecisions({ stopping = [], plan }: Pick<RunFile, "stopping" | "plan">): Text[] {
  const last = new Map(stopping.map((decision) => [decision.suite, decision]));
  return [...last.values()].map((decision) => decisionSentence(decision, plan));
}
