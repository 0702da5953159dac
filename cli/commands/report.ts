/** `cnibench report`: renders stored runs in any format, offline. */
import { type Language, reportInput, type ReportName, reports } from "../../reports/index.ts";
import { loadRun, redactLoaded, redactor } from "../../results/index.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { reportOutput } from "../terminal/report-output.ts";

export interface ReportFlags {
  readonly format: ReportName;
  readonly out?: string;
  readonly redact?: boolean;
  readonly lang?: Language;
}

export async function reportCommand(dirs: readonly string[], flags: ReportFlags): Promise<ExitCode> {
  const write = reportOutput(flags.out, []);
  const loaded = [];
  for (const dir of dirs) {
    const run = await loadRun(dir);
    loaded.push(reportInput(flags.redact === true ? redactLoaded(run, redactor(null)) : run));
  }
  const { format, lang = "en" } = flags;
  await write(await reports[format].render(loaded, { language: lang }));
  return EXIT.success;
}
