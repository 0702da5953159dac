/** The text report for a terminal: the answers to the main questions first, then a table with the main numbers. */
import { printable, printableLine } from "../core/errors.ts";
import type { Summary } from "../results/index.ts";
import { wrapText } from "./display-width.ts";
import { answerLine, answerList, NOT_MEASURED } from "./first-screen/answer-list.ts";
import { coreClauses } from "./first-screen/core-clauses.ts";
import { keyWarnings } from "./first-screen/key-warnings.ts";
import { nameList, phrase, plain } from "./first-screen/phrase.ts";
import { screenQuestions, type ScreenQuestions } from "./first-screen/screen-questions.ts";
import { whereMeasured } from "./first-screen/where.ts";
import { formatCount } from "./format.ts";
import { cellsText, groupedReasons } from "./grouped-reasons.ts";
import { figuresOf } from "./questions.ts";
import type { Report, ReportInput } from "./report.ts";
import { errorControlSentences } from "./sentences.ts";
import { clip, shortNames } from "./short-names.ts";
import { lastDecisions } from "./stopping.ts";
import { valueTable } from "./text/value-table.ts";

/** Narrower terminals wrap the lines themselves. */
const MIN_WIDTH = 40;
/** Different reasons for failures and for skips. */
const MAX_REASONS = 10;
/** Characters of a text from outside. */
const MAX_TEXT_LENGTH = 1000;
const INDENT = "  ";

export const text: Report = {
  name: "text",
  extension: "txt",
  render: async (runs, { width = Infinity } = {}) =>
    printable(runs.map((run) => runText(run, Math.max(MIN_WIDTH, width))).join("\n")),
};

function runText(input: ReportInput, width: number): string {
  const { run, summary } = input;
  const { plugins } = run.plan;
  const short = shortNames(plugins);
  const nameOf = (name: string): string => external(short(name));
  const figures = figuresOf(summary);
  const questions = screenQuestions(run, figures);
  const first = new Set(questions.shown.map(({ figure }) => figure));
  const parts = [
    [plain(phrase`${nameList(plugins, 6).en} (run ${{ name: run.id }}): ${whereMeasured(input).en}`, nameOf)],
    [...answerLines(questions, nameOf), ...certaintyLines(input)],
    [...warningLines(summary), ...conformanceLines(summary, nameOf)],
  ].map((lines) => lines.map((line) => `${wrapText(line, width, INDENT)}\n`).join(""));
  const table = valueTable(figures, { plugins, nameOf, first, width });
  return [...parts, table, reasonLines(summary, "failed", nameOf), reasonLines(summary, "skipped", nameOf)]
    .filter((part) => part !== "")
    .join("\n");
}

/** Returns the answers to the main questions. */
function answerLines(questions: ScreenQuestions, nameOf: (name: string) => string): string[] {
  const { note, first, others, missing } = answerList(questions);
  return [
    ...(note === null ? [] : [note.en]),
    ...first.map((each) => printableLine(answerLine(each, nameOf))),
    ...missing.map((id) => `${external(id)}: ${NOT_MEASURED.en}`),
    ...(others.length === 0 ? [] : [`${formatCount(others.length, "more answer")} in the html report`]),
  ];
}

function certaintyLines({ run, summary }: ReportInput): string[] {
  return [...errorControlSentences(summary.errorControl), ...lastDecisions(run)].map(({ en }) => external(en));
}

function warningLines(summary: Summary): string[] {
  const { shown, others } = keyWarnings(summary);
  return [
    ...shown.map(({ code, text: { en } }) => `warning ${external(code)}: ${external(en)}`),
    ...(others === 0 ? [] : [`${formatCount(others, "more kind")} of warnings in the html report`]),
  ];
}

/** Returns the results of the core clauses of each plugin, with the failed clauses. */
function conformanceLines({ conformance }: Summary, nameOf: (name: string) => string): string[] {
  return [...coreClauses(conformance)].map(([plugin, results]) => {
    const counts = results.map(
      ({ versions, counts: { en } }) => `${en} (core clauses, ${external(versions.join(", "))})`,
    );
    const failed = conformance.filter((check) => check.plugin === plugin && check.status === "fail");
    const clauses = [...new Set(failed.map(({ clause, level }) => external(`${clause} (${level})`)))];
    const list = clauses.length === 0 ? "" : `; failed: ${clauses.join(", ")}`;
    return `conformance of ${nameOf(plugin)}: ${counts.join("; ")}${list}`;
  });
}

function reasonLines({ cells }: Summary, state: "failed" | "skipped", nameOf: (name: string) => string): string {
  const groups = groupedReasons(cells, state);
  if (groups.length === 0) return "";
  const count = cells.filter((cell) => cell.state === state).length;
  const lines = groups
    .slice(0, MAX_REASONS)
    .map((group) => `${INDENT}${external(cellsText(group, nameOf))}: ${external(group.reason)}\n`);
  const omitted = groups.length - lines.length;
  const more = omitted === 0 ? "" : `${INDENT}${formatCount(omitted, "more reason")} in the html report\n`;
  return `${formatCount(count, "cell")} ${state}:\n${lines.join("")}${more}`;
}

/** Returns external text as a part of a line. */
function external(value: string): string {
  return clip(printableLine(value), MAX_TEXT_LENGTH);
}
