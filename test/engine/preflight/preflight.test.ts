/** The tools, binaries and manifests that a plan needs, and the problems with them. */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { EnvironmentError, formatProblem } from "../../../core/errors.ts";
import type { ClusterKind } from "../../../clusters/index.ts";
import {
  deployTools,
  fetchManifests,
  findAllAssets,
  findProblems,
  knownTools,
  toolsNeeded,
  toolsOnNodes,
} from "../../../engine/preflight/preflight.ts";
import type { RunChoices } from "../../../engine/plan/definition.ts";
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

  test("pods that have their own tools need none on the nodes, and this host only those of the kind", async () => {
    const { kind } = fakeKind({ tools: ["qemu"], podsHaveTools: true });
    const plan = await planFor(kind);
    expect(toolsNeeded(fakeHost(), { plan, kind, plugins: [missing("a", "x")], binDirs: [] })).toEqual([
      "qemu",
      "cni-plugins",
    ]);
    expect(toolsOnNodes(plan, kind)).toEqual([]);
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

  test("every plugin whose manifest cannot be downloaded is a problem", async () => {
    const problems = await fetchManifests(hostWithManifest("changed\n"), [plugin, plugins.cilium], "kubernetes");
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining(`cannot download the manifest of simplecni from ${URL}`),
    ]);
  });

  test("bare clusters need none", async () => {
    expect(await fetchManifests(fakeHost(), [plugin], "bare")).toEqual([]);
  });
});

describe("everything that prevents a run", () => {
  const { kind: bare } = fakeKind({ check: async () => [{ message: "no namespaces" }] });

  async function problemsOf(changes: Partial<RunChoices>, host = fakeHost({}, { env: envWithTools([]) })) {
    const { kind = bare } = changes;
    const prepared = await prepare(host, fakeChoices(kind, changes));
    return (await findProblems(host, prepared)).problems.map(formatProblem);
  }

  test("a misspelled plugin is not one that setup fetches", async () => {
    expect(await problemsOf({ plugins: [missing("net1", "brdge"), missing("net2", "vlan")] })).toEqual([
      "no namespaces",
      expect.stringMatching(/^plugin net1 needs .*"brdge" \(did you mean "bridge"\?\).*; fix: pass .* --bin-dir DIR/),
      expect.stringMatching(/^plugin net2 needs .*"vlan".*; fix: cnibench setup/),
    ]);
  });

  test("the checks of a kind need its tools", async () => {
    const { kind } = fakeKind({ tools: ["qemu"], check: () => Promise.reject(new Error("QEMU started")) });
    expect(await problemsOf({ kind })).toEqual([]);
  });

  test("a check that fails is a problem, unless it is a bug", async () => {
    const failing = (error: Error) => problemsOf({ kind: fakeKind({ check: () => Promise.reject(error) }).kind });
    expect(await failing(new EnvironmentError("no answer"))).toEqual(["no answer"]);
    await expect(failing(new TypeError("a bug"))).rejects.toThrow("a bug");
  });

  test("versions of the tools of Kubernetes recipes", async () => {
    const kind = { ...bare, api: "kubernetes", check: async () => [] } as unknown as ClusterKind;
    const charted = [{ ...plugins.cilium, name: "charted" }];
    const host = (helm: object) => fakeHost({ "helm version": helm });
    const missingHelm = host({ exitCode: null, startError: "spawn helm ENOENT" });
    expect(await problemsOf({ kind, plugins: charted }, missingHelm)).toEqual([
      expect.stringContaining("helm not found (required for plugin charted)"),
    ]);
    expect(await problemsOf({ kind, plugins: charted }, host({ stdout: "v3.9.4+gdbc6d8e" }))).toEqual([
      expect.stringContaining("helm 3.9 is too old; need 3.12 or later"),
    ]);
  });

  test("a plan that measures only the baseline", async () => {
    const bin = temporaryDir();
    writeExecutable(bin, "cnibench-test");
    const host = fakeHost();
    const choices = fakeChoices(fakeKind().kind, { plugins: [missing("vlan", "cnibench-test")], binDirs: [bin] });
    const { plan } = await prepare(host, choices);
    const skipped = {
      ...plan,
      tasks: plan.tasks.map((task) => (task.plugin === "host" ? task : { ...task, skip: "the kernel lacks vlan" })),
    };
    const { problems } = await findProblems(host, { choices, plan: skipped });
    expect(problems.map(formatProblem)).toEqual([
      expect.stringMatching(/^no plugin can be measured \(vlan: the kernel lacks vlan\); fix: /),
    ]);
    const withoutPlugins = { ...plan, tasks: plan.tasks.filter(({ plugin }) => plugin === "host") };
    expect((await findProblems(host, { choices, plan: withoutPlugins })).problems).toEqual([]);
  });
});
