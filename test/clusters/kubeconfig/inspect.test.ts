/** Inspection of an existing cluster before an installation and after a killed run. */
import { expect, test } from "vitest";
import { existingClusters } from "../../../clusters/kubeconfig/inspect.ts";
import { DEFAULT_EXISTING } from "../../../clusters/kubeconfig/options.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { fakeHost, type FakeHost } from "../../helpers/fake-host.ts";

const OPTIONS = { ...DEFAULT_EXISTING, context: "mine", loadImage: "load:1" };
const READY = { metadata: { name: "n1" }, status: { conditions: [{ type: "Ready", status: "True" }] } };
const CALICO = {
  metadata: { name: "calico-node" },
  spec: { template: { spec: { containers: [{ image: "quay.io/calico/node:v3.30.0" }] } } },
};
const record = (host: string, pid: number): object => ({
  metadata: {
    name: "cnibench-installed",
    annotations: {
      "cnibench.dev/host": host,
      "cnibench.dev/process": String(pid),
      "cnibench.dev/plugin": "flannel",
      "cnibench.dev/load-image": "load:2",
    },
  },
});

/** Returns a host whose kubectl lists these objects. */
function clusterWith(objects: Readonly<Record<string, readonly object[]>>): FakeHost {
  const config = { clusters: [{ cluster: { server: "https://10.0.0.1:6443" } }] };
  const reply = (argv: readonly string[]): { stdout: string } => {
    if (argv.includes("config")) return { stdout: JSON.stringify(config) };
    if (argv.includes("/version")) return { stdout: JSON.stringify({ gitVersion: "v1.34.3" }) };
    return { stdout: JSON.stringify({ items: objects[argv[argv.indexOf("get") + 1] ?? ""] ?? [] }) };
  };
  return fakeHost({ kubectl: reply }, { tempDir: temporaryDir() });
}

test("a plugin can be installed on a cluster without one, which has no ready node", async () => {
  const { target, serverUrl, occupied } = await existingClusters.inspect(clusterWith({}), OPTIONS);
  expect(occupied).toBeNull();
  expect(serverUrl).toBe("https://10.0.0.1:6443");
  expect(target).toMatchObject({
    name: "the cluster of context mine",
    cleanCommand: "cnibench clean --context mine",
    loadImage: "load:1",
  });
});

test.each([
  ["the recorded plugin", { namespaces: [record("other", 7)], daemonsets: [CALICO] }, /still has flannel.* 7 on other/],
  ["the detected plugin", { daemonsets: [CALICO], nodes: [READY] }, /already has calico v3\.30\.0/],
  ["a ready node", { nodes: [READY] }, /already has an unknown plugin: node n1 is ready/],
])("no plugin is installed next to %s", async (_, objects, reason) => {
  const { occupied } = await existingClusters.inspect(clusterWith(objects), OPTIONS);
  expect(occupied).toMatch(reason);
});

test("the installed plugin is detected, or null if it is not recognized", async () => {
  expect(await existingClusters.detectPlugin(clusterWith({ daemonsets: [CALICO] }), OPTIONS)).toMatchObject({
    name: "calico",
    version: "v3.30.0",
  });
  expect(await existingClusters.detectPlugin(clusterWith({}), OPTIONS)).toBeNull();
});

test("a leftover is uninstalled with the load image of its record, unless its process may still run", async () => {
  const other = await existingClusters.findLeftover(clusterWith({ namespaces: [record("other", 7)] }), {
    context: "mine",
  });
  expect(other).toMatchObject({
    pluginSpec: "flannel",
    target: { loadImage: "load:2" },
    inUse: expect.stringMatching(/^installed by a run on other; .*annotate .*then clean again$/) as string,
    deleteRecordCommand: "kubectl --context mine delete namespace cnibench-installed",
  });
  const ended = clusterWith({ namespaces: [record(fakeHost().hostname, 2 ** 30)] });
  expect(await existingClusters.findLeftover(ended, { context: "mine" })).toMatchObject({ inUse: null });
});

test("without a context no cluster is accessed", async () => {
  const host = fakeHost();
  expect(await existingClusters.findLeftover(host, {})).toBeNull();
  expect(host.shell.calls).toEqual([]);
});
