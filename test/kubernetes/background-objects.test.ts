/** Background objects on a fake cluster: created in few calls, probed until effective, and deleted. */
import { beforeEach, expect, test } from "vitest";
import type { Endpoint } from "../../core/model.ts";
import { BackgroundObjectScaler } from "../../kubernetes/background-objects.ts";
import { fakeShell } from "../helpers/fake-host.ts";
import { createdObjects, fakeKubectl, printed, type FakeKubectl } from "../helpers/fake-kubectl.ts";

const { signal } = new AbortController();
let cluster: FakeKubectl;

beforeEach(() => {
  cluster = fakeKubectl({
    create: {},
    delete: {},
    get: printed({ spec: { clusterIP: "10.96.0.9" }, status: { podIP: "10.0.2.9" } }),
    "get pods": printed({ items: [{}, {}, {}] }),
  });
});

interface CreatedObject {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Record<string, unknown>;
}

const created = (): CreatedObject[][] => createdObjects(cluster) as CreatedObject[][];
const policies = (): CreatedObject[] =>
  created()
    .flat()
    .filter(({ kind }) => kind === "NetworkPolicy");
const verbs = (): string[] => cluster.calls().map((call) => call.split(" ", 2).join(" "));

/** A client whose connections to services are refused, and which reaches the sentinel pod until policies exist. */
const client: Endpoint = (() => {
  const shell = fakeShell(
    {
      perl: (_, { stdin }) => {
        const refused = String(stdin).includes("10.96.0.9");
        const blocked = refused ? "refused by the host" : "blocked no answer within 1 s";
        return { stdout: refused || policies().length > 0 ? blocked : "open" };
      },
    },
    "pod",
  );
  const node = { name: "n1", index: 1, ip: "", ip6: null, podCidr: "", podCidr6: "", shell };
  return { name: "client", node, ip: "10.0.1.2", ifName: "eth0", mtu: 1500, shell };
})();

const scaler = (): BackgroundObjectScaler =>
  new BackgroundObjectScaler({ kubectl: cluster.kubectl, namespace: "test", image: "load:1" }, ["n1", "n2"]);

test("objects are created in batches of 500, and reused if the same number is requested again", async () => {
  const subject = scaler();
  await subject.scaleTo({ services: 1001, policies: 3, pods: 2 }, () => Promise.resolve(client), signal);
  expect(
    created()
      .map((list) => list.length)
      .toSorted((a, b) => a - b),
  ).toEqual([1, 3, 4, 500, 500]);
  expect(
    created()
      .flat()
      .filter(({ kind }) => kind === "Pod")
      .map(({ metadata, spec }) => [metadata.name, spec.nodeName]),
  ).toEqual([
    ["standing-1", "n1"],
    ["standing-2", "n2"],
    ["standing-sentinel", "n2"],
  ]);
  expect(policies().map(({ metadata, spec }) => [metadata.name, spec.ingress])).toEqual([
    ["standing-open", [{}]],
    ["standing-1", [{ from: [{ ipBlock: { cidr: "198.18.0.0/32" } }] }]],
    ["standing-2", [{ from: [{ ipBlock: { cidr: "198.18.0.1/32" } }] }]],
    ["standing-sentinel", []],
  ]);
  expect(verbs()).toEqual([
    "delete services,networkpolicies,pods",
    "create -f",
    "get pods",
    "get pod",
    "create -f",
    "create -f",
    "create -f",
    "get service",
    "create -f",
    "get pod",
  ]);
  await subject.scaleTo(
    { services: 1001, policies: 3, pods: 2 },
    () => Promise.reject(new Error("unexpected probe")),
    signal,
  );
  expect(verbs()).toHaveLength(10);
});

test("scaling to zero creates nothing, and deletes existing objects", async () => {
  const subject = scaler();
  const nothing = { services: 0, policies: 0, pods: 0 };
  await subject.scaleTo(nothing, () => Promise.reject(new Error("unexpected probe")), signal);
  await subject.scaleTo({ ...nothing, services: 1 }, () => Promise.resolve(client), signal);
  await subject.scaleTo(nothing, () => Promise.resolve(client), signal);
  expect(verbs()).toEqual([
    "delete services,networkpolicies,pods",
    "create -f",
    "get service",
    "delete services,networkpolicies,pods",
  ]);
});
