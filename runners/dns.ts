/** Runner `dns`: how long a pod takes to resolve the name of a service. */
import { curlTimes, storedTimes, type CurlRequests } from "./support/curl.ts";
import { latencyMeasurement, LATENCY_METRICS, MIN_P99_SAMPLES } from "./support/percentiles.ts";
import type { Measurement, PairContext, PairRunner } from "./runner.ts";

/** A port without a listener, and curl's exit code for it: only the lookup matters. */
const [UNUSED_PORT, CURL_CONNECTION_REFUSED] = [1, 7];

export const dns = {
  name: "dns",
  summary: "DNS lookup of a headless service from a pod: mean and percentiles",
  scope: "pair",
  paths: ["headless"],
  metrics: LATENCY_METRICS,
  tools: ["curl"],
  params: {
    lookups: {
      type: "integer",
      min: MIN_P99_SAMPLES,
      max: 10_000,
      default: 100,
      summary: "sequential lookups",
    },
  },
  estimate: (_, params) => 0.03 * Number(params.lookups),
  run: runLookups,
  recompute: (stored) => latencyMeasurement(storedTimes(stored, 1, CURL_CONNECTION_REFUSED).flat()),
} as const satisfies PairRunner;

async function runLookups({ client, server, params, signal, keep }: PairContext): Promise<Measurement> {
  if (server.hostname === undefined) throw new Error(`${server.name} has no DNS name`);
  const requests: CurlRequests = {
    url: `http://${server.hostname}:${UNUSED_PORT}/`,
    count: Number(params.lookups),
    times: ["time_namelookup"],
    acceptedExitCode: CURL_CONNECTION_REFUSED,
  };
  return latencyMeasurement((await curlTimes(client.shell, requests, { signal, keep })).flat());
}
