/** Services of a pod on a fake cluster. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Kubectl } from "../../kubernetes/client.ts";
import { localShell } from "../../core/local.ts";
import { Services } from "../../kubernetes/services.ts";
import { SkipError } from "../../core/errors.ts";
import type { Endpoint } from "../../core/model.ts";
import type { Output, Shell } from "../../core/shell.ts";

const { signal } = new AbortController();
const path = process.env.PATH;
let dir = "";

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "cnibench-services-"));
  process.env.PATH = `${dir}:${path}`;
});

afterEach(() => {
  vi.restoreAllMocks();
  process.env.PATH = path;
  rmSync(dir, { recursive: true });
});

/** @param object what `get` returns for every service */
function services(object: object): Services {
  const file = join(dir, "kubectl");
  const script = `#!/bin/sh
echo "$*" >>${dir}/calls
case "$*" in
  *create*) cat >${dir}/created ;;
  *get*) echo '${JSON.stringify(object)}' ;;
esac
`;
  writeFileSync(file, script);
  chmodSync(file, 0o755);
  const kubectl = new Kubectl(localShell(), { kubeconfig: "/k", context: "c", cache: "/cache" });
  return new Services({ kubectl, namespace: "test", image: "load:1" });
}

const created = (): { spec: Record<string, unknown> } =>
  (JSON.parse(readFileSync(join(dir, "created"), "utf8")) as { items: [{ spec: Record<string, unknown> }] }).items[0];
const calls = (): number => readFileSync(join(dir, "calls"), "utf8").trim().split("\n").length;

/** Returns fake endpoints. @param names records of the name server */
function endpoints(names: Readonly<Record<string, string>>): { client: Endpoint; server: Endpoint; ports: number[] } {
  const output = (argv: readonly string[], stdout: string): Output => ({
    argv,
    where: "pod",
    stdout,
    stderr: "",
    exitCode: 0,
    signal: null,
    duration: 0,
    ended: null,
    startError: null,
  });
  const shell: Shell = {
    name: "pod",
    exec: async (argv) => {
      if (argv[0] === "perl") return output(argv, "open");
      const address = argv[0] === "getent" ? names[argv[2] ?? ""] : undefined;
      return output(argv, address === undefined ? "" : `${address} STREAM x\n`);
    },
    start: (argv) => ({ done: Promise.resolve(output(argv, "")), closeStdin: () => undefined, kill: () => undefined }),
  };
  const node = { name: "n", index: 1, ip: "192.168.0.1", ip6: null, podCidr: "", podCidr6: "", shell };
  const pod = { node, ifName: "eth0", shell };
  return {
    client: { ...pod, name: "client", ip: "10.0.1.2", mtu: 1400 },
    server: { ...pod, name: "far", ip: "10.0.2.2", mtu: 1500 },
    ports: [30201],
  };
}

const isSkip = (message: RegExp) => (error: unknown) => error instanceof SkipError && message.test(error.message);

test("a headless service has no address, and its name resolves to the pod", async () => {
  const server = await services({}).endpointFor(
    "headless",
    endpoints({ "kubernetes.default": "10.96.0.1", headless: "10.0.2.2" }),
    signal,
  );
  expect(server).toMatchObject({ ip: "10.0.2.2", mtu: 1500, hostname: "headless" });
  expect(server).not.toHaveProperty("isServiceIp");
  expect(created().spec).toMatchObject({
    type: "ClusterIP",
    clusterIP: "None",
    selector: { "cnibench.dev/pod": "far" },
  });
});

test("without a name server the path is skipped, which is detected only once", async () => {
  const subject = services({});
  const reason = /no working name server: kubernetes\.default/;
  await expect(subject.endpointFor("headless", endpoints({}), signal)).rejects.toSatisfy(isSkip(reason));
  const before = calls();
  await expect(subject.endpointFor("headless", endpoints({}), signal)).rejects.toThrow(reason);
  expect(calls()).toBe(before);
});

test("a load balancer has an IP address or a host name, and only TCP ports", async () => {
  const byAddress = await services({ status: { loadBalancer: { ingress: [{ ip: "203.0.113.7" }] } } }).endpointFor(
    "loadbalancer",
    endpoints({}),
    signal,
  );
  expect(byAddress).toMatchObject({ ip: "203.0.113.7", mtu: 1400, isServiceIp: true });
  expect(created().spec).toMatchObject({
    type: "LoadBalancer",
    ports: [{ protocol: "TCP", port: 30201 }, { protocol: "TCP" }],
  });
  const byName = await services({ status: { loadBalancer: { ingress: [{ hostname: "lb.example" }] } } }).endpointFor(
    "loadbalancer",
    endpoints({ "lb.example": "203.0.113.8" }),
    signal,
  );
  expect(byName.ip).toBe("203.0.113.8");
});

test("a timeout without a load balancer address skips the path", async () => {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => (now += 31_000));
  const endpoint = services({ status: { loadBalancer: {} } }).endpointFor("loadbalancer", endpoints({}), signal);
  await expect(endpoint).rejects.toSatisfy(isSkip(/service loadbalancer within 60 s/));
});
