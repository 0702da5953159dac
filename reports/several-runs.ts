/** How the runs of one report relate: in which facts they differ, what they have in common, and what is missing. */
import { groupBy } from "../core/group.ts";
import {
  definesNetwork,
  differingRunFacts,
  isSameRun,
  questionId,
  type RunFact,
  type RunFacts,
} from "../results/index.ts";
import { formatCount } from "./format.ts";
import { joinNames, joinSentences, type Text } from "./language/text.ts";
import type { ReportInput } from "./report.ts";

/** `Run 2`: runs are numbered, because two of them can have the same ID. @param index from 0 */
export function runName(index: number): Text {
  return { en: `Run ${index + 1}`, zh: `运行 ${index + 1}` };
}

/** Returns the facts that differ; of those that prevent no comparison, the kernel, the CPU and the tools first. */
export function factsOf(runs: readonly ReportInput[]): RunFacts {
  const { preventing, others } = differingRunFacts(
    runs.map(({ run, summary }) => ({
      run,
      network: summary.cells
        .filter(definesNetwork)
        .flatMap(({ metric, plugin, path, median }) =>
          median === null ? [] : [{ metric, plugin, path, value: median }],
        ),
    })),
  );
  return { preventing, others: others.toSorted((a, b) => prominence(a) - prominence(b)) };
}

const PROMINENT = [/^kernel$/, /^cpuModel$/, /^tools /, /^version of /];

function prominence({ fact }: RunFact): number {
  const index = PROMINENT.findIndex((pattern) => pattern.test(fact));
  return index === -1 ? PROMINENT.length : index;
}

export const SEPARATE_RUNS: Text = {
  en: "Each run is evaluated by itself: blocks of different runs are not paired and never share an axis or a ranking.",
  zh: "各次运行分别评估：不同运行的区组互不配对，也从不共用坐标轴或排名。",
};

/** States whether the values of different runs can be compared at all. */
export function parity(runs: readonly ReportInput[], { preventing }: RunFacts): Text {
  const emulated = runsWith(runs, ({ run }) => run.environment?.cluster.emulated === true);
  const unknown = runsWith(runs, ({ run }) => run.environment === null);
  if (preventing.length > 0) return DIFFERENT;
  if (emulated.length > 0)
    return {
      en: `Do not compare values of different runs: the nodes of ${list(emulated).en} are emulated.`,
      zh: `请勿比较不同运行的数值：${list(emulated).zh} 的节点是模拟的。`,
    };
  if (unknown.length > 0)
    return {
      en: `Whether the runs are comparable is unknown: the environment of ${list(unknown).en} was not collected.`,
      zh: `无法得知各次运行是否可比：${list(unknown).zh} 未收集环境信息。`,
    };
  return COMPARABLE;
}

const DIFFERENT: Text = {
  en: "Do not compare values of different runs: facts differ that prevent it.",
  zh: "请勿比较不同运行的数值：存在使其不可比的不同事实。",
};
const COMPARABLE: Text = {
  en: "No fact differs that prevents a comparison of the runs.",
  zh: "没有使各次运行不可比的不同事实。",
};

function runsWith(runs: readonly ReportInput[], test: (input: ReportInput) => boolean): number[] {
  return runs.flatMap((input, index) => (test(input) ? [index] : []));
}

function list(indexes: readonly number[]): Text {
  return joinNames(indexes.map(runName));
}

/** Returns what a reader has to know about the runs as a whole: copies of one run, and nothing in common. */
export function relations(runs: readonly ReportInput[]): Text[] {
  return [...sameRuns(runs), ...differentCopies(runs), ...nothingInCommon(runs)];
}

function sameRuns(runs: readonly ReportInput[]): Text[] {
  const groups = groupBy([...runs.keys()], (index) => runs.findIndex((first) => isSame(first, runs[index])));
  return [...groups.values()]
    .filter((indexes) => indexes.length > 1)
    .map((indexes) => ({
      en: `${list(indexes).en} are the same run.`,
      zh: `${list(indexes).zh} 是同一次运行。`,
    }));
}

function isSame(a: ReportInput, b: ReportInput | undefined): boolean {
  return b !== undefined && isSameRun(a, b);
}

/** Runs with one ID and different results: one of them was resumed or changed after it was copied. */
function differentCopies(runs: readonly ReportInput[]): Text[] {
  const groups = groupBy([...runs.keys()], (index) => runs[index]?.run.id ?? "");
  return [...groups.values()]
    .filter(([first = 0, ...others]) => others.some((index) => !isSame(runs[first] as ReportInput, runs[index])))
    .map((indexes) => ({
      en: `${list(indexes).en} have the same ID but different results: a copy was resumed or changed.`,
      zh: `${list(indexes).zh} 的 ID 相同但结果不同：其中的副本被续跑或修改过。`,
    }));
}

function nothingInCommon(runs: readonly ReportInput[]): Text[] {
  const plugins = shared(runs.map(({ run }) => run.plan.plugins));
  const questions = shared(
    runs.map(({ summary }) => summary.cells.filter(({ path }) => path !== "host").map((cell) => questionId(cell))),
  );
  return [
    ...(plugins ? [] : [{ en: "No plugin is in all runs.", zh: "没有任何插件出现在所有运行中。" }]),
    ...(questions
      ? []
      : [
          {
            en: "No metric was planned on the same path in all runs.",
            zh: "没有任何指标在所有运行的同一路径上计划测量。",
          },
        ]),
  ];
}

/** Reports whether an item is in all lists. */
function shared(lists: readonly (readonly string[])[]): boolean {
  const [first = [], ...others] = lists.map((names) => new Set(names));
  return [...first].some((name) => others.every((names) => names.has(name)));
}

/** Returns what a run lacks; empty for a finished run with values and an environment. */
export function gaps({ run, summary: { cells } }: ReportInput): Text | null {
  const count = (state: (typeof cells)[number]["state"]): number => cells.filter((cell) => cell.state === state).length;
  const [measured, failed, skipped] = [count("measured"), count("failed"), count("skipped")];
  const sentences: Text[] = [];
  if (run.outcome !== "complete") sentences.push({ en: "The run did not finish.", zh: "运行未完成。" });
  if (cells.length === 0) sentences.push({ en: "No cell was planned.", zh: "没有计划任何单元。" });
  else if (measured === 0)
    sentences.push({
      en: `No cell was measured: ${failed} failed, ${skipped} skipped.`,
      zh: `没有测得任何单元：${failed} 个失败，${skipped} 个跳过。`,
    });
  else if (failed > 0)
    sentences.push({
      en: `${formatCount(failed, "cell")} of ${cells.length} failed.`,
      zh: `${cells.length} 个单元中有 ${failed} 个失败。`,
    });
  if (run.environment === null) sentences.push({ en: "The environment was not collected.", zh: "未收集环境信息。" });
  return sentences.length === 0 ? null : joinSentences(sentences);
}

/** Names the number of runs that could not be read. */
export function missingTitle(count: number): Text {
  const runs = count === 1 ? "A run is" : `${count} runs are`;
  return { en: `${runs} missing in this report:`, zh: `本报告缺少 ${count} 次运行：` };
}

/** Returns the plugins of all runs, those of the first run first. */
export function allPlugins(runs: readonly ReportInput[]): readonly string[] {
  return [...new Set(runs.flatMap(({ run }) => run.plan.plugins))];
}
