/** The names of the facts in which runs differ (`RunFact`). */
import { phrase, type Sentence } from "../first-screen/phrase.ts";
import type { Text } from "./text.ts";

const LABELS: Readonly<Record<string, Text>> = {
  kernel: { en: "Kernel", zh: "内核" },
  os: { en: "Operating system", zh: "操作系统" },
  arch: { en: "Architecture", zh: "架构" },
  cpuModel: { en: "CPU model", zh: "CPU 型号" },
  cpus: { en: "CPUs", zh: "CPU 数量" },
  governor: { en: "CPU frequency governor", zh: "CPU 调频策略" },
  virtualization: { en: "Virtualization", zh: "虚拟化" },
  congestionControl: { en: "Congestion control", zh: "拥塞控制" },
  "link qdisc": { en: "Queuing discipline", zh: "排队规则" },
  "link offloads": { en: "Offloads", zh: "硬件卸载" },
  "cluster kind": { en: "Cluster", zh: "集群" },
  "cluster nodes": { en: "Nodes", zh: "节点数" },
  "cluster underlayMtu": { en: "Underlay MTU (B)", zh: "底层网络 MTU（B）" },
  "cluster underlayRate": { en: "Underlay rate", zh: "底层网络速率" },
  "cluster underlayDelay": { en: "Underlay delay", zh: "底层网络延迟" },
  "cluster underlayLoss": { en: "Underlay loss", zh: "底层网络丢包" },
  "cluster isolation": { en: "Isolation", zh: "隔离方式" },
  "cluster sameHost": { en: "All nodes on one machine", zh: "所有节点位于同一台机器" },
  "cluster minWarmUp": { en: "Warm-up of iperf3 loads (s)", zh: "iperf3 负载的预热（s）" },
  "cluster interleaving": { en: "Plugins of a block in turn", zh: "轮流测量同一区组内的插件" },
  "cluster emulated": { en: "Emulated nodes", zh: "模拟的节点" },
  "cluster cpuAccounting": { en: "CPU time of loads", zh: "负载的 CPU 时间" },
  "cluster keepAwake": { en: "CPUs kept awake during latency loads", zh: "延迟负载期间保持 CPU 唤醒" },
  "cluster kubernetes version": { en: "Kubernetes", zh: "Kubernetes" },
  "version of node": { en: "Node.js", zh: "Node.js" },
};

/** Facts of something with a name, which is the last part of the fact. */
const NAMED: readonly (readonly [prefix: string, label: Text])[] = [
  ["tools ", { en: "Version of ", zh: "版本：" }],
  ["version of ", { en: "Version of ", zh: "版本：" }],
  ["configuration of ", { en: "Configuration (SHA-256) of ", zh: "配置（SHA-256）：" }],
  ["encapsulation of ", { en: "Encapsulation of ", zh: "封装：" }],
];

/** Returns the label of a fact; a fact without one is its own label. */
export function factLabel(fact: string): Sentence {
  if (Object.hasOwn(LABELS, fact)) {
    const { en = "", zh = "" } = LABELS[fact] ?? {};
    return { en: [en], zh: [zh] };
  }
  const [prefix, label] = NAMED.find(([start]) => fact.startsWith(start)) ?? [];
  const name = { name: fact.slice(prefix?.length ?? 0) };
  if (label === undefined) return { en: [name], zh: [name] };
  return { en: phrase`${label.en}${name}`, zh: phrase`${label.zh}${name}` };
}
