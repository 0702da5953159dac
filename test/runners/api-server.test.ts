/** The runner `api-server` on a fake deployment. */
import { expect, test } from "vitest";
import { apiServer } from "../../runners/api-server.ts";
import { fakeDeployment } from "./fake-deployment.ts";

const CONTEXT = {
  duration: 1,
  params: { requests: 100 },
  signal: new AbortController().signal,
  keep: () => undefined,
} as const;
const LINES = Array.from({ length: 101 }, (_, i) => `0 0.001 ${i === 0 ? 9 : i / 1000} \n`).join("");

test("measures all requests but the first, to the address in the pod's environment, in its own namespace", async () => {
  const [requested, log]: [string[], string[]] = [[], []];
  const pod = (argv: readonly string[]): string => {
    if (argv[0] === "cat") return "PATH=/bin\0KUBERNETES_SERVICE_HOST=fd00::1\0KUBERNETES_SERVICE_PORT=443\0";
    requested.push(argv.at(-1) ?? "");
    return LINES;
  };
  const { values } = await apiServer.run({ ...CONTEXT, deployment: fakeDeployment(pod, log) });
  expect(values).toMatchObject({
    "connect-time": 0.001,
    "latency-p50": 0.05,
    "latency-p90": 0.09,
    "latency-p99": 0.099,
  });
  expect(values["latency-mean"]).toBeCloseTo(0.0505);
  expect(requested).toEqual(["https://[fd00::1]:443/healthz"]);
  expect(log).toEqual(["created p-api", "removed p-api"]);
});

test("a pod without that address is an error, and the namespace is removed", async () => {
  const log: string[] = [];
  await expect(apiServer.run({ ...CONTEXT, deployment: fakeDeployment(() => "PATH=/bin\0", log) })).rejects.toThrow(
    /KUBERNETES_SERVICE_HOST/,
  );
  expect(log).toEqual(["created p-api", "removed p-api"]);
});
