/** The runners, by name. */
import { conformance } from "./conformance/conformance.ts";
import { iperf3 } from "./iperf3.ts";
import { lifecycle } from "./lifecycle.ts";
import { netperf } from "./netperf.ts";
import type { Runner } from "./runner.ts";

export const runners = { iperf3, netperf, lifecycle, conformance } as const satisfies Record<string, Runner>;
