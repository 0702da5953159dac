/** One repetition of one task on a deployment that stands: run it, store what it gave, tell about it. */
import { howItEnded, messageOf, NotThereError, printable } from "../core/errors.ts";
import type { CheckResult, MetricName, StandingLoad, Warning } from "../core/model.ts";
import { quoteArgv } from "../core/quote.ts";
import type { Output, Shell } from "../core/shell.ts";
import { SCHEMA_VERSION, type PlannedCell, type ResultRecord } from "../results/record.ts";
import type { RunStore } from "../results/store.ts";
import { parseCpuSamples, startCpuSampler, cpuUsageOfSamples, type CpuUsage } from "../runners/cpu.ts";
import type { Measurement, RunContext } from "../runners/runner.ts";
import type { Deployment } from "./deploy.ts";
import type { Listener } from "./events.ts";
import type { Task } from "./plan.ts";
import type { Turn } from "./schedule.ts";

/** Seconds that the idle machine is watched before the loads of a deployment. */
const IDLE_WINDOW = 0.25;
/** Cores in use without a load from which on the machine is called busy. */
const BUSY = 0.2;
/** Cores kept back by the host of a virtual machine from which on it is told. */
const STOLEN = 0.05;
/** What stands where a scenario says nothing. */
const NOTHING: StandingLoad = { services: 0, policies: 0, pods: 0 };
/** Characters of an error that are kept. */
const MAX_ERROR = 1000;

export interface Repetition {
  readonly task: Task;
  readonly block: number;
  readonly rep: number;
  readonly deployment: Deployment;
  /** What the machine did before the loads; null: not collected. */
  readonly idle: CpuUsage | null;
  /** What the link between two nodes carries, bit/s; null: it is not limited. */
  readonly linkRate: number | null;
  readonly store: RunStore;
  readonly signal: AbortSignal;
  readonly on: Listener;
}

/** What runs on the node without a load: subtracted from what runs with it. */
export async function watchIdle(node: Shell): Promise<CpuUsage | null> {
  const sampler = startCpuSampler(node);
  await new Promise((resolve) => setTimeout(resolve, IDLE_WINDOW * 1000));
  return sampler.stop().then(
    ({ stdout }) => cpuUsageOfSamples(parseCpuSamples(stdout)),
    () => null,
  );
}

/**
 * Measures and stores. A failure is stored too, and is no error of this function; an interrupted repetition is not stored.
 * @throws EnvironmentError when the result cannot be stored; the signal's reason when interrupted.
 */
export async function measure(repetition: Repetition): Promise<void> {
  const { task, block, rep, store, signal } = repetition;
  const startedAt = new Date().toISOString();
  const kept: Kept[] = [];
  const context = {
    duration: task.suite.duration,
    params: task.scenario.params,
    signal,
    keep: (role, output, command) => void kept.push([role, output, command ?? quoteArgv(output.argv)]),
  } satisfies RunContext;
  const measured = await attempt(repetition, context);
  const dead = repetition.deployment.daemons.failure();
  const outcome = dead === null ? await withLostNodes(measured, repetition.deployment) : { error: bounded(dead) };
  signal.throwIfAborted();
  const raw = kept.length > 0 ? await storeRaw(store, task, block, rep, kept) : null;
  const common = { schemaVersion: SCHEMA_VERSION, block, rep, ...sittingOf(store), startedAt, raw };
  storeOutcome(repetition, outcome, common);
}

type Kept = readonly [role: string, output: Output, command: string];
type Outcome =
  | { readonly measurement: Measurement }
  | { readonly checks: readonly CheckResult[] }
  | { readonly error: string }
  | { readonly skip: string };
interface Common {
  readonly schemaVersion: number;
  readonly block: number;
  readonly rep: number;
  readonly sitting?: number;
  readonly startedAt: string;
  readonly raw: string | null;
}

async function attempt({ task, deployment, idle, linkRate }: Repetition, context: RunContext): Promise<Outcome> {
  const { runner, path, scenario } = task;
  try {
    await deployment.stand?.(scenario.standing ?? NOTHING);
    if (runner.scope === "pair") {
      const { client, server } = await deployment.pair(path ?? "host");
      const nodes = client.node.name === server.node.name ? [client.node] : [client.node, server.node];
      const daemons = await deployment.daemons.processes(nodes).catch(() => []); // their metrics are told to be missing
      const { values, warnings } = await runner.run({
        ...context,
        client,
        server,
        daemons,
        idle,
        linkRate: path === "same-node" ? null : linkRate,
      });
      return { measurement: { values, warnings: [...warnings, ...busyMachine(idle)] } };
    }
    if (runner.scope === "cluster" || (runner.scope === "checks" && runner.target === "cluster")) {
      if (deployment.whole === null) throw new Error(`${runner.name} needs a cluster with Kubernetes`);
      const whole = { ...context, deployment: deployment.whole };
      return runner.scope === "cluster"
        ? { measurement: await runner.run(whole) }
        : { checks: await runner.run(whole) };
    }
    if (deployment.bare === null) throw new Error(`${runner.name} cannot measure the baseline`);
    const bare = await deployment.bare();
    if (runner.scope === "lifecycle") return { measurement: await runner.run({ ...context, deployment: bare }) };
    return { checks: await runner.run({ ...context, deployment: bare }) };
  } catch (error) {
    if (error instanceof NotThereError && runner.scope !== "checks") return { skip: bounded(error.message) };
    return { error: bounded(messageOf(error)) };
  }
}

