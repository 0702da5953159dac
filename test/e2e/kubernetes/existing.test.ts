/** Existing clusters: permissions, reported facts and errors, and no leftovers. */
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { existingClusters } from "../../../clusters/kubeconfig/inspect.ts";
import { DEFAULT_EXISTING } from "../../../clusters/kubeconfig/options.ts";
import { createHost, localShell } from "../../../core/local.ts";
import { run } from "../../../core/shell.ts";
import { stringAt, valueAt } from "../../../core/untrusted-json.ts";
import { startCnibench, temporaryDir } from "../../helpers/cnibench.ts";
import { withLab } from "../../helpers/lab.ts";
import {
  administrator,
  clusterFlags,
  kubeconfigWith,
  noSharedCluster,
  ownedNamespaces,
  pluginCluster,
  withKubeconfig,
} from "./shared-clusters.ts";

const SHORT_RUN = [
  "--suite",
  "kubernetes",
  "--blocks",
  "1",
  "--duration",
  "1",
  "--only",
  "kubernetes/tcp-1/*/host/*",
  "--only",
  "kubernetes/tcp-1/*/cross-node/*",
  "--only",
  "kubernetes/tcp-1/*/service/*",
];

describe.skipIf(noSharedCluster)("an existing cluster", () => {
  afterEach(() => vi.unstubAllEnvs());

  test("detects the plugin with its mode, and rejects other plugins", async () => {
    vi.stubEnv("KUBECONFIG", pluginCluster().kubeconfig);
    const options = { ...DEFAULT_EXISTING, context: pluginCluster().context };
    expect(await existingClusters.detectPlugin(createHost(), options)).toMatchObject({
      name: "simplecni",
      encapsulation: "none (static routes)",
      policy: false,
    });
    const other = await withKubeconfig(pluginCluster().kubeconfig, [
      "run",
      ...clusterFlags(),
      ...SHORT_RUN,
      "--plugins",
      "calico",
    ]);
    expect(other.stderr).toContain("the cluster has simplecni");
    expect(other.exitCode).toBe(2);
  });

  test("a lab has pods that can be entered, and removes them at the end", async () => {
    const lastLine = await withLab(
      ["simplecni", ...clusterFlags(), "--nodes", "1", "--pods", "2"],
      async ([node, pod, other], dir) => {
        expect(node).toMatch(/^node1  cnibench-test-\S+-worker, 172\.\d+\.\d+\.\d+$/);
        const [, ip = ""] = /^pod1 +extra-1 on \S+, (10\.244\.\d+\.\d+)$/.exec(pod ?? "") ?? [];
        expect(other).toMatch(/^pod2 +extra-2 on /);
        const typed = await run(localShell(), [`${dir}/pod2`], { stdin: `hostname; ping -c1 -w2 ${ip}\n` });
        expect(typed).toMatch(/^extra-2\n.*1 received/s);
      },
      { KUBECONFIG: pluginCluster().kubeconfig },
    );
    expect(lastLine).toBe("press Ctrl-C or close standard input to remove the lab");
    expect(await ownedNamespaces()).toEqual([]);
  });

  test("pods get the pull secrets of the namespace of the context, and the copies are removed at the end", async () => {
    const name = "cnibench-test-registry";
    const settings = JSON.stringify({ auths: { "registry.test": { auth: "dTpw" } } });
    await administrator().run([
      ...["create", "secret", "generic", name, "--type=kubernetes.io/dockerconfigjson"],
      `--from-literal=.dockerconfigjson=${settings}`,
    ]);
    try {
      await withLab(
        ["simplecni", ...clusterFlags(), "--nodes", "1", "--pods", "1", "--image-pull-secret", name],
        async () => {
          const [namespace = ""] = await ownedNamespaces();
          const pods = await administrator().list(["pods", "-n", namespace]);
          expect(pods).not.toEqual([]);
          for (const pod of pods) expect(valueAt(pod, "spec", "imagePullSecrets")).toEqual([{ name }]);
          const copy = await administrator().get(["secret", name, "-n", namespace]);
          expect(atob(stringAt(copy, "data", ".dockerconfigjson") ?? "")).toBe(settings);
        },
        { KUBECONFIG: pluginCluster().kubeconfig },
      );
      expect(await ownedNamespaces()).toEqual([]);
    } finally {
      await administrator().run(["delete", "secret", name]);
    }
    const { stderr, exitCode } = await withKubeconfig(pluginCluster().kubeconfig, [
      ...["run", ...clusterFlags(), ...SHORT_RUN, "--image-pull-secret", name],
      ...["--out", join(temporaryDir(), "out")],
    ]);
    expect(stderr).toContain(name);
    expect(exitCode).toBe(3);
    expect(await ownedNamespaces()).toEqual([]);
  });

  test("reports all missing permissions before it creates anything", async () => {
    const reader = await kubeconfigWith((user) => ({ ...user, as: "reader" }));
    await administrator().run(["create", "clusterrolebinding", "reader", "--clusterrole=view", "--user=reader"]);
    const ended = await withKubeconfig(reader, ["run", ...clusterFlags(), ...SHORT_RUN]);
    expect(ended.exitCode).toBe(3);
    expect(ended.stderr).toMatch(/create namespaces.*\n(.*\n)*.*create pods\/exec/);
    expect(ended.stderr).not.toContain("list pods");
    const unprivileged = await withKubeconfig(await kubeconfigWith((user) => ({ ...user, as: "unprivileged" })), [
      "run",
      ...clusterFlags(),
      ...SHORT_RUN,
    ]);
    expect(unprivileged.exitCode).toBe(3);
    expect(unprivileged.stderr).toMatch(/list daemonsets\.apps .*\n(.*\n)*.*create pods\/exec/);
    expect(await ownedNamespaces()).toEqual([]);
  });

  test("reports an unknown context, an expired login and too few nodes", async () => {
    const { kubeconfig, context } = pluginCluster();
    const expired = await withKubeconfig(await kubeconfigWith(() => ({ token: "expired" })), [
      "run",
      ...clusterFlags(),
      ...SHORT_RUN,
    ]);
    expect(expired.stderr).toMatch(new RegExp(`context ${context}.*log in again`));
    expect(expired.exitCode).toBe(3);
    const nowhere = await withKubeconfig(kubeconfig, ["run", "--cluster", "kubeconfig", "--context", "nowhere"]);
    expect(nowhere.stderr).toMatch(new RegExp(`context "nowhere".*--context.*${context}`));
    expect(nowhere.exitCode).toBe(2);
    const none = await withKubeconfig("/dev/null", ["run", "--cluster", "kubeconfig"]);
    expect(none.stderr).toMatch(/no current context.*--context NAME.*KUBECONFIG/);
    expect(none.exitCode).toBe(2);
    const many = await withKubeconfig(kubeconfig, [
      "run",
      ...clusterFlags(),
      ...SHORT_RUN,
      "--nodes",
      "3",
      "--out",
      join(temporaryDir(), "out"),
    ]);
    expect(many.stderr).toMatch(/2 usable nodes/);
    expect(many.exitCode).toBe(3);
  });

  test("clean removes the leftovers of a killed run and skips an active run", async () => {
    const { kubeconfig, context } = pluginCluster();
    const running = startCnibench(
      ["run", ...clusterFlags(), ...SHORT_RUN, "--duration", "60", "--out", join(temporaryDir(), "out")],
      { KUBECONFIG: kubeconfig },
    );
    await expect.poll(ownedNamespaces, { timeout: 60_000, interval: 500 }).not.toEqual([]);
    const [first = ""] = await ownedNamespaces();
    const clean = ["clean", "--context", context];
    expect((await withKubeconfig(kubeconfig, clean)).stdout).toContain(`namespace ${first} skipped: owned by process`);
    expect(await ownedNamespaces()).toContain(first);

    running.kill("SIGKILL");
    await running.done;
    expect((await withKubeconfig(kubeconfig, clean)).stdout).toContain(`namespace ${first} removed`);
    expect(await ownedNamespaces()).toEqual([]);
  });
});
