/**
 * Where the next cluster of a run comes from. Where a kind allows it, those of the next turns are made together and wait frozen:
 * nothing is made while something is measured.
 */
import type { Cluster, ClusterKind, ClusterSpec } from "../clusters/cluster.ts";
import type { DeploymentSlot } from "./schedule.ts";

export interface ClusterPoolOptions {
  readonly kind: ClusterKind;
  readonly slots: readonly DeploymentSlot[];
  /** What a turn needs. */
  readonly specOf: (slot: DeploymentSlot) => ClusterSpec;
  /** How many are made together. */
  readonly maxConcurrent: number;
  readonly signal: AbortSignal;
}

/** An interrupt takes the cluster away at once, with whatever hangs in it: nobody waits for a plugin's time limit. */
export function disposeOnAbort(signal: AbortSignal, cluster: Cluster): Cluster {
  // What goes wrong with it is told by whoever disposes of the cluster in order.
  signal.addEventListener("abort", () => void Promise.resolve(cluster[Symbol.asyncDispose]()).catch(() => undefined), {
    once: true,
  });
  return cluster;
}

export class ClusterPool implements AsyncDisposable {
  readonly #options: ClusterPoolOptions;
  /** Made, and not yet taken. */
  readonly #paused = new Map<DeploymentSlot, Cluster>();

  constructor(input: ClusterPoolOptions) {
    this.#options = input;
  }

  /** The cluster of a turn, which from now on is the caller's to remove. @throws EnvironmentError when it could not be made. */
  async take(slot: DeploymentSlot): Promise<Cluster> {
    const paused = this.#paused.get(slot);
    this.#paused.delete(slot);
    if (paused !== undefined) return resumed(paused, this.#options.signal);
    const { slots, maxConcurrent } = this.#options;
    const index = slots.indexOf(slot);
    const others = slots.slice(index + 1, index + maxConcurrent).filter((one) => !this.#paused.has(one));
    const [own, ...results] = await Promise.allSettled([
      this.#create(slot, false),
      ...others.map((one) => this.#create(one, true)),
    ]);
    // One of the others that could not be made is made anew when its turn comes.
    for (const [i, one] of others.entries())
      if (results[i]?.status === "fulfilled") this.#paused.set(one, results[i].value);
    if (own.status === "fulfilled") return own.value;
    if (others.length === 0) throw own.reason;
    return this.#create(slot, false); // what fails beside others may do alone
  }

  async #create(slot: DeploymentSlot, paused: boolean): Promise<Cluster> {
    const { kind, specOf, signal } = this.#options;
    const cluster = disposeOnAbort(signal, await kind.create(specOf(slot), signal));
    if (!paused || cluster.api === "bare") return cluster;
    return disposeOnFailure(cluster, cluster.pause?.());
  }

  /** Removes those that nobody took. */
  async [Symbol.asyncDispose](): Promise<void> {
    const left = [...this.#paused.values()];
    this.#paused.clear();
    await Promise.all(left.map((cluster) => cluster[Symbol.asyncDispose]()));
  }
}

async function resumed(cluster: Cluster, signal: AbortSignal): Promise<Cluster> {
  return cluster.api === "bare" ? cluster : disposeOnFailure(cluster, cluster.resume?.(signal));
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
