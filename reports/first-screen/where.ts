/** What was measured, when and on which machine, as one sentence. */
import type { Text } from "../language/text.ts";
import type { ReportInput } from "../report.ts";
import { phrase, type Sentence } from "./phrase.ts";

export function whereMeasured(input: ReportInput): Sentence {
  const { run } = input;
  const started = startText(input);
  const suites = { name: run.plan.suites.join(", ") };
  const blocks = blockCount(input);
  const { en, zh } = machine(input);
  return {
    en: phrase`${started}; suite ${suites}, ${blocks.en}; ${en}`,
    zh: phrase`${started}；套件 ${suites}，${blocks.zh}；${zh}`,
  };
}

/** Returns when a run started, to the minute. */
export function startText({ run }: ReportInput): string {
  return `${run.startedAt.replace("T", " ").slice(0, 16)} UTC`;
}

/** Returns the number of blocks with values, a range if cells differ, and that of the planned ones if it is larger. */
export function blockCount({ run, summary }: ReportInput): Text {
  const measured = summary.cells.flatMap(({ state, n }) => (state === "measured" ? [n] : []));
  const [min, max] = measured.length === 0 ? [0, 0] : [Math.min(...measured), Math.max(...measured)];
  const { blocks } = run.plan;
  const range = { en: min === max ? `${max}` : `${min} to ${max}`, zh: min === max ? `${max}` : `${min} 至 ${max}` };
  const unit = blocks === 1 ? "block" : "blocks";
  if (max === blocks) return { en: `${range.en} ${unit}`, zh: `${range.zh} 个区组` };
  return { en: `${range.en} of at most ${blocks} ${unit}`, zh: `${range.zh} 个区组（至多 ${blocks} 个）` };
}

function machine({ run }: ReportInput): Sentence {
  const { plan, environment } = run;
  const en = `${plan.nodes} ${plan.nodes === 1 ? "node" : "nodes"} on ${plan.cluster}`;
  const zh = `${plan.cluster} 上的 ${plan.nodes} 个节点`;
  if (environment === null) return { en: [en], zh: [zh] };
  const { cpuModel, cpus, kernel } = environment;
  const cpu = cpuModel === null ? "" : `${cpuModel}, `;
  return {
    en: phrase`${en}; ${{ name: `${cpu}${cpus} CPUs, Linux ${kernel ?? "?"}` }}`,
    zh: phrase`${zh}；${{ name: `${cpu}${cpus} CPU, Linux ${kernel ?? "?"}` }}`,
  };
}
