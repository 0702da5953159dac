/** Selects the warnings that change how a reader has to understand a report. */
import type { Warning } from "../../core/warning-codes.ts";
import type { Summary } from "../../results/index.ts";
import { formatCount } from "../format.ts";
import { same, type Text } from "../language/text.ts";

const MAX_SHOWN = 3;
/** Characters of a message without a short form. */
const MAX_MESSAGE_LENGTH = 160;

/** The most important first. Other warnings of the run follow. */
const SHORT: Readonly<Record<string, Text>> = {
  "stray-records": {
    en: "The stored results were modified after the run.",
    zh: "存储的结果在运行之后被修改过。",
  },
  unfinished: { en: "The run did not finish: some blocks are missing.", zh: "运行未完成：缺少部分区组。" },
  emulated: { en: "The nodes are emulated: nothing is ranked.", zh: "节点是模拟的：不做任何排名。" },
  "environment-changed": {
    en: "The environment changed while the run was interrupted.",
    zh: "运行中断期间环境发生了变化。",
  },
  "busy-machine": {
    en: "Other processes kept the machine busy in some blocks.",
    zh: "部分区组中有其他进程占用机器。",
  },
  steal: {
    en: "The hypervisor withheld CPU time in some blocks.",
    zh: "部分区组中 CPU 时间被虚拟机管理程序占用（steal）。",
  },
  "generator-limited": {
    en: "The load generator used a full core, so throughput may be its limit instead of that of a plugin.",
    zh: "负载生成器用满了一个核心，吞吐量可能受它限制，而不是受插件限制。",
  },
  "same-host": {
    en: "All nodes share one machine: its CPUs, not a network, limit throughput.",
    zh: "所有节点在同一台机器上：限制吞吐量的是它的 CPU，而不是网络。",
  },
  "idle-cpus": {
    en: "CPUs were not kept awake: latencies contain the time to wake them.",
    zh: "CPU 未保持唤醒：延迟包含唤醒时间。",
  },
  "link-limited": {
    en: "The underlay's rate limit bounds throughput: compare CPU time per Gbit/s.",
    zh: "底层网络的速率上限限制了吞吐量：请比较每 Gbit/s 的 CPU 用量。",
  },
  trend: { en: "Some values drifted during the run.", zh: "部分数值在运行期间发生漂移。" },
  "too-few-blocks": {
    en: "Some cells have too few blocks for an interval.",
    zh: "部分单元的区组太少，没有区间。",
  },
};

export interface KeyWarning {
  readonly code: string;
  readonly text: Text;
}

export interface KeyWarnings {
  readonly shown: readonly KeyWarning[];
  /** Number of kinds of warnings and failures that are not shown. */
  readonly others: number;
}

export function keyWarnings({ warnings, cells }: Pick<Summary, "warnings" | "cells">): KeyWarnings {
  const list = [...failureNotes(cells), ...ofCodes([...warnings, ...cells.flatMap((cell) => cell.warnings)])];
  return { shown: list.slice(0, MAX_SHOWN), others: Math.max(0, list.length - MAX_SHOWN) };
}

function failureNotes(cells: Summary["cells"]): KeyWarning[] {
  const failed = cells.filter(({ state }) => state === "failed").length;
  if (failed === 0) return [];
  const en = `${formatCount(failed, "cell")} of ${cells.length} failed and ${failed === 1 ? "has" : "have"} no value.`;
  return [{ code: "failed", text: { en, zh: `${cells.length} 个单元中有 ${failed} 个失败，没有数值。` } }];
}

function ofCodes(warnings: readonly Warning[]): KeyWarning[] {
  const first = new Map<string, string>();
  for (const { code, message } of warnings) if (!first.has(code)) first.set(code, message);
  const known = Object.entries(SHORT).flatMap(([code, text]) => (first.has(code) ? [{ code, text }] : []));
  const others = [...first].filter(([code]) => !Object.hasOwn(SHORT, code));
  return [...known, ...others.map(([code, message]) => ({ code, text: same(shorten(message)) }))];
}

function shorten(message: string): string {
  const characters = [...message];
  return characters.length > MAX_MESSAGE_LENGTH ? `${characters.slice(0, MAX_MESSAGE_LENGTH - 1).join("")}…` : message;
}