/** What a lost node broke says little of it. */
async function withLostNodes(outcome: Outcome, deployment: Deployment): Promise<Outcome> {
  if (!("error" in outcome)) return outcome;
  const why = (await deployment.lost?.().catch(() => null)) ?? null;
  return why === null ? outcome : { error: bounded(`${why}; ${outcome.error}`) };
}

function busyMachine(idle: CpuUsage | null): Warning[] {
  if (idle === null) return [];
  const busy = {
    code: "busy-machine",
    message: `${idle.busy.toFixed(2)} cores were busy before the load: other programs disturb the numbers`,
  };
  const steal = {
    code: "steal",
    message: `the host of this virtual machine kept ${idle.steal.toFixed(2)} cores back before the load: its neighbours disturb the numbers`,
  };
  return [...(idle.busy >= BUSY ? [busy] : []), ...(idle.steal >= STOLEN ? [steal] : [])];
}

function storeOutcome({ task, store, on }: Repetition, outcome: Outcome, common: Common): void {
  if ("checks" in outcome) {
    store.append(...outcome.checks.map((value) => ({ kind: "check", cell: task.id, ...common, value }) as const));
    const count = (status: CheckResult["status"]): number =>
      outcome.checks.filter((check) => check.status === status).length;
    return on({ kind: "checked", task, failed: count("fail"), passed: count("pass") });
  }
  if ("error" in outcome) {
    on({ kind: "failed", plugin: task.plugin, what: task.id, error: outcome.error });
    return store.append(...failures(task, common, outcome.error));
  }
  if ("skip" in outcome) {
    on({ kind: "skipped", task, reason: outcome.skip });
    return store.append(
      ...measuredCells(task).map(
        ([, cell]) => ({ kind: "repetition", cell: cell.id, ...common, skip: outcome.skip }) as const,
      ),
    );
  }
  const { values, warnings, pairs } = outcome.measurement;
  const told = warnings.length > 0 ? { warnings } : {};
  const records = measuredCells(task).map(([metric, cell], i) => {
    const value = values[metric];
    const beside = i === 0 && value !== undefined && pairs !== undefined ? { pairs } : {};
    const missing = `${task.runner.name} did not collect ${metric}`;
    return {
      kind: "repetition",
      cell: cell.id,
      ...common,
      ...told,
      ...(value === undefined ? { error: missing } : { value }),
      ...beside,
    } as const;
  });
  store.append(...records);
  on({ kind: "measured", task, values });
}

/** Stores that a whole deployment failed, in every repetition that it was for. */
export function storeDeploymentFailure(store: RunStore, { block, work }: Turn, error: unknown): void {
  const startedAt = new Date().toISOString();
  const message = bounded(messageOf(error));
  const common = { schemaVersion: SCHEMA_VERSION, block, ...sittingOf(store), startedAt, raw: null };
  store.append(...work.flatMap(({ task, reps }) => reps.flatMap((rep) => failures(task, { ...common, rep }, message))));
}

function failures(task: Task, common: Common, error: string): ResultRecord[] {
  if (task.runner.scope === "checks") return [{ kind: "check", cell: task.id, ...common, error }];
  return measuredCells(task).map(([, cell]) => ({ kind: "repetition", cell: cell.id, ...common, error }));
}

function sittingOf({ sitting }: RunStore): { readonly sitting?: number } {
  return sitting === 1 ? {} : { sitting };
}

function measuredCells(task: Task): [MetricName, PlannedCell][] {
  return (Object.entries(task.cells) as [MetricName, PlannedCell][]).filter(([, { skip }]) => skip === undefined);
}

async function storeRaw(
  store: RunStore,
  task: Task,
  block: number,
  rep: number,
  kept: readonly Kept[],
): Promise<string> {
  const folder = await store.rawDir(task.id, block, rep);
  const times = new Map<string, number>();
  for (const [given, output, command] of kept) {
    const role = given.toLowerCase().replace(/[^a-z0-9-]/g, "-"); // a clause id has dots
    const seen = (times.get(role) ?? 0) + 1;
    times.set(role, seen);
    const cmd = `# on ${output.where}; ${howItEnded(output)}, after ${output.duration.toFixed(3)} s\n${command}`;
    await folder.writeRaw(seen === 1 ? role : `${role}-${seen}`, { cmd, stdout: output.stdout, stderr: output.stderr });
  }
  return folder.path;
}

function bounded(text: string): string {
  return printable(text).slice(0, MAX_ERROR);
}
