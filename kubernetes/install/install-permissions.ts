/**
 * Determines the permissions that installing a plugin requires and the user lacks, from the objects of the
 * installation.
 */
import { listAt, stringAt } from "../../core/untrusted-json.ts";
import type { Kubectl } from "../client.ts";
import { apiGroup, discoverResourceNames, guessResourceName } from "../resource-names.ts";
import { deniedPermissions, type Permission } from "../permissions.ts";
import { readObject, type ObjectState } from "../read.ts";

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
  const names = await discoverNames(kubectl, objects, signal);
  const required = [...objectPermissions(objects, names), ESCALATE, ...granted];
  const denied = await deniedPermissions(kubectl, required, signal);
  return denied.includes(ESCALATE)
    ? denied.filter((one) => one !== ESCALATE)
    : denied.filter((one) => !granted.includes(one));
}

/** Resource names by kind, by API version. */
type ResourceNames = ReadonlyMap<string, ReadonlyMap<string, string>>;

async function discoverNames(
  kubectl: Kubectl,
  objects: readonly unknown[],
  signal: AbortSignal,
): Promise<ResourceNames> {
  const versions = [...new Set(objects.map((object) => readObject(object).apiVersion))];
  return new Map(
    await Promise.all(
      versions.map(async (version) => [version, await discoverResourceNames(kubectl, version, signal)] as const),
    ),
  );
}

/**
 * Returns the permissions to create and delete the objects. Pure.
 * @param names names that the API lists. Default: names of built-in kinds and of the definitions among the objects
 */
export function objectPermissions(
  objects: readonly unknown[],
  names: ResourceNames = new Map(),
): readonly Permission[] {
  const defined = definedNames(objects);
  return distinct(
    objects.map(readObject).flatMap((object) => {
      const { apiVersion, kind } = object;
      const group = apiGroup(apiVersion);
      const resource = names.get(apiVersion)?.get(kind) ?? defined.get(`${group}/${kind}`) ?? guessResourceName(kind);
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

/** Returns the names in the custom resource definitions among the objects, by `group/kind`. */
function definedNames(objects: readonly unknown[]): ReadonlyMap<string, string> {
  return new Map(
    objects
      .filter((object) => readObject(object).kind === "CustomResourceDefinition")
      .flatMap((definition): [string, string][] => {
        const plural = stringAt(definition, "spec", "names", "plural");
        const [group, kind] = [stringAt(definition, "spec", "group"), stringAt(definition, "spec", "names", "kind")];
        return plural === null ? [] : [[`${group ?? ""}/${kind ?? ""}`, plural]];
      }),
  );
}

/** Returns the permissions that the roles among the objects grant. Pure. */
export function grantPermissions(objects: readonly unknown[]): readonly Permission[] {
  return distinct(
    objects.flatMap((object) => {
      const role = readObject(object);
      if (apiGroup(role.apiVersion) !== RBAC_GROUP || !/^(Cluster)?Role$/.test(role.kind)) return [];
      const base = { ...namespaceScope(role), purpose: `because role ${role.name} grants it` };
      return listAt(object, "rules").flatMap((rule) =>
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

function namespaceScope({ namespace }: ObjectState): { readonly namespace?: string } {
  return namespace === null ? {} : { namespace };
}

function strings(object: unknown, key: string): readonly string[] {
  return listAt(object, key).filter((one) => typeof one === "string");
}

function distinct(permissions: readonly Permission[]): readonly Permission[] {
  return [...new Map(permissions.map((one) => [JSON.stringify({ ...one, purpose: "" }), one])).values()];
}
