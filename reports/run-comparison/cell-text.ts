/** The texts of compared cells, facts and runs, which all formats share. External text is not escaped here. */
import type { ComparedCell, ComparedRun, RunComparison } from "../../results/index.ts";
import { formatDifference, formatRatio, formatValue } from "../format.ts";
import { same, type Text } from "../language/text.ts";
import { verdictLabel } from "../language/verdict-labels.ts";

/** `+10.8 %`, or a difference in the unit of the metric. */
export function changeText(cell: ComparedCell): string {
  return formatDifference(cell, cell.unit);
}

/** `+7.1 % to +14.6 %`, or only the useful bound: `at least +7.1 %` */
export function intervalText({ ci95, scale, unit, estimate }: ComparedCell): Text {
  if (ci95 === null) return REASONS["too few blocks"];
  const [low, high] = ci95.map((bound) => formatDifference({ scale, estimate: bound }, unit)) as [string, string];
  const [isLow, isHigh] = ci95.map((bound) => scale === "difference" || isUseful(bound / estimate));
  if (isLow === true && isHigh === true) return { en: `${low} to ${high}`, zh: `${low} 至 ${high}` };
  if (isLow === true) return { en: `at least ${low}`, zh: `至少 ${low}` };
  return isHigh === true
    ? { en: `at most ${high}`, zh: `至多 ${high}` }
    : { en: `wider than a factor of ${MAX_FACTOR}`, zh: `宽于 ${MAX_FACTOR} 倍` };
}

/** A limit of more than this ratio says no more than that nothing is known. */
export const MAX_FACTOR = 10;

/** Reports whether a ratio is at most that factor, in either direction. */
export function isUseful(ratio: number): boolean {
  return Math.max(ratio, 1 / ratio) <= MAX_FACTOR;
}

/** `44.1 ms → 48.9 ms` */
export function valuesText({ base, head, unit }: ComparedCell): string {
  return `${formatValue(base.value, unit)} → ${formatValue(head.value, unit)}`;
}

/** `equal`, or `undecided: busy machine` */
export function verdictText({ verdict, reason }: ComparedCell): Text {
  const label = verdictLabel(verdict);
  if (reason === undefined) return label;
  const why = REASONS[reason];
  return { en: `${label.en}: ${why.en}`, zh: `${label.zh}：${why.zh}` };
}

const REASONS: Readonly<Record<NonNullable<ComparedCell["reason"]>, Text>> = {
  "between-run variation unknown": { en: "between-run variation unknown", zh: "运行之间的变异未知" },
  "busy machine": { en: "busy machine", zh: "机器繁忙" },
  "reference changed": { en: "reference changed", zh: "参照已变化" },
  "same runs": { en: "same runs", zh: "两侧是相同的运行" },
  "too few blocks": { en: "too few blocks", zh: "区组太少" },
};

/** Returns what the values of a cell were divided by before the sides were compared: `ratio to host 1.14 → 1.26`. */
export function referenceText({ reference, base, head }: ComparedCell): Text {
  if (reference.kind === "none") return { en: "raw values", zh: "原始值" };
  const name = reference.kind === "baseline" ? "host" : reference.name;
  if (base.ratio === null || head.ratio === null) return { en: `difference to ${name}`, zh: `与 ${name} 的差值` };
  const change = `${formatRatio(base.ratio)} → ${formatRatio(head.ratio)}`;
  return { en: `ratio to ${name} ${change}`, zh: `与 ${name} 的比值 ${change}` };
}

/** Returns everything about a cell in one English line, for formats without a table. */
export function cellSentence(cell: ComparedCell): string {
  const runs = `${cell.base.blocks} and ${cell.head.blocks} blocks`;
  const note = cell.reason === undefined ? "" : `; ${cell.reason}`;
  const interval = `95 % interval ${intervalText(cell).en}`;
  return `${valuesText(cell)}, ${changeText(cell)} (${interval}; ${referenceText(cell).en}; ${runs}${note})`;
}

/** `kernel: 6.1.0 → 6.2.0` */
export function factText({ fact, base, head }: RunComparison["facts"][number]): Text {
  return {
    en: `${fact}: ${base ?? "unknown"} → ${head ?? "unknown"}`,
    zh: `${fact}：${base ?? "未知"} → ${head ?? "未知"}`,
  };
}

/** Names a run; its ID starts with the time. */
export function runText({ id, cnibench, outcome }: ComparedRun): Text {
  const { en, zh } = OUTCOMES[outcome ?? "unfinished"];
  return { en: `run ${id} (cnibench ${cnibench}${en})`, zh: `运行 ${id}（cnibench ${cnibench}${zh}）` };
}

const OUTCOMES: Readonly<Record<NonNullable<ComparedRun["outcome"]> | "unfinished", Text>> = {
  complete: same(""),
  interrupted: { en: ", interrupted", zh: "，已中断" },
  failed: { en: ", failed", zh: "，失败" },
  unfinished: { en: ", not finished", zh: "，未完成" },
};

/** Returns the warnings of the runs, each with its run. Messages are in English. */
export function runWarnings({ base, head }: RunComparison): Text[] {
  return [...base.runs, ...head.runs].flatMap(({ id, warnings }) =>
    warnings.map(({ code, message }) => {
      const warning = `${id}: ${code}: ${message}`;
      return { en: `run ${warning}`, zh: `运行 ${warning}` };
    }),
  );
}
