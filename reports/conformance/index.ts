/** The formats of a conformance report of one or more plugins; the text is in cli/terminal/conformance-text.ts. */
import type { ConformanceReport } from "../../results/index.ts";
import { conformanceHtml } from "./html.ts";
import { conformanceJunit } from "./junit.ts";
import { conformanceMarkdown } from "./md.ts";
import type { RenderOptions } from "../report.ts";

type Format = (reports: readonly ConformanceReport[], options?: RenderOptions) => string;

/** The report as JSON; an array if there are several. */
const json: Format = (reports) => `${JSON.stringify(reports.length === 1 ? reports[0] : reports, null, 2)}\n`;

export const conformanceReports = {
  json,
  md: conformanceMarkdown,
  junit: conformanceJunit,
  html: conformanceHtml,
} satisfies Record<string, Format>;

export type ConformanceFormat = keyof typeof conformanceReports;
