/** Services of a pod on a fake cluster. */
import { afterEach, expect, test, vi } from "vitest";
import { SkipError } from "../../core/errors.ts";
import type { Endpoint } from "../../core/model.ts";
import { Services } from "../../kubernetes/services.ts";
import { fakeShell } from "../helpers/fake-host.ts";
import { createdObjects, fakeKubectl, printed, type FakeKubectl } from "../helpers/fake-kubectl.ts";

const { signal } = new AbortController();
let cluster: FakeKubectl;

afterEach(() => void vi.restoreAllMocks());

/** @param object what `get` returns for every service */
function services(object: object): Services {
  cluster = fakeKubectl({ create: {}, delete: {}, get: printed(object) });
  return new Services({ kubectl: cluster.kubectl, namespace: "test", image: "load:1" });
}

const created = (): unknown => createdObjects(cluster).flat()[0];
const calls = (): number => cluster.calls().length;

/** Returns fake endpoints. @param names records of the name server */
function endpoints(names: Readonly<Record<string, string>>): { client: Endpoint; server: Endpoint; ports: number[] } {
  const shell = fakeShell(
    {
      perl: { stdout: "open" },
      getent: ([, , name = ""]) => ({ stdout: names[name] === undefined ? "" : `${names[name]} STREAM x\n` }),
    },
    "pod",
  );
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
  expect(created()).toMatchObject({
    spec: {
      type: "ClusterIP",
      clusterIP: "None",
      selector: { "cnibench.dev/pod": "far" },
    },
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
  expect(created()).toMatchObject({
    spec: {
      type: "LoadBalancer",
      ports: [{ protocol: "TCP", port: 30201 }, { protocol: "TCP" }],
    },
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
