/** The answer to a question in one sentence that claims no more than the numbers carry. */
import { formatChange, formatNumber, scaleForAll } from "./format.ts";
import type { Figure, Question, Standing } from "./questions.ts";

/** Who wins, who ties, who is behind and by how much; or why nobody can be named. */
export function answer(figure: Figure, question: Question): string {
  const measured = question.standings.filter(({ cell }) => cell.state === "measured");
  const missing = question.standings.filter(({ cell }) => cell.state === "failed").map(({ cell }) => cell.plugin);
  const absent = missing.length === 0 ? "" : ` Not measured: ${list(missing)}.`;
  return `${verdict(figure, question, measured)}${absent}`;
}

function verdict(figure: Figure, question: Question, measured: readonly Standing[]): string {
  const told = medians(figure, measured);
  const [first, second] = measured;
  if (first === undefined) return "Nothing was measured.";
  if (second === undefined) return `${told}; there is nothing to compare it with.`;
  const short = question.comparisons.find(({ verdict: each }) => each === "insufficient");
  if (short !== undefined) {
    const blocks = short.n === 1 ? "1 block" : `${short.n} blocks`;
    return `Not ranked: ${blocks} cannot show a difference among ${measured.length} plugins, ${short.blocksNeeded} can. ${told}.`;
  }
  if (first.rank === null) return `Not ranked. ${told}.`;
  const best = measured.filter(({ rank }) => rank === 1).map(({ cell }) => cell.plugin);
  const behind = measured.filter(({ rank }) => rank !== 1);
  if (behind.length === 0) return `${list(best)} are tied: no difference was shown. ${told}.`;
  const winner = best.length < 2 ? `${best[0] ?? first.cell.plugin} leads` : `${list(best)} tie for first place`;
  const gaps = behind.map((standing) => `${standing.cell.plugin}${gap(standing)}`);
  return `${winner}; ${list(gaps)} ${behind.length === 1 ? "is" : "are"} behind. ${told}.`;
}

/** ` (−8.0 % against ptp)`, from paired blocks; nothing where that difference was not shown or counts have no ratio. */
function gap({ againstFirst }: Standing): string {
  if (againstFirst?.verdict !== "worse" || againstFirst.ratio === null) return "";
  return ` (${formatChange(againstFirst.ratio.median)} against ${againstFirst.b})`;
}

function medians(figure: Figure, measured: readonly Standing[]): string {
  const scale = scaleForAll(
    figure.unit,
    measured.map(({ cell }) => cell),
  );
  const values = measured.map(({ cell }) => `${cell.plugin} ${formatNumber(cell.median ?? 0, scale, cell.ci95)}`);
  return `${values.join(", ")}${scale.unit === "" ? "" : ` ${scale.unit}`}`;
}

function list(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}
