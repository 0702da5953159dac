/** `cnibench report`: renders stored runs in any format, offline. */
import { reportInput, type ReportName, reports } from "../../reports/index.ts";
import { loadRun, redactLoaded, redactor } from "../../results/index.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { reportOutput } from "../terminal/report-output.ts";

export interface ReportFlags {
  readonly format: ReportName;
  readonly out?: string;
  readonly redact?: boolean;
}

export async function reportCommand(dirs: readonly string[], flags: ReportFlags): Promise<ExitCode> {
  const write = reportOutput(flags.out, []);
  const loaded = [];
  for (const dir of dirs) {
    const run = await loadRun(dir);
    loaded.push(reportInput(flags.redact === true ? redactLoaded(run, redactor(null)) : run));
  }
  await write(await reports[flags.format].render(loaded));
  return EXIT.success;
}
