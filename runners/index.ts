/** The runners, by name. */
import { churn } from "./churn.ts";
import { conformance } from "./conformance/conformance.ts";
import { crowd } from "./crowd.ts";
import { iperf3 } from "./iperf3/tcp.ts";
import { iperf3Udp } from "./iperf3/udp.ts";
import { lifecycle } from "./lifecycle.ts";
import { netperfCrr } from "./netperf/crr.ts";
import { netperf } from "./netperf/rr.ts";
import { netperfStream } from "./netperf/stream.ts";
import { ping } from "./ping/idle.ts";
import { pingLoaded } from "./ping/loaded.ts";
import { policy } from "./policy/policy.ts";
import type { Runner } from "./runner.ts";

export const runners = {
  iperf3,
  "iperf3-udp": iperf3Udp,
  netperf,
  "netperf-crr": netperfCrr,
  "netperf-stream": netperfStream,
  ping,
  "ping-loaded": pingLoaded,
  lifecycle,
  churn,
  crowd,
  conformance,
  policy,
} as const satisfies Record<string, Runner>;
