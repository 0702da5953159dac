/** Runner `policy-latency`: the time from the creation or deletion request of a network policy to its effect. */
import { EnvironmentError, SkipError } from "../../core/errors.ts";
import { askCommand, askInput, parseProbeResult, serveCommand, watchCommand } from "../../core/probe/probe.ts";
import { CommandError } from "../../core/shell.ts";
import { poll } from "../../core/wait.ts";
import { distributionOf, median } from "../../results/index.ts";
import { clockOffset, namedValues, timingOutput, valuesOfName } from "../support/timing.ts";
import { type NetworkPolicy, networkPolicyObject, podObject } from "../../kubernetes/index.ts";
import { withNamespace, type ClusterDeployment, type RunningPod } from "../deployment.ts";
import type { ClusterContext, ClusterRunner, Measurement } from "../runner.ts";
import { answerTimes, effectTimes, type PolicyChange } from "./effect-times.ts";

const PORT = 8080;
/** Name of the server pod, also its answer. */
const SERVER_NAME = "server";
/** Time limit for the effect of a policy, and the time without an answer after which a connection is blocked. */
const EFFECT_TIMEOUT_S = 60;
const ANSWER_TIMEOUT_S = 1;
/** Consecutive probes that must agree, and the delay between two probes. */
const REQUIRED_AGREEING_PROBES = 2;
const PROBE_INTERVAL_S = 0.2;

export const policyLatency = {
  name: "policy-latency",
  summary:
    "time from the creation of a network policy to its effect, and from its deletion until connections are open again",
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
      summary: "policies to create and delete, one after the other",
    },
  },
  estimate: (_, params) => 15 + 5 * Number(params.changes),
  run: runChanges,
  recompute: (stored) => {
    const times = namedValues(stored.stdout("times"));
    return measurementOf(valuesOfName(times, "closing"), valuesOfName(times, "opening"));
  },
} as const satisfies ClusterRunner;

async function runChanges(context: ClusterContext): Promise<Measurement> {
  const { deployment, params, keep, signal } = context;
  if (!deployment.claimsPolicy)
    throw new SkipError(`unsupported: ${deployment.plugin} does not claim to enforce network policies`);
  return withNamespace(deployment, "policy", async (namespace) => {
    const { client, server } = await createPods(deployment, namespace);
    const offset = await clockOffset(client.shell, signal);
    const waitFor = (state: "open" | "blocked"): Promise<void> => waitForState(client, server, state, signal);
    await waitFor("open");
    const watcher = client.shell.start(watchCommand(server.ip, PORT), { stdin: "", signal });
    const changes = await changePolicies(deployment, namespace, Number(params.changes), waitFor).finally(() =>
      watcher.kill("SIGKILL"),
    );
    const answers = await watcher.done;
    keep("answers", answers);
    const { closing, opening } = effectTimes(changes, answerTimes(answers.stdout, offset));
    const measurement = measurementOf(closing, opening);
    const lines = [
      ...Object.entries(measurement.values).map(([metric, value]) => `${metric} ${value}`),
      ...closing.map((time) => `closing ${time}`),
      ...opening.map((time) => `opening ${time}`),
    ];
    keep("times", timingOutput("this machine", lines));
    return measurement;
  });
}

/** @param closing @param opening seconds until each change took effect */
function measurementOf(closing: readonly number[], opening: readonly number[]): Measurement {
  return {
    values: { "policy-close-time": median(closing), "policy-open-time": median(opening) },
    distributions: [
      distributionOf("policy-close-time", "s", closing),
      distributionOf("policy-open-time", "s", opening),
    ],
    warnings: [],
  };
}

async function changePolicies(
  deployment: ClusterDeployment,
  namespace: string,
  count: number,
  waitFor: (state: "open" | "blocked") => Promise<void>,
): Promise<readonly PolicyChange[]> {
  return deployment.withApi(async ({ create, remove }) => {
    const changes: PolicyChange[] = [];
    for (let i = 0; i < count; i++) {
      const created = await timeOfRequest(
        () => create(denyAllPolicy(namespace)),
        () => waitFor("blocked"),
      );
      const removed = await timeOfRequest(
        () => remove(denyAllPolicy(namespace)),
        () => waitFor("open"),
      );
      changes.push({ created, removed, ended: Date.now() / 1000 });
    }
    return changes;
  });
}

/** Creates a client on the first node and a server on the last node. */
async function createPods(
  deployment: ClusterDeployment,
  namespace: string,
): Promise<{ readonly client: RunningPod; readonly server: RunningPod }> {
  const { nodes, image } = deployment;
  const [client, server] = await deployment.createPods([
    podObject({ namespace, name: "client", nodeName: nodes[0] ?? "", image }),
    podObject({
      namespace,
      name: SERVER_NAME,
      nodeName: nodes.at(-1) ?? "",
      image,
      command: serveCommand(SERVER_NAME, [PORT]),
    }),
  ]);
  if (client === undefined || server === undefined) throw new Error("requested two pods, got fewer");
  return { client, server };
}

/** Returns a policy that blocks all connections to pods in the namespace. The client still receives answers. */
function denyAllPolicy(namespace: string): NetworkPolicy {
  return networkPolicyObject({ namespace, name: "closed" }, { podSelector: {}, policyTypes: ["Ingress"] });
}

/** Requests a change and waits for its effect. @returns the time of the request, in seconds since the epoch */
async function timeOfRequest(request: () => Promise<void>, waitForEffect: () => Promise<void>): Promise<number> {
  const requestedAt = Date.now() / 1000;
  await request();
  await waitForEffect();
  return requestedAt;
}

/** Waits until the connection has a state. @throws EnvironmentError after a timeout, or if the probe fails. */
async function waitForState(
  { shell }: RunningPod,
  server: RunningPod,
  state: "open" | "blocked",
  signal: AbortSignal,
): Promise<void> {
  let result = parseProbeResult("");
  const check = async (): Promise<boolean> => {
    const output = await shell.exec(askCommand(ANSWER_TIMEOUT_S), {
      stdin: askInput([{ protocol: "udp", address: server.ip, port: PORT, name: SERVER_NAME }]),
      timeout: ANSWER_TIMEOUT_S + 10,
      signal,
    });
    if (output.exitCode !== 0) throw new CommandError(output);
    result = parseProbeResult(output.stdout);
    return result.state === state;
  };
  const options = { timeout: EFFECT_TIMEOUT_S, every: PROBE_INTERVAL_S, inARow: REQUIRED_AGREEING_PROBES, signal };
  if ((await poll(check, options)) !== null) return;
  throw new EnvironmentError(
    `${EFFECT_TIMEOUT_S} s after the policy change, the server is still ${result.state} ` +
      `(${result.detail || "it answers"}), expected ${state}`,
  );
}
