/** The answer of a comparison, in one sentence. */
import type { ComparedCell, RunComparison } from "../../results/index.ts";
import { formatCount, formatPercent } from "../format.ts";
import { joinItems, joinNames, joinTexts, same, type Text } from "../language/text.ts";
import { verdictLabel } from "../language/verdict-labels.ts";
import { isUseful, MAX_FACTOR } from "./cell-text.ts";
import { clauseGroups, type ClauseGroup } from "./clause-groups.ts";
import { brokenCells, cellGroups, type CellGroup, missingPlugins } from "./outcome.ts";

/** Returns the answer: `no regression found in 24 cells; smallest change this comparison could show: 6.0 %`. */
export function verdictSentence(comparison: RunComparison): Text {
  return joinTexts(verdictParts(comparison), { en: "; ", zh: "；" });
}

/** Returns the parts of the answer, the most important one first. */
export function verdictParts(comparison: RunComparison): Text[] {
  const { cells } = comparison;
  if (cells.length > 0 && cells.every(({ reason }) => reason === "same runs"))
    return [
      {
        en: `both sides are the same runs, so nothing was decided in ${formatCount(cells.length, "cell")}`,
        zh: `两侧是相同的运行，因此 ${cells.length} 个单元都没有结论`,
      },
    ];
  return [
    ...answers(comparison),
    ...lostParts(comparison),
    ...acceptedParts(comparison),
    ...(isOnlyConformance(comparison) ? [] : [sensitivity(cells)]),
  ];
}

/** Reports whether the sides have clauses in common, and no cell. */
export function isOnlyConformance({ cells, clauses }: RunComparison): boolean {
  return cells.length === 0 && clauses.length > 0;
}

/** Returns what was found: first in clauses, because a wrong plugin is worse than a slow one. */
function answers(comparison: RunComparison): Text[] {
  const { cells, clauses } = comparison;
  const slower = foundCells(countCells(comparison, "confirmed"), countCells(comparison, "suspect"));
  const wrong = foundClauses(countClauses(comparison, "confirmed"), countClauses(comparison, "suspect"));
  const inCells = isOnlyConformance(comparison) ? [] : [countText(cells.length, "cell", "单元")];
  const inClauses = clauses.length > 0 ? [countText(clauses.length, "clause", "条款")] : [];
  if (slower === null && wrong === null) {
    const total = joinNames([...inCells, ...inClauses]);
    return [{ en: `no regression found in ${total.en}`, zh: `${total.zh}中未发现性能回退` }];
  }
  const parts = [
    ...inClauses.map((total) => foundIn(wrong ?? { en: "no conformance regression", zh: null }, total)),
    ...inCells.map((total) => foundIn(slower ?? { en: "no regression found", zh: null }, total)),
  ];
  return wrong === null ? parts.toReversed() : parts;
}

function foundIn(found: { readonly en: string; readonly zh: string | null }, total: Text): Text {
  return {
    en: `${found.en} in ${total.en}`,
    zh: found.zh === null ? `${total.zh}中未发现性能回退` : `${total.zh}中有 ${found.zh}`,
  };
}

function countText(count: number, en: string, zh: string): Text {
  return { en: formatCount(count, en), zh: `${count} 个${zh}` };
}

function foundCells(confirmed: number, suspects: number): Text | null {
  const found = joinNames([
    ...counted(confirmed, (n) => ({ en: formatCount(n, "confirmed regression"), zh: `${n} 个已确认的性能回退` })),
    ...counted(suspects, (n) => ({
      en: `${formatCount(n, "suspected regression")} (not confirmed)`,
      zh: `${n} 个疑似性能回退（未确认）`,
    })),
  ]);
  return found.en === "" ? null : found;
}

function foundClauses(confirmed: number, suspects: number): Text | null {
  const found = joinNames([
    ...counted(confirmed, (n) => ({
      en: formatCount(n, "confirmed conformance regression"),
      zh: `${n} 个已确认的符合性回退`,
    })),
    ...counted(suspects, (n) => ({
      en: `${formatCount(n, "suspected conformance regression")} (not confirmed)`,
      zh: `${n} 个疑似符合性回退（未确认）`,
    })),
  ]);
  return found.en === "" ? null : found;
}

