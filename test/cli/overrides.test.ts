/** What stands behind the @: folders, files, versions, and what is none of them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import { absolute, override } from "../../cli/overrides.ts";
import { plugins } from "../../plugins/index.ts";
import type { KubernetesContext } from "../../plugins/plugin.ts";

const context: KubernetesContext = { clusterCidr: "10.244.0.0/16", nodes: 2, loadImage: "load:1", apiServer: { host: "c", port: 6443 }, byDigest: true, underlayMtu: 1500 };
const folder = mkdtempSync(join(tmpdir(), "cnibench-test-"));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, "new"));
writeFileSync(join(folder, "own.yaml"), "kind: List\n");

test("a folder has the programs", () => {
  expect(override(plugins.bridge, join(folder, "new"))).toMatchObject({ name: "bridge-in-new", binDir: join(folder, "new") });
});

test("a version is that of the recipe", () => {
  const flannel = override(plugins.flannel, "v0.28.1");
  expect(flannel).toMatchObject({ name: "flannel-v0.28.1", kubernetes: { version: "v0.28.1" } });
});

test("a file takes the place of a manifest, as it is", () => {
  const own = override(plugins.calico, join(folder, "own.yaml"));
  if (typeof own === "string") throw new Error(own);
  expect(own.name).toBe("calico-in-own.yaml");
  expect(own.kubernetes?.manifest).toBeUndefined();
  expect(own.kubernetes?.install?.(context)).toEqual({ manifests: "kind: List\n" });
});

test("for a chart a file adds values that win", () => {
  const own = override(plugins.cilium, join(folder, "own.yaml"));
  if (typeof own === "string") throw new Error(own);
  expect(own.kubernetes?.install?.(context)).toMatchObject({ chart: { chart: "cilium", valuesFile: join(folder, "own.yaml") } });
});

test.each([
  [plugins.bridge, join(folder, "own.yaml"), `${join(folder, "own.yaml")} is a file, and bridge has no manifest to be replaced; name the folder that holds its program`],
  [plugins.bridge, "v1.9.1", `${resolve("v1.9.1")} is no folder; name the folder that holds this version of bridge`],
  [plugins.weave, "2.6.0", "cnibench knows no version of weave but 2.8.1; give its manifest as weave@FILE"],
  [plugins.flannel, "./missing", `${resolve("missing")} is no folder; name the folder that holds this version of flannel`],
])("%# is refused with the way out", (plugin, given, sentence) => expect(override(plugin, given)).toBe(sentence));

test("paths are stored in their whole length, versions as they are", () => {
  expect(absolute("v0.28.1")).toBe("v0.28.1");
  expect(absolute("new")).toBe(resolve("new"));
  expect(absolute(join(folder, "new"))).toBe(join(folder, "new"));
});
