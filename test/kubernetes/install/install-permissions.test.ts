/** The permissions that an installation requires and the user lacks. */
import { describe, expect, test } from "vitest";
import type { Kubectl } from "../../../kubernetes/client.ts";
import {
  deniedInstallPermissions,
  grantPermissions,
  objectPermissions,
} from "../../../kubernetes/install/install-permissions.ts";
import { describePermission, type Permission } from "../../../kubernetes/permissions.ts";
import { plugins } from "../../../plugins/index.ts";
import { fakeKubectl, printed, reviewing } from "../../helpers/fake-kubectl.ts";
import { KUBERNETES_CONTEXT } from "../../helpers/kubernetes-context.ts";

const { signal } = new AbortController();
const described = (permissions: readonly Permission[]): readonly string[] => permissions.map(describePermission);

function objectsOf(name: "flannel" | "weave"): readonly unknown[] {
  const made = plugins[name].kubernetes?.install?.(KUBERNETES_CONTEXT);
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

/** Denies the permissions whose JSON matches the pattern. @param resource name of the custom resource */
function denying(pattern: string, resource = "felixes"): Kubectl {
  return fakeKubectl({
    create: reviewing(pattern),
    "get --raw": { exitCode: 1, stderr: "Error from server (NotFound)" },
    "get --raw /apis/crd.example.org/v1": printed({ resources: [{ kind: "Felix", name: resource }] }),
  }).kubectl;
}

describe("denied permissions", () => {
  test("granted permissions are only required without permission to escalate", async () => {
    const notHeld = '"verb":"[*]"|"resource":"nodes"';
    expect(await deniedInstallPermissions(denying(notHeld), objectsOf("flannel"), signal)).toEqual([]);
    const escalation = denying(`${notHeld}|"verb":"escalate"`);
    const denied = await deniedInstallPermissions(escalation, objectsOf("flannel"), signal);
    expect(described(denied)).toEqual(
      ["get", "list", "watch"]
        .map((verb) => `${verb} nodes (because role flannel grants it)`)
        .concat("patch nodes/status (because role flannel grants it)"),
    );
  });

  test("custom kinds have the resource names that the API lists", async () => {
    const felix = { apiVersion: "crd.example.org/v1", kind: "Felix", metadata: { name: "default" } };
    const denied = await deniedInstallPermissions(denying('"verb":"[*]"|"group":"crd', "felines"), [felix], signal);
    expect(described(denied)).toContain("create felines.crd.example.org (to install and uninstall the plugin)");
  });
});
