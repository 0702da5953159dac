/** The json report: the summary in its stable JSON format (results/schema/summary.json, docs/data-format.md). */
import type { Report } from "./report.ts";

export const json: Report = {
  name: "json",
  extension: "json",
  async render(runs) {
    const summaries = runs.map(({ summary }) => summary);
    return `${JSON.stringify(summaries.length === 1 ? summaries[0] : summaries, null, 2)}\n`;
  },
};
