/** The part of the md report about several runs: what differs between them. */
import { plain } from "./first-screen/phrase.ts";
import { factLabel } from "./language/fact-labels.ts";
import { bulletList, escapeText, table } from "./markdown.ts";
import type { ReportInput } from "./report.ts";
import { factsOf, gaps, missingTitle, parity, relations, runName, SEPARATE_RUNS } from "./several-runs.ts";

/** Returns the sections before those of the runs; an empty list for a single run. @param missing see RenderOptions */
export function severalRunsSections(runs: readonly ReportInput[], missing: readonly string[]): string[] {
  const absent =
    missing.length === 0 ? [] : [`**${missingTitle(missing.length).en}**\n\n${bulletList(missing.map(escapeText))}`];
  return runs.length < 2 ? absent : [...absent, `## ${runs.length} runs\n\n${overview(runs)}`];
}

function overview(runs: readonly ReportInput[]): string {
  const facts = factsOf(runs);
  const { preventing, others } = facts;
  const notes = [...relations(runs), SEPARATE_RUNS].map(({ en }) => en);
  const lacks = runs.map((input) => gaps(input)?.en ?? "");
  const rows = [
    ["Run", ...runs.map(({ run }) => escapeText(run.id))],
    ...[...preventing, ...others].map(({ fact, values }, index) => {
      const label = escapeText(plain(factLabel(fact).en));
      const cells = values.map((value) => (value === null ? "unknown" : escapeText(value)));
      return [index < preventing.length ? `**${label}**` : label, ...cells];
    }),
    ...(lacks.every((each) => each === "") ? [] : [["Missing", ...lacks]]),
  ];
  const head = ["Fact", ...runs.map((_, index) => runName(index).en)];
  return `**${parity(runs, facts).en}** ${notes.join(" ")}\n\n${table(head, rows)}`;
}
