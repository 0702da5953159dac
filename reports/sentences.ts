/** The answer to a question in one sentence that claims no more than the numbers carry. */
import { formatChange, formatNumber, commonScale } from "./format.ts";
import type { Figure, Question, RankedCell } from "./questions.ts";

/** Who wins, who ties, who is behind and by how much; or why nobody can be named. */
export function rankingSentence(figure: Figure, question: Question): string {
  const measured = question.rankedCells.filter(({ cell }) => cell.state === "measured");
  const failed = question.rankedCells.filter(({ cell }) => cell.state === "failed").map(({ cell }) => cell.plugin);
  const missingNote = failed.length === 0 ? "" : ` Not measured: ${joinNames(failed)}.`;
  return `${ranking(figure, question, measured)}${missingNote}`;
}

function ranking(figure: Figure, question: Question, measured: readonly RankedCell[]): string {
  const medianList = medians(figure, measured);
  const [first, second] = measured;
  if (first === undefined) return "Nothing was measured.";
  if (second === undefined) return `${medianList}; there is nothing to compare it with.`;
  const insufficient = question.comparisons.find(({ verdict: each }) => each === "insufficient");
  if (insufficient !== undefined) {
    const blocks = insufficient.n === 1 ? "1 block" : `${insufficient.n} blocks`;
    return `Not ranked: ${blocks} cannot show a difference among ${measured.length} plugins, ${insufficient.blocksNeeded} can. ${medianList}.`;
  }
  if (first.rank === null) return `Not ranked. ${medianList}.`;
  const best = measured.filter(({ rank }) => rank === 1).map(({ cell }) => cell.plugin);
  const behind = measured.filter(({ rank }) => rank !== 1);
  if (behind.length === 0) return `${joinNames(best)} are tied: no difference was shown. ${medianList}.`;
  const winner = best.length < 2 ? `${best[0] ?? first.cell.plugin} leads` : `${joinNames(best)} tie for first place`;
  const gaps = behind.map((standing) => `${standing.cell.plugin}${changeVersusBest(standing)}`);
  return `${winner}; ${joinNames(gaps)} ${behind.length === 1 ? "is" : "are"} behind. ${medianList}.`;
}

/** ` (−8.0 % against ptp)`, from paired blocks; nothing where that difference was not shown or counts have no ratio. */
function changeVersusBest({ versusBest: againstFirst }: RankedCell): string {
  if (againstFirst?.verdict !== "worse" || againstFirst.ratio === null) return "";
  return ` (${formatChange(againstFirst.ratio.median)} against ${againstFirst.b})`;
}

function medians(figure: Figure, measured: readonly RankedCell[]): string {
  const scale = commonScale(
    figure.unit,
    measured.map(({ cell }) => cell),
  );
  const values = measured.map(({ cell }) => `${cell.plugin} ${formatNumber(cell.median ?? 0, scale, cell.ci95)}`);
  return `${values.join(", ")}${scale.unit === "" ? "" : ` ${scale.unit}`}`;
}

function joinNames(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}
