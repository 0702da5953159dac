/**
 * Determines the permissions that installing a plugin requires and the user lacks, from the objects of the
 * installation.
 */
import { valueAt, stringAt } from "../../core/json.ts";
import type { Kubectl } from "../../kubernetes/client.ts";
import { guessResourceName } from "../../kubernetes/resource-name.ts";
import { deniedPermissions, type Permission } from "./permissions.ts";

const RBAC_GROUP = "rbac.authorization.k8s.io";
const INSTALL_VERBS = ["get", "list", "watch", "create", "patch", "delete"];
const INSTALL_PURPOSE = "to install and uninstall the plugin";
/**
 * Allows creating roles with permissions that the user does not have (Kubernetes, "Privilege escalation
 * prevention").
 */
const ESCALATE: Permission = {
  verb: "escalate",
  resource: "clusterroles",
  group: RBAC_GROUP,
  purpose: "to create roles",
};

/**
 * Returns the permissions that the user lacks.
 * @param objects all objects of the installation
 * @throws EnvironmentError if the API does not answer access reviews
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

/** Returns the permissions to create and delete the objects. Pure. */
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

/** Returns the permissions that the roles among the objects grant. Pure. */
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
        purpose: `because role ${stringAt(role, "metadata", "name") ?? ""} grants it`,
      };
      return items(role, "rules").flatMap((rule) =>
        rulePermissions(rule).map((attributes) => ({ ...attributes, ...base })),
      );
    }),
  );
}

/** Returns every combination in a rule. Rules for non-resource URLs have none: the API itself rejects those. */
function rulePermissions(rule: unknown): readonly Omit<Permission, "purpose">[] {
  const names = strings(rule, "resourceNames");
  return strings(rule, "apiGroups").flatMap((group) =>
    strings(rule, "resources").flatMap((path) => {
      const [resource = "", subresource] = path.split("/");
      const target = { group, resource, ...(subresource === undefined ? {} : { subresource }) };
      return strings(rule, "verbs").flatMap((verb) =>
        names.length === 0 ? [{ verb, ...target }] : names.map((name) => ({ verb, ...target, name })),
      );
    }),
  );
}

function apiGroup(apiVersion: string): string {
  return apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
}

/** Prefers the name in a custom resource definition among the objects. */
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
