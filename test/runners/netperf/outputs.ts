/** Outputs of netperf 2.7.0, for the tests of its runners. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Commands with their outputs. */
const BY_TEST = new Map(
  readFileSync(join(import.meta.dirname, "../../fixtures/netperf/netperf-2.7.0-crr-udp-rr-stream.txt"), "utf8")
    .split(/^\$ netperf /m)
    .map((text) => [/-t (\S+)/.exec(text)?.[1] ?? "", text] as const),
);

/** Returns the output of a netperf test, such as `TCP_CRR`. */
export function outputOf(name: string): string {
  return BY_TEST.get(name) ?? "";
}
