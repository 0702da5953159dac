/** What an installation needs, told by its objects; and the questions that the API is asked. */
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import {
  deniedInstallPermissions,
  grantPermissions,
  objectPermissions,
} from "../../../clusters/kubeconfig/install-permissions.ts";
import { describePermission, RUN_PERMISSIONS, deniedPermissions } from "../../../clusters/kubeconfig/permissions.ts";
import { Kubectl } from "../../../clusters/kubernetes/kubectl.ts";
import { plugins } from "../../../plugins/index.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";

const { signal } = new AbortController();
const path = process.env.PATH;
afterEach(() => {
  process.env.PATH = path;
});

const told = (permissions: readonly Parameters<typeof describePermission>[0][]): readonly string[] =>
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

describe("what an installation needs", () => {
  test("each plugin's own objects, where they lie", () => {
    const creates = (objects: readonly unknown[]): readonly string[] =>
      told(objectPermissions(objects))
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

  test("plurals: of a definition among the objects, else those of English", () => {
    const definition = {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      spec: { group: "crd.example.org", names: { kind: "Felix", plural: "felixes-of-ours" } },
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
      "felixes-of-ours crd.example.org",
    ]);
  });

  test("what its roles allow", () => {
    expect(told(grantPermissions(objectsOf("flannel")))).toEqual([
      "get pods (to allow it by the role flannel)",
      "get nodes (to allow it by the role flannel)",
      "list nodes (to allow it by the role flannel)",
      "watch nodes (to allow it by the role flannel)",
      "patch nodes/status (to allow it by the role flannel)",
    ]);
    expect(told(grantPermissions(objectsOf("weave")))).toContain(
      "update configmaps weave-net in kube-system (to allow it by the role weave-net)",
    );
  });
});

describe("the questions", () => {
  /** A played API: kubectl answers each review; those whose JSON matches are denied. */
  function denying(pattern: string): { readonly kubectl: Kubectl; readonly rounds: () => number } {
    const folder = temporaryDir();
    const program = join(folder, "kubectl");
    const answer = `const { items } = JSON.parse(require("fs").readFileSync(0, "utf8"));
      for (const one of items) console.log(JSON.stringify({ ...one, status: { allowed: !new RegExp(process.argv[1]).test(JSON.stringify(one.spec)) } }, null, 4));`;
    writeFileSync(join(folder, "answer.cjs"), answer);
    writeFileSync(
      program,
      `#!/bin/sh\necho >>${folder}/calls\nexec ${process.execPath} -e "$(cat ${folder}/answer.cjs)" -- '${pattern}'\n`,
    );
    chmodSync(program, 0o755);
    process.env.PATH = `${folder}:${path}`;
    return {
      kubectl: new Kubectl({ kubeconfig: "/k", context: "c", cache: "/cache" }),
      rounds: () => readFileSync(join(folder, "calls"), "utf8").length,
    };
  }

  test("an administrator is asked one", async () => {
    const { kubectl, rounds } = denying("nothing");
    expect(await deniedPermissions(kubectl, RUN_PERMISSIONS, signal)).toEqual([]);
    expect(rounds()).toBe(1);
  });

  test("others are asked all, and told what is denied", async () => {
    const { kubectl, rounds } = denying('"verb":"[*]"|"subresource":"exec"');
    expect(told(await deniedPermissions(kubectl, RUN_PERMISSIONS, signal))).toEqual([
      "create pods/exec (to run the load tools in pods)",
    ]);
    expect(rounds()).toBe(2);
  });

  test("who may make roles of any rules need not hold them; who may not must", async () => {
    const notHeld = '"verb":"[*]"|"resource":"nodes"';
    expect(await deniedInstallPermissions(denying(notHeld).kubectl, objectsOf("flannel"), signal)).toEqual([]);
    const denied = await deniedInstallPermissions(
      denying(`${notHeld}|"verb":"escalate"`).kubectl,
      objectsOf("flannel"),
      signal,
    );
    expect(told(denied)).toEqual(
      ["get", "list", "watch"]
        .map((verb) => `${verb} nodes (to allow it by the role flannel)`)
        .concat("patch nodes/status (to allow it by the role flannel)"),
    );
  });
});
