/** The tools, binaries and manifests that a plan needs, and the problems with them. */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ClusterKind } from "../../../clusters/index.ts";
import {
  deployTools,
  fetchManifests,
  findAllAssets,
  knownTools,
  toolsNeeded,
  toolsOnNodes,
} from "../../../engine/preflight/preflight.ts";
import { prepare } from "../../../engine/session.ts";
import { plugins } from "../../../plugins/index.ts";
import type { BarePlugin, Plugin } from "../../../plugins/plugin.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { fakeHost, type FakeHost } from "../../helpers/fake-host.ts";
import { envWithTools, writeExecutable } from "../../helpers/fake-tools.ts";
import { fakeChoices, fakeKind, fakeRunner } from "../fake-run.ts";

/** Plugins whose binaries no machine has. */
const missing = (name: string, binary: string): BarePlugin => ({
  ...plugins.bridge,
  name,
  bare: { ...plugins.bridge.bare, binaries: [binary], tools: ["jq", "sh"] },
});

async function planFor(kind: ClusterKind) {
  const runner = { ...fakeRunner(), tools: ["iperf3", "sh"] };
  const { plan } = await prepare(fakeHost(), fakeChoices(kind, { runners: { fake: runner } }));
  return plan;
}

describe("the tools of a plan", () => {
  const { kind: bare } = fakeKind({ tools: ["ip"] });
  const { kind: virtual } = fakeKind({ tools: ["qemu"], nodesHaveTools: true });

  test("this host needs those of the kind, the runners and the plugins, if the catalog has them", async () => {
    const plan = await planFor(bare);
    const run = { plan, kind: bare, plugins: [missing("a", "x"), missing("b", "y")], binDirs: [] };
    expect(toolsNeeded(fakeHost(), run)).toEqual(["ip", "jq", "cni-plugins", "iperf3"]);
    expect(toolsOnNodes(plan, bare)).toEqual([]);
  });

  test("nodes that have their own tools need those of the runners, and this host only those of the kind", async () => {
    const plan = await planFor(virtual);
    const run = { plan, kind: virtual, plugins: [missing("a", "x")], binDirs: [] };
    expect(toolsNeeded(fakeHost(), run)).toEqual(["qemu", "cni-plugins"]);
    expect(toolsOnNodes(plan, virtual)).toEqual(["iperf3"]);
  });

  test("a plugin whose binaries are found needs no reference plugins", () => {
    const dir = temporaryDir();
    writeExecutable(dir, "cnibench-test");
    const tools = (binDirs: readonly string[]) =>
      deployTools(fakeHost(), bare, [missing("a", "cnibench-test")], binDirs);
    expect(tools([dir])).toEqual(["ip", "jq"]);
    expect(tools([])).toEqual(["ip", "jq", "cni-plugins"]);
  });

  test("tools are named once, and never after a property that every object has", () => {
    expect(knownTools(["ip", "toString", "ip", "sh"])).toEqual(["ip"]);
  });
});

test("the problems of all plugins are collected next to the assets that were found", () => {
  const dir = temporaryDir();
  writeExecutable(dir, "cnibench-test");
  const all = [missing("a", "x"), missing("b", "cnibench-test"), missing("c", "y")];
  const { assets, problems } = findAllAssets(fakeHost(), all, "bare", [dir]);
  expect(assets).toMatchObject([{ plugin: { name: "b" }, binaries: [{ file: join(dir, "cnibench-test") }] }]);
  expect(problems.map(({ message }) => message)).toEqual([
    expect.stringContaining('plugin a needs the CNI plugin "x"'),
    expect.stringContaining('plugin c needs the CNI plugin "y"'),
  ]);
});

describe("manifests and tools of Kubernetes recipes", () => {
  const URL = "http://127.0.0.1:1/v1/tiny.yaml"; // no server listens there
  const TEXT = "kind: Tiny\n";
  const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

  /** Returns a host whose cache contains the manifest. */
  function hostWithManifest(text: string, helm: object = {}): FakeHost {
    const env = envWithTools([]);
    const dir = join(env.CNIBENCH_CACHE ?? "", "manifests", sha256(URL).slice(0, 16));
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, "tiny.yaml"), text);
    return fakeHost({ "helm version": helm }, { env });
  }

  const kubernetes = { ...plugins.simplecni.kubernetes, manifest: { url: URL, sha256: sha256(TEXT) } };
  const plugin = { ...plugins.simplecni, kubernetes } as Plugin;

  test("a cached manifest with the expected checksum is not downloaded", async () => {
    expect(await fetchManifests(hostWithManifest(TEXT), [plugin], "kubernetes")).toEqual([]);
  });

  test("every plugin whose manifest cannot be downloaded, and every missing tool, is a problem", async () => {
    const charted = { ...plugins.cilium, name: "charted" };
    const helm = { exitCode: null, startError: "spawn helm ENOENT" };
    const problems = await fetchManifests(hostWithManifest("changed\n", helm), [plugin, charted], "kubernetes");
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining(`cannot download the manifest of simplecni from ${URL}`),
      expect.stringContaining("helm not found"),
    ]);
  });

  test("bare clusters need none", async () => {
    expect(await fetchManifests(fakeHost(), [plugin], "bare")).toEqual([]);
  });
});
