/** Writes the answer to a question as one sentence that claims no more than the statistics support. */
import { commonScale, formatChange, formatNumber } from "./format.ts";
import type { Figure, Question, RankedCell } from "./questions.ts";

/** Ranking sentence: the winner, ties and losers with their differences, or the reason for a missing ranking. */
export function rankingSentence(figure: Figure, question: Question): string {
  const measured = question.rankedCells.filter(({ cell }) => cell.state === "measured");
  const failed = question.rankedCells.filter(({ cell }) => cell.state === "failed").map(({ cell }) => cell.plugin);
  const failedNote = failed.length === 0 ? "" : `Not measured: ${joinNames(failed)}.`;
  if (measured.length === 0) return failedNote || "No plugin was measured.";
  return `${ranking(figure, question, measured)} ${failedNote}`.trimEnd();
}

function ranking(figure: Figure, question: Question, measured: readonly RankedCell[]): string {
  const medianList = medians(figure, measured);
  if (measured.length === 1) return `Only one plugin was measured: ${medianList}.`;
  const insufficient = question.comparisons.find(({ verdict }) => verdict === "insufficient");
  if (insufficient !== undefined) {
    const blocks = `${insufficient.n} measured, ${insufficient.blocksNeeded} needed`;
    return `Not enough blocks to rank ${measured.length} plugins (${blocks}). Medians: ${medianList}.`;
  }
  if (measured.every(({ rank }) => rank === null)) return `Not ranked. Medians: ${medianList}.`;
  const best = measured.filter(({ rank }) => rank === 1).map(({ cell }) => cell.plugin);
  const others = measured.filter(({ rank }) => rank !== 1);
  if (others.length === 0) return `${joinNames(best)} are tied (no significant difference). Medians: ${medianList}.`;
  // Without a transitive order no plugin has rank 1; then the one with the best median is named.
  const winners =
    best.length > 1 ? `${joinNames(best)} tie for first place` : `${best[0] ?? measured[0]?.cell.plugin} ranks first`;
  const losers = others.map((ranked) => `${ranked.cell.plugin}${changeVersusBest(ranked)}`);
  const verb = losers.length === 1 ? "ranks" : "rank";
  return `${winners}; ${joinNames(losers)} ${verb} lower. Medians: ${medianList}.`;
}

/** ` (−8.0 % vs. ptp)`, from paired blocks; empty if the difference is not significant or has no ratio (counts). */
function changeVersusBest({ versusBest }: RankedCell): string {
  if (versusBest?.verdict !== "worse" || versusBest.ratio === null) return "";
  return ` (${formatChange(versusBest.ratio.median)} vs. ${versusBest.b})`;
}

function medians(figure: Figure, measured: readonly RankedCell[]): string {
  const scale = commonScale(
    figure.unit,
    measured.map(({ cell }) => cell),
  );
  const values = measured.map(({ cell }) => `${cell.plugin} ${formatNumber(cell.median ?? 0, scale, cell.ci95)}`);
  return `${values.join(", ")}${scale.unit === "" ? "" : ` ${scale.unit}`}`;
}

function joinNames(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
