/** The outcome of a comparison: its cells by kind of change, those that fail a build, and the answer. */
import {
  type ComparedCell,
  isBroken,
  isConclusive,
  type RunComparison,
  type UncomparedCell,
} from "../../results/index.ts";
import { formatCount, formatPercent } from "../format.ts";
import { joinItems, joinNames, joinTexts, same, type Text } from "../language/text.ts";
import { verdictLabel } from "../language/verdict-labels.ts";
import { isUseful, MAX_FACTOR } from "./cell-text.ts";
import type { FailOn } from "./comparison-format.ts";

/** A list of cells with its title; more important lists come first. */
export interface CellGroup {
  readonly title: Text;
  readonly kind: "confirmed" | "suspect" | "improvement" | "known" | "refuted" | "other";
  /** Headlines first, then the largest change. */
  readonly cells: readonly ComparedCell[];
}

const TITLES: Readonly<Record<CellGroup["kind"], Text>> = {
  confirmed: { en: "Confirmed regressions", zh: "已确认的性能回退" },
  suspect: { en: "Suspected regressions, not confirmed", zh: "疑似性能回退，未确认" },
  improvement: { en: "Improvements", zh: "性能提升" },
  known: { en: "Known regressions", zh: "已知的性能回退" },
  refuted: { en: "Suspicions that a second measurement did not confirm", zh: "第二次测量未确认的疑似性能回退" },
  other: { en: "No change beyond the threshold", zh: "没有超过阈值的变化" },
};

/** Returns the non-empty groups of cells. */
export function cellGroups({ cells }: RunComparison): CellGroup[] {
  const kinds = Object.keys(TITLES) as CellGroup["kind"][];
  return kinds
    .map((kind) => ({
      kind,
      title: TITLES[kind],
      cells: cells.filter((cell) => kindOf(cell) === kind).toSorted(byImportance),
    }))
    .filter((group) => group.cells.length > 0);
}

/** Returns the cells for which `--fail-on` demands exit code 5. */
export function failingCells({ cells }: RunComparison, failOn: readonly FailOn[]): ComparedCell[] {
  return cells.filter((cell) => {
    const kind = kindOf(cell);
    if (kind === "confirmed") return failOn.length > 0;
    return kind === "suspect" && isConclusive(cell) && failOn.includes("suspect");
  });
}

export const BROKEN_TITLE: Text = { en: "Failed in the head only", zh: "仅在 head 中失败" };

export function brokenCells({ uncompared }: RunComparison): UncomparedCell[] {
  return uncompared.filter(isBroken);
}

/** Returns the base plugins that were measured and have no partner in the head. */
export function missingPlugins({ base, uncompared }: RunComparison): string[] {
  const missing = uncompared.filter((cell) => cell.base === "measured" && cell.head === "missing");
  return [...new Set(missing.map(({ cell }) => cell.plugin.base))].filter((name) => !base.plugins.includes(name));
}

/** Returns the answer: `no regression found in 24 cells; smallest change this comparison could show: 6.0 %`. */
export function verdictSentence(comparison: RunComparison): Text {
  return joinTexts(verdictParts(comparison), { en: "; ", zh: "；" });
}

/** Returns the parts of the answer, the most important one first. */
export function verdictParts(comparison: RunComparison): Text[] {
  const { cells } = comparison;
  const total = formatCount(cells.length, "cell");
  if (cells.length > 0 && cells.every(({ reason }) => reason === "same runs"))
    return [
      {
        en: `both sides are the same runs, so nothing was decided in ${total}`,
        zh: `两侧是相同的运行，因此 ${cells.length} 个单元都没有结论`,
      },
    ];
  const count = (kind: CellGroup["kind"]): number => cells.filter((cell) => kindOf(cell) === kind).length;
  return [
    answerOf(cells.length, count("confirmed"), count("suspect")),
    ...lostParts(comparison),
    ...counted(count("known"), (n) => ({ en: `${n} known`, zh: `${n} 个已知` })),
    ...counted(count("refuted"), (n) => ({
      en: `${n} not confirmed by a second measurement`,
      zh: `${n} 个未获第二次测量确认`,
    })),
    sensitivity(cells),
  ];
}

function answerOf(cells: number, confirmed: number, suspects: number): Text {
  const found = joinNames([
    ...counted(confirmed, (n) => ({ en: formatCount(n, "confirmed regression"), zh: `${n} 个已确认的性能回退` })),
    ...counted(suspects, (n) => ({
      en: `${formatCount(n, "suspected regression")} (not confirmed)`,
      zh: `${n} 个疑似性能回退（未确认）`,
    })),
  ]);
  return {
    en: `${found.en || "no regression found"} in ${formatCount(cells, "cell")}`,
    zh: `${cells} 个单元中${found.zh === "" ? "未发现性能回退" : `有 ${found.zh}`}`,
  };
}

/** Returns the plugins and cells that only the base measured. */
function lostParts(comparison: RunComparison): Text[] {
  return [
    ...counted(missingPlugins(comparison).length, (n) => ({
      en: `${formatCount(n, "plugin")} measured in the base only; name the partner with --map`,
      zh: `${n} 个插件仅在 base 中测得；请用 --map 指明对应的插件`,
    })),
    ...counted(brokenCells(comparison).length, (n) => ({
      en: `${formatCount(n, "cell")} failed in the head only`,
      zh: `${n} 个单元仅在 head 中失败`,
    })),
  ];
}

/** Returns the text of a number unless it is 0. */
function counted(count: number, text: (count: number) => Text): Text[] {
  return count === 0 ? [] : [text(count)];
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

function kindOf({ change, state }: ComparedCell): CellGroup["kind"] {
  if (change === "improvement") return "improvement";
  if (change === "none") return "other";
  return state === undefined || state === "unconfirmed" ? "suspect" : state;
}

function byImportance(a: ComparedCell, b: ComparedCell): number {
  const isHeadline = ({ family }: ComparedCell): number => (family === "headline" ? 1 : 0);
  return isHeadline(b) - isHeadline(a) || sizeOf(b) - sizeOf(a);
}

/** Returns the size of a change, so that ratios and differences can be sorted together. */
function sizeOf({ scale, estimate, base }: ComparedCell): number {
  if (scale === "ratio") return Math.abs(Math.log(estimate));
  return base.value === 0 ? Math.abs(estimate) : Math.abs(estimate / base.value);
}
