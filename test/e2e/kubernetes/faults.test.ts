/** Failures on a real cluster: unavailable images, exiting containers, and an API server that restarts. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { explainPods } from "../../../kubernetes/pod-diagnosis.ts";
import { waitForRollout } from "../../../kubernetes/install/ready.ts";
import { stringAt } from "../../../core/untrusted-json.ts";
import { localShell } from "../../../core/local.ts";
import { run, succeeded } from "../../../core/shell.ts";
import { plugins } from "../../../plugins/index.ts";
import { daemonSetObject, objectList } from "../../../kubernetes/objects/builders.ts";
import type { Summary } from "../../../results/summary.ts";
import { startCnibench, temporaryDir } from "../../helpers/cnibench.ts";
import { KUBERNETES_CONTEXT } from "../../helpers/kubernetes-context.ts";
import { LOAD } from "./images.ts";
import { administrator, clusterFlags, noSharedCluster, ownedNamespaces, pluginCluster } from "./shared-clusters.ts";

const { signal } = new AbortController();

describe.skipIf(noSharedCluster)("on a real cluster", () => {
  afterAll(async () => {
    await administrator().run(["delete", "daemonset", "--all", "-n", "default"]);
  });

  test("a plugin with an unavailable image fails at once, and the error names the image and the options", async () => {
    await createAgent("no-image", "registry.invalid/acme/agent:v1", ["true"]);
    const started = performance.now();
    const ready = waitForRollout(
      administrator(),
      { kind: "daemonset", namespace: "default", name: "no-image" },
      signal,
    );
    await expect(ready).rejects.toThrow(
      /image registry\.invalid\/acme\/agent:v1 \(.*\); .*--images \(docker save\).*--registry-mirror HOST:PORT/,
    );
    expect(performance.now() - started).toBeLessThan(60_000);
  });

  test("a plugin that exits is explained by its events and its log", async () => {
    await createAgent("no-luck", LOAD, ["sh", "-c", "echo 'no route to the controller' >&2; exit 1"]);
    const explained = async (): Promise<string> => explainPods(administrator(), "default", ["-l", "app=no-luck"]);
    await expect
      .poll(explained, { timeout: 60_000, interval: 1000 })
      .toMatch(
        /pod no-luck-\w+ on \S+ is Running\n(.*\n)*  event BackOff: .*\n(.*\n)*  log: no route to the controller/,
      );
  });

  test("the API server accepts all objects of flannel, flannel-host-gw and weave", async () => {
    const kubectl = administrator();
    const lists = (["flannel", "flannel-host-gw", "weave"] as const).map(objectsOf);
    // A dry run rejects objects in a missing namespace, so the test creates the namespaces first.
    const namespaces = lists.flat().filter((one) => stringAt(one, "kind") === "Namespace");
    if (namespaces.length > 0) await kubectl.apply(objectList(namespaces));
    for (const objects of lists) {
      const applied = await kubectl.run(["apply", "--dry-run=server", "-f", "-"], { stdin: objectList(objects) });
      expect(applied.trim().split("\n")).toHaveLength(objects.length);
    }
    await kubectl.delete(["namespace", ...new Set(namespaces.map((one) => stringAt(one, "metadata", "name") ?? ""))]);
  });

  test("an API server that restarts during a run fails the interrupted cells, and the run cleans up", async () => {
    const { kubeconfig, nodes } = pluginCluster();
    const out = join(temporaryDir(), "out");
    const short = [
      "--suite",
      "kubernetes",
      "--blocks",
      "1",
      "--duration",
      "4",
      "--only",
      "kubernetes/tcp-1/simplecni/*/same-node/*",
      "--only",
      "kubernetes/tcp-1/simplecni/*/cross-node/*",
      "--report",
      "json",
    ];
    const running = startCnibench(["run", ...clusterFlags(), ...short, "--out", out, "--no-progress"], {
      KUBECONFIG: kubeconfig,
    });
    // Waits for a load, because only a load is interrupted: other calls are retried until the API server responds.
    await expect
      .poll(() => readText(join(out, "results.jsonl")), { timeout: 90_000, interval: 200 })
      .toContain("/simplecni/");
    await expect
      .poll(async () => (await Promise.all(nodes.map(isLoading))).includes(true), { timeout: 30_000, interval: 200 })
      .toBe(true);
    await run(localShell(), ["docker", "exec", nodes[0] ?? "", "pkill", "-KILL", "kube-apiserver"]);
    const ended = await running.done;
    expect(`${ended.stderr}\n${ended.exitCode}`).toMatch(/\n3$/);
    const summary = JSON.parse(readFileSync(join(out, "report.json"), "utf8")) as Summary;
    expect(new Set(summary.cells.map(({ state }) => state))).toContain("measured");
    expect(
      summary.cells
        .filter(({ state }) => state === "failed")
        .map(({ error }) => error ?? "")
        .join("\n"),
    ).toMatch(/\S/);
    await expect
      .poll(() => ownedNamespaces().catch(() => ["the API server does not answer"]), { timeout: 60_000 })
      .toEqual([]);
  });
});

function objectsOf(name: "flannel" | "flannel-host-gw" | "weave"): readonly object[] {
  const context = { ...KUBERNETES_CONTEXT, clusterCidr: "10.244.0.0/16", loadImage: LOAD };
  const installation = plugins[name].kubernetes?.install?.(context);
  if (installation === undefined || !("manifests" in installation))
    throw new Error(`${name} does not install manifests`);
  return (JSON.parse(installation.manifests) as { items: object[] }).items;
}

async function createAgent(name: string, image: string, command: readonly string[]): Promise<void> {
  const object = daemonSetObject({
    name,
    namespace: "default",
    account: "default",
    initContainers: [],
    containers: [{ name: "agent", image, command }],
    volumes: [],
  });
  await administrator().create([object]);
}

/** Returns whether the client of a load runs on the node. */
async function isLoading(node: string): Promise<boolean> {
  return succeeded(await localShell().exec(["docker", "exec", node, "pgrep", "--full", "^iperf3 .* -c .* -t "]));
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // not created yet
  }
}
