/**
 * Runs the deployments of a plan on fresh clusters, in rounds of deployments that exist at the same time. Failures are
 * stored, and the run continues.
 */
import type { ClusterKind, ClusterSpec } from "../../clusters/index.ts";
import type { Host } from "../../core/host.ts";
import { ClusterPool } from "../deploy/cluster-pool.ts";
import { clusterSpecFor } from "../deploy/deploy.ts";
import { interleavingOf, roundsOf } from "../plan/interleave.ts";
import type { DeploymentSlot } from "../plan/schedule.ts";
import type { Assets } from "../preflight/assets.ts";
import { RemainingTime } from "./remaining-time.ts";
import { runRound, type SharedInput, type SlotInput } from "./run-round.ts";
import { NO_STOPPING, type Stopping } from "./stopping.ts";

export interface RunInput extends SharedInput {
  /** The deployments to run, in order. */
  readonly slots: readonly DeploymentSlot[];
  readonly kind: ClusterKind;
  readonly spec: ClusterSpec;
  /** Number of clusters to create together. Default: the limit of this machine. */
  readonly maxConcurrentClusters?: number;
  readonly assets: readonly Assets[];
  /** Default: no suite stops before its last block. */
  readonly stopping?: Stopping;
}

/** Runs all deployments. @throws EnvironmentError if results cannot be stored; the signal's reason if interrupted */
export async function runDeployments(host: Host, input: RunInput): Promise<void> {
  const { kind, spec, assets, stopping = NO_STOPPING } = input;
  const rounds = roundsOf(
    input.slots,
    interleavingOf({ kind, plugins: assets.map(({ plugin }) => plugin), nodes: spec.nodes }),
  );
  const slots = rounds.flat();
  const remaining = new RemainingTime(slots, kind.deploySeconds);
  const assetsOf = ({ plugin }: DeploymentSlot): Assets | null =>
    assets.find((one) => one.plugin.name === plugin) ?? null;
  const pool = new ClusterPool(host, {
    kind,
    slots,
    specOf: (slot) => clusterSpecFor(spec, assetsOf(slot)?.plugin ?? null),
    maxConcurrent: input.maxConcurrentClusters ?? kind.maxClustersAtOnce?.(spec) ?? 1,
  });
  try {
    for (const [i, round] of rounds.entries()) {
      host.signal.throwIfAborted();
      const block = round[0]?.block ?? 0;
      await stopping.afterBlock(block - 1);
      const inputs = round.flatMap((planned): SlotInput[] => {
        const slot = stopping.remainingOf(planned);
        if (slot === null) return [];
        const isLast = async (): Promise<boolean> => {
          if (rounds[i + 1]?.[0]?.block !== block) await stopping.afterBlock(block);
          return !slots.slice(slots.indexOf(planned) + 1).some((one) => stopping.remainingOf(one) !== null);
        };
        return [{ ...input, slot, assets: assetsOf(slot), isLast, takeCluster: () => pool.take(planned), remaining }];
      });
      await runRound(host, inputs);
    }
    await stopping.afterBlock(slots.at(-1)?.block ?? 0);
  } finally {
    await pool[Symbol.asyncDispose]();
  }
}
