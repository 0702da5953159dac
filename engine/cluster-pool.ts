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
  readonly specOf: (turn: DeploymentSlot) => ClusterSpec;
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
  async take(turn: DeploymentSlot): Promise<Cluster> {
    const waiting = this.#paused.get(turn);
    this.#paused.delete(turn);
    if (waiting !== undefined) return resumed(waiting, this.#options.signal);
    const { slots: turns, maxConcurrent: atOnce } = this.#options;
    const begin = turns.indexOf(turn);
    const others = turns.slice(begin + 1, begin + atOnce).filter((one) => !this.#paused.has(one));
    const [own, ...made] = await Promise.allSettled([
      this.#create(turn, false),
      ...others.map((one) => this.#create(one, true)),
    ]);
    // One of the others that could not be made is made anew when its turn comes.
    for (const [i, one] of others.entries()) if (made[i]?.status === "fulfilled") this.#paused.set(one, made[i].value);
    if (own.status === "fulfilled") return own.value;
    if (others.length === 0) throw own.reason;
    return this.#create(turn, false); // what fails beside others may do alone
  }

  async #create(turn: DeploymentSlot, waits: boolean): Promise<Cluster> {
    const { kind, specOf, signal } = this.#options;
    const cluster = disposeOnAbort(signal, await kind.create(specOf(turn), signal));
    if (!waits || cluster.api === "bare") return cluster;
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
