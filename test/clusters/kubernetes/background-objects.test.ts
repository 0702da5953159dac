/** What stands on a cluster that is played: made in few calls, seen to have its effect, and deleted. */
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Kubectl } from "../../../clusters/kubernetes/kubectl.ts";
import { BackgroundObjectScaler } from "../../../clusters/kubernetes/background-objects.ts";
import type { Endpoint } from "../../../core/model.ts";
import type { Output, Shell } from "../../../core/shell.ts";

const { signal } = new AbortController();
const path = process.env.PATH;
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cnibench-standing-"));
  process.env.PATH = `${folder}:${path}`;
  // Lists have three pods; every other object has both addresses.
  const script = `#!/bin/sh
echo "$*" | sed 's/.*cache //' >>${folder}/calls
case "$*" in
  *" create "*) cat >${folder}/made-$(ls ${folder} | wc -l) ;;
  *" get pods "*) echo '{"items":[{},{},{}]}' ;;
  *" get "*) echo '{"spec":{"clusterIP":"10.96.0.9"},"status":{"podIP":"10.0.2.9"}}' ;;
esac
`;
  writeFileSync(join(folder, "kubectl"), script);
  chmodSync(join(folder, "kubectl"), 0o755);
});

afterEach(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true });
});

interface Made {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Record<string, unknown>;
}

const made = (): Made[][] =>
  readdirSync(folder)
    .filter((name) => name.startsWith("made-"))
    .map((name) => (JSON.parse(readFileSync(join(folder, name), "utf8")) as { items: Made[] }).items);
const policies = (): Made[] =>
  made()
    .flat()
    .filter(({ kind }) => kind === "NetworkPolicy");
const verbs = (): string[] =>
  readFileSync(join(folder, "calls"), "utf8")
    .trim()
    .split("\n")
    .map((call) =>
      call
        .replace(/^--kubeconfig\S+ --context\S+ --cache-dir\S+ /, "")
        .split(" ", 2)
        .join(" "),
    );

/** A client that is refused at services, and reaches the pod behind the policies while there are none. */
const client: Endpoint = (() => {
  const shell: Shell = {
    name: "pod",
    exec: async (argv): Promise<Output> => {
      const exitCode = argv.includes("10.96.0.9") ? 10 : policies().length === 0 ? 0 : 11;
      return {
        argv,
        where: "pod",
        stdout: "",
        stderr: "",
        exitCode,
        signal: null,
        duration: 0,
        ended: null,
        startError: null,
      };
    },
    start: () => {
      throw new Error("nothing is started");
    },
  };
  const node = { name: "n1", index: 1, ip: "", ip6: null, podCidr: "", podCidr6: "", shell };
  return { name: "client", node, ip: "10.0.1.2", ifName: "eth0", mtu: 1500, shell };
})();

const standing = (): BackgroundObjectScaler =>
  new BackgroundObjectScaler(
    { kubectl: new Kubectl({ kubeconfig: "/k", context: "c", cache: "/cache" }), namespace: "home", image: "load:1" },
    ["n1", "n2"],
  );

test("services, policies and pods are made in calls of five hundred, and stay while the same is asked for", async () => {
  const some = standing();
  await some.scaleTo({ services: 1001, policies: 3, pods: 2 }, () => Promise.resolve(client), signal);
  expect(
    made()
      .map((list) => list.length)
      .toSorted((a, b) => a - b),
  ).toEqual([1, 3, 4, 500, 500]);
  expect(
    made()
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
  await some.scaleTo(
    { services: 1001, policies: 3, pods: 2 },
    () => Promise.reject(new Error("nobody is asked")),
    signal,
  );
  expect(verbs()).toHaveLength(10);
});

test("nothing is made or asked where nothing stands, and what stood is deleted", async () => {
  const some = standing();
  const nothing = { services: 0, policies: 0, pods: 0 };
  await some.scaleTo(nothing, () => Promise.reject(new Error("nobody is asked")), signal);
  await some.scaleTo({ ...nothing, services: 1 }, () => Promise.resolve(client), signal);
  await some.scaleTo(nothing, () => Promise.resolve(client), signal);
  expect(verbs()).toEqual([
    "delete services,networkpolicies,pods",
    "create -f",
    "get service",
    "delete services,networkpolicies,pods",
  ]);
});
