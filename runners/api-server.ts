/** Runner `api-server`: HTTPS latency from a pod to the API server, at the address in every container's environment. */
import { EnvironmentError } from "../core/errors.ts";
import { run, type Shell } from "../core/shell.ts";
import { distributionOf, median } from "../results/index.ts";
import { curlTimes, storedTimes } from "./support/curl.ts";
import { podObject } from "../kubernetes/index.ts";
import { withNamespace } from "./deployment.ts";
import { latencyMeasurement, LATENCY_METRICS, MIN_P99_SAMPLES } from "./support/percentiles.ts";
import type { ClusterContext, ClusterRunner, Measurement } from "./runner.ts";

export const apiServer = {
  name: "api-server",
  summary: "HTTPS requests from a pod to the API server, one connection each: time to connect, mean and percentiles",
  scope: "cluster",
  path: "api-server",
  metrics: ["connect-time", ...LATENCY_METRICS],
  tools: ["curl"],
  params: {
    requests: {
      type: "integer",
      min: MIN_P99_SAMPLES,
      max: 10_000,
      default: 100,
      summary: "sequential requests",
    },
  },
  estimate: (_, params) => 10 + 0.04 * Number(params.requests),
  run: runRequests,
  recompute: (stored) => valuesOf(storedTimes(stored, 2)),
} as const satisfies ClusterRunner;

/** The API server may reject the unauthenticated request: the latency is the same. */
async function runRequests({ deployment, params, signal, keep }: ClusterContext): Promise<Measurement> {
  const times = await withNamespace(deployment, "api", async (namespace) => {
    const [node = ""] = deployment.nodes;
    const [client] = await deployment.createPods([
      podObject({ namespace, name: "client", nodeName: node, image: deployment.image }),
    ]);
    if (client === undefined) throw new Error("requested one pod, got none");
    const requests = {
      url: `https://${await apiAddress(client.shell, signal)}/healthz`,
      count: Number(params.requests),
      times: ["time_connect", "time_total"],
    } as const;
    return curlTimes(client.shell, requests, { signal, keep });
  });
  return valuesOf(times);
}

/** @param times seconds until the connection was open, and until the response was complete, of each request */
function valuesOf(times: readonly (readonly number[])[]): Measurement {
  const connects = times.map(([connect = 0]) => connect);
  const { values, warnings, distributions = [] } = latencyMeasurement(times.map(([, total = 0]) => total));
  return {
    values: { "connect-time": median(connects), ...values },
    warnings,
    distributions: [distributionOf("connect-time", "s", connects), ...distributions],
  };
}

/** Returns `10.96.0.1:443`, read from the environment of the container's first process. @throws EnvironmentError */
async function apiAddress(pod: Shell, signal: AbortSignal): Promise<string> {
  const variables = (await run(pod, ["cat", "/proc/1/environ"], { signal })).split("\0");
  const valueOf = (name: string): string | undefined =>
    variables.find((variable) => variable.startsWith(`${name}=`))?.slice(name.length + 1);
  const [host, port] = [valueOf("KUBERNETES_SERVICE_HOST"), valueOf("KUBERNETES_SERVICE_PORT")];
  if (host === undefined || port === undefined)
    throw new EnvironmentError(
      "KUBERNETES_SERVICE_HOST is not set in the pod; check the service kubernetes in namespace default",
    );
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
