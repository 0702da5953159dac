/** Records when new pods receive their first answer: each reports it to a long-lived collector pod. */
import { EnvironmentError } from "../../core/errors.ts";
import { announceCommand, collectCommand, parseStamps } from "../../core/probe/probe.ts";
import type { Shell } from "../../core/shell.ts";
import { clockOffset } from "../support/timing.ts";
import type { ClusterDeployment } from "../deployment.ts";
import { podObject } from "../../kubernetes/index.ts";
import type { RunContext } from "../runner.ts";

const PORT = 30400;
/** Missing pods listed in a message. */
const MAX_LISTED_PODS = 5;

/** Seconds since the epoch by this machine's clock, keyed by pod name. */
export type PodTimes = ReadonlyMap<string, number>;

interface Collector {
  /** Command of a new pod. */
  readonly announce: readonly string[];
  /**
   * Waits for `count` new pods.
   * @param names for the error message
   * @throws EnvironmentError if fewer pods reported within `limit` seconds
   */
  readonly collect: (count: number, limit: number, signal: AbortSignal, names?: readonly string[]) => Promise<PodTimes>;
}

/** Creates the collector pod on the first node. */
export async function openCollector(
  deployment: ClusterDeployment,
  namespace: string,
  { signal, keep }: Pick<RunContext, "signal" | "keep">,
): Promise<Collector> {
  const [node = ""] = deployment.nodes;
  const [pod] = await deployment.createPods([
    podObject({ namespace, name: "collector", nodeName: node, image: deployment.image }),
  ]);
  if (pod === undefined) throw new Error("requested one pod, got none");
  const offset = await clockOffset(pod.shell, signal);
  return {
    announce: announceCommand(pod.ip, PORT),
    collect: async (count, limit, ending, names = []) =>
      collect(pod.shell, { count, limit, names, offset, signal: ending, keep }),
  };
}

interface Collection extends Pick<RunContext, "signal" | "keep"> {
  readonly count: number;
  readonly limit: number;
  /** Names of the pods, if they are known. */
  readonly names: readonly string[];
  readonly offset: number;
}

async function collect(shell: Shell, { count, limit, names, offset, signal, keep }: Collection): Promise<PodTimes> {
  const output = await shell.exec(collectCommand(PORT, count), { timeout: limit, signal });
  keep("collector", output);
  const times = parseArrivals(output.stdout, offset);
  if (times.size >= count) return times;
  const missing = names.filter((name) => !times.has(name)).slice(0, MAX_LISTED_PODS);
  const examples = missing.length === 0 ? "" : ` (${missing.join(", ")})`;
  throw new EnvironmentError(
    `${count - times.size} of ${count} new pods${examples} received no answer within ${limit.toFixed(0)} s; ` +
      "check the events and the pod capacity of the nodes",
  );
}

/** Parses the collector's output. Pure. @param offset seconds by which the collector's clock is ahead */
export function parseArrivals(text: string, offset: number): PodTimes {
  const arrivals = parseStamps(text).filter(({ word }) => word !== "");
  return new Map(arrivals.map(({ at, word }) => [word, at - offset]));
}

/**
 * Returns the time from the creation of each pod to its first answer, in seconds.
 * @throws EnvironmentError if unknown pods reported instead
 */
export function startTimes(created: PodTimes, arrived: PodTimes): readonly number[] {
  const missing = [...created.keys()].filter((name) => !arrived.has(name));
  if (missing.length > 0)
    throw new EnvironmentError(
      `pods ${missing.slice(0, MAX_LISTED_PODS).join(", ")} received no answer, but unknown pods did; ` +
        "is another run using this cluster?",
    );
  return [...created].map(([name, at]) => (arrived.get(name) ?? at) - at);
}
