/** The registry of report formats: one line each. */
import { html } from "./html.ts";
import { json } from "./json.ts";
import type { Report } from "./report.ts";

export const reports = { html, json } satisfies Record<string, Report>;

export type ReportName = keyof typeof reports;
