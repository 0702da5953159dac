/** One repetition of one task on a deployment that stands: run it, store what it gave, tell about it. */
import { describeEnd, messageOf, SkipError, printable } from "../core/errors.ts";
import type { CheckResult, MetricName, BackgroundObjects, Warning } from "../core/model.ts";
import { quoteArgv } from "../core/quote.ts";
import type { Output, Shell } from "../core/shell.ts";
import { SCHEMA_VERSION, type PlannedCell, type ResultRecord } from "../results/record.ts";
import type { RunStore } from "../results/store.ts";
import { parseCpuSamples, startCpuSampler, cpuUsageOfSamples, type CpuUsage } from "../runners/cpu.ts";
import type { Measurement, RunContext } from "../runners/runner.ts";
import type { Deployment } from "./deploy.ts";
import type { RunListener } from "./events.ts";
import type { Task } from "./plan.ts";
import type { DeploymentSlot } from "./schedule.ts";

/** Seconds that the idle machine is watched before the loads of a deployment. */
const IDLE_WINDOW_S = 0.25;
/** Cores in use without a load from which on the machine is called busy. */
const MAX_IDLE_BUSY_CORES = 0.2;
/** Cores kept back by the host of a virtual machine from which on it is told. */
const MAX_IDLE_STOLEN_CORES = 0.05;
/** What stands where a scenario says nothing. */
const NO_BACKGROUND_OBJECTS: BackgroundObjects = { services: 0, policies: 0, pods: 0 };
/** Characters of an error that are kept. */
const MAX_ERROR_CHARS = 1000;

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
  readonly onEvent: RunListener;
}

/** What runs on the node without a load: subtracted from what runs with it. */
export async function measureIdle(node: Shell): Promise<CpuUsage | null> {
  const sampler = startCpuSampler(node);
  await new Promise((resolve) => setTimeout(resolve, IDLE_WINDOW_S * 1000));
  return sampler.stop().then(
    ({ stdout }) => cpuUsageOfSamples(parseCpuSamples(stdout)),
    () => null,
  );
}

/**
 * Measures and stores. A failure is stored too, and is no error of this function; an interrupted repetition is not stored.
 * @throws EnvironmentError when the result cannot be stored; the signal's reason when interrupted.
 */
export async function measureRepetition(repetition: Repetition): Promise<void> {
  const { task, block, rep, store, signal } = repetition;
  const startedAt = new Date().toISOString();
  const rawOutputs: RawOutput[] = [];
  const context = {
    duration: task.suite.duration,
    params: task.scenario.params,
    signal,
    keep: (role, output, command) => void rawOutputs.push([role, output, command ?? quoteArgv(output.argv)]),
  } satisfies RunContext;
  const measured = await runTask(repetition, context);
  const daemonFailure = repetition.deployment.daemons.failure();
  const outcome =
    daemonFailure === null ? await withLostNodes(measured, repetition.deployment) : { error: bounded(daemonFailure) };
  signal.throwIfAborted();
  const raw = rawOutputs.length > 0 ? await storeRaw(store, task, block, rep, rawOutputs) : null;
  const common = { schemaVersion: SCHEMA_VERSION, block, rep, ...sessionField(store), startedAt, raw };
  storeOutcome(repetition, outcome, common);
}

type RawOutput = readonly [role: string, output: Output, command: string];
type Outcome =
  | { readonly measurement: Measurement }
  | { readonly checks: readonly CheckResult[] }
  | { readonly error: string }
  | { readonly skip: string };
interface RecordFields {
  readonly schemaVersion: number;
  readonly block: number;
  readonly rep: number;
  readonly sitting?: number;
  readonly startedAt: string;
  readonly raw: string | null;
}

async function runTask({ task, deployment, idle, linkRate }: Repetition, context: RunContext): Promise<Outcome> {
  const { runner, path, scenario } = task;
  try {
    await deployment.setBackgroundObjects?.(scenario.standing ?? NO_BACKGROUND_OBJECTS);
    if (runner.scope === "pair") {
      const { client, server } = await deployment.connectPair(path ?? "host");
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
      return { measurement: { values, warnings: [...warnings, ...idleWarnings(idle)] } };
    }
    if (runner.scope === "cluster" || (runner.scope === "checks" && runner.target === "cluster")) {
      if (deployment.clusterDeployment === null) throw new Error(`${runner.name} needs a cluster with Kubernetes`);
      const whole = { ...context, deployment: deployment.clusterDeployment };
      return runner.scope === "cluster"
        ? { measurement: await runner.run(whole) }
        : { checks: await runner.run(whole) };
    }
    if (deployment.bareDeployment === null) throw new Error(`${runner.name} cannot measure the baseline`);
    const bare = await deployment.bareDeployment();
    if (runner.scope === "lifecycle") return { measurement: await runner.run({ ...context, deployment: bare }) };
    return { checks: await runner.run({ ...context, deployment: bare }) };
  } catch (error) {
    if (error instanceof SkipError && runner.scope !== "checks") return { skip: bounded(error.message) };
    return { error: bounded(messageOf(error)) };
  }
}

