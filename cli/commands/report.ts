/** `cnibench report`: renders stored runs in any format, or a single view, offline. */
import { join, resolve } from "node:path";
import { UsageError } from "../../core/errors.ts";
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
import { loadRun, redactLoaded, redactor } from "../../results/index.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { openInBrowser } from "../terminal/browser.ts";
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
  const { format, view, lang = "en" } = flags;
  const isView = isViewFormat(format);
  if (isView !== (view !== undefined))
    throw new UsageError(
      isView
        ? `--format ${format}: draws a single view; name it with --view ID`
        : `--view ${view ?? ""}: also give --format ${VIEW_FORMATS.join(" or --format ")}`,
    );
  const opened = flags.open === true ? fileToOpen(dirs, flags) : null;
  const write = reportOutput(opened ?? flags.out, []);
  const loaded = [];
  for (const dir of dirs) {
    const run = await loadRun(dir);
    loaded.push(reportInput(flags.redact === true ? redactLoaded(run, redactor(null)) : run));
  }
  await write(
    isView
      ? await drawView(loaded, view ?? "", { format, lang })
      : await reports[format].render(loaded, { language: lang }),
  );
  if (opened !== null) await openInBrowser(host, resolve(opened));
  return EXIT.success;
}

/** Returns the file to write and open. A browser cannot open a file that is removed when cnibench ends. */
function fileToOpen([dir = "", ...others]: readonly string[], { format, out }: ReportFlags): string {
  if (format !== "html")
    throw new UsageError(`--open: cannot be combined with --format ${format}; it opens html reports`);
  if (out !== undefined) return out;
  if (others.length > 0) throw new UsageError("--open: name the file of a report of several runs with --out FILE");
  return join(dir, "report.html");
}

function isViewFormat(format: ReportFlags["format"]): format is ViewFormat {
  return VIEW_FORMATS.some((each) => each === format);
}

/** @throws UsageError with the IDs of all views if none has this ID */
async function drawView(
  runs: readonly ReportInput[],
  id: string,
  { format, lang }: { readonly format: ViewFormat; readonly lang: Language },
): Promise<string | Uint8Array> {
  const [run] = runs;
  if (run === undefined || runs.length > 1) throw new UsageError(`--view ${id}: draws a view of one run; name one run`);
  const { all } = viewsOf(run);
  const view = all.find((each) => each.id === id.replace(/^#/, ""));
  if (view !== undefined) return standaloneView(view, format, lang);
  const known = all.length === 0 ? "has none" : `has ${all.map((each) => each.id).join(", ")}`;
  throw new UsageError(`--view ${id}: not a view of this run, which ${known}`);
}
