/** The conformance results of one plugin as text for a terminal or a CI log. */
import { printable } from "../../core/errors.ts";
import {
  columns,
  type Finding,
  findingGroups,
  OPEN_SKIPS,
  OTHER_SKIPS,
  selectionNote,
  sharedResultNotes,
  type SkipGroup,
  skipsOf,
  VERDICT_COLUMNS,
} from "../../reports/index.ts";
import { type ConformanceReport, versionVerdicts } from "../../results/index.ts";

/** Evidence lines to print; the other formats have all of them. */
const MAX_EVIDENCE_LINES = 10;

export function conformanceText(report: ConformanceReport): string {
  const { plugin, kinds, conformance, warnings, only } = report;
  const verdicts = versionVerdicts(conformance, only);
  const chain = verdicts.some((verdict) => verdict.plugin !== plugin);
  const shown = VERDICT_COLUMNS.filter(({ kind }) => chain || kind !== "plugin");
  const lines = verdicts.map((verdict) => shown.map(({ value }) => String(value(verdict))));
  const note = selectionNote(report);
  const shared = sharedResultNotes(conformance);
  const skips = skipsOf(conformance);
  const parts = [
    `${plugin} (${kinds.join(", ")})\n\n`,
    columns([shown.map(({ terminalTitle }) => terminalTitle), ...lines]),
    ...(note === null ? [] : [`\n${note.en}\n`]),
    ...(shared.length === 0 ? [] : [`\n${shared.map(({ en }) => en).join("\n")}\n`]),
    skipSection(
      OPEN_SKIPS,
      skips.filter(({ open }) => open),
      chain,
    ),
    ...findingGroups(conformance).map(
      ({ title: { en }, findings }) =>
        `\n== ${en} (${findings.length})\n${findings.map((finding) => findingParagraph(finding, chain)).join("")}`,
    ),
    skipSection(
      OTHER_SKIPS,
      skips.filter(({ open }) => !open),
      chain,
    ),
    ...warnings.map(({ code, message }) => `\nwarning ${code}: ${message}\n`),
  ];
  return printable(parts.join(""));
}

/** Lists skipped clauses with their reasons; returns an empty string if there are none. */
function skipSection(title: string, skips: readonly SkipGroup[], chain: boolean): string {
  const paragraphs = skips.map(({ plugin, reason, clauses, versions }) => {
    const subject = `${chain ? `${plugin}: ` : ""}${clauses.join(", ")} (${versions.join(" ")})`;
    return `\nSKIP ${subject}\n  ${reason.replaceAll("\n", "\n  ")}\n`;
  });
  return skips.length === 0 ? "" : `\n== ${title}\n${paragraphs.join("")}`;
}

/** One line for each plugin and version: the verdict and the counts. */
export function summaryLines({ conformance, only }: ConformanceReport): string {
  return versionVerdicts(conformance, only)
    .map(({ plugin, specVersion, verdict, passed, failed, failedShould, failedBeyond, known, skipped }) => {
      const others = `also failed: ${failedShould} SHOULD, ${failedBeyond} beyond, ${known} known`;
      const counts = `${passed} passed, ${failed} failed, ${skipped} skipped (${others})`;
      return printable(`${plugin} ${specVersion}: ${verdict}: ${counts}\n`);
    })
    .join("");
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
