/** The gate of `cnibench run --confirm`: decides it, prints the comparison and writes its reports. */
import { appendFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { printable } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { type ConfirmationStart, type Gate, type GateResult, runGate, type Session } from "../../engine/index.ts";
import {
  type ComparisonOptions,
  comparisonReports,
  formatCount,
  type Language,
  type ReportName,
  reports,
} from "../../reports/index.ts";
import { diskError, GATE_FILE, type GateFile, type RunComparison } from "../../results/index.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { fileLink } from "../terminal/file-link.ts";
import { showProgress } from "../terminal/progress.ts";

interface GateReportFlags {
  readonly report: readonly ReportName[];
  readonly failOn?: readonly string[];
  readonly progress: boolean;
  readonly lang?: Language;
}

/**
 * @param session the measured run
 * @returns 5 for a confirmed regression with `--fail-on regression`; 3 if the gate is incomplete
 */
export async function decideGate(host: Host, gate: Gate, session: Session, flags: GateReportFlags): Promise<ExitCode> {
  const { dir } = session.store;
  const { file, comparison } = await confirmed(host, gate, session, flags.progress);
  const fails = flags.failOn?.includes("regression") === true;
  const options: ComparisonOptions = {
    all: false,
    failOn: fails ? ["regression"] : [],
    ...(flags.lang !== undefined && { language: flags.lang }),
    gate: { allCells: allCellsHint(flags.report), design: gate.basePlugins === null ? "unpaired" : "paired" },
  };
  process.stdout.write(`\n${comparisonReports.text(comparison, options)}`);
  await writeReports(host, dir, { comparison, options, names: flags.report });
  await annotate(host, comparison, options);
  process.stderr.write(`${outcomeLine(file, join(dir, GATE_FILE))}\n`);
  if (file.outcome === "incomplete") return EXIT.notMeasured;
  return file.outcome === "regression" && fails ? EXIT.regression : EXIT.success;
}

/** Shows the progress of the second measurement. */
async function confirmed(host: Host, gate: Gate, session: Session, wanted: boolean): Promise<GateResult> {
  let end = (): void => undefined;
  try {
    return await runGate(host, gate, session, (start) => {
      process.stderr.write(`\n${startLine(start)}\n`);
      const progress = showProgress(host, wanted, start.plan);
      end = progress.end;
      return progress.on;
    });
  } finally {
    end();
  }
}

function startLine({ suspects, confirmation: { design, blocks, maxSeconds }, expected }: ConfirmationStart): string {
  const count = suspects.cells.length + suspects.clauses.length;
  const how = design === "paired" ? "next to the binary of the base" : "in a second run";
  const duration = `about ${Math.ceil(expected)} s, at most ${maxSeconds} s`;
  return (
    `gate: measuring ${formatCount(count, "suspected regression")} again ${how}; ` +
    `${formatCount(blocks, "block")}, ${duration}`
  );
}

function outcomeLine({ outcome, reason, suspects, clauses }: GateFile, file: string): string {
  const count = [...suspects, ...clauses].filter(({ state }) => state === "confirmed").length;
  const answer =
    outcome === "regression" ? formatCount(count, "confirmed regression") : [outcome, reason ?? []].flat().join(": ");
  return printable(`gate: ${answer}; ${file}`);
}

/** Returns how to list all cells of the comparison. */
function allCellsHint(names: readonly ReportName[]): string {
  const written = names.find((name) => name !== "csv");
  return written === undefined ? "list them with --report html" : `see comparison.${reports[written].extension}`;
}

/** Writes those reports of `--report` that comparisons have. @throws EnvironmentError */
async function writeReports(
  host: Host,
  dir: string,
  {
    comparison,
    options,
    names,
  }: {
    readonly comparison: RunComparison;
    readonly options: ComparisonOptions;
    readonly names: readonly ReportName[];
  },
): Promise<void> {
  for (const name of names) {
    if (name === "csv") continue;
    const file = join(dir, `comparison.${reports[name].extension}`);
    await writeFile(file, comparisonReports[name](comparison, options)).catch((error: unknown) => {
      throw diskError(error, file);
    });
    process.stdout.write(`${name} comparison: ${fileLink(host, process.stdout, file)}\n`);
  }
}

/** Prints annotations and appends to the summary of the step, in workflows of GitHub Actions. */
async function annotate({ env }: Host, comparison: RunComparison, options: ComparisonOptions): Promise<void> {
  const { GITHUB_ACTIONS, GITHUB_STEP_SUMMARY } = env;
  if (GITHUB_ACTIONS === undefined) return;
  process.stdout.write(comparisonReports.github(comparison, options));
  if (GITHUB_STEP_SUMMARY === undefined) return;
  await appendFile(GITHUB_STEP_SUMMARY, comparisonReports.md(comparison, options)).catch((error: unknown) => {
    throw diskError(error, GITHUB_STEP_SUMMARY);
  });
}
