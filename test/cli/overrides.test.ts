/** What stands behind the @: folders, files, versions, and what is none of them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import { resolveSource, overridePlugin } from "../../cli/overrides.ts";
import { plugins } from "../../plugins/index.ts";
import type { KubernetesContext } from "../../plugins/plugin.ts";

const context: KubernetesContext = {
  clusterCidr: "10.244.0.0/16",
  nodes: 2,
  loadImage: "load:1",
  apiServer: { host: "c", port: 6443 },
  byDigest: true,
  underlayMtu: 1500,
};
const folder = mkdtempSync(join(tmpdir(), "cnibench-test-"));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, "new"));
writeFileSync(join(folder, "own.yaml"), "kind: List\n");

test("a folder has the programs", () => {
  expect(overridePlugin(plugins.bridge, join(folder, "new"))).toMatchObject({
    name: "bridge-in-new",
    binDir: join(folder, "new"),
  });
});

test("a version is that of the recipe", () => {
  const flannel = overridePlugin(plugins.flannel, "v0.28.1");
  expect(flannel).toMatchObject({ name: "flannel-v0.28.1", kubernetes: { version: "v0.28.1" } });
});

test("a file takes the place of a manifest, as it is", () => {
  const own = overridePlugin(plugins.calico, join(folder, "own.yaml"));
  if (typeof own === "string") throw new Error(own);
  expect(own.name).toBe("calico-in-own.yaml");
  expect(own.kubernetes?.manifest).toBeUndefined();
  expect(own.kubernetes?.install?.(context)).toEqual({ manifests: "kind: List\n" });
});

test("for a chart a file adds values that win", () => {
  const own = overridePlugin(plugins.cilium, join(folder, "own.yaml"));
  if (typeof own === "string") throw new Error(own);
  expect(own.kubernetes?.install?.(context)).toMatchObject({
    chart: { chart: "cilium", valuesFile: join(folder, "own.yaml") },
  });
});

test("a folder with a chart takes the place of the one of the repository, and has its version", () => {
  const chart = chartIn("chart", 'version: 1.15.19\nkubeVersion: ">= 1.16.0-0"\n');
  const own = overridePlugin(plugins.cilium, chart);
  if (typeof own === "string") throw new Error(own);
  expect(own).toMatchObject({
    name: "cilium-in-chart",
    kubernetes: {
      version: "1.15.19",
      images: ["quay.io/cilium/cilium:v1.15.19", "quay.io/cilium/operator-generic:v1.15.19"],
    },
  });
  const values: unknown = expect.objectContaining({ routingMode: "tunnel" });
  expect(own.kubernetes?.install?.(context)).toEqual({
    chart: { release: "cilium", namespace: "kube-system", values, chart },
  });
  expect(overridePlugin(plugins.bridge, chart)).toMatchObject({ binDir: chart });
});

test.each([
  "name: cilium\n",
  "version: [1, 2]\n",
  "version: 1.2\n",
  "version: latest\n",
  "version: 1.2.3\nversion: 1.2.4\n",
])("a chart with %j has no version", (text) => {
  const chart = chartIn("none", text);
  expect(overridePlugin(plugins.cilium, chart)).toBe(
    `${join(chart, "Chart.yaml")} tells no version of cilium; name the folder of its chart, as helm pull --untar leaves it`,
  );
});

function chartIn(name: string, text: string): string {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, "Chart.yaml"), text);
  return join(folder, name);
}

test.each([
  [
    plugins.bridge,
    join(folder, "own.yaml"),
    `${join(folder, "own.yaml")} is a file, and bridge has no manifest to be replaced; name the folder that holds its program`,
  ],
  [plugins.bridge, "v1.9.1", `${resolve("v1.9.1")} is no folder; name the folder that holds this version of bridge`],
  [plugins.weave, "2.6.0", "cnibench knows no version of weave but 2.8.1; give its manifest as weave@FILE"],
  [
    plugins.flannel,
    "./missing",
    `${resolve("missing")} is no folder; name the folder that holds this version of flannel`,
  ],
])("%# is refused with the way out", (plugin, given, sentence) => expect(overridePlugin(plugin, given)).toBe(sentence));

test("paths are stored in their whole length, versions as they are", () => {
  expect(resolveSource("v0.28.1")).toBe("v0.28.1");
  expect(resolveSource("new")).toBe(resolve("new"));
  expect(resolveSource(join(folder, "new"))).toBe(join(folder, "new"));
});