/** Returns the plugins, cells, checks and clauses that only the base measured. */
function lostParts(comparison: RunComparison): Text[] {
  const broken = brokenCells(comparison);
  const checks = broken.filter((each) => "check" in each).length;
  return [
    ...counted(missingPlugins(comparison).length, (n) => ({
      en: `${formatCount(n, "plugin")} measured in the base only; name the partner with --map`,
      zh: `${n} 个插件仅在 base 中测得；请用 --map 指明对应的插件`,
    })),
    ...counted(broken.length - checks, (n) => ({
      en: `${formatCount(n, "cell")} failed in the head only`,
      zh: `${n} 个单元仅在 head 中失败`,
    })),
    ...counted(checks, (n) => ({
      en: `${formatCount(n, "conformance check")} failed in the head only`,
      zh: `${n} 个符合性检查仅在 head 中失败`,
    })),
    ...counted(countClauses(comparison, "lost"), (n) => ({
      en: `${formatCount(n, "MUST clause")} passed in the base and could not be tested in the head`,
      zh: `${n} 个 MUST 条款在 base 中通过，但在 head 中无法测试`,
    })),
  ];
}

function acceptedParts(comparison: RunComparison): Text[] {
  const count = (kind: CellGroup["kind"] & ClauseGroup["kind"]): number =>
    countCells(comparison, kind) + countClauses(comparison, kind);
  return [
    ...counted(count("known"), (n) => ({ en: `${n} known`, zh: `${n} 个已知` })),
    ...counted(count("refuted"), (n) => ({
      en: `${n} not confirmed by a second measurement`,
      zh: `${n} 个未获第二次测量确认`,
    })),
  ];
}

/** Returns the text of a number unless it is 0. */
function counted(count: number, text: (count: number) => Text): Text[] {
  return count === 0 ? [] : [text(count)];
}

function countCells(comparison: RunComparison, kind: CellGroup["kind"]): number {
  return cellGroups(comparison).find((group) => group.kind === kind)?.cells.length ?? 0;
}

function countClauses(comparison: RunComparison, kind: ClauseGroup["kind"]): number {
  return clauseGroups(comparison).find((group) => group.kind === kind)?.clauses.length ?? 0;
}

/** Returns how many cells have each verdict: `24 cells: 1 worse, 2 better, 8 equal, 13 undecided`. */
export function verdictCounts({ cells }: RunComparison): Text {
  const verdicts = joinItems(
    (["worse", "better", "equal", "undecided"] as const).map((verdict) => {
      const [count, { en, zh }] = [cells.filter((cell) => cell.verdict === verdict).length, verdictLabel(verdict)];
      return { en: `${count} ${en}`, zh: `${count} 个${zh}` };
    }),
  );
  return { en: `${formatCount(cells.length, "cell")}: ${verdicts.en}`, zh: `${cells.length} 个单元：${verdicts.zh}` };
}

function sensitivity(cells: readonly ComparedCell[]): Text {
  const detectable = cells.flatMap((cell) =>
    cell.scale === "ratio" && cell.detectable !== null ? [cell.detectable] : [],
  );
  if (detectable.length === 0) return { en: "too few blocks to show any change", zh: "区组太少，无法检出任何变化" };
  const [smallest, largest] = [
    detectable.reduce((a, b) => Math.min(a, b)),
    detectable.reduce((a, b) => Math.max(a, b)),
  ];
  if (!isUseful(smallest))
    return {
      en: `no change below a factor of ${MAX_FACTOR} could be shown`,
      zh: `无法检出小于 ${MAX_FACTOR} 倍的变化`,
    };
  const { en, zh } = changeRange(smallest, largest);
  return { en: `smallest change this comparison could show: ${en}`, zh: `本次比较能检出的最小变化：${zh}` };
}

function changeRange(smallest: number, largest: number): Text {
  const [from, to] = [formatPercent(smallest - 1), formatPercent(largest - 1)];
  if (from === to) return same(from);
  return isUseful(largest)
    ? { en: `${from} to ${to}, by cell`, zh: `${from} 至 ${to}，因单元而异` }
    : { en: `at least ${from}, by cell`, zh: `至少 ${from}，因单元而异` };
}
