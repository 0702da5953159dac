/** Measures the conformance suite on the bridge plugin, per clause, and the mutants that verify the suite. */
import { readFileSync } from "node:fs";
import { findCniPlugin } from "../tools/index.ts";
import type { Host } from "../core/host.ts";
import { run, type Shell } from "../core/shell.ts";
import { type SpecVersion, withVersion } from "../cni/index.ts";
import { runConformance, shippedProfile } from "../conformance/index.ts";
import { createLab } from "./lab.ts";
import { targetResult, type Benchmark } from "./benchmark.ts";

const VERSION = "1.0.0";
const BIN_DIR = "/opt/cni/bin";
const MAX_SECONDS = { allVersions: 60, mutants: 180 };
/** Largest ratio of the time of the workers to that of the plugin processes. */
const MAX_RATIO = 1.3;
/** Tests at a time. */
const JOBS = 2;
/** USER_HZ of Linux. */
const TICKS_PER_SECOND = 100;

/** Number and duration of plugin executions. */
interface Executions {
  count: number;
  /** Total duration of the plugin processes, seconds, from the request to the agent to its report of the exit. */
  seconds: number;
  /** CPU time of the plugin processes, seconds. */
  cpu: number;
}

/**
 * Returns a shell that counts plugin executions. Tests enter their own node first, so argv ends with the plugin path.
 */
function countExecutions(shell: Shell, executions: Executions): Shell {
  return {
    name: shell.name,
    start: (argv, options) => shell.start(argv, options),
    exec: async (argv, options) => {
      const output = await shell.exec(argv, options);
      if (!argv.at(-1)?.startsWith(`${BIN_DIR}/`)) return output;
      executions.count++;
      executions.seconds += output.duration;
      executions.cpu += output.cpu ?? 0;
      return output;
    },
  };
}

/** The cost of the tests of one clause. */
interface ClauseCost {
  readonly clause: string;
  /** Executions of the plugin. */
  readonly count: number;
  readonly wall: number;
}

interface SuiteCost {
  /** Seconds. */
  readonly wall: number;
  /** The time of all workers, divided by that of the plugin processes. */
  readonly ratio: number;
  /** CPU time of everything else, with the lab, seconds. */
  readonly ownCpu: number;
  readonly versions: readonly string[];
  readonly executions: Executions;
  readonly clauses: readonly ClauseCost[];
}

/** CPU seconds of this process and of the processes that it waited for, from /proc/self/stat (proc(5)). */
function cpuSeconds(): number {
  const [, fields = ""] = readFileSync("/proc/self/stat", "utf8").split(") ");
  const ticks = fields.split(" ").slice(11, 15).map(Number);
  return ticks.reduce((sum, count) => sum + count, 0) / TICKS_PER_SECOND;
}

/** Runs the entire suite on a new lab; the parameters are those of {@link runSuite}. */
async function runSuiteWithCpu(...parameters: Parameters<typeof runSuite>): Promise<SuiteCost> {
  const before = cpuSeconds();
  const cost = await runSuite(...parameters);
  return { ...cost, ownCpu: cpuSeconds() - before - cost.executions.cpu };
}

/**
 * Runs the entire suite.
 * @param jobs tests at a time; the costs of the clauses are exact only for 1
 * @param versions default: all that the plugin supports
 */
async function runSuite(
  host: Host,
  jobs: number,
  versions?: readonly SpecVersion[],
): Promise<Omit<SuiteCost, "ownCpu">> {
  const described = shippedProfile("bridge");
  if (described === null) throw new Error("bridge has no shipped profile");
  const cluster = await createLab(host, 1);
  try {
    const [node] = cluster.nodes;
    if (node === undefined) throw new Error("the lab has no nodes");
    const files = ["bridge", "host-local", "tuning", "sbr"].map((name) => ({
      path: `${BIN_DIR}/${name}`,
      mode: 0o755,
      source: { file: findCniPlugin(host, name) ?? "" },
    }));
    await cluster.putFiles(node, files);
    const executions: Executions = { count: 0, seconds: 0, cpu: 0 };
    const clauses: ClauseCost[] = [];
    const start = performance.now();
    let before = { wall: start, count: 0 };
    const { specVersions } = await runConformance({
      ...{
        plugin: "bridge",
        list: withVersion(described.list, VERSION),
        profile: described.profile,
        nodes: [countExecutions(node.shell, executions)],
      },
      ...{ pluginPath: [BIN_DIR], jobs, signal: host.signal, ...(versions === undefined ? {} : { versions }) },
      onRow: ({ clause }) => {
        const now = { wall: performance.now(), count: executions.count };
        clauses.push({ clause, wall: (now.wall - before.wall) / 1000, count: now.count - before.count });
        before = now;
      },
    });
    const wall = (performance.now() - start) / 1000;
    return { wall, ratio: (wall * jobs) / executions.seconds, versions: specVersions, executions, clauses };
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
}

/** Runs the mutants as CI does. @returns duration, seconds, and the kill rate that the test prints */
async function runMutants({ shell }: Host): Promise<{ readonly wall: number; readonly killRate: string }> {
  const start = performance.now();
  const output = await run(
    shell,
    ["npx", "vitest", "run", "--project", "lab", "test/conformance/mutants/mutants.lab.test.ts"],
    { timeout: 1200 },
  );
  return {
    wall: (performance.now() - start) / 1000,
    killRate: /\d+ of \d+ mutants killed by [^;]*/.exec(output)?.[0] ?? "",
  };
}

export async function benchConformance(host: Host): Promise<Benchmark> {
  const parallel = await runSuiteWithCpu(host, JOBS, [VERSION]);
  const single = await runSuiteWithCpu(host, 1, [VERSION]);
  const all = await runSuiteWithCpu(host, JOBS);
  const mutants = await runMutants(host);
  const seconds = (value: number): string => `${value.toFixed(2)} s`;
  const row = (name: string, { wall, executions, ratio, ownCpu }: SuiteCost): [string, string] => {
    const plugins = `${executions.count} executions of ${seconds(executions.seconds)}`;
    const cpu = `CPU time ${seconds(executions.cpu)} plugin, ${seconds(ownCpu)} other`;
    return [name, `${seconds(wall)}; ${plugins}; ratio ${ratio.toFixed(2)}; ${cpu}`];
  };
  return {
    name: `the conformance suite on bridge at ${VERSION}`,
    rows: [
      row(`${single.clauses.length} clauses, ${JOBS} tests at a time`, parallel),
      row("the same, one test at a time", single),
      row(`all ${all.versions.length} versions, ${JOBS} tests at a time`, all),
      [`all mutants (${mutants.killRate})`, seconds(mutants.wall)],
      ...single.clauses
        .toSorted((a, b) => b.wall - a.wall)
        .map(({ clause, wall, count }): [string, string] => [clause, `${seconds(wall)}, ${count} executions`]),
    ],
    target:
      `(wall time x ${JOBS}) / (time of the plugin processes) at most ${MAX_RATIO} with ${JOBS} tests at a time, ` +
      `all versions under ${MAX_SECONDS.allVersions} s, all mutants under ${MAX_SECONDS.mutants} s`,
    result: targetResult(
      parallel.ratio <= MAX_RATIO && all.wall < MAX_SECONDS.allVersions && mutants.wall < MAX_SECONDS.mutants,
    ),
  };
}
