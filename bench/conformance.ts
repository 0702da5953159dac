/** The conformance suite on the bridge plugin: how long it takes, for what; and the mutants that prove it. */
import { findCniPlugin } from "../core/tools/find.ts";
import { localShell } from "../core/local.ts";
import { run, type Shell } from "../core/shell.ts";
import { withVersion } from "../cni/conf.ts";
import { shippedProfile } from "../runners/conformance/profile-file.ts";
import { runConformance } from "../runners/conformance/run.ts";
import { createLab } from "./lab.ts";
import type { Benchmark } from "./benchmark.ts";

const BIN_DIR = "/opt/cni/bin";
/** Seconds. */
const MAX_SECONDS = { suite: 60, mutants: 180 };

/** What executions of plugins took. */
interface Executions {
  count: number;
  /** Seconds of the plugins' processes, entering the test's namespaces included. */
  seconds: number;
}

/** A shell that adds up executions of plugins; a test enters its own node first, so argv ends with the path. */
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

interface ClauseCost extends Executions {
  readonly clause: string;
  readonly wall: number;
}

/** The whole suite; with one test at a time, what each clause took. */
async function suite(
  jobs: number,
): Promise<{ readonly wall: number; readonly executions: Executions; readonly clauses: readonly ClauseCost[] }> {
  const described = shippedProfile("bridge");
  if (described === null) throw new Error("there is no profile of bridge");
  const cluster = await createLab(1);
  try {
    const [node] = cluster.nodes;
    if (node === undefined) throw new Error("a lab without nodes");
    const files = ["bridge", "host-local", "tuning", "sbr"].map((name) => ({
      path: `${BIN_DIR}/${name}`,
      mode: 0o755,
      source: { file: findCniPlugin(name) ?? "" },
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
      ...{ pluginPath: [BIN_DIR], versions: ["1.0.0"], jobs, signal: new AbortController().signal },
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

/** The test that runs them, as CI does; its last word is the kill rate. */
async function mutants(): Promise<{ readonly wall: number; readonly output: string }> {
  const start = performance.now();
  const said = await run(
    localShell(),
    ["npx", "vitest", "run", "--project", "unit", "test/runners/conformance/mutants/mutants.test.ts"],
    { timeout: 1200 },
  );
  return {
    wall: (performance.now() - start) / 1000,
    output: /\d+ of \d+ mutants killed by [^;]*/.exec(said)?.[0] ?? "",
  };
}

export async function benchConformance(): Promise<Benchmark> {
  const together = await suite(2);
  const { wall, executions, clauses } = await suite(1);
  const proof = await mutants();
  const seconds = (value: number): string => `${value.toFixed(2)} s`;
  return {
    name: "the conformance suite on bridge at 1.0.0",
    rows: [
      ["whole suite, two tests at a time", seconds(together.wall)],
      ["whole suite, one test at a time", seconds(wall)],
      ["clauses; executions of plugins", `${clauses.length}; ${executions.count}`],
      ["share of the time that is not the plugins' own", `${(100 * (1 - executions.seconds / wall)).toFixed(0)} %`],
      [`all mutants (${proof.output})`, seconds(proof.wall)],
      ...clauses
        .toSorted((a, b) => b.wall - a.wall)
        .map(({ clause, wall: spent, count }): [string, string] => [clause, `${seconds(spent)}, ${count} executions`]),
    ],
    target: `the suite under ${MAX_SECONDS.suite} s, all mutants under ${MAX_SECONDS.mutants} s`,
    met: together.wall < MAX_SECONDS.suite && proof.wall < MAX_SECONDS.mutants,
  };
}
