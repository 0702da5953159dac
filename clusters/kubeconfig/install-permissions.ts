/** What the user may not do in the cluster that a plugin's installation needs: told by the objects that it is made of. */
import { valueAt, stringAt } from "../../core/json.ts";
import type { Kubectl } from "../kubernetes/kubectl.ts";
import { guessResourceName } from "../kubernetes/resource-name.ts";
import { deniedPermissions, type Permission } from "./permissions.ts";

const RBAC_GROUP = "rbac.authorization.k8s.io";
const INSTALL_VERBS = ["get", "list", "watch", "create", "patch", "delete"];
const INSTALL_PURPOSE = "to install the plugin and to take it off";
/** Who may this may make roles of any rules; others only of what they may themselves (Kubernetes, "Privilege escalation prevention"). */
const ESCALATE: Permission = {
  verb: "escalate",
  resource: "clusterroles",
  group: RBAC_GROUP,
  purpose: "to make roles",
};

/**
 * @param objects as the API gets them
 * @returns those that are denied; empty: none.
 * @throws EnvironmentError when the API does not answer reviews.
 */
export async function deniedInstallPermissions(
  kubectl: Kubectl,
  objects: readonly unknown[],
  signal: AbortSignal,
): Promise<readonly Permission[]> {
  const granted = grantPermissions(objects);
  const denied = await deniedPermissions(kubectl, [...objectPermissions(objects), ESCALATE, ...granted], signal);
  return denied.includes(ESCALATE)
    ? denied.filter((one) => one !== ESCALATE)
    : denied.filter((one) => !granted.includes(one));
}

/** To make and to delete the objects. Pure. */
export function objectPermissions(objects: readonly unknown[]): readonly Permission[] {
  return distinct(
    objects.flatMap((object) => {
      const group = apiGroup(stringAt(object, "apiVersion") ?? "");
      const resource = resourceName(stringAt(object, "kind") ?? "", group, objects);
      return INSTALL_VERBS.map((verb) => ({
        verb,
        resource,
        group,
        ...namespaceScope(object),
        purpose: INSTALL_PURPOSE,
      }));
    }),
  );
}

/** What the roles among the objects allow. Pure. */
export function grantPermissions(objects: readonly unknown[]): readonly Permission[] {
  const roles = objects.filter(
    (object) =>
      apiGroup(stringAt(object, "apiVersion") ?? "") === RBAC_GROUP &&
      /^(Cluster)?Role$/.test(stringAt(object, "kind") ?? ""),
  );
  return distinct(
    roles.flatMap((role) => {
      const base = {
        ...namespaceScope(role),
        purpose: `to allow it by the role ${stringAt(role, "metadata", "name") ?? ""}`,
      };
      return items(role, "rules").flatMap((rule) =>
        rulePermissions(rule).map((attributes) => ({ ...attributes, ...base })),
      );
    }),
  );
}

/** Every combination of a rule. Rules of paths have none: the API itself refuses those. */
function rulePermissions(rule: unknown): readonly Omit<Permission, "purpose">[] {
  const names = strings(rule, "resourceNames");
  return strings(rule, "apiGroups").flatMap((group) =>
    strings(rule, "resources").flatMap((path) => {
      const [resource = "", subresource] = path.split("/");
      const what = { group, resource, ...(subresource === undefined ? {} : { subresource }) };
      return strings(rule, "verbs").flatMap((verb) =>
        names.length === 0 ? [{ verb, ...what }] : names.map((name) => ({ verb, ...what, name })),
      );
    }),
  );
}

function apiGroup(apiVersion: string): string {
  return apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
}

/** A definition among the objects tells it; Kubernetes' own kinds follow the rules of English. */
function resourceName(kind: string, group: string, objects: readonly unknown[]): string {
  const definition = objects.find(
    (one) =>
      stringAt(one, "kind") === "CustomResourceDefinition" &&
      stringAt(one, "spec", "group") === group &&
      stringAt(one, "spec", "names", "kind") === kind,
  );
  return stringAt(definition, "spec", "names", "plural") ?? guessResourceName(kind);
}

function namespaceScope(object: unknown): { readonly namespace?: string } {
  const namespace = stringAt(object, "metadata", "namespace");
  return namespace === null ? {} : { namespace };
}

function items(object: unknown, key: string): readonly unknown[] {
  const value = valueAt(object, key);
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function strings(object: unknown, key: string): readonly string[] {
  return items(object, key).filter((one) => typeof one === "string");
}

function distinct(permissions: readonly Permission[]): readonly Permission[] {
  return [...new Map(permissions.map((one) => [JSON.stringify({ ...one, purpose: "" }), one])).values()];
}
