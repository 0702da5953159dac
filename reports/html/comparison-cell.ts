/** The column of a table that compares a plugin with the reference. */
import type { Comparison, SummaryCell } from "../../results/index.ts";
import { markOf } from "../element-ids.ts";
import { formatDifference, formatP, formatRatio } from "../format.ts";
import type { Text } from "../language/text.ts";
import { verdictLabel } from "../language/verdict-labels.ts";
import { fromViewOf, type RankedCell } from "../questions.ts";
import { undecidedNote } from "../sentences.ts";
import type { Content } from "./markup.ts";
import { byReference, HOST_REFERENCE, type ReferenceChoice, referencePlugins } from "./references.ts";

/**
 * Returns the comparison with the best plugin, the ratio to the host, which has no verdict, and the comparison with
 * each plugin that can be chosen as the reference.
 * @param comparisons of the question
 * @param plugins the plugins of the plan
 */
export function comparisonCell(
  ranked: RankedCell,
  comparisons: readonly Comparison[],
  plugins: readonly string[],
): Content {
  const { plugin, unit, baselineRatio } = ranked.cell;
  const own = comparisons.flatMap((each) => fromViewOf(plugin, each) ?? []);
  if (own.length === 0 && baselineRatio === null) return null;
  const { versusBest } = ranked;
  const best: ReferenceChoice = {
    ref: "best",
    content: versusBest === null ? null : withNote(versusBest, unit),
    verdict: markOf(ranked) ?? "",
    value: versusBest?.estimate ?? (ranked.isReference ? ownValue(own) : null),
  };
  const value = baselineRatio?.median ?? null;
  const host: ReferenceChoice = { ref: HOST_REFERENCE, content: ratioText(baselineRatio), verdict: "", value };
  const chosen = referencePlugins(plugins).map((ref): ReferenceChoice => {
    if (ref === plugin) return { ref, content: null, verdict: "reference", value: ownValue(own) };
    const comparison = own.find(({ b }) => b === ref);
    if (comparison === undefined) return { ref, content: null, verdict: "", value: null };
    const { verdict, estimate } = comparison;
    return { ref, content: comparisonText(comparison, unit), verdict, value: estimate };
  });
  return byReference([best, host, ...chosen]);
}

/** Returns the ratio of a value to that of the host, with its interval. */
export function ratioText(ratio: SummaryCell["baselineRatio"]): string {
  if (ratio === null) return "–";
  const { median, ci95 } = ratio;
  const interval = ci95 === null ? "" : ` [${ci95.map((end) => formatRatio(end, ci95)).join(", ")}]`;
  return `${formatRatio(median, ci95)}${interval}`;
}

/** Returns the place of the reference itself among the ratios or differences to it. */
function ownValue([first]: readonly Comparison[]): number | null {
  if (first === undefined) return null;
  return first.scale === "ratio" ? 1 : 0;
}

/** Returns the verdict of the paired test with its numbers. */
function comparisonText(comparison: Comparison, unit: string): Text {
  const { verdict, pAdjusted } = comparison;
  const difference = formatDifference(comparison, unit);
  const p = verdict === "equal" ? null : formatP(pAdjusted);
  const label = verdictLabel(verdict);
  return {
    en: `${label.en} (${difference}${p === null ? "" : `, ${p}`})`,
    zh: `${label.zh}（${difference}${p === null ? "" : `，${p}`}）`,
  };
}

/** Adds what an undecided comparison could have shown. */
function withNote(comparison: Comparison, unit: string): Text {
  const result = comparisonText(comparison, unit);
  if (comparison.verdict !== "undecided") return result;
  const note = undecidedNote([comparison], unit);
  return { en: `${result.en}: ${note.en}`, zh: `${result.zh}：${note.zh}` };
}
