/** The end of a run: the summary, the report files and the exit code. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Host } from "../../core/host.ts";
import { quoteArgv } from "../../core/text.ts";
import { type Language, reportInput, type ReportInput, type ReportName, reports } from "../../reports/index.ts";
import { diskError, failsRequirement, loadRun, type RunStore } from "../../results/index.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { fileLink } from "../terminal/file-link.ts";
import { outputWidth } from "../terminal/output-width.ts";

interface ResultFlags {
  readonly report: readonly ReportName[];
  readonly lang?: Language;
  readonly failOn?: readonly string[];
}

/**
 * Prints the summary and writes the reports of a run directory. If the signal of the host has aborted, the run was
 * interrupted.
 * @throws EnvironmentError when the disk is full
 */
export async function reportResults(host: Host, store: RunStore, flags: ResultFlags): Promise<ExitCode> {
  const input = reportInput(await loadRun(store.dir));
  process.stdout.write(`\n${await reports.text.render([input], outputWidth())}\n`);
  for (const name of flags.report) {
    const { extension, render } = reports[name];
    const file = join(store.dir, `report.${extension}`);
    const rendered = await render([input], { language: flags.lang ?? "en" });
    await writeFile(file, rendered).catch((error: unknown) => {
      throw diskError(error, file);
    });
    process.stdout.write(`${name} report: ${fileLink(host, process.stdout, file)}\n`);
  }
  const { aborted } = host.signal;
  if (aborted)
    process.stderr.write(`interrupted; resume with: ${quoteArgv(["cnibench", "run", "--resume", store.dir])}\n`);
  return aborted ? EXIT.interrupted : exitCodeOf(input, flags.failOn ?? []);
}

function exitCodeOf({ run, summary, records }: ReportInput, failOn: readonly string[]): ExitCode {
  const violated = summary.conformance.some(failsRequirement);
  if (failOn.includes("conformance") && violated) return EXIT.conformance;
  const failed = summary.cells.some(({ state }) => state === "failed") || hasError(records);
  const skipped =
    summary.cells.some(({ state }) => state === "skipped") || run.plan.checks.some(({ skip }) => skip !== undefined);
  return failed || (failOn.includes("incomplete") && skipped) ? EXIT.notMeasured : EXIT.success;
}

function hasError(records: ReportInput["records"]): boolean {
  for (const { error } of records) if (error !== undefined) return true;
  return false;
}
