/** The conformance results of one plugin as text for a terminal or a CI log. */
import { printable } from "../../core/errors.ts";
import { type Finding, findingGroups, VERDICT_COLUMNS } from "../../reports/index.ts";
import { type ConformanceReport, versionVerdicts } from "../../results/index.ts";
import { columns } from "./tables.ts";

/** Evidence lines to print; the other formats have all of them. */
const MAX_EVIDENCE_LINES = 10;

export function conformanceText(report: ConformanceReport): string {
  const { plugin, kinds, conformance, warnings } = report;
  const verdicts = versionVerdicts(conformance);
  const chain = verdicts.some((verdict) => verdict.plugin !== plugin);
  const shown = VERDICT_COLUMNS.filter(({ kind }) => chain || kind !== "plugin");
  const lines = verdicts.map((verdict) => shown.map(({ value }) => String(value(verdict))));
  const parts = [
    `${plugin} (${kinds.join(", ")})\n\n`,
    columns([shown.map(({ terminalTitle }) => terminalTitle), ...lines]),
    ...findingGroups(conformance).map(
      ({ title, findings }) =>
        `\n== ${title} (${findings.length})\n${findings.map((finding) => findingParagraph(finding, chain)).join("")}`,
    ),
    ...warnings.map(({ code, message }) => `\nwarning ${code}: ${message}\n`),
  ];
  return printable(parts.join(""));
}

/** Formats a finding; the versions in which a clause fails share one paragraph. */
function findingParagraph({ row, versions }: Finding, chain: boolean): string {
  const {
    plugin,
    clause,
    level,
    section,
    sentence = "",
    status,
    message,
    expected = "",
    got = "",
    evidence = [],
    reproduce = "",
  } = row;
  const subject = chain ? `${plugin}: ${clause}` : clause;
  const head = `\n${status === "known" ? "KNOWN" : "FAIL"} ${subject} (${level}, ${section}; ${versions.join(" ")})\n`;
  const more = evidence.length > MAX_EVIDENCE_LINES ? [`... ${evidence.length - MAX_EVIDENCE_LINES} more`] : [];
  const facts = [
    ["", sentence],
    ["expected: ", expected],
    ["got: ", got],
    ["evidence:\n  ", [...evidence.slice(0, MAX_EVIDENCE_LINES), ...more].join("\n  ")],
    ["", status === "known" ? message : ""],
    ["reproduce:\n", reproduce],
  ] as const;
  const lines = facts.filter(([, text]) => text !== "").map(([name, text]) => `${name}${text}`);
  return (
    head +
    lines
      .map((fact) => (fact.startsWith("reproduce:") ? `  ${fact}\n` : `  ${fact.replaceAll("\n", "\n  ")}\n`))
      .join("")
  );
}
