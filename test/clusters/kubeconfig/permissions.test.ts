/** The permissions that an installation requires, and the access reviews that are sent to the API. */
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import {
  deniedInstallPermissions,
  grantPermissions,
  objectPermissions,
} from "../../../clusters/kubeconfig/install-permissions.ts";
import { describePermission, RUN_PERMISSIONS, deniedPermissions } from "../../../clusters/kubeconfig/permissions.ts";
import { Kubectl } from "../../../kubernetes/client.ts";
import { localShell } from "../../../core/local.ts";
import { plugins } from "../../../plugins/index.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";

const { signal } = new AbortController();
const path = process.env.PATH;
afterEach(() => {
  process.env.PATH = path;
});

const described = (permissions: readonly Parameters<typeof describePermission>[0][]): readonly string[] =>
  permissions.map(describePermission);
const context = {
  clusterCidr: "10.99.0.0/16",
  nodes: 2,
  loadImage: "load:1",
  apiServer: { host: "control", port: 6443 },
  byDigest: true,
  underlayMtu: 1500,
};

function objectsOf(name: "flannel" | "weave"): readonly unknown[] {
  const made = plugins[name].kubernetes?.install?.(context);
  return made !== undefined && "manifests" in made ? (JSON.parse(made.manifests) as { items: unknown[] }).items : [];
}

describe("required permissions", () => {
  test("the objects of a plugin, with their namespaces", () => {
    const creates = (objects: readonly unknown[]): readonly string[] =>
      described(objectPermissions(objects))
        .filter((one) => one.startsWith("create"))
        .map((one) => one.replace(/ \(.*/, ""));
    expect(creates(objectsOf("flannel"))).toEqual([
      "create namespaces",
      "create serviceaccounts in kube-flannel",
      "create clusterroles.rbac.authorization.k8s.io",
      "create clusterrolebindings.rbac.authorization.k8s.io",
      "create configmaps in kube-flannel",
      "create daemonsets.apps in kube-flannel",
    ]);
    expect(creates(objectsOf("weave"))).toContain("create rolebindings.rbac.authorization.k8s.io in kube-system");
    expect(creates(objectsOf("weave"))).not.toContain("create configmaps in kube-system");
  });

  test("resource names come from a definition among the objects, or are guessed", () => {
    const definition = {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      spec: { group: "crd.example.org", names: { kind: "Felix", plural: "felix-settings" } },
    };
    const kinds = [
      "networking.k8s.io/v1 NetworkPolicy",
      "scheduling.k8s.io/v1 PriorityClass",
      "v1 Endpoints",
      "crd.example.org/v1 Felix",
    ].map((one) => one.split(" "));
    const objects = [definition, ...kinds.map(([apiVersion, kind]) => ({ apiVersion, kind }))];
    expect(
      objectPermissions(objects)
        .filter(({ verb }) => verb === "get")
        .map(({ resource, group }) => `${resource} ${group}`),
    ).toEqual([
      "customresourcedefinitions apiextensions.k8s.io",
      "networkpolicies networking.k8s.io",
      "priorityclasses scheduling.k8s.io",
      "endpoints ",
      "felix-settings crd.example.org",
    ]);
  });

  test("the rules of the roles", () => {
    expect(described(grantPermissions(objectsOf("flannel")))).toEqual([
      "get pods (because role flannel grants it)",
      "get nodes (because role flannel grants it)",
      "list nodes (because role flannel grants it)",
      "watch nodes (because role flannel grants it)",
      "patch nodes/status (because role flannel grants it)",
    ]);
    expect(described(grantPermissions(objectsOf("weave")))).toContain(
      "update configmaps weave-net in kube-system (because role weave-net grants it)",
    );
  });
});

describe("access reviews", () => {
  /** Installs a fake kubectl that answers access reviews and denies those whose JSON matches the pattern. */
  function denying(pattern: string): { readonly kubectl: Kubectl; readonly rounds: () => number } {
    const dir = temporaryDir();
    const kubectlFile = join(dir, "kubectl");
    const script = `const { items } = JSON.parse(require("fs").readFileSync(0, "utf8"));
      const denied = new RegExp(process.argv[1]);
      for (const one of items) {
        const review = { ...one, status: { allowed: !denied.test(JSON.stringify(one.spec)) } };
        console.log(JSON.stringify(review, null, 4));
      }`;
    writeFileSync(join(dir, "answer.cjs"), script);
    writeFileSync(
      kubectlFile,
      `#!/bin/sh\necho >>${dir}/calls\nexec ${process.execPath} -e "$(cat ${dir}/answer.cjs)" -- '${pattern}'\n`,
    );
    chmodSync(kubectlFile, 0o755);
    process.env.PATH = `${dir}:${path}`;
    return {
      kubectl: new Kubectl(localShell(), { kubeconfig: "/k", context: "c", cache: "/cache" }),
      rounds: () => readFileSync(join(dir, "calls"), "utf8").length,
    };
  }

  test("an administrator needs one review", async () => {
    const { kubectl, rounds } = denying("nothing");
    expect(await deniedPermissions(kubectl, RUN_PERMISSIONS, signal)).toEqual([]);
    expect(rounds()).toBe(1);
  });

  test("other users need a second round of reviews, which returns the denied permissions", async () => {
    const { kubectl, rounds } = denying('"verb":"[*]"|"subresource":"exec"');
    expect(described(await deniedPermissions(kubectl, RUN_PERMISSIONS, signal))).toEqual([
      "create pods/exec (to run the load tools in pods)",
    ]);
    expect(rounds()).toBe(2);
  });

  test("granted permissions are only required without permission to escalate", async () => {
    const notHeld = '"verb":"[*]"|"resource":"nodes"';
    expect(await deniedInstallPermissions(denying(notHeld).kubectl, objectsOf("flannel"), signal)).toEqual([]);
    const denied = await deniedInstallPermissions(
      denying(`${notHeld}|"verb":"escalate"`).kubectl,
      objectsOf("flannel"),
      signal,
    );
    expect(described(denied)).toEqual(
      ["get", "list", "watch"]
        .map((verb) => `${verb} nodes (because role flannel grants it)`)
        .concat("patch nodes/status (because role flannel grants it)"),
    );
  });
});