/** What a lost node broke says little of it. */
async function withLostNodes(outcome: Outcome, deployment: Deployment): Promise<Outcome> {
  if (!("error" in outcome)) return outcome;
  const why = (await deployment.describeLostNodes?.().catch(() => null)) ?? null;
  return why === null ? outcome : { error: bounded(`${why}; ${outcome.error}`) };
}

function idleWarnings(idle: CpuUsage | null): Warning[] {
  if (idle === null) return [];
  const busy = {
    code: "busy-machine",
    message: `${idle.busy.toFixed(2)} cores were busy before the load: other programs disturb the numbers`,
  };
  const steal = {
    code: "steal",
    message: `the host of this virtual machine kept ${idle.steal.toFixed(2)} cores back before the load: its neighbours disturb the numbers`,
  };
  return [...(idle.busy >= MAX_IDLE_BUSY_CORES ? [busy] : []), ...(idle.steal >= MAX_IDLE_STOLEN_CORES ? [steal] : [])];
}

function storeOutcome({ task, store, onEvent: on }: Repetition, outcome: Outcome, common: RecordFields): void {
  if ("checks" in outcome) {
    store.append(...outcome.checks.map((value) => ({ kind: "check", cell: task.id, ...common, value }) as const));
    const count = (status: CheckResult["status"]): number =>
      outcome.checks.filter((check) => check.status === status).length;
    return on({ kind: "checked", task, failed: count("fail"), passed: count("pass") });
  }
  if ("error" in outcome) {
    on({ kind: "failed", plugin: task.plugin, subject: task.id, error: outcome.error });
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
  const warningField = warnings.length > 0 ? { warnings } : {};
  const records = measuredCells(task).map(([metric, cell], i) => {
    const value = values[metric];
    const pairsField = i === 0 && value !== undefined && pairs !== undefined ? { pairs } : {};
    const missing = `${task.runner.name} did not collect ${metric}`;
    return {
      kind: "repetition",
      cell: cell.id,
      ...common,
      ...warningField,
      ...(value === undefined ? { error: missing } : { value }),
      ...pairsField,
    } as const;
  });
  store.append(...records);
  on({ kind: "measured", task, values });
}

/** Stores that a whole deployment failed, in every repetition that it was for. */
export function storeDeploymentFailure(store: RunStore, { block, work }: DeploymentSlot, error: unknown): void {
  const startedAt = new Date().toISOString();
  const message = bounded(messageOf(error));
  const common = { schemaVersion: SCHEMA_VERSION, block, ...sessionField(store), startedAt, raw: null };
  store.append(...work.flatMap(({ task, reps }) => reps.flatMap((rep) => failures(task, { ...common, rep }, message))));
}

function failures(task: Task, common: RecordFields, error: string): ResultRecord[] {
  if (task.runner.scope === "checks") return [{ kind: "check", cell: task.id, ...common, error }];
  return measuredCells(task).map(([, cell]) => ({ kind: "repetition", cell: cell.id, ...common, error }));
}

function sessionField({ session: sitting }: RunStore): { readonly sitting?: number } {
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
  kept: readonly RawOutput[],
): Promise<string> {
  const dir = await store.rawDir(task.id, block, rep);
  const counts = new Map<string, number>();
  for (const [name, output, command] of kept) {
    const role = name.toLowerCase().replace(/[^a-z0-9-]/g, "-"); // a clause id has dots
    const count = (counts.get(role) ?? 0) + 1;
    counts.set(role, count);
    const cmd = `# on ${output.where}; ${describeEnd(output)}, after ${output.duration.toFixed(3)} s\n${command}`;
    await dir.writeRaw(count === 1 ? role : `${role}-${count}`, { cmd, stdout: output.stdout, stderr: output.stderr });
  }
  return dir.path;
}

function bounded(text: string): string {
  return printable(text).slice(0, MAX_ERROR_CHARS);
}
