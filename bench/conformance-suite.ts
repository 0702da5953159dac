/** Measures the conformance suite on the bridge plugin, per clause, and the mutants that verify the suite. */
import { findCniPlugin } from "../tools/index.ts";
import type { Host } from "../core/host.ts";
import { run, type Shell } from "../core/shell.ts";
import { withVersion } from "../cni/index.ts";
import { runConformance, shippedProfile } from "../conformance/index.ts";
import { createLab } from "./lab.ts";
import { targetResult, type Benchmark } from "./benchmark.ts";

const BIN_DIR = "/opt/cni/bin";
const MAX_SECONDS = { suite: 60, mutants: 180 };

/** Number and duration of plugin executions. */
interface Executions {
  count: number;
  /** Total duration of the plugin processes, seconds, including the entry into the namespaces of the test node. */
  seconds: number;
}

/**
 * Returns a shell that counts plugin executions. Tests enter their own node first, so argv ends with the plugin path.
 */
function countExecutions(shell: Shell, executions: Executions): Shell {
  return {
    ...shell,
    exec: async (argv, options) => {
      const output = await shell.exec(argv, options);
      if (!argv.at(-1)?.startsWith(`${BIN_DIR}/`)) return output;
      executions.count++;
      executions.seconds += output.duration;
      return output;
    },
  };
}

/** The cost of the tests of one clause. */
interface ClauseCost extends Executions {
  readonly clause: string;
  readonly wall: number;
}

interface SuiteCost {
  /** Seconds. */
  readonly wall: number;
  readonly executions: Executions;
  readonly clauses: readonly ClauseCost[];
}

/** Runs the entire suite. @param jobs tests at a time; the costs of the clauses are exact only for 1 */
async function runSuite(host: Host, jobs: number): Promise<SuiteCost> {
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
    const executions: Executions = { count: 0, seconds: 0 };
    const clauses: ClauseCost[] = [];
    const start = performance.now();
    let before = { wall: start, ...executions };
    await runConformance({
      ...{
        plugin: "bridge",
        list: withVersion(described.list, "1.0.0"),
        profile: described.profile,
        nodes: [countExecutions(node.shell, executions)],
      },
      ...{ pluginPath: [BIN_DIR], versions: ["1.0.0"], jobs, signal: host.signal },
      onRow: ({ clause }) => {
        const now = { wall: performance.now(), ...executions };
        clauses.push({
          clause,
          wall: (now.wall - before.wall) / 1000,
          count: now.count - before.count,
          seconds: now.seconds - before.seconds,
        });
        before = now;
      },
    });
    return { wall: (performance.now() - start) / 1000, executions, clauses };
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
  const parallel = await runSuite(host, 2);
  const { wall, executions, clauses } = await runSuite(host, 1);
  const mutants = await runMutants(host);
  const seconds = (value: number): string => `${value.toFixed(2)} s`;
  return {
    name: "the conformance suite on bridge at 1.0.0",
    rows: [
      ["entire suite, two tests at a time", seconds(parallel.wall)],
      ["entire suite, one test at a time", seconds(wall)],
      ["clauses; plugin executions", `${clauses.length}; ${executions.count}`],
      ["share of time outside plugin processes", `${(100 * (1 - executions.seconds / wall)).toFixed(0)} %`],
      [`all mutants (${mutants.killRate})`, seconds(mutants.wall)],
      ...clauses
        .toSorted((a, b) => b.wall - a.wall)
        .map(({ clause, wall: spent, count }): [string, string] => [clause, `${seconds(spent)}, ${count} executions`]),
    ],
    target: `the suite under ${MAX_SECONDS.suite} s, all mutants under ${MAX_SECONDS.mutants} s`,
    result: targetResult(parallel.wall < MAX_SECONDS.suite && mutants.wall < MAX_SECONDS.mutants),
  };
}
