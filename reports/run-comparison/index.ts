/** The formats of a comparison of stored runs. */
import type { ComparisonFormat } from "./comparison-format.ts";
import { comparisonAnnotations } from "./github.ts";
import { comparisonHtml } from "./html.ts";
import { comparisonJunit } from "./junit.ts";
import { comparisonMarkdown } from "./md.ts";
import { comparisonText } from "./text.ts";

/** The comparison itself (docs/data-format.md). */
const json: ComparisonFormat = (comparison) => `${JSON.stringify(comparison, null, 2)}\n`;

export const comparisonReports = {
  text: comparisonText,
  md: comparisonMarkdown,
  json,
  html: comparisonHtml,
  github: comparisonAnnotations,
  junit: comparisonJunit,
} satisfies Record<string, ComparisonFormat>;

export type ComparisonReportName = keyof typeof comparisonReports;
