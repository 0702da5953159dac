/** The part after the @ of --plugins: directories, files, versions, and invalid values. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import { absolutePluginSpec, overridePlugin } from "../../../cli/flags/overrides.ts";
import { plugins } from "../../../plugins/index.ts";
import { KUBERNETES_CONTEXT } from "../../helpers/kubernetes-context.ts";

const dir = mkdtempSync(join(tmpdir(), "cnibench-test-"));
afterAll(() => rmSync(dir, { recursive: true }));
mkdirSync(join(dir, "new"));
writeFileSync(join(dir, "own.yaml"), "kind: List\n");

test("a directory contains the binaries", () => {
  expect(overridePlugin(plugins.bridge, join(dir, "new"))).toMatchObject({
    name: "bridge-in-new",
    binDir: join(dir, "new"),
  });
});

test("a version selects the version of the recipe", () => {
  const flannel = overridePlugin(plugins.flannel, "v0.28.1");
  expect(flannel).toMatchObject({ name: "flannel-v0.28.1", kubernetes: { version: "v0.28.1" } });
});

test("a file replaces a manifest, unchanged", () => {
  const own = overridePlugin(plugins.calico, join(dir, "own.yaml"));
  if (typeof own === "string") throw new Error(own);
  expect(own.name).toBe("calico-in-own.yaml");
  expect(own.kubernetes?.manifest).toBeUndefined();
  expect(own.kubernetes?.install?.(KUBERNETES_CONTEXT)).toEqual({ manifests: "kind: List\n" });
});

test("a values file overrides the default values of a chart", () => {
  const own = overridePlugin(plugins.cilium, join(dir, "own.yaml"));
  if (typeof own === "string") throw new Error(own);
  expect(own.kubernetes?.install?.(KUBERNETES_CONTEXT)).toMatchObject({
    chart: { chart: "cilium", valuesFile: join(dir, "own.yaml") },
  });
});

test("a chart directory replaces the repository's chart and determines the version", () => {
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
  expect(own.kubernetes?.install?.(KUBERNETES_CONTEXT)).toEqual({
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
])("a chart with %j has no valid version", (text) => {
  const chart = chartIn("none", text);
  expect(overridePlugin(plugins.cilium, chart)).toMatch(/Chart\.yaml: no version of cilium found; .*helm pull/);
});

function chartIn(name: string, text: string): string {
  mkdirSync(join(dir, name), { recursive: true });
  writeFileSync(join(dir, name, "Chart.yaml"), text);
  return join(dir, name);
}

test.each([
  ["a file for a plugin without a manifest", plugins.bridge, join(dir, "own.yaml"), /own\.yaml is a file, but bridge/],
  ["a version of a plugin without a recipe for Kubernetes", plugins.bridge, "v1.9.1", /v1\.9\.1 not found; .* bridge/],
  ["an unknown version", plugins.weave, "2.6.0", /unknown version of weave .*2\.8\.1.*weave@FILE/],
  ["a missing path", plugins.flannel, "./missing", new RegExp(`^${resolve("missing")} not found; .* flannel`)],
])("%s is rejected with the next step", (_, plugin, given, problem) => {
  expect(overridePlugin(plugin, given)).toMatch(problem);
});

test("paths become absolute, versions stay unchanged", () => {
  expect(absolutePluginSpec("calico@v0.28.1")).toBe("calico@v0.28.1");
  expect(absolutePluginSpec("ptp@new")).toBe(`ptp@${resolve("new")}`);
  expect(absolutePluginSpec(`ptp@${join(dir, "new")}`)).toBe(`ptp@${join(dir, "new")}`);
});
