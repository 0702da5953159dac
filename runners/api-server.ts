/** Runner `api-server`: how far away the API server is from a pod, at the address that Kubernetes tells every container. */
import { EnvironmentError } from "../core/errors.ts";
import { run, type Shell } from "../core/shell.ts";
import { median } from "../results/statistics.ts";
import { curlTimes } from "./curl.ts";
import { runnerPod, withNamespace } from "./runner-pods.ts";
import { latencyMeasurement, LATENCY_METRICS, MIN_P99_SAMPLES } from "./percentiles.ts";
import type { ClusterContext, ClusterRunner, Measurement } from "./runner.ts";

export const apiServer = {
  name: "api-server",
  summary:
    "HTTPS requests of a pod to the API server, each on a connection of its own: time to connect, mean and percentiles",
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
      summary: "requests, one after the other",
    },
  },
  estimate: (_, params) => 10 + 0.04 * Number(params.requests),
  run: runRequests,
} as const satisfies ClusterRunner;

/** An answer that refuses an unknown caller is as far away as any other. */
async function runRequests({ deployment, params, signal, keep }: ClusterContext): Promise<Measurement> {
  const times = await withNamespace(deployment, "api", async (namespace) => {
    const [node = ""] = deployment.nodes;
    const [client] = await deployment.createPods([
      runnerPod({
        namespace,
        name: "client",
        labels: {},
        node,
        image: deployment.image,
        command: ["sleep", "infinity"],
      }),
    ]);
    if (client === undefined) throw new Error("one pod was wanted and none was made");
    const requests = {
      url: `https://${await apiAddress(client.shell, signal)}/healthz`,
      count: Number(params.requests),
      times: ["time_connect", "time_total"],
    } as const;
    return curlTimes(client.shell, requests, { signal, keep });
  });
  const { values, warnings } = latencyMeasurement(times.map(([, total = 0]) => total));
  return { values: { "connect-time": median(times.map(([connect = 0]) => connect)), ...values }, warnings };
}

/** `10.96.0.1:443`, from the environment of the container's first process. @throws EnvironmentError */
async function apiAddress(pod: Shell, signal: AbortSignal): Promise<string> {
  const variables = (await run(pod, ["cat", "/proc/1/environ"], { signal })).split("\0");
  const valueOf = (name: string): string | undefined =>
    variables.find((variable) => variable.startsWith(`${name}=`))?.slice(name.length + 1);
  const [host, port] = [valueOf("KUBERNETES_SERVICE_HOST"), valueOf("KUBERNETES_SERVICE_PORT")];
  if (host === undefined || port === undefined)
    throw new EnvironmentError(
      "Kubernetes tells the pod no address of the API server (KUBERNETES_SERVICE_HOST); see the service kubernetes of namespace default",
    );
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
