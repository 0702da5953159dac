/** The registry of report formats. */
import { csv } from "./csv.ts";
import { html } from "./html.ts";
import { json } from "./json.ts";
import { junit } from "./junit.ts";
import { md } from "./md.ts";
import type { Report } from "./report.ts";

export const reports = { html, json, csv, md, junit } satisfies Record<string, Report>;

export type ReportName = keyof typeof reports;
