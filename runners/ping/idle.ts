/** Runner `ping`: the ICMP round trip on an idle path. */
import { PLAIN_PATHS } from "../../core/model.ts";
import type { PairRunner } from "../runner.ts";
import { ECHO_METRICS, measureEchoes } from "./echoes.ts";

export const ping = {
  name: "ping",
  summary: "ICMP round trip on an idle path: mean, percentiles and loss",
  scope: "pair",
  paths: PLAIN_PATHS,
  metrics: ECHO_METRICS,
  tools: ["ping"],
  params: {},
  estimate: (duration) => duration + 0.2,
  run: measureEchoes,
} as const satisfies PairRunner;
