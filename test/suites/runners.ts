/** Runner facts in the form that the registry passes to the loader. */
import type { Runners } from "../../suites/suite-format.ts";

const PATHS = ["host", "same-node", "cross-node"] as const;

export const RUNNERS: Runners = {
  iperf3: {
    paths: PATHS,
    metrics: ["throughput"],
    ownPaths: [],
    params: {
      streams: { type: "integer", min: 1, max: 128, default: 1, summary: "streams" },
      omit: { type: "number", min: 0, max: 60, default: 1, summary: "seconds omitted" },
    },
  },
  netperf: {
    paths: PATHS,
    metrics: ["transactions"],
    ownPaths: [],
    params: {
      test: { type: "choice", values: ["TCP_RR"], default: "TCP_RR", summary: "test" },
      warmup: { type: "integer", min: 0, max: 60, default: 1, summary: "seconds of warm-up" },
    },
  },
  lifecycle: { paths: [], metrics: ["add-time"], ownPaths: ["same-node"], params: {} },
  churn: {
    paths: [],
    metrics: ["pods-rate"],
    ownPaths: ["same-node"],
    params: { pods: { type: "integer", min: 1, max: 5000, default: 50, summary: "pods" } },
    podsPerNode: ({ pods }) => Number(pods),
  },
  conformance: { paths: [], metrics: [], ownPaths: [], params: {} },
};
