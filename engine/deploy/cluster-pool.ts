/**
 * Provides the cluster of each deployment slot. Where the cluster kind allows it, the pool creates the clusters of
 * the next slots together and keeps them paused, so that no cluster is created during a measurement.
 */
import type { Cluster, ClusterKind, ClusterSpec } from "../../clusters/index.ts";
import type { Host } from "../../core/host.ts";
import type { DeploymentSlot } from "../plan/schedule.ts";

interface ClusterPoolOptions {
  readonly kind: ClusterKind;
  readonly slots: readonly DeploymentSlot[];
  /** Returns the specification of a slot's cluster. */
  readonly specOf: (slot: DeploymentSlot) => ClusterSpec;
  /** Number of clusters to create together. */
  readonly maxConcurrent: number;
}

/** Disposes the cluster as soon as the signal aborts, instead of waiting for a hung plugin. */
export function disposeOnAbort(signal: AbortSignal, cluster: Cluster): Cluster {
  // The regular disposal of the cluster reports errors.
  signal.addEventListener("abort", () => void Promise.resolve(cluster[Symbol.asyncDispose]()).catch(() => undefined), {
    once: true,
  });
  return cluster;
}

/** Creates clusters ahead of their slots and disposes the unused ones. */
export class ClusterPool implements AsyncDisposable {
  readonly #host: Host;
  readonly #options: ClusterPoolOptions;
  /** Clusters that were created but not taken yet. */
  readonly #paused = new Map<DeploymentSlot, Cluster>();

  constructor(host: Host, options: ClusterPoolOptions) {
    this.#host = host;
    this.#options = options;
  }

  /**
   * Returns the cluster of a slot; the caller disposes it.
   * @throws EnvironmentError if it cannot be created or resumed
   */
  async take(slot: DeploymentSlot): Promise<Cluster> {
    const paused = this.#paused.get(slot);
    this.#paused.delete(slot);
    if (paused !== undefined) return resumed(paused, this.#host.signal);
    const { slots, maxConcurrent } = this.#options;
    const index = slots.indexOf(slot);
    const others = slots.slice(index + 1, index + maxConcurrent).filter((other) => !this.#paused.has(other));
    const [own, ...results] = await Promise.allSettled([
      this.#create(slot, false),
      ...others.map((other) => this.#create(other, true)),
    ]);
    // A cluster that failed here is created again when its slot is due.
    for (const [i, other] of others.entries())
      if (results[i]?.status === "fulfilled") this.#paused.set(other, results[i].value);
    if (own.status === "fulfilled") return own.value;
    if (others.length === 0) throw own.reason;
    return this.#create(slot, false); // may succeed without concurrent creations
  }

  async #create(slot: DeploymentSlot, pause: boolean): Promise<Cluster> {
    const { kind, specOf } = this.#options;
    const cluster = disposeOnAbort(this.#host.signal, await kind.create(this.#host, specOf(slot)));
    return pause ? disposeOnFailure(cluster, cluster.pause?.()) : cluster;
  }

  /** Disposes the clusters that were never taken. */
  async [Symbol.asyncDispose](): Promise<void> {
    const unused = [...this.#paused.values()];
    this.#paused.clear();
    await Promise.all(unused.map((cluster) => cluster[Symbol.asyncDispose]()));
  }
}

async function resumed(cluster: Cluster, signal: AbortSignal): Promise<Cluster> {
  return disposeOnFailure(cluster, cluster.resume?.(signal));
}

async function disposeOnFailure(cluster: Cluster, step: Promise<void> | undefined): Promise<Cluster> {
  try {
    await step;
    return cluster;
  } catch (error) {
    await cluster[Symbol.asyncDispose]();
    throw error;
  }
}
