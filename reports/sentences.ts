/** Writes the answer to a question as one sentence that claims no more than the statistics support. */
import { groupBy } from "../core/group.ts";
import type { Comparison, ErrorControl } from "../results/index.ts";
import { commonScale, formatCount, formatDifference, formatNumber, formatPercent, metricLabel } from "./format.ts";
import { fromViewOf, type Figure, type Question, type RankedCell } from "./questions.ts";

/** Returns the shown differences, the equal and the undecided pairs, and the medians of a question. */
export function rankingSentence(figure: Figure, question: Question): string {
  const measured = question.rankedCells.filter(({ cell }) => cell.state === "measured");
  const failed = question.rankedCells.filter(({ cell }) => cell.state === "failed").map(({ cell }) => cell.plugin);
  const failedNote = failed.length === 0 ? "" : `Not measured: ${joinNames(failed)}.`;
  if (measured.length === 0) return failedNote || "No plugin was measured.";
  return `${ranking(figure, question, measured)} ${failedNote}`.trimEnd();
}

function ranking(figure: Figure, question: Question, measured: readonly RankedCell[]): string {
  const medianList = `Medians: ${medians(figure, measured)}.`;
  if (measured.length === 1) return `Only one plugin was measured: ${medians(figure, measured)}.`;
  const { comparisons } = question;
  if (comparisons.length === 0) return `Not ranked. ${medianList}`;
  const names = measured.map(({ cell }) => cell.plugin);
  const notCompared = measured.filter(({ ranks }) => ranks === null).map(({ cell }) => cell.plugin);
  return [
    ...differenceSentences(figure, comparisons, names),
    ...equalSentences(comparisons),
    ...undecidedSentences(figure, comparisons),
    ...(notCompared.length === 0 ? [] : [`Not compared: ${joinNames(notCompared)}.`]),
    medianList,
  ].join(" ");
}

/** Returns the differences that were shown: a plugin that is better than all others, or each pair. */
function differenceSentences({ unit }: Figure, comparisons: readonly Comparison[], names: readonly string[]): string[] {
  const lossesOf = (name: string): Comparison[] =>
    comparisons.flatMap((each) => fromViewOf(name, each) ?? []).filter(({ verdict }) => verdict === "worse");
  const losers = names.map((name) => ({ name, losses: lossesOf(name) })).filter(({ losses }) => losses.length > 0);
  const winner = names.find((name) =>
    names.every((other) => other === name || lossesOf(other).some(({ b }) => b === name)),
  );
  if (winner === undefined) {
    return losers.map(({ name, losses }) => {
      const better = losses.map((loss) => `${loss.b} (${formatDifference(loss, unit)})`);
      return `${name} ranks below ${joinNames(better)}.`;
    });
  }
  const list = losers.flatMap(({ name, losses }) =>
    losses.filter(({ b }) => b === winner).map((loss) => `${name} (${formatDifference(loss, unit)} vs. ${winner})`),
  );
  return [`${winner} ranks first; ${joinNames(list)} ${list.length === 1 ? "ranks" : "rank"} lower.`];
}

function equalSentences(comparisons: readonly Comparison[]): string[] {
  const equal = comparisons.filter(({ verdict }) => verdict === "equal");
  return equal.length === 0 ? [] : [`Equal within the band: ${pairList(equal)}.`];
}

/** Returns the undecided pairs, by reason. */
function undecidedSentences({ unit }: Figure, comparisons: readonly Comparison[]): string[] {
  const undecided = comparisons.filter(({ verdict }) => verdict === "undecided");
  return [...groupBy(undecided, ({ reason }) => reason ?? "")].map(
    ([reason, pairs]) => `Undecided: ${pairList(pairs)} (${reason === "" ? sensitivityNote(pairs, unit) : reason}).`,
  );
}

/** Returns the names if each pair of them is in the list, and otherwise the pairs. */
function pairList(pairs: readonly Comparison[]): string {
  const names = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))];
  const isComplete = pairs.length === (names.length * (names.length - 1)) / 2;
  return isComplete ? joinNames(names) : pairs.map(({ a, b }) => `${a} and ${b}`).join(", ");
}

/** Returns which difference these blocks show in each of the pairs, and how many blocks a small one needs. */
export function sensitivityNote(pairs: readonly Comparison[], unit: string): string {
  const [first] = pairs;
  const detectable = pairs.map((pair) => pair.detectable).filter((each) => each !== null);
  if (first === undefined || detectable.length < pairs.length) return "too few blocks to show any difference";
  const { scale } = first;
  const largest = formatDifference({ scale, estimate: Math.max(...detectable) }, unit);
  const blocks = pairs.map(({ blocksNeeded }) => blocksNeeded).filter((each) => each !== null);
  const needed = blocks.length < pairs.length ? "" : `; ${Math.max(...blocks)} blocks show one outside the band`;
  return `80 % chance to show a difference of ${largest}${needed}`;
}

function medians(figure: Figure, measured: readonly RankedCell[]): string {
  const scale = commonScale(
    figure.unit,
    measured.map(({ cell }) => cell),
  );
  const values = measured.map(({ cell }) => `${cell.plugin} ${formatNumber(cell.median ?? 0, scale, cell.ci95)}`);
  return `${values.join(", ")}${scale.unit === "" ? "" : ` ${scale.unit}`}`;
}

/** Returns `Throughput, cross-node`, with a mark for headline questions. */
export function questionTitle({ metric }: Figure, { path, comparisons }: Question): string {
  const mark = comparisons.some(({ family }) => family === "headline") ? " (headline)" : "";
  return `${metricLabel(metric)}, ${path}${mark}`;
}

/** Returns how many differences of the report may be false. */
export function errorControlSentences({ headlines, exploratory }: ErrorControl): string[] {
  return [...headlineSentence(headlines), ...exploratorySentence(exploratory)];
}

function headlineSentence({ planned, compared, errorRate }: ErrorControl["headlines"]): string[] {
  if (compared === 0) return [];
  const count = `${compared} of ${formatCount(planned, "headline question")} compared`;
  return [`${count}: at most ${formatPercent(errorRate)} chance of any false difference.`];
}

function exploratorySentence(exploratory: ErrorControl["exploratory"]): string[] {
  const { questions, selected, different, falseDiscoveryRate } = exploratory;
  if (questions === 0) return [];
  const count = `Exploratory: ${different} of ${formatCount(questions, "question")} with a difference`;
  if (different === 0) return [`${count}.`];
  const expected = Math.max(1, Math.ceil(selected * falseDiscoveryRate));
  return [`${count}, at most ${expected} of them expected to be false.`];
}

function joinNames(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
