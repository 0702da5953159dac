/** `cnibench report`: renders stored runs in any format, offline. */
import { writeFile } from "node:fs/promises";
import { messageOf, UsageError } from "../../core/errors.ts";
import { reportInput, type ReportName, reports } from "../../reports/index.ts";
import { loadRun, redactLoaded, redactor } from "../../results/index.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";

export interface ReportFlags {
  readonly format: ReportName;
  readonly out?: string;
  readonly redact?: boolean;
}

export async function reportCommand(dirs: readonly string[], flags: ReportFlags): Promise<ExitCode> {
  const loaded = [];
  for (const dir of dirs) {
    const run = await loadRun(dir);
    loaded.push(reportInput(flags.redact === true ? redactLoaded(run, redactor(null)) : run));
  }
  const text = await reports[flags.format].render(loaded);
  if (flags.out === undefined) process.stdout.write(text);
  else await writeReport(flags.out, text);
  return EXIT.success;
}

/** Writes the file of `--out`. @throws UsageError when it cannot be written */
export async function writeReport(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new UsageError(`--out ${file}: cannot be written (${messageOf(error)}); name another file`);
  }
  process.stderr.write(`written: ${file}\n`);
}
