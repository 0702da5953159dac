/** How far the numbers of a comparison can be trusted, which all formats state. Contains no external text. */
import type { ComparedCell, ComparedClause, RunComparison } from "../../results/index.ts";
import { isConclusive, isSuspect, SIMULATED_FALSE_ALARMS } from "../../results/index.ts";
import { formatCount, formatPercent } from "../format.ts";
import { joinTexts, type Text } from "../language/text.ts";
import type { ComparisonOptions } from "./comparison-format.ts";
import { clauseGroups } from "./clause-groups.ts";
import { isOnlyConformance, verdictCounts } from "./verdict-sentence.ts";

const MEASURE_AGAIN: Text = {
  en: '"cnibench run --confirm BASE" measures suspects again',
  zh: "“cnibench run --confirm BASE”会再次测量疑似性能回退",
};

/** Returns the notes, the most general ones first. */
export function notesOf(
  comparison: RunComparison,
  { gate, failOn }: Pick<ComparisonOptions, "gate" | "failOn"> = { failOn: [] },
): Text[] {
  const { cells, threshold } = comparison;
  const count = (reason: ComparedCell["reason"]): number => cells.filter((cell) => cell.reason === reason).length;
  const [unknown, busy] = [count("between-run variation unknown"), count("busy machine")];
  const isSame = count("same runs") > 0;
  const [counts, smallest] = [verdictCounts(comparison), formatPercent(threshold.ratio - 1)];
  const countsNote = {
    en: `${counts.en}; a change counts from ${smallest}`,
    zh: `${counts.zh}；变化达到 ${smallest} 才计入`,
  };
  return [
    ...clauseNotes(comparison, gate !== undefined),
    ...(isOnlyConformance(comparison) ? [] : [countsNote]),
    // The rates do not hold if a source of variation is unknown.
    ...(unknown > 0 ? [unknownNote(unknown)] : isSame ? [] : errorRates(comparison)),
    ...(gate === undefined ? suspectNotes(comparison, failOn) : [falseAlarmNote(gate.design)]),
    ...(busy > 0 ? [busyNote(busy)] : []),
  ];
}

/** Returns how many clauses changed, whether the sides tested the same ones, and how to confirm a regression. */
function clauseNotes(comparison: RunComparison, isGate: boolean): Text[] {
  const { clauses } = comparison;
  if (clauses.length === 0) return [];
  const count = (matches: (clause: ComparedClause) => boolean): number => clauses.filter(matches).length;
  const changed = count(({ change }) => change !== "none");
  const [added, removed] = [count(({ base }) => base === "missing"), count(({ head }) => head === "missing")];
  const suspects = clauseGroups(comparison).find(({ kind }) => kind === "suspect")?.clauses ?? [];
  const otherVersion = suspects.filter(({ reason }) => reason === "other version of cnibench").length;
  const total = {
    en: `${formatCount(clauses.length, "clause")}: ${changed} changed`,
    zh: `${clauses.length} 个条款：${changed} 个有变化`,
  };
  return [
    total,
    ...(added + removed > 0 ? [otherClausesNote(added, removed)] : []),
    ...(otherVersion > 0 ? [otherVersionNote(otherVersion)] : []),
    ...(suspects.length > otherVersion && !isGate
      ? [joinTexts([CONFIRM_CLAUSES, MEASURE_AGAIN], { en: "; ", zh: "；" })]
      : []),
  ];
}

const CONFIRM_CLAUSES: Text = {
  en: "two failed tests of the head confirm a newly failing clause: compare several head runs",
  zh: "在 head 中两次测试均未通过，才确认新失败的条款：请比较多次 head 运行",
};

function otherClausesNote(added: number, removed: number): Text {
  return {
    en: `the sides tested different clauses: ${added} only in the head, ${removed} only in the base`,
    zh: `两侧测试的条款不同：${added} 个仅在 head 中，${removed} 个仅在 base 中`,
  };
}

