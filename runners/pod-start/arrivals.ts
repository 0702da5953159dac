/** When new pods had their first answer: they say so to a pod that stays. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EnvironmentError } from "../../core/errors.ts";
import { packageRoot } from "../../core/paths.ts";
import type { Shell } from "../../core/shell.ts";
import { clockOffset } from "../clock.ts";
import type { ClusterDeployment } from "../deployment.ts";
import { runnerPod } from "../runner-pods.ts";
import type { RunContext } from "../runner.ts";

const PORT = 30400;
/** Perl alone has no finer clock than hundredths of seconds. */
const COLLECT_SCRIPT = `perl -e "$1" collect "$2" "$3" | while read -r name; do printf '%s %s\\n' "$EPOCHREALTIME" "$name"; done`;
/** Missing pods that a message names. */
const MAX_LISTED_PODS = 5;

/** Seconds since the epoch by this machine's clock, by name of pod. */
export type PodTimes = ReadonlyMap<string, number>;

export interface Collector {
  /** What a new pod runs. */
  readonly announce: readonly string[];
  /** Waits for so many pods that have not been seen before; `names` is for the message. @throws EnvironmentError when they are fewer after `limit` seconds. */
  readonly collect: (count: number, limit: number, signal: AbortSignal, names?: readonly string[]) => Promise<PodTimes>;
}

/** A pod on the first node that hears new pods. */
export async function openCollector(
  deployment: ClusterDeployment,
  namespace: string,
  { signal, keep }: Pick<RunContext, "signal" | "keep">,
): Promise<Collector> {
  const [node = ""] = deployment.nodes;
  const [pod] = await deployment.createPods([
    runnerPod({
      namespace,
      name: "collector",
      labels: {},
      node,
      image: deployment.image,
      command: ["sleep", "infinity"],
    }),
  ]);
  if (pod === undefined) throw new Error("one pod was wanted and none was made");
  const offset = await clockOffset(pod.shell, signal);
  return {
    announce: ["perl", "-e", perlProgram(), "announce", pod.ip, String(PORT)],
    collect: async (count, limit, ending, names = []) =>
      collect(pod.shell, { count, limit, names, offset, signal: ending, keep }),
  };
}

interface Collection extends Pick<RunContext, "signal" | "keep"> {
  readonly count: number;
  readonly limit: number;
  /** Of the pods, where they are known. */
  readonly names: readonly string[];
  readonly offset: number;
}

async function collect(shell: Shell, { count, limit, names, offset, signal, keep }: Collection): Promise<PodTimes> {
  const output = await shell.exec(["bash", "-c", COLLECT_SCRIPT, "bash", perlProgram(), String(PORT), String(count)], {
    timeout: limit,
    signal,
  });
  keep("collector", output);
  const times = parseArrivals(output.stdout, offset);
  if (times.size >= count) return times;
  const missing = names.filter((name) => !times.has(name)).slice(0, MAX_LISTED_PODS);
  const which = missing.length === 0 ? "" : ` (${missing.join(", ")})`;
  throw new EnvironmentError(
    `${count - times.size} of ${count} new pods${which} had no answer within ${limit.toFixed(0)} s; see the events of namespace and nodes, and whether the nodes have room for so many pods`,
  );
}

/** Pure. @param offset by how much the clock of the lines is ahead, seconds */
export function parseArrivals(text: string, offset: number): PodTimes {
  const lines = [...text.matchAll(/^(\d+\.\d+) ([\w.-]+)$/gm)];
  return new Map(lines.map(([, at, name = ""]) => [name, Number(at) - offset]));
}

/** @returns seconds from the creation of each pod to its first answer. @throws EnvironmentError when other pods answered. */
export function startTimes(created: PodTimes, arrived: PodTimes): readonly number[] {
  const missing = [...created.keys()].filter((name) => !arrived.has(name));
  if (missing.length > 0)
    throw new EnvironmentError(
      `pods ${missing.slice(0, MAX_LISTED_PODS).join(", ")} had no answer, and others had; is another run on this cluster?`,
    );
  return [...created].map(([name, at]) => (arrived.get(name) ?? at) - at);
}

function perlProgram(): string {
  return readFileSync(join(packageRoot(), "runners/pod-start/first-packet.pl"), "utf8");
}
