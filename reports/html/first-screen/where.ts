/** What was compared, when and on which machine. */
import { whereMeasured } from "../../first-screen/where.ts";
import type { ReportInput } from "../../report.ts";
import { html, type Html } from "../markup.ts";
import { sentenceContent } from "./sentence.ts";

export function whereLine(input: ReportInput): Html {
  return html`<p class="where">${sentenceContent(whereMeasured(input))}</p>`;
}