function otherVersionNote(count: number): Text {
  return {
    en:
      `${formatCount(count, "newly failing clause")} cannot fail a build, because another version of cnibench tested ` +
      "the base; measure the base again",
    zh: `${count} 个新失败的条款不能使构建失败，因为 base 由另一版本的 cnibench 测试；请重新测量 base`,
  };
}

function unknownNote(unknown: number): Text {
  return {
    en:
      `between-run variation unknown for ${formatCount(unknown, "cell")}, which cannot fail a build by ` +
      `${unknown === 1 ? "itself" : "themselves"}; ` +
      'compare several runs per side, or run "cnibench doctor --calibrate --runs 5" before the runs',
    zh:
      `${unknown} 个单元在运行之间的变异未知，不能单独使构建失败；` +
      "请在每一侧比较多次运行，或在运行之前执行“cnibench doctor --calibrate --runs 5”",
  };
}

function busyNote(busy: number): Text {
  return {
    en: `${formatCount(busy, "cell")} undecided because the machine was busy; repeat the runs`,
    zh: `${busy} 个单元因机器繁忙而未定；请重新运行`,
  };
}

/** Returns which suspects fail a build, and the next step. Those of unknown variation have a note of their own. */
function suspectNotes({ cells }: RunComparison, failOn: ComparisonOptions["failOn"]): Text[] {
  const suspects = cells.filter((cell) => isSuspect(cell) && cell.state !== "confirmed");
  const conclusive = suspects.filter(isConclusive).length;
  const doubtful = suspects.filter(({ reason }) => reason === "reference changed").length;
  const rule = failOn.includes("suspect") ? failingNote(conclusive) : FAILING_OPTION;
  const changed = {
    en: `${formatCount(doubtful, "suspected regression")} cannot fail a build, ` + "because the reference changed, too",
    zh: `${doubtful} 个疑似性能回退不能使构建失败，因为参照也发生了变化`,
  };
  return [...(conclusive > 0 ? [rule] : []), ...(doubtful > 0 ? [changed] : [])].map((note) =>
    joinTexts([note, MEASURE_AGAIN], { en: "; ", zh: "；" }),
  );
}

const FAILING_OPTION: Text = {
  en: "a suspect fails a build only with --fail-on suspect",
  zh: "疑似性能回退仅在使用 --fail-on suspect 时使构建失败",
};

function failingNote(conclusive: number): Text {
  const failing = `${formatCount(conclusive, "suspected regression")} fail${conclusive === 1 ? "s" : ""} the build`;
  return {
    en: `${failing} because of --fail-on suspect, without a second measurement`,
    zh: `${conclusive} 个疑似性能回退因 --fail-on suspect 使构建失败，未经第二次测量`,
  };
}

function falseAlarmNote(design: RunComparison["design"]): Text {
  const rate = formatPercent(SIMULATED_FALSE_ALARMS[design]);
  return {
    en:
      "a cell that has not changed is confirmed with a probability of at most 2.5 %; without any change, a " +
      `regression was confirmed in ${rate} of simulated gates (docs/method.md, The gate)`,
    zh:
      "没有变化的单元被确认为性能回退的概率不超过 2.5 %；在没有任何变化的模拟门禁中，" +
      `有 ${rate} 确认了性能回退（docs/method.md，The gate）`,
  };
}

function errorRates({ errorControl: { headlines, exploratory } }: RunComparison): Text[] {
  const [rate, share] = [formatPercent(headlines.errorRate), formatPercent(exploratory.falseDiscoveryRate)];
  const headlineNote = {
    en: `${formatCount(headlines.compared, "headline cell")}: at most ${rate} chance of any false difference`,
    zh: `${headlines.compared} 个主要问题的单元：出现任何虚假差异的概率不超过 ${rate}`,
  };
  const exploratoryCells = formatCount(exploratory.compared, "exploratory cell");
  const exploratoryNote = {
    en: `${exploratoryCells}: at most ${share} of the differences are expected to be false`,
    zh: `${exploratory.compared} 个探索性单元：预计至多有 ${share} 的差异为虚假差异`,
  };
  return [...(headlines.compared > 0 ? [headlineNote] : []), ...(exploratory.compared > 0 ? [exploratoryNote] : [])];
}
