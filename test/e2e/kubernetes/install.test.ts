/** A plugin that a run installs temporarily on an existing cluster: consent, measured cells, and complete removal. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pauseNodes, resumeNodes } from "../../../clusters/kind/pause.ts";
import { INSTALL_RECORD_NAMESPACE } from "../../../clusters/kubeconfig/install-record.ts";
import { stringAt } from "../../../core/untrusted-json.ts";
import { createHost, localShell } from "../../../core/local.ts";
import { run } from "../../../core/shell.ts";
import type { RunFile } from "../../../results/record.ts";
import type { Summary } from "../../../results/summary.ts";
import { startCnibench, temporaryDir } from "../../helpers/cnibench.ts";
import { LOAD } from "./images.ts";
import {
  administrator,
  clusterFlags,
  kubeconfigWith,
  noSharedCluster,
  bareCluster,
  pluginCluster,
  withKubeconfig,
} from "./shared-clusters.ts";

const INSTALL_FLAGS = [
  "--plugins",
  "simplecni",
  "--install",
  "--suite",
  "latency",
  "--only",
  "latency/ping/simplecni/*",
  "--blocks",
  "1",
  "--duration",
  "1",
];

describe.skipIf(noSharedCluster)("a plugin on a cluster that has none", () => {
  let before: string;

  beforeAll(async () => {
    await resumeNodes(createHost(), bareCluster().nodes, administrator(bareCluster()));
    before = await clusterState();
  }, 150_000);
  afterAll(async () => pauseNodes(createHost(), bareCluster().nodes));

  const bareClusterFlags = (): readonly string[] => [
    "--cluster",
    "kubeconfig",
    "--context",
    bareCluster().context,
    "--load-image",
    LOAD,
    "--nodes",
    "1",
  ];
  const runOnBareCluster = (args: readonly string[]): ReturnType<typeof withKubeconfig> =>
    withKubeconfig(bareCluster().kubeconfig, args);

  /** Returns the objects on the cluster and the files and links on its node that a plugin or cnibench may create. */
  async function clusterState(): Promise<string> {
    const kubectl = administrator(bareCluster());
    const namespaces = (await kubectl.list(["namespaces"])).map((one) => stringAt(one, "metadata", "name"));
    const named = (
      await kubectl.run([
        "get",
        "daemonsets,configmaps,serviceaccounts,clusterroles,clusterrolebindings",
        "-A",
        "-o",
        "name",
      ])
    )
      .split("\n")
      .filter((name) => name.includes("simplecni"));
    const [node = ""] = bareCluster().nodes;
    const files = await run(localShell(), [
      "docker",
      "exec",
      node,
      "sh",
      "-c",
      "find /etc/cni /opt/cni; ip route; ip -o link show type bridge",
    ]);
    return [namespaces.join(" "), named.join(" "), files].join("\n");
  }

  test("refuses to install without consent, with more than one plugin, or over existing files", async () => {
    const { context } = bareCluster();
    const withoutConsent = await runOnBareCluster(["run", ...bareClusterFlags(), ...INSTALL_FLAGS]);
    expect(withoutConsent.stderr).toMatch(
      new RegExp(
        `--install will install simplecni on the cluster of context ${context} \\(https://.*\\) .*; pass --yes`,
      ),
    );
    expect(withoutConsent.exitCode).toBe(2);
    const twoPlugins = await runOnBareCluster([
      "plan",
      ...bareClusterFlags(),
      "--install",
      "--plugins",
      "simplecni,flannel",
    ]);
    expect(twoPlugins.stderr).toContain("--install: exactly one plugin required");
    expect(twoPlugins.exitCode).toBe(2);
    const replacesProxy = await runOnBareCluster([
      "plan",
      ...bareClusterFlags(),
      "--install",
      "--plugins",
      "calico-ebpf",
    ]);
    expect(replacesProxy.stderr).toContain("--install calico-ebpf: replaces kube-proxy");
    const [node = ""] = bareCluster().nodes;
    const onNode = (...argv: readonly string[]): Promise<string> =>
      run(localShell(), ["docker", "exec", node, ...argv]);
    await onNode("touch", "/etc/cni/ipam.config");
    const existingFile = await runOnBareCluster([
      "run",
      ...bareClusterFlags(),
      ...INSTALL_FLAGS,
      "--yes",
      "--out",
      join(temporaryDir(), "out"),
    ]);
    await onNode("rm", "/etc/cni/ipam.config");
    expect(existingFile.stderr).toContain(
      `node ${node}: simplecni would overwrite /etc/cni/ipam.config; move the file`,
    );
    expect(existingFile.exitCode).toBe(3);
    expect(await clusterState()).toBe(before);
  });

  test("reports missing permissions to create the objects of the plugin", async () => {
    const resources = [
      ...["nodes", "namespaces", "serviceaccounts", "configmaps", "services", "pods", "pods/exec"],
      ...["daemonsets.apps", "deployments.apps", "networkpolicies.networking.k8s.io"],
    ];
    const kubectl = administrator(bareCluster());
    await kubectl.run(["create", "clusterrole", "runner", "--verb=*", `--resource=${resources.join()}`]);
    await kubectl.run(["create", "clusterrolebinding", "runner", "--clusterrole=runner", "--user=runner"]);
    const runner = await kubeconfigWith((user) => ({ ...user, as: "runner" }), bareCluster());
    const ended = await withKubeconfig(runner, [
      "run",
      ...bareClusterFlags(),
      ...INSTALL_FLAGS,
      "--yes",
      "--out",
      join(temporaryDir(), "out"),
    ]);
    await kubectl.run(["delete", "clusterrole/runner", "clusterrolebinding/runner"]);
    expect(ended.stderr).toMatch(
      /get clusterroles\.rbac\.authorization\.k8s\.io .*install.*\n(.*\n)*.*create clusterrolebindings/,
    );
    expect(ended.stderr).not.toMatch(/daemonsets|nodes/);
    expect(ended.exitCode).toBe(3);
    expect(await clusterState()).toBe(before);
  });

  test("clean uninstalls the plugin of a killed run, and no other run can start before", async () => {
    const { context, kubeconfig } = bareCluster();
    const running = startCnibench(
      ["run", ...bareClusterFlags(), ...INSTALL_FLAGS, "--yes", "--out", join(temporaryDir(), "out")],
      {
        KUBECONFIG: kubeconfig,
      },
    );
    const installed = async (): Promise<unknown> =>
      (
        await administrator(bareCluster()).run([
          "get",
          `namespace/${INSTALL_RECORD_NAMESPACE}`,
          "daemonset/simplecni",
          "-n",
          "kube-system",
          "-o",
          "name",
          "--ignore-not-found",
        ])
      )
        .trim()
        .split("\n");
    await expect.poll(installed, { timeout: 90_000, interval: 500 }).toHaveLength(2);
    running.kill("SIGKILL");
    await running.done;
    const second = await runOnBareCluster(["plan", ...bareClusterFlags(), ...INSTALL_FLAGS]);
    expect(second.stderr).toContain(`cnibench clean --context ${context}`);
    expect(second.exitCode).toBe(2);
    expect((await runOnBareCluster(["clean", "--context", context])).stdout).toContain(
      "simplecni was uninstalled from the cluster",
    );
    expect(await clusterState()).toBe(before);
  });

  test("measures the plugin and uninstalls it at the end", async () => {
    const out = join(temporaryDir(), "out");
    const ended = await runOnBareCluster([
      "run",
      ...bareClusterFlags(),
      ...INSTALL_FLAGS,
      "--yes",
      "--out",
      out,
      "--report",
      "json",
    ]);
    expect(`${ended.stderr}\n${ended.exitCode}`).toMatch(/simplecni was uninstalled from the cluster\n(.*\n)*0$/);
    const { cells } = JSON.parse(readFileSync(join(out, "report.json"), "utf8")) as Summary;
    expect(
      cells.filter(({ metric, state }) => metric === "latency-p50" && state === "measured").map(({ id }) => id),
    ).toEqual(["latency/ping/simplecni/kubeconfig/same-node/latency-p50"]);
    const { definition, plan } = JSON.parse(readFileSync(join(out, "run.json"), "utf8")) as RunFile;
    expect(definition.existing?.installs).toBe(true);
    expect(plan.clusterReason).toContain("simplecni is installed once, for all blocks");
    expect(await clusterState()).toBe(before);
  });
});

test.skipIf(noSharedCluster)("refuses to install a second plugin", async () => {
  const second = await withKubeconfig(pluginCluster().kubeconfig, [
    "run",
    ...clusterFlags(),
    ...INSTALL_FLAGS,
    "--yes",
  ]);
  expect(second.stderr).toMatch(/context \S+ already has simplecni \S+; omit --install to measure it/);
  expect(second.exitCode).toBe(2);
});
