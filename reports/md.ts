/** Markdown for a comment on a pull request: the numbers first, the rest to be opened, never longer than a comment may be. */
import type { SummaryCell } from "../results/summary.ts";
import { formatNumber, metricLabel, commonScale } from "./format.ts";
import { details, joinWithinLimit, list, table, escapeText } from "./markdown.ts";
import { figuresOf, type Figure, type Question, type RankedCell } from "./questions.ts";
import type { Report, ReportInput } from "./report.ts";
import { rankingSentence } from "./sentences.ts";

export const md: Report = {
  name: "md",
  extension: "md",
  summary: "Markdown that fits a comment on a pull request",
  render: (runs) => Promise.resolve(joinWithinLimit(runs.flatMap(sectionsOf))),
};

function sectionsOf(input: ReportInput): string[] {
  const { run, summary } = input;
  const figures = figuresOf(summary);
  const scenarios = [...new Set(figures.map(scenarioOf))];
  const parts = [
    heading(input),
    ...scenarios.map((name) =>
      scenarioPart(
        name,
        figures.filter((figure) => scenarioOf(figure) === name),
      ),
    ),
    conformancePart(input),
    collapsedList(
      "Failures",
      summary.cells
        .filter(({ state }) => state === "failed")
        .map(({ id, error }) => `${escapeText(id)}: ${escapeText(error ?? "")}`),
    ),
    collapsedList("Warnings", [
      ...summary.warnings.map(warningLine),
      ...summary.cells.flatMap(({ id, warnings }) => warnings.map((each) => `${escapeText(id)}: ${warningLine(each)}`)),
    ]),
    collapsedList(
      "Skipped",
      summary.cells
        .filter(({ state }) => state === "skipped")
        .map(({ id, reason }) => `${escapeText(id)}: ${escapeText(reason ?? "")}`),
    ),
    collapsedList("Environment", environmentLines(run)),
  ];
  return parts.filter((each) => each !== "");
}

function heading({ run, summary }: ReportInput): string {
  const failed = summary.cells.filter(({ state }) => state === "failed").length;
  const head = `## CNI plugins compared: ${escapeText(run.plan.plugins.join(", "))}\n\n`;
  const unfinishedNote = run.outcome === "complete" ? "" : " **The run did not finish.**";
  const failedNote = failed === 0 ? "" : ` **${failed} cells failed.**`;
  const { sameHost, emulated } = run.environment?.cluster ?? {};
  const sameHostNote = sameHost === true ? " All nodes share one machine: throughput is bound by its processors." : "";
  const emulatedNote =
    emulated === true ? " **The nodes are emulated: performance numbers are shown but never ranked.**" : "";
  return `${head}Cluster ${escapeText(run.plan.cluster)}, ${run.plan.nodes} nodes, ${run.plan.blocks} blocks; run ${escapeText(run.id)}.${unfinishedNote}${failedNote}${sameHostNote}${emulatedNote}\n`;
}

function scenarioOf({ suite, scenario }: Figure): string {
  return `${suite} / ${scenario}`;
}

function scenarioPart(name: string, figures: readonly Figure[]): string {
  const plugins = [
    ...new Set(
      figures.flatMap(({ questions }) =>
        questions.flatMap(({ rankedCells: standings }) => standings.map(({ cell }) => cell.plugin)),
      ),
    ),
  ].sort();
  const rows = figures.flatMap((figure) => figure.questions.map((question) => tableRow(figure, question, plugins)));
  const answers = figures
    .filter(({ better }) => better !== "none")
    .flatMap((figure) =>
      figure.questions.map(
        (question) =>
          `${metricLabel(figure.metric)}, ${escapeText(question.path)}: ${escapeText(rankingSentence(figure, question))}`,
      ),
    );
  const numbers = table(["Metric", "Path", "host", ...plugins.map(escapeText)], rows);
  return `### ${escapeText(name)}\n\nMedian of the blocks with its 95 % interval; bold: no plugin is significantly better.\n\n${numbers}\n${details("In words", list(answers))}`;
}

function tableRow(figure: Figure, { path, rankedCells: standings }: Question, plugins: readonly string[]): string[] {
  const { baseline, unit } = figure;
  const cells = [...(baseline === null ? [] : [baseline]), ...standings.map(({ cell }) => cell)];
  const scale = commonScale(
    unit,
    cells.filter(({ state }) => state === "measured"),
  );
  const label = `${escapeText(metricLabel(figure.metric))}${scale.unit === "" ? "" : `, ${escapeText(scale.unit)}`}`;
  const number = ({ state, median, ci95 }: SummaryCell): string => {
    if (state !== "measured" || median === null) return state;
    const interval = ci95 === null ? "" : ` (${ci95.map((end) => formatNumber(end, scale, ci95)).join(" to ")})`;
    return `${formatNumber(median, scale, ci95)}${interval}`;
  };
  const shown = (standing: RankedCell | undefined): string =>
    standing === undefined ? "" : standing.rank === 1 ? `**${number(standing.cell)}**` : number(standing.cell);
  return [
    label,
    escapeText(path),
    baseline === null ? "" : number(baseline),
    ...plugins.map((plugin) => shown(standings.find(({ cell }) => cell.plugin === plugin))),
  ];
}

function conformancePart({ summary: { conformance } }: ReportInput): string {
  if (conformance.length === 0) return "";
  const plugins = [...new Set(conformance.map(({ plugin }) => plugin))];
  const rows = plugins.map((plugin) => {
    const own = conformance.filter((check) => check.plugin === plugin);
    return [
      escapeText(plugin),
      ...(["pass", "fail", "known", "skip"] as const).map((status) =>
        String(own.filter((check) => check.status === status).length),
      ),
    ];
  });
  const failed = conformance
    .filter(({ status }) => status === "fail")
    .map(
      ({ plugin, clause, level, specVersion, message }) =>
        `${escapeText(plugin)}, ${escapeText(clause)} (${level}, CNI ${escapeText(specVersion)}): ${escapeText(message)}`,
    );
  return `### Conformance\n\n${table(["Plugin", "passed", "failed", "known", "skipped"], rows)}\n${collapsedList("Clauses that failed", failed)}`;
}

function collapsedList(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : details(`${title} (${lines.length})`, list(lines));
}

function warningLine({ code, message }: { readonly code: string; readonly message: string }): string {
  return `${escapeText(code)}: ${escapeText(message)}`;
}

function environmentLines({ environment, versions }: ReportInput["run"]): string[] {
  if (environment === null) return [];
  const { kernel, os, cpuModel, cpus, arch, cluster, tools, plugins } = environment;
  const facts: (readonly [string, string | null])[] = [
    ["Processor", `${cpuModel ?? "unknown"}, ${cpus} CPUs, ${arch}`],
    ["System", os],
    ["Kernel", kernel],
    ["Underlay MTU", cluster.underlayMtu === null ? null : `${cluster.underlayMtu} B`],
    ["cnibench", `${versions.cnibench} on Node.js ${versions.node}`],
    ...Object.entries(tools),
    ...plugins.map(({ name, version }) => [`plugin ${name}`, version] as const),
  ];
  return facts.map(([name, value]) => `${escapeText(name)}: ${value === null ? "not collected" : escapeText(value)}`);
}
