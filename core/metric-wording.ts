/** How sentences of reports name what a metric measures, in English and Chinese. */
import type { MetricName } from "./metrics.ts";

interface Words {
  readonly en: string;
  readonly zh: string;
}

/** What takes the time of a metric. */
export const METRIC_ACTIONS: Readonly<Partial<Record<MetricName, Words>>> = {
  "add-time": { en: "to ADD a pod", zh: "ADD 一个 Pod " },
  "check-time": { en: "to CHECK a pod", zh: "CHECK 一个 Pod " },
  "del-time": { en: "to DEL a pod", zh: "DEL 一个 Pod " },
  "pod-ready-time": { en: "to get a new pod to respond", zh: "让新 Pod 响应" },
  "connect-time": { en: "to open a TCP connection", zh: "建立 TCP 连接" },
  "rollout-time": { en: "to replace all pods", zh: "替换所有 Pod " },
  "policy-close-time": { en: "to enforce a policy", zh: "使策略生效" },
  "policy-open-time": { en: "to lift a deleted policy", zh: "使策略的删除生效" },
};

/** The quantity of a metric, as in `lower throughput`. Default: its display name. */
export const METRIC_QUANTITIES: Readonly<Partial<Record<MetricName, Words>>> = {
  throughput: { en: "throughput", zh: "吞吐量" },
  "cpu-per-gbit": { en: "CPU time per Gbit/s", zh: "每 Gbit/s 的 CPU 用量" },
  transactions: { en: "transaction rate", zh: "事务速率" },
  connects: { en: "rate of new connections", zh: "新建连接速率" },
  "pods-rate": { en: "rate of attached pods", zh: "接入 Pod 的速率" },
  loss: { en: "packet loss", zh: "丢包率" },
  "latency-mean": { en: "mean latency", zh: "平均延迟" },
  "latency-p50": { en: "median latency", zh: "延迟中位数" },
  "latency-p90": { en: "latency at the 90th percentile", zh: "第 90 百分位延迟" },
  "latency-p99": { en: "latency at the 99th percentile", zh: "第 99 百分位延迟" },
  "pairs-throughput": { en: "combined throughput of all pairs", zh: "所有节点对的总吞吐量" },
  "pair-throughput-min": { en: "throughput of the slowest pair", zh: "最慢节点对的吞吐量" },
};

/** Metrics whose quantity is countable, as in `30 more retransmitted segments`. */
export const COUNT_METRICS: readonly MetricName[] = ["retransmits"];
