/** Runner `policy-latency`: how long a network policy takes from the request for it to its effect, and when it is deleted, back. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CommandError, EnvironmentError, SkipError } from "../../core/errors.ts";
import { packageRoot } from "../../core/paths.ts";
import { median } from "../../results/statistics.ts";
import { clockOffset } from "../clock.ts";
import type { ClusterDeployment, NamespacedObject, RunningPod } from "../deployment.ts";
import { timingOutput } from "../timing-output.ts";
import { runnerPod, withNamespace } from "../runner-pods.ts";
import { parseProbeResult } from "../policy/truth-table.ts";
import { probeProgram } from "../policy/topology.ts";
import type { ClusterContext, ClusterRunner, Measurement } from "../runner.ts";
import { effectTimes, parseStamps, type PolicyChange } from "./effect-times.ts";

const PORT = 8080;
/** Who answers. */
const SERVER_NAME = "server";
/** Seconds that a policy may take, and seconds without an answer that make a question closed. */
const EFFECT_TIMEOUT_S = 60;
const ANSWER_TIMEOUT_S = 1;
/** Looks in a row that must agree, and seconds between two. */
const REQUIRED_AGREEING_PROBES = 2;
const PROBE_INTERVAL_S = 0.2;
/** Perl alone has no finer clock than hundredths of seconds. */
const WATCH_SCRIPT = `perl -e "$1" "$2" "$3" | while read -r answer; do echo "$EPOCHREALTIME"; done`;

export const policyLatency = {
  name: "policy-latency",
  summary:
    "time from the request for a network policy to its effect, and from its deletion until everything is open again",
  scope: "cluster",
  path: "cross-node",
  metrics: ["policy-close-time", "policy-open-time"],
  tools: [],
  params: {
    changes: {
      type: "integer",
      min: 1,
      max: 100,
      default: 5,
      summary: "policies that are made and deleted, one after the other",
    },
  },
  estimate: (_, params) => 15 + 5 * Number(params.changes),
  run: runChanges,
} as const satisfies ClusterRunner;

async function runChanges(context: ClusterContext): Promise<Measurement> {
  const { deployment, params, keep, signal } = context;
  if (!deployment.claimsPolicy)
    throw new SkipError(`unsupported: ${deployment.plugin} does not claim to enforce network policies`);
  return withNamespace(deployment, "policy", async (namespace) => {
    const { client, server } = await createPods(deployment, namespace);
    const offset = await clockOffset(client.shell, signal);
    const program = readFileSync(join(packageRoot(), "runners/policy-latency/watch.pl"), "utf8");
    const waitFor = (state: "open" | "blocked"): Promise<void> => waitUntil(client, server, state, signal);
    await waitFor("open");
    const watcher = client.shell.start(["bash", "-c", WATCH_SCRIPT, "bash", program, server.ip, String(PORT)], {
      stdin: "",
      signal,
    });
    const changes = await changePolicies(deployment, namespace, Number(params.changes), waitFor).finally(() =>
      watcher.kill("SIGKILL"),
    );
    const answers = await watcher.done;
    keep("answers", answers);
    const { closing, opening } = effectTimes(changes, parseStamps(answers.stdout, offset));
    const values = { "policy-close-time": median(closing), "policy-open-time": median(opening) };
    const lines = [
      ...Object.entries(values).map(([metric, value]) => `${metric} ${value}`),
      ...closing.map((time) => `closing ${time}`),
      ...opening.map((time) => `opening ${time}`),
    ];
    keep("times", timingOutput("this machine", lines));
    return { values, warnings: [] };
  });
}

async function changePolicies(
  deployment: ClusterDeployment,
  namespace: string,
  count: number,
  settled: (state: "open" | "blocked") => Promise<void>,
): Promise<readonly PolicyChange[]> {
  return deployment.withApi(async ({ create, remove }) => {
    const changes: PolicyChange[] = [];
    for (let i = 0; i < count; i++) {
      const created = await timeOfRequest(
        () => create(denyAllPolicy(namespace)),
        () => settled("blocked"),
      );
      const removed = await timeOfRequest(
        () => remove(denyAllPolicy(namespace)),
        () => settled("open"),
      );
      changes.push({ created, removed, ended: Date.now() / 1000 });
    }
    return changes;
  });
}

/** A client on the first node and a server on the last, which the policy is about. */
async function createPods(
  deployment: ClusterDeployment,
  namespace: string,
): Promise<{ readonly client: RunningPod; readonly server: RunningPod }> {
  const { nodes, image } = deployment;
  const [client, server] = await deployment.createPods([
    runnerPod({ namespace, name: "client", labels: {}, node: nodes[0] ?? "", image, command: ["sleep", "infinity"] }),
    runnerPod({
      namespace,
      name: SERVER_NAME,
      labels: {},
      node: nodes.at(-1) ?? "",
      image,
      command: ["perl", "-e", probeProgram(), "serve", SERVER_NAME, String(PORT)],
    }),
  ]);
  if (client === undefined || server === undefined) throw new Error("two pods were wanted and fewer were made");
  return { client, server };
}

/** It lets nothing in to any pod of the namespace; the client needs nothing but answers. */
function denyAllPolicy(namespace: string): NamespacedObject & { readonly spec: object } {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { namespace, name: "closed" },
    spec: { podSelector: {}, policyTypes: ["Ingress"] },
  };
}

/** @returns when the change was asked for, seconds since the epoch */
async function timeOfRequest(change: () => Promise<void>, settled: () => Promise<void>): Promise<number> {
  const requestedAt = Date.now() / 1000;
  await change();
  await settled();
  return requestedAt;
}

/** @throws EnvironmentError when it does not become so in its time, or when the probe itself goes wrong. */
async function waitUntil(
  { shell }: RunningPod,
  server: RunningPod,
  state: "open" | "blocked",
  signal: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + EFFECT_TIMEOUT_S * 1000;
  for (let agreeing = 0; agreeing < REQUIRED_AGREEING_PROBES;) {
    const output = await shell.exec(["perl", "-e", probeProgram(), "ask", String(ANSWER_TIMEOUT_S)], {
      stdin: `udp ${server.ip} ${PORT} ${SERVER_NAME}\n`,
      timeout: ANSWER_TIMEOUT_S + 10,
      signal,
    });
    if (output.exitCode !== 0) throw new CommandError(output);
    const answer = parseProbeResult(output.stdout);
    agreeing = answer.state === state ? agreeing + 1 : 0;
    if (agreeing === 0 && performance.now() > deadline)
      throw new EnvironmentError(
        `${EFFECT_TIMEOUT_S} s after the change the server is still ${answer.state} (${answer.detail || "it answers"}), and must be ${state}`,
      );
    await sleep(PROBE_INTERVAL_S * 1000, undefined, { signal });
  }
}
