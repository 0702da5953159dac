/** The runner `api-server` on a played cluster. */
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

test("times are of the requests after the first, at the address of the pod's environment, and nothing is left", async () => {
  const [asked, log]: [string[], string[]] = [[], []];
  const pod = (argv: readonly string[]): string => {
    if (argv[0] === "cat") return "PATH=/bin\0KUBERNETES_SERVICE_HOST=fd00::1\0KUBERNETES_SERVICE_PORT=443\0";
    asked.push(argv.at(-1) ?? "");
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
  expect(asked).toEqual(["https://[fd00::1]:443/healthz"]);
  expect(log).toEqual(["made p-api", "removed p-api"]);
});

test("a pod that is told no address is an error, and nothing is left", async () => {
  const log: string[] = [];
  await expect(apiServer.run({ ...CONTEXT, deployment: fakeDeployment(() => "PATH=/bin\0", log) })).rejects.toThrow(
    "Kubernetes tells the pod no address of the API server",
  );
  expect(log).toEqual(["made p-api", "removed p-api"]);
});
