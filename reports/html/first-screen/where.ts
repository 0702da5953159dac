/** What was compared, when and on which machine. */
import type { ReportInput } from "../../report.ts";
import { html, type Content, type Html } from "../markup.ts";

export function whereMeasured(input: ReportInput): Html {
  const { run } = input;
  const started = `${run.startedAt.replace("T", " ").slice(0, 16)} UTC`;
  const { en, zh } = machine(input);
  const suites = run.plan.suites.join(", ");
  const blocks = blockCount(input);
  return html`<p class="where">
    ${{
      en: html`${started}; suite <bdi>${suites}</bdi>, ${blocks.en}; ${en}`,
      zh: html`${started}；套件 <bdi>${suites}</bdi>，${blocks.zh}；${zh}`,
    }}
  </p>`;
}

/** Returns the number of blocks with values, a range if cells differ, and that of the planned ones if it is larger. */
function blockCount({ run, summary }: ReportInput): { readonly en: string; readonly zh: string } {
  const measured = summary.cells.flatMap(({ state, n }) => (state === "measured" ? [n] : []));
  const [min, max] = measured.length === 0 ? [0, 0] : [Math.min(...measured), Math.max(...measured)];
  const { blocks } = run.plan;
  const range = { en: min === max ? `${max}` : `${min} to ${max}`, zh: min === max ? `${max}` : `${min} 至 ${max}` };
  const unit = blocks === 1 ? "block" : "blocks";
  if (max === blocks) return { en: `${range.en} ${unit}`, zh: `${range.zh} 个区组` };
  return { en: `${range.en} of at most ${blocks} ${unit}`, zh: `${range.zh} 个区组（至多 ${blocks} 个）` };
}

function machine({ run }: ReportInput): { readonly en: Content; readonly zh: Content } {
  const { plan, environment } = run;
  const nodes = { en: `${plan.nodes} ${plan.nodes === 1 ? "node" : "nodes"}`, zh: `${plan.nodes} 个节点` };
  const place = { en: `${nodes.en} on ${plan.cluster}`, zh: `${plan.cluster} 上的 ${nodes.zh}` };
  if (environment === null) return place;
  const { cpuModel, cpus, kernel } = environment;
  const cpu = cpuModel === null ? "" : `${cpuModel}, `;
  return {
    en: html`${place.en}; <bdi>${cpu}${cpus} CPUs, Linux ${kernel ?? "?"}</bdi>`,
    zh: html`${place.zh}；<bdi>${cpu}${cpus} CPU, Linux ${kernel ?? "?"}</bdi>`,
  };
}
