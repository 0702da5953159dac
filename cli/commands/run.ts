/** `cnibench run`: checks everything, measures, writes the reports and prints a summary. */
import { resolve } from "node:path";
import { printable, UsageError } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import {
  check,
  type CheckedRun,
  checkGate,
  execute,
  type Gate,
  type InterruptedRun,
  type KeepLab,
  lockHost,
  noiseCardFor,
  open,
  prepare,
  resume,
  type RunChoices,
  type Session,
} from "../../engine/index.ts";
import type { NoiseCard } from "../../results/index.ts";
import { formatCount, type Language, type ReportName } from "../../reports/index.ts";
import { type ExitCode, firstOf } from "../exit-code.ts";
import { type GateFlags, readGate } from "../flags/gate-flags.ts";
import { readChoices, type ChoiceFlags } from "../flags/run-choices.ts";
import { toFlags } from "../flags/stored-flags.ts";
import { confirmInstall, warnIfEmulated } from "../terminal/before-run.ts";
import { enterCommands } from "../terminal/enter-commands.ts";
import { interruptible, type Pause } from "../terminal/interrupt.ts";
import { type Progress, showProgress } from "../terminal/progress.ts";
import { prepareKind, requireTools } from "../tools.ts";
import { decideGate } from "./gate.ts";
import { reportResults } from "./report-results.ts";

export interface RunFlags extends ChoiceFlags, GateFlags {
  readonly out?: string;
  readonly resume?: string;
  readonly yes?: boolean;
  readonly keep?: boolean;
  /** Clusters to create in parallel. */
  readonly clustersAtOnce?: number;
  readonly report: readonly ReportName[];
  readonly lang?: Language;
  readonly progress: boolean;
}

/** @param given the flags on the command line, without defaults */
export function runCommand(host: Host, flags: RunFlags, given: Partial<RunFlags>): Promise<ExitCode> {
  return interruptible(host, async (interruptibleHost, pause) => {
    const interrupted =
      flags.resume === undefined ? null : await readInterrupted(interruptibleHost, flags.resume, given);
    const choices = await (interrupted === null
      ? readChoices(interruptibleHost, flags)
      : readChoices(
          interruptibleHost,
          { ...toFlags(host, interrupted.run), ...given },
          interrupted.run.definition.suites,
        ));
    const gateOptions = readGate(interruptibleHost, flags, given, choices);
    const unlock = await lockHost(interruptibleHost);
    try {
      const checked = await prepareAndCheck(interruptibleHost, choices, interrupted, flags);
      const gate = gateOptions && (await checkGate(interruptibleHost, gateOptions, checked));
      const command = ["cnibench", ...host.argv.slice(2)];
      const session = await open(interruptibleHost, checked, {
        command,
        noiseCard: noiseCardOf(interruptibleHost, choices),
        ...(flags.out !== undefined && { out: flags.out }),
      });
      try {
        await measure(interruptibleHost, session, flags, pause);
        return await reportAndGate(interruptibleHost, session, flags, gate);
      } finally {
        session.unlock();
      }
    } finally {
      unlock();
    }
  });
}

/** An interrupted run is not compared. */
async function reportAndGate(host: Host, session: Session, flags: RunFlags, gate: Gate | null): Promise<ExitCode> {
  const code = await reportResults(host, session.store, flags);
  return gate === null || host.signal.aborted ? code : firstOf(code, await decideGate(host, gate, session, flags));
}

/** Returns the noise card that applies to the run, and prints why a stored one is refused. */
function noiseCardOf(host: Host, choices: RunChoices): NoiseCard | null {
  const { card, refused, problem } = noiseCardFor(host, choices);
  if (refused) process.stderr.write(`${printable(problem ?? "")}\n`);
  return card;
}

/** @throws UsageError if `--out` names another directory than `--resume` */
async function readInterrupted(host: Host, resumed: string, { out }: Partial<RunFlags>): Promise<InterruptedRun> {
  const dir = resolve(resumed);
  if (out !== undefined && resolve(out) !== dir)
    throw new UsageError(`--out ${out} cannot be combined with --resume, which continues in its own directory`);
  return resume(host, dir);
}

/** Asks for consent and fetches missing tools where the plan needs it. @throws UsageError; EnvironmentError */
async function prepareAndCheck(
  host: Host,
  choices: RunChoices,
  interrupted: InterruptedRun | null,
  flags: RunFlags,
): Promise<CheckedRun> {
  const { kind, spec, temporaryInstall } = choices;
  const { yes = false } = flags;
  await prepareKind(host, kind, flags);
  await warnIfEmulated(host, kind, spec);
  const prepared = await prepare(host, choices, { interrupted });
  if (temporaryInstall !== null) await confirmInstall(host, temporaryInstall, yes);
  await requireTools(host, prepared.tools.onHost, yes);
  return check(host, prepared);
}

async function measure(host: Host, session: Session, flags: RunFlags, pause: Pause): Promise<void> {
  const progress = showProgress(host, flags.progress, session.plan, session.interrupted?.records);
  const { slots, store } = session;
  if (flags.resume !== undefined)
    process.stderr.write(
      slots.length === 0
        ? `${store.dir} is complete; nothing to resume\n`
        : `resuming ${store.dir}: ${formatCount(slots.length, "deployment")} remaining\n`,
    );
  const { clustersAtOnce, keep = false } = flags;
  await execute(host, session, {
    onEvent: progress.on,
    ...(clustersAtOnce === undefined ? {} : { maxConcurrentClusters: clustersAtOnce }),
    ...(keep ? { keepLab: keepUntilInterrupt(progress, pause), keepInstall: true } : {}),
  }).finally(() => progress.end());
}

/** Prints how to enter a lab and waits for Ctrl-C. */
function keepUntilInterrupt(progress: Progress, pause: Pause): KeepLab {
  return async (cluster, pods) => {
    progress.print(
      `\n${enterCommands(cluster, pods)}the lab is still running; press Ctrl-C to remove it and continue\n`,
    );
    await pause();
  };
}
