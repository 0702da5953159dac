/** Kubernetes-only scenarios on an existing cluster: DNS, API server, pods, rollouts, background objects, policies. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { localShell } from "../../../core/local.ts";
import { run } from "../../../core/shell.ts";
import { clusterDeploymentOf } from "../../../engine/deploy/kubernetes/cluster-deployment.ts";
import { plugins } from "../../../plugins/index.ts";
import type { Repetition, RunFile } from "../../../results/record.ts";
import type { Summary } from "../../../results/summary.ts";
import type { ClusterDeployment } from "../../../runners/deployment.ts";
import { policyLatency } from "../../../runners/policy-latency/policy-latency.ts";
import { expectVerified, temporaryDir } from "../../helpers/cnibench.ts";
import { LOAD } from "./images.ts";
import {
  administrator,
  clusterFlags,
  noSharedCluster,
  ownedNamespaces,
  pluginCluster,
  withKubeconfig,
} from "./shared-clusters.ts";

const SUITE = join(import.meta.dirname, "scenarios.suite.yaml");
/** Simulated delay of policy enforcement. */
const ENFORCEMENT_DELAY_S = 0.5;

describe.skipIf(noSharedCluster)("Kubernetes-only scenarios", () => {
  test("are measured on the existing plugin, with all values in the raw files, and leave nothing behind", async () => {
    const out = join(temporaryDir(), "out");
    const ended = await withKubeconfig(pluginCluster().kubeconfig, [
      "run",
      ...clusterFlags(),
      "--suite",
      SUITE,
      "--out",
      out,
      "--report",
      "json",
    ]);
    expect(`${ended.stderr}\n${ended.exitCode}`).toMatch(/\n0$/);
    expect(await ownedNamespaces()).toEqual([]);
    await expectVerified(out);
    const { cells } = JSON.parse(readFileSync(join(out, "report.json"), "utf8")) as Summary;
    const throughput = cells
      .filter(({ metric, state }) => metric === "throughput" && state === "measured")
      .map(({ id }) => id);
    expect(throughput.toSorted()).toEqual([
      "scenarios/tcp/host/kubeconfig/host/throughput",
      "scenarios/tcp/simplecni/kubeconfig/headless/throughput",
    ]);
    const { environment } = JSON.parse(readFileSync(join(out, "run.json"), "utf8")) as RunFile;
    expect(environment?.cluster).toMatchObject({ kind: "kubeconfig", nodes: 2, underlayMtu: 1500, sameHost: false });
    expect(environment?.cluster.kubernetes?.version).toMatch(/^v1\./);
    const pairs = readFileSync(join(out, "results.jsonl"), "utf8")
      .trim()
      .split("\n")
      .flatMap((line) => (JSON.parse(line) as Repetition).pairs ?? []);
    expect(pairs.map((table) => table.pairs.map(({ client, server }) => `${client} ${server}`).toSorted())).toEqual([
      ["0 1", "1 0"],
    ]);
    const skipped = cells
      .filter(({ state }) => state !== "measured")
      .map(({ scenario, metric, reason }) => `${scenario} ${metric}: ${reason}`);
    expect(skipped.toSorted()).toEqual([
      "closing policy-close-time: unsupported: simplecni does not claim to enforce network policies",
      "closing policy-open-time: unsupported: simplecni does not claim to enforce network policies",
      "start pod-start-p99: no 99th percentile: 4 samples (100 needed)",
    ]);
  });

  test("measure a policy that is enforced with a delay", async () => {
    const { nodes } = pluginCluster();
    const { signal } = new AbortController();
    const cluster = {
      kubectl: administrator(),
      nodes: nodes.map((name) => ({ name })),
      loadImage: LOAD,
      version: "v1.20.0",
    };
    const original = clusterDeploymentOf(plugins.calico, cluster, signal); // claims policies
    const enforce = async (flag: string): Promise<void> => {
      await sleep(ENFORCEMENT_DELAY_S * 1000);
      for (const node of nodes)
        await run(localShell(), [
          "docker",
          "exec",
          node,
          "iptables",
          flag,
          "FORWARD",
          "-p",
          "udp",
          "--dport",
          "8080",
          "-j",
          "DROP",
        ]);
    };
    const deployment: ClusterDeployment = {
      ...original,
      withApi: (use) =>
        original.withApi((api) =>
          use({
            ...api,
            create: (object) => api.create(object).then(() => enforce("-I")),
            remove: (object) => api.remove(object).then(() => enforce("-D")),
          }),
        ),
    };
    const { values } = await policyLatency.run({
      deployment,
      duration: 1,
      params: { changes: 1 },
      signal,
      keep: () => undefined,
    });
    for (const metric of ["policy-close-time", "policy-open-time"] as const) {
      expect(values[metric]).toBeGreaterThan(ENFORCEMENT_DELAY_S);
      expect(values[metric]).toBeLessThan(ENFORCEMENT_DELAY_S + 5); // two processes on a busy machine
    }
    expect(await ownedNamespaces()).toEqual([]);
  });
});
