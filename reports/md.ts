/** Markdown for a comment on a pull request: the numbers first, the rest to be opened, never longer than a comment may be. */
import type { SummaryCell } from "../results/summary.ts";
import { formatNumber, metricLabel, scaleForAll } from "./format.ts";
import { details, fitted, list, table, text } from "./markdown.ts";
import { figuresOf, type Figure, type Question, type Standing } from "./questions.ts";
import type { Report, ReportInput } from "./report.ts";
import { answer } from "./sentences.ts";

export const md: Report = {
  name: "md",
  extension: "md",
  summary: "Markdown that fits a comment on a pull request",
  render: (runs) => Promise.resolve(fitted(runs.flatMap(partsOf))),
};

function partsOf(input: ReportInput): string[] {
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
    part(
      "Failures",
      summary.cells
        .filter(({ state }) => state === "failed")
        .map(({ id, error }) => `${text(id)}: ${text(error ?? "")}`),
    ),
    part("Warnings", [
      ...summary.warnings.map(warningLine),
      ...summary.cells.flatMap(({ id, warnings }) => warnings.map((each) => `${text(id)}: ${warningLine(each)}`)),
    ]),
    part(
      "Skipped",
      summary.cells
        .filter(({ state }) => state === "skipped")
        .map(({ id, reason }) => `${text(id)}: ${text(reason ?? "")}`),
    ),
    part("Environment", environmentLines(run)),
  ];
  return parts.filter((each) => each !== "");
}

function heading({ run, summary }: ReportInput): string {
  const failed = summary.cells.filter(({ state }) => state === "failed").length;
  const head = `## CNI plugins compared: ${text(run.plan.plugins.join(", "))}\n\n`;
  const how = run.outcome === "complete" ? "" : " **The run did not finish.**";
  const gaps = failed === 0 ? "" : ` **${failed} cells failed.**`;
  const { sameHost, emulated } = run.environment?.cluster ?? {};
  const bound = sameHost === true ? " All nodes share one machine: throughput is bound by its processors." : "";
  const slow = emulated === true ? " **The nodes are emulated: performance numbers are shown but never ranked.**" : "";
  return `${head}Cluster ${text(run.plan.cluster)}, ${run.plan.nodes} nodes, ${run.plan.blocks} blocks; run ${text(run.id)}.${how}${gaps}${bound}${slow}\n`;
}

function scenarioOf({ suite, scenario }: Figure): string {
  return `${suite} / ${scenario}`;
}

function scenarioPart(name: string, figures: readonly Figure[]): string {
  const plugins = [
    ...new Set(
      figures.flatMap(({ questions }) =>
        questions.flatMap(({ standings }) => standings.map(({ cell }) => cell.plugin)),
      ),
    ),
  ].sort();
  const rows = figures.flatMap((figure) => figure.questions.map((question) => row(figure, question, plugins)));
  const answers = figures
    .filter(({ better }) => better !== "none")
    .flatMap((figure) =>
      figure.questions.map(
        (question) => `${metricLabel(figure.metric)}, ${text(question.path)}: ${text(answer(figure, question))}`,
      ),
    );
  const numbers = table(["Metric", "Path", "host", ...plugins.map(text)], rows);
  return `### ${text(name)}\n\nMedian of the blocks with its 95 % interval; bold: no plugin is significantly better.\n\n${numbers}\n${details("In words", list(answers))}`;
}

function row(figure: Figure, { path, standings }: Question, plugins: readonly string[]): string[] {
  const { baseline, unit } = figure;
  const cells = [...(baseline === null ? [] : [baseline]), ...standings.map(({ cell }) => cell)];
  const scale = scaleForAll(
    unit,
    cells.filter(({ state }) => state === "measured"),
  );
  const label = `${text(metricLabel(figure.metric))}${scale.unit === "" ? "" : `, ${text(scale.unit)}`}`;
  const number = ({ state, median, ci95 }: SummaryCell): string => {
    if (state !== "measured" || median === null) return state;
    const interval = ci95 === null ? "" : ` (${ci95.map((end) => formatNumber(end, scale, ci95)).join(" to ")})`;
    return `${formatNumber(median, scale, ci95)}${interval}`;
  };
  const shown = (standing: Standing | undefined): string =>
    standing === undefined ? "" : standing.rank === 1 ? `**${number(standing.cell)}**` : number(standing.cell);
  return [
    label,
    text(path),
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
      text(plugin),
      ...(["pass", "fail", "known", "skip"] as const).map((status) =>
        String(own.filter((check) => check.status === status).length),
      ),
    ];
  });
  const failed = conformance
    .filter(({ status }) => status === "fail")
    .map(
      ({ plugin, clause, level, specVersion, message }) =>
        `${text(plugin)}, ${text(clause)} (${level}, CNI ${text(specVersion)}): ${text(message)}`,
    );
  return `### Conformance\n\n${table(["Plugin", "passed", "failed", "known", "skipped"], rows)}\n${part("Clauses that failed", failed)}`;
}

function part(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : details(`${title} (${lines.length})`, list(lines));
}

function warningLine({ code, message }: { readonly code: string; readonly message: string }): string {
  return `${text(code)}: ${text(message)}`;
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
  return facts.map(([name, value]) => `${text(name)}: ${value === null ? "not collected" : text(value)}`);
}
