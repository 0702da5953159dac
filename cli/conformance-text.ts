/** The verdicts on one plugin as text: what a person reads in a terminal or a CI log. */
import { printable } from "../core/errors.ts";
import type { ConformanceReport, ConformanceRow } from "../runners/conformance/report.ts";
import { columns } from "./columns.ts";

export function conformanceText(report: ConformanceReport): string {
  const { plugin, kinds, specVersions, verdicts, verdictsWithoutGoSkeleton, conformance, warnings } = report;
  const count = (version: string, status: ConformanceRow["status"]): string => String(conformance.filter((row) => row.specVersion === version && row.status === status).length);
  const rows = specVersions.map((version) => [
    ...[version, verdicts[version] ?? "", verdictsWithoutGoSkeleton[version] ?? ""],
    ...(["pass", "fail", "known", "skip"] as const).map((status) => count(version, status)),
  ]);
  const parts = [
    `${printable(plugin)} (${kinds.join(", ")})\n\n`,
    columns([["spec", "verdict", "without what the Go skeleton shares", "passed", "failed", "known", "skipped"], ...rows]),
    ...failures(conformance),
    ...warnings.map(({ code, message }) => `\nwarning ${code}: ${printable(message)}\n`),
  ];
  return parts.join("");
}

/** One paragraph for each clause that fails: versions in which it does fold into one. */
function failures(rows: readonly ConformanceRow[]): string[] {
  const broken = rows.filter(({ status }) => status === "fail" || status === "known");
  const firsts = broken.filter((row, i) => broken.findIndex(({ clause }) => clause === row.clause) === i);
  return firsts.map((first) => {
    const same = broken.filter(({ clause }) => clause === first.clause);
    const { clause, level, section, status, message, evidence = [], reproduce, goSkeleton } = first;
    const head = `\n${status === "known" ? "KNOWN" : "FAIL"} ${clause} (${level}, ${section}; ${same.map(({ specVersion }) => specVersion).join(" ")})${goSkeleton ? " [Go skeleton]" : ""}\n`;
    const lines = [message, ...evidence.slice(0, 10), ...(reproduce === undefined ? [] : ["reproduce:", reproduce])];
    return head + lines.map((line) => `  ${printable(line).replaceAll("\n", "\n  ")}\n`).join("");
  });
}
