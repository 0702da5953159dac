/** The warnings of cnibench: reasons to doubt a result. Their codes are stable. */

interface WarningFacts {
  /** `conformance`: the verdicts of a plugin. `library`: only the CNI library reports it. */
  readonly about: "cell" | "run" | "conformance" | "library";
  /** Definition, in Markdown, for docs/data-format.md. */
  readonly meaning: string;
}

export const WARNINGS = {
  "too-few-blocks": { about: "cell", meaning: "fewer than six values: no confidence interval" },
  incomplete: { about: "cell", meaning: "the run did not finish; the numbers cover the measured blocks" },
  "unpaired-blocks": { about: "cell", meaning: "blocks without a baseline in their session are not part of the ratio" },
  outlier: { about: "cell", meaning: "values far from the others; they are included" },
  trend: { about: "cell", meaning: "the second half of the blocks differs from the first" },
  "slow-first": { about: "cell", meaning: "the first repetition of every block is the worst" },
  "same-host": { about: "run", meaning: "all nodes share one machine" },
  emulated: { about: "run", meaning: "CPUs are emulated: nothing is ranked" },
  "idle-cpus": {
    about: "run",
    meaning: "CPUs were not kept awake, so idle latencies contain their wake-up; the message has the reason",
  },
  "environment-changed": {
    about: "run",
    meaning: "a resumed run has a different kernel, tool, plugin binary or setting; the message names it",
  },
  unfinished: { about: "run", meaning: "interrupted or failed" },
  "checks-skipped": { about: "run", meaning: "a check without a verdict, with the reason" },
  "checks-failed": { about: "run", meaning: "a check without a verdict, with the reason" },
  "torn-line": { about: "run", meaning: "the last line was truncated by a crash and is omitted" },
  "stray-records": {
    about: "run",
    meaning:
      "`results.jsonl` has lines outside the plan, or repeated ones, so it was modified; the message names the first",
  },
  "generator-limited": {
    about: "run",
    meaning: "the load generator used about one full core; the message names the scenarios and plugins",
  },
  "link-limited": {
    about: "cell",
    meaning: "the throughput is at least 95 % of the underlay's rate limit: compare `cpu-per-gbit` instead",
  },
  "busy-machine": { about: "cell", meaning: "other processes kept the machine busy during the load or before it" },
  steal: {
    about: "cell",
    meaning: "the hypervisor withheld CPU time from this virtual machine during the load or before it",
  },
  "rate-not-reached": { about: "cell", meaning: "the UDP sender did not reach the offered rate" },
  "few-samples": { about: "cell", meaning: "too few samples for a 99th percentile" },
  "protocol-only": {
    about: "conformance",
    meaning: "ADD never works here (no link type, server or agent, or an error); only clauses without ADD are tested",
  },
  "version-unknown": {
    about: "conformance",
    meaning: "the plugin returned no usable VERSION result; only the version of the configuration is tested",
  },
  "test-failed": { about: "conformance", meaning: "the test of a clause failed to run and gives no verdict" },
  "stopped-early": { about: "conformance", meaning: "`--fail-fast` stopped before these versions were tested" },
  "conf-single": {
    about: "conformance",
    meaning: "a single plugin configuration instead of a list, in a version of the specification without them",
  },
  "conf-reserved": {
    about: "conformance",
    meaning: "the configuration contains a key that is reserved for the runtime",
  },
  "profile-deprecated": {
    about: "conformance",
    meaning: "the profile contains a key that is ignored and will be rejected in a later release",
  },
  "result-version": { about: "library", meaning: "the result of a plugin has no cniVersion" },
} as const satisfies Record<string, WarningFacts>;

export type WarningCode = keyof typeof WARNINGS;

/** A reason to doubt a result: a stable code and a sentence with the numbers. */
export interface Warning {
  readonly code: WarningCode;
  readonly message: string;
  /** ID of the planned check (suite/scenario/plugin/cluster) that the warning is about. */
  readonly check?: string;
}
