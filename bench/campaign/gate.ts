/**
 * `npm run campaign -- gate`: runs the gate of `cnibench run --confirm` on a plugin that has not changed, and on one
 * that is slower by a known amount, and counts its exit codes.
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeAtomically } from "../../core/atomic-write.ts";
import { EnvironmentError, lastLine } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { packageRoot } from "../../core/paths.ts";
import { describeEnd, type Output } from "../../core/shell.ts";
import { quoteArgv } from "../../core/text.ts";
import { GATE_FILE, type GateFile, RUN_FILE } from "../../results/index.ts";
import { findCniPlugin } from "../../tools/index.ts";
import type { CampaignFlags, CampaignResult } from "./flags.ts";
import { gateMarkdown, gateOutcomeOf, type GateCampaign, type MeasuredGate } from "./gate-outcome.ts";
import {
  baseArgs,
  gateRunsOf,
  headArgs,
  resumed,
  seriesOf,
  type GateDirs,
  type GateRun,
  type GateSeries,
} from "./gate-series.ts";
import { writeBinary } from "./gate-binaries.ts";

const PLUGIN = "bridge";
const TIMEOUT_S = 1800;
const HEAD = "head";
/** Has the exit code of a finished gate. */
const EXIT_CODE_FILE = "exit-code";

/** Measures gates until the limit. Those that have finished earlier are kept, and an interrupted one continues. */
export async function measureGates(
  host: Host,
  dir: string,
  { cut, limit, counts }: CampaignFlags,
): Promise<CampaignResult<GateCampaign>> {
  const started = host.clock.now();
  const series = seriesOf(cut);
  const runs = gateRunsOf(series, counts);
  const measured: MeasuredGate[] = [];
  for (const run of runs) {
    const own = join(dir, run.id);
    if (!isFinished(own)) {
      if (host.clock.now() - started >= limit) continue;
      console.error(`${run.id} (${measured.length} of ${runs.length} gates complete)`);
      await measureGate(host, dir, run);
    }
    measured.push(storedGate(own, run));
  }
  const outcome = gateOutcomeOf(series, measured);
  return { outcome, markdown: gateMarkdown(outcome) };
}

function isFinished(own: string): boolean {
  return existsSync(join(own, EXIT_CODE_FILE));
}

function storedGate(own: string, { kind }: GateRun): MeasuredGate {
  const exitCode = Number(readFileSync(join(own, EXIT_CODE_FILE), "utf8"));
  const { suspects } = JSON.parse(readFileSync(join(own, HEAD, GATE_FILE), "utf8")) as GateFile;
  return { series: kind.name, exitCode, suspects: suspects.length };
}

/** @throws EnvironmentError if a run ends in another way than a gate may; the campaign can be continued then */
async function measureGate(host: Host, dir: string, { id, kind }: GateRun): Promise<void> {
  const own = join(dir, id);
  const binaries = writeBinaries(host, join(dir, "bin", kind.name), kind);
  const dirs = { ...binaries, base: join(own, "base"), head: join(own, HEAD) };
  const [base, head] = [baseArgs(kind, dirs), headArgs(kind, dirs)];
  requireCode([0], await cnibench(host, dirs.base, base));
  const output = await cnibench(host, dirs.head, head);
  // Without gate.json, the gate did not begin.
  const exitCode = requireCode(existsSync(join(dirs.head, GATE_FILE)) ? [0, 3, 5] : [], output);
  writeAtomically(join(own, EXIT_CODE_FILE), `${exitCode}\n`);
}

/** Writes the binaries of a series. @throws EnvironmentError if the original is missing */
function writeBinaries(host: Host, dir: string, { base, head }: GateSeries): Pick<GateDirs, "baseBin" | "headBin"> {
  const original = findCniPlugin(host, PLUGIN);
  if (original === null) throw new EnvironmentError(`CNI plugin ${PLUGIN} not found; fix: cnibench setup`);
  const [baseBin, headBin] = [join(dir, "base"), join(dir, "head")];
  writeBinary(join(baseBin, PLUGIN), original, base);
  writeBinary(join(headBin, PLUGIN), original, head);
  return { baseBin, headBin };
}

/** Runs the built program, which starts a run in a directory or resumes it. */
async function cnibench(host: Host, dir: string, args: readonly string[]): Promise<Output> {
  const isStarted = existsSync(join(dir, RUN_FILE));
  if (!isStarted) rmSync(dir, { recursive: true, force: true });
  const program = [process.execPath, join(packageRoot(), "dist/cli/main.js")];
  return host.shell.exec([...program, ...(isStarted ? resumed(args) : args)], { timeout: TIMEOUT_S });
}

/** @throws EnvironmentError for another exit code, so that the campaign ends and can be continued */
function requireCode(codes: readonly number[], output: Output): number {
  const { exitCode, stderr } = output;
  if (exitCode !== null && codes.includes(exitCode)) return exitCode;
  throw new EnvironmentError(`${quoteArgv(output.argv)} ${describeEnd(output)}: ${lastLine(stderr)}`);
}
