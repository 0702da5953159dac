/** The column of a table that compares a plugin with the reference. */
import type { Comparison } from "../../results/index.ts";
import { markOf } from "../element-ids.ts";
import { formatDifference, formatP } from "../format.ts";
import type { Text } from "../language/text.ts";
import { verdictLabel } from "../language/verdict-labels.ts";
import { fromViewOf, type RankedCell } from "../questions.ts";
import { undecidedNote } from "../sentences.ts";
import type { Content } from "./markup.ts";
import { byReference, type ReferenceChoice, referencePlugins } from "./references.ts";

/**
 * Returns the comparison with the best plugin, and with each that can be chosen as the reference.
 * @param comparisons of the question
 * @param plugins the plugins of the plan
 */
export function comparisonCell(
  ranked: RankedCell,
  comparisons: readonly Comparison[],
  plugins: readonly string[],
): Content {
  const { plugin, unit } = ranked.cell;
  const own = comparisons.flatMap((each) => fromViewOf(plugin, each) ?? []);
  if (own.length === 0) return null;
  const { versusBest } = ranked;
  const best = versusBest === null ? null : withNote(versusBest, unit);
  const chosen = referencePlugins(plugins).map((ref): ReferenceChoice => {
    if (ref === plugin) return { ref, content: null, verdict: "reference" };
    const comparison = own.find(({ b }) => b === ref);
    if (comparison === undefined) return { ref, content: null, verdict: "" };
    return { ref, content: comparisonText(comparison, unit), verdict: comparison.verdict };
  });
  return byReference([{ ref: "best", content: best, verdict: markOf(ranked) ?? "" }, ...chosen]);
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
