/** The verdicts on one plugin as text: what a person reads in a terminal or a CI log. */
import { printable } from "../core/errors.ts";
import { findingGroups, type Finding } from "../reports/conformance/findings.ts";
import { standings, type ConformanceReport } from "../results/verdicts.ts";
import { columns } from "./columns.ts";

const HEAD = [
  "spec",
  "verdict",
  "without the Go skeleton's",
  "passed",
  "failed",
  "SHOULD failed",
  "beyond failed",
  "known",
  "skipped",
];

/** Lines of evidence that are shown; the other formats have all. */
const EVIDENCE = 10;

export function conformanceText(report: ConformanceReport): string {
  const { plugin, kinds, conformance, warnings } = report;
  const rows = standings(conformance);
  const chain = rows.some((row) => row.plugin !== plugin);
  const lines = rows.map((row) => [
    ...(chain ? [row.plugin] : []),
    ...[row.specVersion, row.verdict, row.withoutGoSkeleton],
    ...[row.passed, row.failed, row.failedShould, row.failedBeyond, row.known, row.skipped].map(String),
  ]);
  const parts = [
    `${plugin} (${kinds.join(", ")})\n\n`,
    columns([[...(chain ? ["plugin"] : []), ...HEAD], ...lines]),
    ...findingGroups(report).map(
      ({ title, findings }) =>
        `\n== ${title} (${findings.length})\n${findings.map((finding) => paragraph(finding, chain)).join("")}`,
    ),
    ...warnings.map(({ code, message }) => `\nwarning ${code}: ${message}\n`),
  ];
  return printable(parts.join(""));
}

/** Versions in which a clause fails fold into one paragraph. */
function paragraph({ row, versions }: Finding, chain: boolean): string {
  const {
    plugin,
    clause,
    level,
    section,
    sentence,
    status,
    message,
    expected = "",
    got = "",
    evidence = [],
    reproduce = "",
  } = row;
  const head = `\n${status === "known" ? "KNOWN" : "FAIL"} ${chain ? `${plugin}: ` : ""}${clause} (${level}, ${section}; ${versions.join(" ")})\n`;
  const more = evidence.length > EVIDENCE ? [`... ${evidence.length - EVIDENCE} more`] : [];
  const facts = [
    ["", sentence],
    ["expected: ", expected],
    ["got: ", got],
    ["evidence:\n  ", [...evidence.slice(0, EVIDENCE), ...more].join("\n  ")],
    ["", status === "known" ? message : ""],
    ["reproduce:\n", reproduce],
  ] as const;
  const told = facts.filter(([, text]) => text !== "").map(([name, text]) => `${name}${text}`);
  return (
    head +
    told
      .map((fact) => (fact.startsWith("reproduce:") ? `  ${fact}\n` : `  ${fact.replaceAll("\n", "\n  ")}\n`))
      .join("")
  );
}
