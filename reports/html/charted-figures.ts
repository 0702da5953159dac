/** Selects the figures with charts: drawing those of a large run would take longer than everything else. */
import type { Text } from "../language/text.ts";
import type { Figure } from "../questions.ts";
import type { ReportInput } from "../report.ts";
import { isLarge } from "./embedded.ts";
import { html, type Html } from "./markup.ts";

/** Number of figures with charts in a page with and without the values of single blocks. */
const MAX_CHARTED = { small: 60, large: 20 } as const;

/** Returns all figures of a run with a few; of more figures those of headline questions and then the first ones. */
export function chartedFigures(input: Pick<ReportInput, "summary">, figures: readonly Figure[]): ReadonlySet<Figure> {
  const ranked = figures.filter(({ better }) => better !== "none");
  const max = isLarge(input) ? MAX_CHARTED.large : MAX_CHARTED.small;
  if (ranked.length <= max) return new Set(figures);
  const headlines = ranked.filter(isHeadline);
  return new Set([...headlines, ...ranked].slice(0, Math.max(max, headlines.length)));
}

function isHeadline({ questions }: Figure): boolean {
  return questions.some(({ comparisons }) => comparisons.some(({ family }) => family === "headline"));
}

/** Returns a note for a page that omits charts. */
export function omittedChartsNote(charted: ReadonlySet<Figure>, figures: readonly Figure[]): Html | null {
  // Views of metrics that are not ranked have no chart to omit.
  const ranked = figures.filter(({ better }) => better !== "none");
  const omitted = ranked.filter((figure) => !charted.has(figure)).length;
  if (omitted === 0) return null;
  const note: Text = {
    en:
      `Charts of ${omitted} of ${ranked.length} ranked metrics are omitted because of the size of the run; ` +
      "the tables contain their values.",
    zh: `由于本次运行的规模，省略了 ${ranked.length} 个参与排名的指标中 ${omitted} 个的图表；表格包含它们的数值。`,
  };
  return html`<p class="muted">${note}</p>`;
}
