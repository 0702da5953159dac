/** The md report for a pull request comment: numbers first, everything else collapsed, within the length limit. */
import type { NoiseCard, SummaryCell } from "../results/index.ts";
import { plain } from "./first-screen/phrase.ts";
import { commonScale, formatCount, formatNumber } from "./format.ts";
import { conformanceSections } from "./conformance/md.ts";
import { details, escapeText, joinWithinLimit, bulletList, collapsedList, table } from "./markdown.ts";
import { metricLabel } from "./language/metric-labels.ts";
import { severalRunsSections } from "./md-several-runs.ts";
import { NOISE_COLUMNS, noiseRows, noiseSentences } from "./noise.ts";
import { figuresOf, type Figure, type Question, type RankedCell } from "./questions.ts";
import type { Report, ReportInput } from "./report.ts";
import { errorControlSentences, questionTitle, rankingSentence } from "./sentences.ts";
import { lastDecisions, plannedBlocks } from "./stopping.ts";

export const md: Report = {
  name: "md",
  extension: "md",
  render: (runs, { missing = [] } = {}) =>
    Promise.resolve(joinWithinLimit([...severalRunsSections(runs, missing), ...runs.flatMap(sectionsOf)])),
};

function sectionsOf(input: ReportInput): string[] {
  const { run, summary } = input;
  const figures = figuresOf(summary);
  const scenarios = [...new Set(figures.map(scenarioOf))];
  const cellsIn = (state: SummaryCell["state"]) => summary.cells.filter((cell) => cell.state === state);
  const sections = [
    heading(input),
    ...errorControlSentences(summary.errorControl).map(({ en }) => `${en}\n`),
    ...scenarios.map((name) =>
      scenarioSection(
        name,
        figures.filter((figure) => scenarioOf(figure) === name),
      ),
    ),
    ...conformanceSections(summary.conformance),
    ...collapsedList(
      "Failures",
      cellsIn("failed").map(({ id, error }) => `${escapeText(id)}: ${escapeText(error ?? "")}`),
    ),
    ...collapsedList("Warnings", [
      ...summary.warnings.map(warningLine),
      ...summary.cells.flatMap(({ id, warnings }) => warnings.map((each) => `${escapeText(id)}: ${warningLine(each)}`)),
    ]),
    ...collapsedList(
      "Skipped",
      cellsIn("skipped").map(({ id, reason }) => `${escapeText(id)}: ${escapeText(reason ?? "")}`),
    ),
    ...collapsedList("Environment", environmentLines(run)),
    ...(run.noiseCard === undefined ? [] : [noiseDetails(run.noiseCard)]),
  ];
  return sections.filter((section) => section !== "");
}

function heading({ run, summary }: ReportInput): string {
  const { plan } = run;
  const { sameHost, emulated } = run.environment?.cluster ?? {};
  const failed = summary.cells.filter(({ state }) => state === "failed").length;
  const setup = `Cluster ${escapeText(plan.cluster)}, ${plan.nodes} nodes, ${plannedBlocks(plan).en}`;
  const sentences = [
    `${setup}; run ${escapeText(run.id)}.`,
    ...lastDecisions(run).map(({ en }) => `${escapeText(en)}.`),
    ...(run.outcome === "complete" ? [] : ["**The run did not finish.**"]),
    ...(failed === 0 ? [] : [`**${formatCount(failed, "cell")} failed.**`]),
    ...(sameHost === true ? ["All nodes share one machine, so its CPUs limit the throughput."] : []),
    ...(emulated === true ? ["**The nodes are emulated, so performance numbers are shown but never ranked.**"] : []),
  ];
  return `## CNI plugin comparison: ${escapeText(plan.plugins.join(", "))}\n\n${sentences.join(" ")}\n`;
}

function scenarioOf({ suite, scenario }: Figure): string {
  return `${suite} / ${scenario}`;
}

function scenarioSection(name: string, figures: readonly Figure[]): string {
  const cells = figures.flatMap(({ questions }) => questions.flatMap(({ rankedCells }) => rankedCells));
  const plugins = [...new Set(cells.map(({ cell }) => cell.plugin))].sort();
  const rows = figures.flatMap((figure) => figure.questions.map((question) => tableRow(figure, question, plugins)));
  const rankings = figures
    .filter(({ better }) => better !== "none")
    .flatMap((figure) => figure.questions.map((question) => rankingLine(figure, question)));
  const legend = "Median of the blocks with its 95 % confidence interval. Bold: no plugin was shown to be better.";
  const numbers = table(["Metric", "Path", "host", ...plugins.map(escapeText)], rows);
  return `### ${escapeText(name)}\n\n${legend}\n\n${numbers}\n${details("Rankings", bulletList(rankings))}`;
}

function rankingLine(figure: Figure, question: Question): string {
  const ranking = plain(rankingSentence(figure, question).en);
  return `${escapeText(questionTitle(figure, question).en)}: ${escapeText(ranking)}`;
}

function tableRow(figure: Figure, { path, rankedCells }: Question, plugins: readonly string[]): string[] {
  const { baseline, unit } = figure;
  const cells = [...(baseline === null ? [] : [baseline]), ...rankedCells.map(({ cell }) => cell)];
  const scale = commonScale(
    unit,
    cells.filter(({ state }) => state === "measured"),
  );
  const label = `${escapeText(metricLabel(figure.metric).en)}${scale.unit === "" ? "" : `, ${escapeText(scale.unit)}`}`;
  const number = ({ state, median, ci95 }: SummaryCell): string => {
    if (state !== "measured" || median === null) return state;
    const interval = ci95 === null ? "" : ` (${ci95.map((end) => formatNumber(end, scale, ci95)).join(" to ")})`;
    return `${formatNumber(median, scale, ci95)}${interval}`;
  };
  const rankedNumber = (ranked: RankedCell | undefined): string =>
    ranked === undefined ? "" : ranked.ranks?.[0] === 1 ? `**${number(ranked.cell)}**` : number(ranked.cell);
  return [
    label,
    escapeText(path),
    baseline === null ? "" : number(baseline),
    ...plugins.map((plugin) => rankedNumber(rankedCells.find(({ cell }) => cell.plugin === plugin))),
  ];
}

function warningLine({ code, message }: { readonly code: string; readonly message: string }): string {
  return `${escapeText(code)}: ${escapeText(message)}`;
}

function noiseDetails(card: NoiseCard): string {
  const rows = noiseRows(card).map((row) => row.map(({ en }) => escapeText(en)));
  const sentences = noiseSentences(card).map(({ en }) => `${escapeText(en)}\n`);
  const head = NOISE_COLUMNS.map(({ en }) => en);
  return details("Noise of this machine", `${sentences.join("\n")}\n${table(head, rows)}`);
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
  return facts.map(([name, value]) => `${escapeText(name)}: ${value === null ? "not collected" : escapeText(value)}`);
}
