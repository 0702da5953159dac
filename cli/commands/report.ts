/** `cnibench report`: renders stored runs in any format, or a single view, offline. */
import { join, resolve } from "node:path";
import { UsageError, UsageErrors } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import {
  type Language,
  type ReportInput,
  reportInput,
  type ReportName,
  reports,
  standaloneView,
  VIEW_FORMATS,
  type ViewFormat,
  viewsOf,
} from "../../reports/index.ts";
import { loadRun, NoRunError, redactLoaded, redactor } from "../../results/index.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { openInBrowser } from "../terminal/browser.ts";
import { outputWidth } from "../terminal/output-width.ts";
import { reportOutput } from "../terminal/report-output.ts";

export interface ReportFlags {
  readonly format: ReportName | ViewFormat;
  readonly view?: string;
  readonly out?: string;
  readonly open?: boolean;
  readonly redact?: boolean;
  readonly lang?: Language;
}

export async function reportCommand(host: Host, dirs: readonly string[], flags: ReportFlags): Promise<ExitCode> {
  const { format, view = "", lang = "en" } = flags;
  requireConsistent(dirs, flags);
  const opened = flags.open === true ? fileToOpen(dirs, flags) : null;
  const write = reportOutput(opened ?? flags.out, []);
  const { inputs, problems } = await loadRuns(dirs, flags.redact === true);
  await write(
    isViewFormat(format)
      ? await drawView(inputs[0], view, { format, lang })
      : await reports[format].render(inputs, {
          language: lang,
          missing: problems,
          ...(flags.out === undefined ? outputWidth() : {}),
        }),
  );
  if (opened !== null) await openInBrowser(host, resolve(opened));
  if (problems.length > 0) throw new UsageErrors(problems);
  return EXIT.success;
}

/**
 * Loads all runs that can be read, with the problems of the others.
 * @throws UsageErrors if none can be read, or if a directory contains no run, because its name is probably misspelled
 */
async function loadRuns(
  dirs: readonly string[],
  redacts: boolean,
): Promise<{ readonly inputs: readonly [ReportInput, ...ReportInput[]]; readonly problems: readonly string[] }> {
  const redact = redactor(null);
  const inputs: ReportInput[] = [];
  const errors: UsageError[] = [];
  for (const dir of dirs)
    try {
      const run = await loadRun(dir);
      inputs.push(reportInput(redacts ? redactLoaded(run, redact) : run));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      errors.push(error);
    }
  const problems = errors.map(({ message }) => message);
  const [first, ...others] = inputs;
  if (first === undefined || errors.some((error) => error instanceof NoRunError)) throw new UsageErrors(problems);
  return { inputs: [first, ...others], problems: redacts ? problems.map(redact) : problems };
}

/** Returns the file to write and open. A browser cannot open a file that is removed when cnibench ends. */
function fileToOpen([dir = "", ...others]: readonly string[], { format, out }: ReportFlags): string {
  if (format !== "html")
    throw new UsageError(`--open: cannot be combined with --format ${format}; it opens html reports`);
  if (out !== undefined) return out;
  if (others.length > 0) throw new UsageError("--open: name the file of a report of several runs with --out FILE");
  return join(dir, "report.html");
}

/** @throws UsageError for a format without its view, and for a view in another format or of several runs */
function requireConsistent(dirs: readonly string[], { format, view }: ReportFlags): void {
  const isView = isViewFormat(format);
  if (isView && view === undefined)
    throw new UsageError(`--format ${format}: draws a single view; name it with --view ID`);
  if (view === undefined) return;
  if (!isView) throw new UsageError(`--view ${view}: also give --format ${VIEW_FORMATS.join(" or --format ")}`);
  if (dirs.length > 1) throw new UsageError(`--view ${view}: draws a view of one run; name one run`);
}

function isViewFormat(format: ReportFlags["format"]): format is ViewFormat {
  return VIEW_FORMATS.some((each) => each === format);
}

/** @throws UsageError with the IDs of all views if none has this ID */
async function drawView(
  run: ReportInput,
  id: string,
  { format, lang }: { readonly format: ViewFormat; readonly lang: Language },
): Promise<string | Uint8Array> {
  const { all } = viewsOf(run);
  const view = all.find((each) => each.id === id.replace(/^#/, ""));
  if (view !== undefined) return standaloneView(view, format, lang);
  const known = all.length === 0 ? "has none" : `has ${all.map((each) => each.id).join(", ")}`;
  throw new UsageError(`--view ${id}: not a view of this run, which ${known}`);
}
