/** The runs of the campaign of the gate: a head against a base that is the same, or faster by a known amount. Pure. */
import { BLOCKS_OF_CUT, CELLS_OF_CUT, HEADLINE_CELLS, mixed, type Counts } from "./campaign-plan.ts";
import type { Slowdown } from "./gate-binaries.ts";

/** Runs that compare the same two binaries. */
export interface GateSeries {
  readonly name: "unchanged" | "rate" | "sleep";
  /** The change, in words. */
  readonly change: string;
  readonly base: Slowdown;
  readonly head: Slowdown;
  /** Options of the runs in addition to those of all series. */
  readonly options: readonly string[];
  /** The exit code that every run must have. */
  readonly expected: 0 | 5;
}

/** One gate: a base run, and a head run that confirms its regressions. */
export interface GateRun {
  /** Name of its directory, such as `unchanged-01`. */
  readonly id: string;
  readonly kind: GateSeries;
}

const UNCHANGED: GateSeries = {
  name: "unchanged",
  change: "none",
  ...{ base: {}, head: {} },
  options: only(HEADLINE_CELLS),
  expected: 0,
};

/** The underlay has the rate of the base, so that the baseline is as steady as the pods. */
const RATE: GateSeries = {
  name: "rate",
  change: "rate limit of 900 instead of 1,000 Mbit/s",
  base: {},
  head: {
    after: 'nsenter --net="$CNI_NETNS" tc qdisc add dev "$CNI_IFNAME" root tbf rate 900mbit burst 1mb latency 20ms',
  },
  options: [...only(["*/tcp-1/*/cross-node/*"]), "--underlay-rate", "1G"],
  expected: 5,
};

const SLEEP: GateSeries = {
  name: "sleep",
  change: "sleep of 110 instead of 100 ms in ADD",
  base: { before: "sleep 0.1" },
  head: { before: "sleep 0.11" },
  options: only(CELLS_OF_CUT),
  expected: 5,
};

const CUT = ["--blocks", String(BLOCKS_OF_CUT)];

export function seriesOf(isCut: boolean): readonly GateSeries[] {
  if (!isCut) return [UNCHANGED, RATE, SLEEP];
  return [
    { ...UNCHANGED, options: [...only(CELLS_OF_CUT), ...CUT] },
    { ...SLEEP, options: [...SLEEP.options, ...CUT] },
  ];
}

/** Returns the runs of all series, mixed. */
export function gateRunsOf(series: readonly GateSeries[], { equal, slowed }: Counts): GateRun[] {
  return mixed(series.map((kind) => ({ name: kind.name, count: kind.expected === 0 ? equal : slowed, kind })));
}

/** The directories of a run. */
export interface GateDirs {
  readonly base: string;
  readonly head: string;
  /** Of the binaries. */
  readonly baseBin: string;
  readonly headBin: string;
}

/** Returns the arguments of cnibench that measure a base. */
export function baseArgs({ options }: GateSeries, { base, baseBin }: GateDirs): readonly string[] {
  return [...COMMON, ...options, "--bin-dir", baseBin, "--out", base];
}

/** Returns the arguments of cnibench that measure a head and decide the gate. */
export function headArgs({ options }: GateSeries, { base, baseBin, head, headBin }: GateDirs): readonly string[] {
  const gate = ["--confirm", base, "--base-bin-dir", baseBin, "--fail-on", "regression", "--threshold", "5%"];
  return [...COMMON, ...options, "--bin-dir", headBin, ...gate, "--out", head];
}

/** Returns the arguments that resume a run instead of starting it. */
export function resumed(args: readonly string[]): readonly string[] {
  return args.map((arg) => (arg === "--out" ? "--resume" : arg));
}

const COMMON = ["run", "--plugins", "bridge", "--suite", "quick", "--cluster", "netns", "--yes", "--report", "json"];

function only(globs: readonly string[]): readonly string[] {
  return globs.flatMap((glob) => ["--only", glob]);
}
