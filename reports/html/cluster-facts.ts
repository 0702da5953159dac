/** The facts about a cluster, in words. */
import type { Environment } from "../../results/index.ts";
import { formatValue } from "../format.ts";
import { same, type Text } from "../language/text.ts";
import { html, type Bilingual, type Content } from "./markup.ts";

/** The name and value of a fact; null: not collected. Text that is not from cnibench is a string. */
export type Fact = readonly [name: string | Text, value: Content];

type Cluster = Environment["cluster"];

const YES: Text = { en: "yes", zh: "是" };
const NO: Text = { en: "no", zh: "否" };
const NONE_ADDED: Text = { en: "none added", zh: "未添加" };

/** @param reason why this kind of cluster was chosen */
export function clusterFacts(cluster: Cluster, reason: string): readonly Fact[] {
  const { underlayMtu } = cluster;
  return [
    [{ en: "Cluster", zh: "集群" }, clusterText(cluster, reason)],
    [{ en: "Isolation", zh: "隔离方式" }, cluster.isolation],
    [{ en: "Underlay MTU", zh: "底层网络 MTU" }, underlayMtu === null ? null : formatValue(underlayMtu, "B")],
    ...shapingFacts(cluster),
    [{ en: "Plugins of a block", zh: "同一区组内的插件" }, interleavingText(cluster.interleaving)],
    [{ en: "All nodes on one machine", zh: "所有节点位于同一台机器" }, cluster.sameHost ? YES : NO],
    [{ en: "CPUs kept awake during latency loads", zh: "延迟负载期间保持 CPU 唤醒" }, awakeText(cluster.keepAwake)],
    [{ en: "CPU time of loads", zh: "负载的 CPU 时间" }, accountingText(cluster)],
    [{ en: "Emulated nodes", zh: "模拟的节点" }, cluster.emulated ? YES : NO],
  ];
}

function clusterText({ kind, nodes }: Cluster, reason: string): Bilingual {
  return {
    en: html`${kind}, ${nodes} nodes (<bdi>${reason}</bdi>)`,
    zh: html`${kind}，${nodes} 个节点（<bdi>${reason}</bdi>）`,
  };
}

/** Returns the limits that were set on the network between the nodes. */
function shapingFacts({ underlayRate, underlayDelay, underlayLoss }: Cluster): readonly Fact[] {
  const delay = underlayDelay == null ? "" : formatValue(underlayDelay, "s");
  const loss = underlayLoss == null ? "" : formatValue(underlayLoss * 100, "%");
  return [
    [
      { en: "Underlay rate", zh: "底层网络速率" },
      underlayRate == null ? { en: "not limited", zh: "不限" } : same(formatValue(underlayRate, "bit/s")),
    ],
    [
      { en: "Underlay delay", zh: "底层网络延迟" },
      delay === "" ? NONE_ADDED : { en: `${delay} one way`, zh: `单程 ${delay}` },
    ],
    [
      { en: "Underlay loss", zh: "底层网络丢包" },
      loss === "" ? NONE_ADDED : { en: `${loss} of packets`, zh: `丢弃 ${loss} 的数据包` },
    ],
  ];
}

/** Returns how the beginning of a load is excluded. */
export function warmUpFact({ minWarmUp }: Cluster): Fact {
  return [{ en: "Warm-up of iperf3 loads", zh: "iperf3 负载的预热" }, warmUpText(minWarmUp)];
}

function warmUpText(minimum: number | undefined): Text {
  if (minimum === undefined) return { en: "omitted by iperf3", zh: "由 iperf3 略去" };
  if (minimum === 0) return { en: "trimmed as set by the suite", zh: "按套件的设置截去" };
  const time = formatValue(minimum, "s");
  return { en: `trimmed, at least ${time}`, zh: `截去，至少 ${time}` };
}

function interleavingText(facts: Cluster["interleaving"]): Content {
  const sequential = { en: "measured one after the other", zh: "依次测量" };
  if (facts === undefined) return sequential;
  return facts.applied ? { en: "measured in turn", zh: "轮流测量" } : withReason(sequential, facts.reason);
}

function awakeText(facts: Cluster["keepAwake"]): Content {
  if (facts === undefined) return NO;
  return facts.means === null ? withReason(NO, facts.reason) : withReason(YES, facts.means);
}

function accountingText({ cpuAccounting }: Cluster): Text {
  return cpuAccounting === "processes"
    ? { en: "of the cluster's processes", zh: "集群各进程的 CPU 时间" }
    : { en: "above the idle machine", zh: "超出空闲机器的部分" };
}

/** @param reason in English, as stored in the run */
function withReason({ en, zh }: Text, reason: string | null): Bilingual {
  return { en: html`${en}: <bdi>${reason}</bdi>`, zh: html`${zh}：<bdi>${reason}</bdi>` };
}
