/** Services in front of a pod, on a cluster that is played: what is made, what the client asks, and what is not there. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Kubectl } from "../../../clusters/kubernetes/kubectl.ts";
import { Services } from "../../../clusters/kubernetes/services.ts";
import { SkipError } from "../../../core/errors.ts";
import type { Endpoint } from "../../../core/model.ts";
import type { Output, Shell } from "../../../core/shell.ts";

const { signal } = new AbortController();
const path = process.env.PATH;
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cnibench-services-"));
  process.env.PATH = `${folder}:${path}`;
});

afterEach(() => {
  vi.restoreAllMocks();
  process.env.PATH = path;
  rmSync(folder, { recursive: true });
});

/** @param object what `get` says of every service */
function services(object: object): Services {
  const file = join(folder, "kubectl");
  writeFileSync(
    file,
    `#!/bin/sh\necho "$*" >>${folder}/calls\ncase "$*" in *create*) cat >${folder}/made ;; *get*) echo '${JSON.stringify(object)}' ;; esac\n`,
  );
  chmodSync(file, 0o755);
  const kubectl = new Kubectl({ kubeconfig: "/k", context: "c", cache: "/cache" });
  return new Services({ kubectl, namespace: "home", image: "load:1" });
}

const made = (): { spec: Record<string, unknown> } =>
  (JSON.parse(readFileSync(join(folder, "made"), "utf8")) as { items: [{ spec: Record<string, unknown> }] }).items[0];
const calls = (): number => readFileSync(join(folder, "calls"), "utf8").trim().split("\n").length;

/** @param names what the name server knows */
function ends(names: Readonly<Record<string, string>>): { client: Endpoint; server: Endpoint; ports: number[] } {
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
    exec: async (argv) =>
      output(
        argv,
        argv[0] === "getent" && names[argv[2] ?? ""] !== undefined ? `${names[argv[2] ?? ""]} STREAM x\n` : "",
      ),
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

test("a headless service has no address, and its name stands for the pod", async () => {
  const server = await services({}).endpointFor(
    "headless",
    ends({ "kubernetes.default": "10.96.0.1", headless: "10.0.2.2" }),
    signal,
  );
  expect(server).toMatchObject({ ip: "10.0.2.2", mtu: 1500, hostname: "headless" });
  expect(server).not.toHaveProperty("translated");
  expect(made().spec).toMatchObject({ type: "ClusterIP", clusterIP: "None", selector: { "cnibench.dev/pod": "far" } });
});

test("without a name server the path is not there, which is found out once", async () => {
  const some = services({});
  const reason = "the cluster has no name server that answers: kubernetes.default has no address";
  await expect(some.endpointFor("headless", ends({}), signal)).rejects.toThrow(new SkipError(reason));
  const before = calls();
  await expect(some.endpointFor("headless", ends({}), signal)).rejects.toThrow(reason);
  expect(calls()).toBe(before);
});

test("a load balancer's address is taken, be it a name, and it gets TCP alone", async () => {
  const byAddress = await services({ status: { loadBalancer: { ingress: [{ ip: "203.0.113.7" }] } } }).endpointFor(
    "loadbalancer",
    ends({}),
    signal,
  );
  expect(byAddress).toMatchObject({ ip: "203.0.113.7", mtu: 1400, translated: true });
  expect(made().spec).toMatchObject({
    type: "LoadBalancer",
    ports: [{ protocol: "TCP", port: 30201 }, { protocol: "TCP" }],
  });
  const byName = await services({ status: { loadBalancer: { ingress: [{ hostname: "lb.example" }] } } }).endpointFor(
    "loadbalancer",
    ends({ "lb.example": "203.0.113.8" }),
    signal,
  );
  expect(byName.ip).toBe("203.0.113.8");
});

test("a service that gets no address in its time shows that there is no load balancer", async () => {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => (now += 31_000));
  const reached = services({ status: { loadBalancer: {} } }).endpointFor("loadbalancer", ends({}), signal);
  await expect(reached).rejects.toThrow(
    new SkipError(
      "no load balancer gave service loadbalancer an address within 60 s: the cluster seems to have no provider of them",
    ),
  );
});
