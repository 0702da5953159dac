/** Runner `pairs`: many pairs of pods in parallel, with other pairs of nodes in every round. */
import { median, type PairTable, seededRandom } from "../../results/index.ts";
import type { Warning } from "../../core/warning-codes.ts";
import { type Pod, podObject } from "../../kubernetes/index.ts";
import { withNamespace, type ClusterDeployment } from "../deployment.ts";
import { timingOutput } from "../support/timing.ts";
import { LOAD_PORTS } from "../support/run-load.ts";
import type { ClusterContext, ClusterRunner, Measurement } from "../runner.ts";
import { slotsOf, sampleRounds, type PodSlot, type PodPair } from "./pairing.ts";
import { runRound, type PairEnds, type PairResult, type Round } from "./round.ts";

/** Maximum number of stored pairs per repetition. */
const MAX_STORED_PAIRS = 1000;

const METRICS = [
  "pairs-throughput",
  "pair-throughput-p50",
  "pair-throughput-min",
  "pair-latency-p50",
  "pair-latency-max",
] as const;

export const pairs = {
  name: "pairs",
  summary:
    "many parallel pairs of pods over many nodes: TCP throughput (total, median and slowest pair) and idle round trips",
  scope: "cluster",
  path: "cross-node",
  metrics: METRICS,
  tools: [],
  params: {
    pairs: { type: "integer", min: 1, max: 500, default: 10, summary: "pod pairs loaded at once" },
    rounds: {
      type: "integer",
      min: 1,
      max: 100,
      default: 3,
      summary: "rounds, each with new pairs of nodes",
    },
    sample: {
      type: "integer",
      min: 1,
      max: 1_000_000,
      default: 1,
      summary: "number of the sample of node pairs",
    },
    omit: { type: "integer", min: 1, max: 60, default: 1, summary: "seconds omitted at the start of each load" },
  },
  estimate: (duration, params) =>
    20 + Number(params.pairs) / 2 + Number(params.rounds) * (duration + Number(params.omit) + 3),
  run: runPairs,
  recompute: (stored, params, nodes) => {
    const results = storedResults(stored.stdout("pairs"));
    const perRound = Number(params.pairs);
    const rounds = Array.from({ length: Math.ceil(results.length / perRound) }, (_, round) =>
      results.slice(round * perRound, (round + 1) * perRound),
    );
    return { values: valuesOf(rounds), pairs: pairTable(nodes, results) };
  },
} as const satisfies ClusterRunner;

async function runPairs(context: ClusterContext): Promise<Measurement> {
  const { deployment, params, keep } = context;
  // Uses the same sample in every block and for every plugin, so that they are compared on the same pairs of nodes.
  const sample = sampleRounds(
    deployment.nodes.length,
    Number(params.pairs),
    Number(params.rounds),
    seededRandom(Number(params.sample)),
  );
  return withNamespace(deployment, "pairs", async (namespace) => {
    const findEnds = await createPodPairs(deployment, namespace, sample);
    const rounds: Round[] = [];
    for (const pairing of sample) rounds.push(await runRound(pairing.map(findEnds), context));
    const results = rounds.map((round) => round.results);
    const values = valuesOf(results);
    const lines = results
      .flat()
      .map(({ client, server, throughput, latency }) => `pair ${client + 1} ${server + 1} ${throughput} ${latency}`);
    keep(
      "pairs",
      timingOutput("this machine", [
        ...Object.entries(values).map(([metric, value]) => `${metric} ${value}`),
        ...lines,
      ]),
    );
    return {
      values,
      warnings: mergeByCode(rounds.flatMap(({ warnings }) => warnings)),
      pairs: pairTable(deployment.nodes, results.flat()),
    };
  });
}

/** Creates the pods of all rounds; only clients need a shell. @returns a function that finds the endpoints of a pair */
async function createPodPairs(
  { nodes, image, ...deployment }: ClusterDeployment,
  namespace: string,
  sample: readonly (readonly PodPair[])[],
): Promise<(pair: PodPair) => PairEnds> {
  const pods = (role: keyof PodPair, command: readonly string[]): readonly Pod[] =>
    slotsOf(sample, role).map((slot) =>
      podObject({ namespace, name: podName(role, slot), nodeName: nodes[slot.node] ?? "", image, command }),
    );
  const servers = await deployment.runPods(pods("server", ["iperf3", "-s", "-p", String(LOAD_PORTS.iperf3)]));
  const clients = await deployment.createPods(pods("client", ["sleep", "infinity"]));
  const addresses = new Map(servers.map(({ name, ip }) => [name, ip]));
  const shells = new Map(clients.map(({ name, shell }) => [name, shell]));
  return ({ client, server }) => {
    const [shell, ip] = [shells.get(podName("client", client)), addresses.get(podName("server", server))];
    if (shell === undefined || ip === undefined) throw new Error("missing pod of a planned pair");
    return { client: client.node, server: server.node, shell, ip };
  };
}

function podName(role: keyof PodPair, { node, number }: PodSlot): string {
  return `${role}-${node + 1}-${number + 1}`;
}

/** Computes the metrics. Pure. @param rounds at least one pair in each */
export function valuesOf(rounds: readonly (readonly PairResult[])[]): Record<(typeof METRICS)[number], number> {
  const sums = rounds.map((round) => round.reduce((sum, { throughput }) => sum + throughput, 0));
  const all = rounds.flat();
  const [throughputs, latencies] = [all.map(({ throughput }) => throughput), all.map(({ latency }) => latency)];
  return {
    "pairs-throughput": sums.reduce((a, b) => a + b) / sums.length,
    "pair-throughput-p50": median(throughputs),
    "pair-throughput-min": Math.min(...throughputs),
    "pair-latency-p50": median(latencies),
    "pair-latency-max": Math.max(...latencies),
  };
}

/** Returns the pairs of all rounds. @throws Error without any */
function storedResults(text: string): readonly PairResult[] {
  const lines = [...text.matchAll(/^pair (\d+) (\d+) (\S+) (\S+)$/gm)];
  if (lines.length === 0) throw new Error("no line with pair");
  return lines.map(([, client, server, throughput, latency]) => ({
    client: Number(client) - 1,
    server: Number(server) - 1,
    throughput: Number(throughput),
    latency: Number(latency),
  }));
}

/** Returns the first warning of each code, with the number of further pairs that have it. */
function mergeByCode(warnings: readonly Warning[]): readonly Warning[] {
  return [...new Set(warnings.map(({ code }) => code))].flatMap((code) => {
    const [first, ...others] = warnings.filter((one) => one.code === code);
    if (first === undefined) return [];
    return [
      others.length === 0 ? first : { code, message: `${first.message} (and ${others.length} more, over all pairs)` },
    ];
  });
}

/**
 * Returns the stored table of individual pairs: limited in size, slowest pairs first.
 * @param nodes names; nodes after the last participating one are omitted
 */
export function pairTable(nodes: readonly string[], results: readonly PairResult[]): PairTable {
  const slowest = results.toSorted((a, b) => a.throughput - b.throughput);
  const last = Math.max(...results.flatMap(({ client, server }) => [client, server]));
  return {
    nodes: nodes.slice(0, last + 1),
    pairs: slowest.slice(0, MAX_STORED_PAIRS),
    omitted: Math.max(0, slowest.length - MAX_STORED_PAIRS),
  };
}
