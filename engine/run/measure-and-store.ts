/** Measures the deployments of a run and keeps its run.json up to date. */
import type { Cluster } from "../../clusters/index.ts";
import type { Host } from "../../core/host.ts";
import { cnibenchVersion } from "../../core/paths.ts";
import { type Environment, environmentChanges, type RunFile, type RunStore } from "../../results/index.ts";
import { awakeFacts, idleCpuWarnings } from "./awake-cpus.ts";
import { disposeOnAbort } from "../deploy/cluster-pool.ts";
import { readEnvironment, type ToolsUsed } from "../deploy/read-environment.ts";
import { interleavingOf } from "../plan/interleave.ts";
import { withoutStopped } from "../plan/schedule.ts";
import { decideAfter, type Stopping } from "./stopping.ts";
import { runDeployments, type RunInput } from "./run-deployments.ts";

type Inspect = (cluster: Cluster) => Promise<void>;

/**
 * Measures, and stores the environment and the outcome.
 * @returns the last stored run.json, also of an interrupted run
 */
export async function measureAndStore(
  host: Host,
  input: RunInput,
  planned: RunFile,
  tools: ToolsUsed,
): Promise<RunFile> {
  const { store, kind, spec, assets } = input;
  const { signal, clock } = host;
  let run: RunFile = { ...planned, finishedAt: null, outcome: null };
  const close = (outcome: RunFile["outcome"]): RunFile => {
    run = { ...run, finishedAt: clock.date().toISOString(), outcome };
    store.update(run);
    store.seal();
    return run;
  };
  const stopping: Stopping = {
    afterBlock: async (block) => {
      const decisions = await decideAfter(store.dir, run, block);
      if (decisions.length === 0) return;
      run = { ...run, stopping: [...(run.stopping ?? []), ...decisions] };
      store.update(run);
      for (const decision of decisions) input.onEvent({ kind: "decided", decision, plan: run.plan });
    },
    remainingOf: (slot) => withoutStopped(slot, run),
  };
  const interleaving = interleavingOf({ kind, plugins: assets.map(({ plugin }) => plugin), nodes: spec.nodes });
  try {
    const inspect: Inspect = async (cluster) => {
      const environment = await readEnvironment(host, cluster, assets, tools);
      const keepAwake = await awakeFacts(cluster, input.keepAwake, signal);
      const facts = { ...environment.cluster, keepAwake, interleaving };
      const isFirst = run.environment === null;
      run = withEnvironment(run, { ...environment, cluster: facts }, store);
      if (isFirst) run = { ...run, warnings: [...run.warnings, ...idleCpuWarnings(keepAwake, input.slots)] };
      store.update(run);
    };
    const separate = kind.inspection === "separate";
    if (separate) await inspectFreshCluster(host, input, inspect);
    await runDeployments(host, { ...input, stopping, ...(!separate && { inspect: onFirstCluster(inspect) }) });
    return close("complete");
  } catch (error) {
    const closed = close(signal.aborted ? "interrupted" : "failed");
    if (signal.aborted) return closed;
    throw error;
  }
}

/** Stores the environment of the first session; a later session adds a warning for each difference. */
function withEnvironment(run: RunFile, environment: Environment, store: RunStore): RunFile {
  const current = store.redacted({ ...run, versions: sessionVersions(), environment });
  if (run.environment === null) return current;
  return { ...run, warnings: [...run.warnings, ...environmentChanges(run, current, store.session)] };
}

/** Inspects the first cluster that is measured: for kinds whose clusters take long to create. */
function onFirstCluster(inspect: Inspect): Inspect {
  let done = false;
  return async (cluster) => {
    if (!done) await inspect(cluster);
    done = true;
  };
}

/** Creates a cluster only to inspect it, so that problems are found before anything is measured. */
async function inspectFreshCluster(host: Host, { kind, spec }: RunInput, inspect: Inspect): Promise<void> {
  const cluster = disposeOnAbort(host.signal, await kind.create(host, spec));
  try {
    await inspect(cluster);
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
}

/** Returns the versions of the programs that run this session. */
export function sessionVersions(): RunFile["versions"] {
  return { cnibench: cnibenchVersion(), node: process.versions.node };
}
