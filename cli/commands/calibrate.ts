/** `cnibench doctor --calibrate`: measures a plugin against itself, and stores and prints the noise of this machine. */
import { rmSync } from "node:fs";
import { preferredKind } from "../../clusters/index.ts";
import { UsageError } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { makeTempDir } from "../../core/temp-dir.ts";
import {
  check,
  type CheckedRun,
  execute,
  lockHost,
  noiseMachine,
  open,
  prepare,
  type RunChoices,
  storeNoiseCard,
} from "../../engine/index.ts";
import { columns, NOISE_COLUMNS, noiseRows, noiseSentences } from "../../reports/index.ts";
import { loadStored, measureNoise, NOISE_CARD_VERSION, type NoiseCard, type StoredRun } from "../../results/index.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { AUTO } from "../flags/choose-cluster.ts";
import { readChoices } from "../flags/run-choices.ts";
import { interruptible } from "../terminal/interrupt.ts";
import { showProgress } from "../terminal/progress.ts";
import { prepareKind, requireTools } from "../tools.ts";
import type { ToolFlags } from "./setup.ts";

/** The plugin that is measured against itself: it is available wherever the default plugins are. */
const PLUGIN = "bridge";
const NODES = 2;
const UNDERLAY_MTU = 1500;

interface CalibrateFlags extends ToolFlags {
  /** Number of A/A runs. */
  readonly runs: number;
}

/**
 * The stored card changes only after all runs are complete.
 * @param suite its loads
 * @throws UsageError; EnvironmentError if something could not be measured; Interrupted
 */
export function calibrateCommand(host: Host, flags: CalibrateFlags, suite = "calibrate"): Promise<ExitCode> {
  const kind = preferredKind().name;
  if (flags.plugins !== undefined) throw new UsageError("--calibrate measures its own plugin; omit --plugins");
  if (flags.cluster !== AUTO && flags.cluster !== kind)
    throw new UsageError(`--calibrate measures clusters of kind ${kind}; omit --cluster`);
  return interruptible(host, async (scope) => {
    const unlock = await lockHost(scope);
    try {
      const card = await measureCard(scope, await chooseTwins(scope, kind, suite), flags.runs);
      const file = storeNoiseCard(scope, card);
      const table = columns([NOISE_COLUMNS, ...noiseRows(card)].map((row) => row.map(({ en }) => en)));
      process.stdout.write(
        `${table}\n${noiseSentences(card)
          .map(({ en }) => en)
          .join("\n")}\nstored: ${file}\n`,
      );
      return EXIT.success;
    } finally {
      unlock();
    }
  });
}

/** Chooses the same plugin under two names. */
async function chooseTwins(host: Host, cluster: string, suite: string): Promise<RunChoices> {
  const flags = { cluster, nodes: NODES, underlayMtu: UNDERLAY_MTU, plugins: [PLUGIN], suite: [suite] };
  const choices = await readChoices(host, flags);
  const twins = choices.plugins.flatMap((plugin) =>
    ["a", "b"].map((letter) => ({ ...plugin, name: `${plugin.name}-${letter}` })),
  );
  return { ...choices, plugins: twins };
}

async function measureCard(host: Host, choices: RunChoices, count: number): Promise<NoiseCard> {
  await prepareKind(host, choices.kind, {});
  const stored: StoredRun[] = [];
  for (let i = 0; i < count; i++) {
    const prepared = await prepare(host, { ...choices, seed: choices.seed + i });
    await requireTools(host, prepared.tools.onHost, false);
    stored.push(await measureTwins(host, await check(host, prepared)));
  }
  const scenarios = choices.suites.flatMap((suite) => suite.scenarios);
  const metrics = measureNoise(stored, (name) => scenarios.find((one) => one.name === name)?.params ?? {});
  const runs = stored.map(({ run }) => run);
  const { blocks, duration, cluster } = (runs[0] as StoredRun["run"]).plan;
  const seconds = runs.map(
    ({ startedAt, finishedAt }) => (Date.parse(finishedAt ?? "") - Date.parse(startedAt)) / 1000,
  );
  return {
    schemaVersion: NOISE_CARD_VERSION,
    measuredAt: runs.at(-1)?.finishedAt ?? "",
    machine: noiseMachine(),
    plugin: PLUGIN,
    ...{ cluster, duration, runs: count, blocks },
    secondsPerBlock: seconds.reduce((sum, each) => sum + each, 0) / count / blocks,
    metrics,
  };
}

/** Runs the twins in a temporary directory. @throws the signal's reason after an interrupt */
async function measureTwins(host: Host, checked: CheckedRun): Promise<StoredRun> {
  const out = makeTempDir(host, "calibrate");
  try {
    const session = await open(host, checked, { out, command: ["cnibench", ...host.argv.slice(2)] });
    const progress = showProgress(host, true, session.plan);
    try {
      await execute(host, session, { onEvent: progress.on });
    } finally {
      progress.end();
      session.unlock();
    }
    host.signal.throwIfAborted();
    return await loadStored(out);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}
