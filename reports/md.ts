/**
 * The md report for a comment of a pull request: verdicts, answers, conformance and warnings first, and all details
 * collapsed, as many of them as fit.
 */
import { groupBy } from "../core/group.ts";
import type { NoiseCard, SummaryCell } from "../results/index.ts";
import { collapsed, collapsedList, comment, type CommentPart, essential } from "./comment.ts";
import { findingParts } from "./conformance/md.ts";
import { keyWarnings } from "./first-screen/key-warnings.ts";
import { nameList, plain } from "./first-screen/phrase.ts";
import { screenQuestions } from "./first-screen/screen-questions.ts";
import { whereMeasured } from "./first-screen/where.ts";
import { formatCount } from "./format.ts";
import { cellsText, groupedReasons } from "./grouped-reasons.ts";
import { bulletList, escapeText, shortText, tableHead, tableRow } from "./markdown.ts";
import { severalRunsSections } from "./md-several-runs.ts";
import { rankings, valueTables } from "./md/value-tables.ts";
import { answerParts, conformancePart, moreAnswers, type NameOf, verdictTable } from "./md/verdict-table.ts";
import { NOISE_COLUMNS, noiseRows, noiseSentences } from "./noise.ts";
import { figuresOf } from "./questions.ts";
import type { Report, ReportInput } from "./report.ts";
import { errorControlSentences } from "./sentences.ts";
import { longNames, shortNames } from "./short-names.ts";
import { lastDecisions } from "./stopping.ts";

/** Characters of a message from outside. */
const MAX_MESSAGE_LENGTH = 300;

export const md: Report = {
  name: "md",
  extension: "md",
  render: async (runs, { missing = [] } = {}) =>
    comment([
      ...severalRunsSections(runs, missing).map((text) => essential("sections about all runs", text)),
      ...runs.flatMap(partsOf),
    ]),
};

/** Returns the parts in the order in which they get space (docs/cli.md). */
function partsOf(input: ReportInput): CommentPart[] {
  const { run, summary } = input;
  const { plugins } = run.plan;
  const nameOf = shortNames(plugins);
  const figures = figuresOf(summary);
  const screen = screenQuestions(run, figures);
  const reasons = (state: "failed" | "skipped"): string[] =>
    groupedReasons(summary.cells, state).map(
      (group) => `${shortText(cellsText(group, nameOf))}: ${shortText(group.reason, MAX_MESSAGE_LENGTH)}`,
    );
  return [
    essential("runs", heading(input, nameOf)),
    ...verdictTable(plugins, screen, nameOf),
    ...answerParts(screen, nameOf),
    ...certainty(input),
    ...conformancePart(summary.conformance, nameOf),
    keyWarningList(input),
    ...moreAnswers(screen, nameOf),
    ...collapsedList(
      "Shortened names",
      "names",
      longNames(plugins).map((name) => `${escapeText(nameOf(name))}: ${escapeText(name)}`),
    ),
    ...collapsedList("Failures", "failures", reasons("failed")),
    ...collapsedList("Warnings about the run", "warnings", summary.warnings.map(warningLine)),
    ...collapsedList("Environment", "facts about the environment", environmentLines(run)),
    ...findingParts(summary.conformance, "Conformance: "),
    ...valueTables(figures, plugins, nameOf),
    ...collapsedList("Warnings about cells", "warnings", cellWarnings(input, nameOf)),
    ...rankings(figures, new Set(screen.shown.map(({ question }) => question)), nameOf),
    ...collapsedList("Skipped", "skips", reasons("skipped")),
    ...(run.noiseCard === undefined ? [] : noiseTable(run.noiseCard)),
  ];
}

function heading(input: ReportInput, nameOf: NameOf): string {
  const { id, plan } = input.run;
  const title = `## CNI plugin comparison: ${escapeText(plain(nameList(plan.plugins, 6).en, nameOf))}`;
  return `${title}\n\n${shortText(plain(whereMeasured(input).en), MAX_MESSAGE_LENGTH)}; run ${shortText(id)}.\n`;
}

/** How many of the differences may be false, and why the run ended. */
function certainty({ run, summary }: ReportInput): CommentPart[] {
  const sentences = [...errorControlSentences(summary.errorControl), ...lastDecisions(run)];
  const text = sentences.map(({ en }) => shortText(en, MAX_MESSAGE_LENGTH)).join(" ");
  return text === "" ? [] : [essential("notes", `${text}\n`)];
}

function keyWarningList({ summary }: ReportInput): CommentPart {
  const { shown, others } = keyWarnings(summary);
  const items = shown.map(({ code, text }) => `**${shortText(code)}**: ${escapeText(text.en)}`);
  const more = others === 0 ? [] : [`${formatCount(others, "more kind")} of warnings below`];
  const list = items.length === 0 ? "No failures and no warnings.\n" : bulletList([...items, ...more]);
  return essential("notes", list);
}

/** Returns a line per message, with the cells that have it. */
function cellWarnings({ summary }: ReportInput, nameOf: NameOf): string[] {
  const all = summary.cells.flatMap((cell) => cell.warnings.map((warning) => ({ cell, line: warningLine(warning) })));
  return [...groupBy(all, ({ line }) => line)].flatMap(([line, [first, ...others]]) => {
    if (first === undefined) return [];
    return [`${line} (${shortText(cellsText({ cell: first.cell, others: others.length }, nameOf))})`];
  });
}

function warningLine({ code, message }: SummaryCell["warnings"][number]): string {
  return `${shortText(code)}: ${shortText(message, MAX_MESSAGE_LENGTH)}`;
}

function noiseTable(card: NoiseCard): CommentPart[] {
  const rows = noiseRows(card).map((row) => tableRow(row.map(({ en }) => shortText(en))));
  const sentences = noiseSentences(card).map(({ en }) => `${shortText(en, MAX_MESSAGE_LENGTH)}\n`);
  const head = `${sentences.join("\n")}\n${tableHead(NOISE_COLUMNS.map(({ en }) => en))}`;
  return collapsed("Noise of this machine", "figures of the noise card", rows, head);
}

function environmentLines({ environment, versions }: ReportInput["run"]): string[] {
  if (environment === null) return [];
  const { kernel, os, cpuModel, cpus, arch, cluster, tools, plugins } = environment;
  const facts: (readonly [string, string | null])[] = [
    ["CPU", `${cpuModel ?? "unknown"}, ${cpus} CPUs, ${arch}`],
    ["Operating system", os],
    ["Kernel", kernel],
    ["Underlay MTU", cluster.underlayMtu === null ? null : `${cluster.underlayMtu} B`],
    ["cnibench", `${versions.cnibench} on Node.js ${versions.node}`],
    ...Object.entries(tools),
    ...plugins.map(({ name, version }) => [`plugin ${name}`, version] as const),
  ];
  return facts.map(([name, value]) => `${shortText(name)}: ${value === null ? "not collected" : shortText(value)}`);
}
