/** Writes the answer to a question as one sentence that claims no more than the statistics support. */
import type { Comparison, ErrorControl } from "../results/index.ts";
import { commonScale, formatCount, formatDifference, formatNumber, formatPercent } from "./format.ts";
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
  const medianList = `Medians: ${medians(figure, measured)}.`;
  if (measured.length === 1) return `Only one plugin was measured: ${medians(figure, measured)}.`;
  if (question.comparisons.length === 0) return `Not ranked. ${medianList}`;
  const leaders = measured.filter(({ ranks }) => ranks === null || ranks[0] === 1);
  const others = measured.filter((ranked) => !leaders.includes(ranked));
  const relations = relationSentences(question, leaders);
  if (others.length === 0) return [...relations, medianList].join(" ");
  const losers = others.map((ranked) => `${ranked.cell.plugin}${changeVersusBest(figure, ranked)}`);
  const winners = joinNames(leaders.map(({ cell }) => cell.plugin));
  const first = `${winners} ${leaders.length === 1 ? "ranks" : "rank"} first`;
  const last = `${joinNames(losers)} ${losers.length === 1 ? "ranks" : "rank"} lower.`;
  return [`${first}; ${last}`, ...relations, medianList].join(" ");
}

/** Returns what is known about the plugins that may be the best: equal pairs, and undecided ones. */
function relationSentences({ comparisons }: Question, leaders: readonly RankedCell[]): string[] {
  const names = leaders.map(({ cell }) => cell.plugin);
  const among = comparisons.filter(({ a, b }) => names.includes(a) && names.includes(b));
  const undecided = among.filter(({ verdict }) => verdict === "undecided");
  if (undecided.length === 0) return among.length === 0 ? [] : [`${joinNames(names)} are equal.`];
  const equal = among.filter(({ verdict }) => verdict === "equal").map(({ a, b }) => `${a} and ${b} are equal.`);
  const open = [...new Set(undecided.flatMap(({ a, b }) => [a, b]))];
  return [...equal, `${joinNames(open)}: undecided${undecidedNote(undecided)}.`];
}

function undecidedNote(undecided: readonly Comparison[]): string {
  const reason = undecided.find((each) => each.reason !== undefined)?.reason;
  return reason === undefined ? sensitivityNote(undecided) : ` (${reason})`;
}

/** Returns the smallest difference that would have shown in each of the pairs, and the blocks that a new run needs. */
export function sensitivityNote(undecided: readonly Comparison[]): string {
  const ratios = undecided.map(({ scale, detectable }) => (scale === "ratio" ? detectable : null));
  const blocks = undecided.map(({ blocksNeeded }) => blocksNeeded);
  const notes = [
    ...(ratios.includes(null)
      ? []
      : [`a difference of ${formatPercent(Math.max(...(ratios as number[])) - 1)} would have shown`]),
    ...(blocks.includes(null) ? [] : [`${formatCount(Math.max(...(blocks as number[])), "block")} needed`]),
  ];
  return notes.map((note) => `, ${note}`).join("");
}

/** ` (−8.0 % vs. ptp)`, from paired blocks; empty if no difference was shown. */
function changeVersusBest({ unit }: Figure, { versusBest }: RankedCell): string {
  if (versusBest?.verdict !== "worse") return "";
  return ` (${formatDifference(versusBest, unit)} vs. ${versusBest.b})`;
}

function medians(figure: Figure, measured: readonly RankedCell[]): string {
  const scale = commonScale(
    figure.unit,
    measured.map(({ cell }) => cell),
  );
  const values = measured.map(({ cell }) => `${cell.plugin} ${formatNumber(cell.median ?? 0, scale, cell.ci95)}`);
  return `${values.join(", ")}${scale.unit === "" ? "" : ` ${scale.unit}`}`;
}

/** Returns how many verdicts of the report may be false. */
export function errorControlSentences({ headlines, exploratory }: ErrorControl): string[] {
  const { questions, decided, falseDiscoveryRate } = exploratory;
  const expected = decided * falseDiscoveryRate;
  const atMost = expected < 1 ? "less than 1" : `at most ${Math.ceil(expected)}`;
  return [
    ...(headlines.planned === 0
      ? []
      : [
          `${formatCount(headlines.planned, "headline question")}: ` +
            `at most ${formatPercent(headlines.errorRate)} chance of any false verdict.`,
        ]),
    ...(questions === 0
      ? []
      : [`Exploratory: ${decided} of ${formatCount(questions, "question")} decided, ${atMost} expected to be false.`]),
  ];
}

function joinNames(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
