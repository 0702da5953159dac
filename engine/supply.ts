/**
 * Where the next cluster of a run comes from. Where a kind allows it, those of the next turns are made together and wait frozen:
 * nothing is made while something is measured.
 */
import type { Cluster, ClusterKind, ClusterSpec } from "../clusters/cluster.ts";
import type { Turn } from "./schedule.ts";

export interface SupplyInput {
  readonly kind: ClusterKind;
  readonly turns: readonly Turn[];
  /** What a turn needs. */
  readonly specOf: (turn: Turn) => ClusterSpec;
  /** How many are made together. */
  readonly atOnce: number;
  readonly signal: AbortSignal;
}

/** An interrupt takes the cluster away at once, with whatever hangs in it: nobody waits for a plugin's time limit. */
export function endedBy(signal: AbortSignal, cluster: Cluster): Cluster {
  // What goes wrong with it is told by whoever disposes of the cluster in order.
  signal.addEventListener("abort", () => void Promise.resolve(cluster[Symbol.asyncDispose]()).catch(() => undefined), {
    once: true,
  });
  return cluster;
}

export class Supply implements AsyncDisposable {
  readonly #input: SupplyInput;
  /** Made, and not yet taken. */
  readonly #waiting = new Map<Turn, Cluster>();

  constructor(input: SupplyInput) {
    this.#input = input;
  }

  /** The cluster of a turn, which from now on is the caller's to remove. @throws EnvironmentError when it could not be made. */
  async take(turn: Turn): Promise<Cluster> {
    const waiting = this.#waiting.get(turn);
    this.#waiting.delete(turn);
    if (waiting !== undefined) return thawed(waiting, this.#input.signal);
    const { turns, atOnce } = this.#input;
    const begin = turns.indexOf(turn);
    const others = turns.slice(begin + 1, begin + atOnce).filter((one) => !this.#waiting.has(one));
    const [own, ...made] = await Promise.allSettled([
      this.#make(turn, false),
      ...others.map((one) => this.#make(one, true)),
    ]);
    // One of the others that could not be made is made anew when its turn comes.
    for (const [i, one] of others.entries()) if (made[i]?.status === "fulfilled") this.#waiting.set(one, made[i].value);
    if (own.status === "fulfilled") return own.value;
    if (others.length === 0) throw own.reason;
    return this.#make(turn, false); // what fails beside others may do alone
  }

  async #make(turn: Turn, waits: boolean): Promise<Cluster> {
    const { kind, specOf, signal } = this.#input;
    const cluster = endedBy(signal, await kind.create(specOf(turn), signal));
    if (!waits || cluster.api === "bare") return cluster;
    return orRemoved(cluster, cluster.pause?.());
  }

  /** Removes those that nobody took. */
  async [Symbol.asyncDispose](): Promise<void> {
    const left = [...this.#waiting.values()];
    this.#waiting.clear();
    await Promise.all(left.map((cluster) => cluster[Symbol.asyncDispose]()));
  }
}

async function thawed(cluster: Cluster, signal: AbortSignal): Promise<Cluster> {
  return cluster.api === "bare" ? cluster : orRemoved(cluster, cluster.resume?.(signal));
}

async function orRemoved(cluster: Cluster, step: Promise<void> | undefined): Promise<Cluster> {
  try {
    await step;
    return cluster;
  } catch (error) {
    await cluster[Symbol.asyncDispose]();
    throw error;
  }
}
