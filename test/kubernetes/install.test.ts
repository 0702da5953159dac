/** A plugin that is put on a cluster that exists, for the time of a run: who must agree, what is measured, and that it is gone. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pauseNodes, resumeNodes } from "../../clusters/kind/pause.ts";
import { INSTALL_RECORD_NAMESPACE } from "../../clusters/kubeconfig/install-record.ts";
import { stringAt } from "../../core/json.ts";
import { localShell } from "../../core/local.ts";
import { run } from "../../core/shell.ts";
import type { RunFile } from "../../results/record.ts";
import type { Summary } from "../../results/summary.ts";
import { startCnibench, temporaryDir } from "../helpers/cnibench.ts";
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

const ON_IT = [
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
    await resumeNodes(bareCluster().nodes, administrator(bareCluster()), new AbortController().signal);
    before = await traces();
  }, 150_000);
  afterAll(async () => pauseNodes(bareCluster().nodes));

  const onCluster = (): readonly string[] => [
    "--cluster",
    "kubeconfig",
    "--context",
    bareCluster().context,
    "--load-image",
    LOAD,
    "--nodes",
    "1",
  ];
  const cnibenchThere = (args: readonly string[]): ReturnType<typeof withKubeconfig> =>
    withKubeconfig(bareCluster().kubeconfig, args);

  /** What a plugin, or cnibench, leaves on the cluster and on its node. */
  async function traces(): Promise<string> {
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
    const there = await run(localShell(), [
      "docker",
      "exec",
      node,
      "sh",
      "-c",
      "find /etc/cni /opt/cni; ip route; ip -o link show type bridge",
    ]);
    return [namespaces.join(" "), named.join(" "), there].join("\n");
  }

  test("nothing is put there without agreement, with more than one plugin, or over files of others", async () => {
    const { context } = bareCluster();
    const alone = await cnibenchThere(["run", ...onCluster(), ...ON_IT]);
    expect(alone.stderr).toMatch(
      new RegExp(
        `--install will install simplecni on the cluster of context ${context} \\(https://.*\\) .*; pass --yes`,
      ),
    );
    expect(alone.exitCode).toBe(2);
    const two = await cnibenchThere(["plan", ...onCluster(), "--install", "--plugins", "simplecni,flannel"]);
    expect(two.stderr).toContain("--install: exactly one plugin required");
    expect(two.exitCode).toBe(2);
    const proxy = await cnibenchThere(["plan", ...onCluster(), "--install", "--plugins", "calico-ebpf"]);
    expect(proxy.stderr).toContain("--install calico-ebpf: replaces kube-proxy");
    const [node = ""] = bareCluster().nodes;
    const onNode = (...argv: readonly string[]): Promise<string> =>
      run(localShell(), ["docker", "exec", node, ...argv]);
    await onNode("touch", "/etc/cni/ipam.config");
    const other = await cnibenchThere(["run", ...onCluster(), ...ON_IT, "--yes", "--out", join(temporaryDir(), "out")]);
    await onNode("rm", "/etc/cni/ipam.config");
    expect(other.stderr).toContain(`node ${node}: simplecni would overwrite /etc/cni/ipam.config; move the file`);
    expect(other.exitCode).toBe(3);
    expect(await traces()).toBe(before);
  });

  test("who may run, but not make what the plugin is made of, is told what is missing", async () => {
    const resources =
      "nodes,namespaces,serviceaccounts,configmaps,services,pods,pods/exec,daemonsets.apps,deployments.apps,networkpolicies.networking.k8s.io";
    const kubectl = administrator(bareCluster());
    await kubectl.run(["create", "clusterrole", "runner", "--verb=*", `--resource=${resources}`]);
    await kubectl.run(["create", "clusterrolebinding", "runner", "--clusterrole=runner", "--user=runner"]);
    const runner = await kubeconfigWith((user) => ({ ...user, as: "runner" }), bareCluster());
    const ended = await withKubeconfig(runner, [
      "run",
      ...onCluster(),
      ...ON_IT,
      "--yes",
      "--out",
      join(temporaryDir(), "out"),
    ]);
    await kubectl.run(["delete", "clusterrole/runner", "clusterrolebinding/runner"]);
    expect(ended.stderr).toMatch(
      /may not:\n {2}get clusterroles\.rbac\.authorization\.k8s\.io \(to install the plugin and to take it off\)\n(.*\n)*.*create clusterrolebindings/,
    );
    expect(ended.stderr).not.toMatch(/daemonsets|nodes/);
    expect(ended.exitCode).toBe(3);
    expect(await traces()).toBe(before);
  });

  test("after a killed run clean takes it off, and another run does not begin before", async () => {
    const { context, kubeconfig } = bareCluster();
    const running = startCnibench(["run", ...onCluster(), ...ON_IT, "--yes", "--out", join(temporaryDir(), "out")], {
      KUBECONFIG: kubeconfig,
    });
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
    const second = await cnibenchThere(["plan", ...onCluster(), ...ON_IT]);
    expect(second.stderr).toContain(`take it off with: cnibench clean --context ${context}`);
    expect(second.exitCode).toBe(2);
    expect((await cnibenchThere(["clean", "--context", context])).stdout).toContain(
      "simplecni was uninstalled from the cluster",
    );
    expect(await traces()).toBe(before);
  });

  test("it is measured, and taken off at the end", async () => {
    const out = join(temporaryDir(), "out");
    const ended = await cnibenchThere(["run", ...onCluster(), ...ON_IT, "--yes", "--out", out, "--report", "json"]);
    expect(`${ended.stderr}\n${ended.exitCode}`).toMatch(/simplecni was uninstalled from the cluster\n(.*\n)*0$/);
    const { cells } = JSON.parse(readFileSync(join(out, "report.json"), "utf8")) as Summary;
    expect(
      cells.filter(({ metric, state }) => metric === "latency-p50" && state === "measured").map(({ id }) => id),
    ).toEqual(["latency/ping/simplecni/kubeconfig/same-node/latency-p50"]);
    const { definition, plan } = JSON.parse(readFileSync(join(out, "run.json"), "utf8")) as RunFile;
    expect(definition.existing?.installs).toBe(true);
    expect(plan.clusterReason).toContain("simplecni is installed once, for all blocks");
    expect(await traces()).toBe(before);
  });
});

test.skipIf(noSharedCluster)("no plugin is put beside another", async () => {
  const beside = await withKubeconfig(pluginCluster().kubeconfig, ["run", ...clusterFlags(), ...ON_IT, "--yes"]);
  expect(beside.stderr).toMatch(/context \S+ already has simplecni \S+; omit --install to measure it/);
  expect(beside.exitCode).toBe(2);
});
