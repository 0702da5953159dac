/** The summary as JSON: the contract that other programs build on (results/schema/summary.json, docs/data-format.md). */
import type { Report } from "./report.ts";

export const json: Report = {
  name: "json",
  extension: "json",
  summary: "the summary as JSON, for other programs; of several runs, an array",
  async render(runs) {
    const summaries = runs.map(({ summary }) => summary);
    return `${JSON.stringify(summaries.length === 1 ? summaries[0] : summaries, null, 2)}\n`;
  },
};
