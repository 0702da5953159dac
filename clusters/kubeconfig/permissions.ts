/** Checks the permissions that a run needs with one query to the API, before anything is created. */
import { valueAt, stringAt } from "../../core/json.ts";
import { EnvironmentError } from "../../core/errors.ts";
import type { Kubectl } from "../../kubernetes/client.ts";

/**
 * A permission on API objects. An omitted property means the core group, no subresource, all namespaces or all
 * names.
 */
export interface Permission {
  readonly verb: string;
  readonly resource: string;
  readonly group?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  /** Why cnibench needs it, for the administrator who grants it. */
  readonly purpose: string;
}

const POLICY_GROUP = "networking.k8s.io";

/** The permissions that every run needs. */
export const RUN_PERMISSIONS: readonly Permission[] = [
  { verb: "list", resource: "nodes", purpose: "to choose nodes" },
  { verb: "list", resource: "daemonsets", group: "apps", purpose: "to detect the installed plugin" },
  { verb: "create", resource: "namespaces", purpose: "to create objects in separate namespaces" },
  { verb: "list", resource: "namespaces", purpose: "to find leftovers of earlier runs" },
  { verb: "delete", resource: "namespaces", purpose: "to remove everything at the end" },
  { verb: "list", resource: "serviceaccounts", purpose: "to detect when a namespace is ready" },
  { verb: "create", resource: "pods", purpose: "to run the load" },
  { verb: "list", resource: "pods", purpose: "to detect when pods run" },
  { verb: "create", resource: "pods", subresource: "exec", purpose: "to run the load tools in pods" },
  { verb: "delete", resource: "pods", purpose: "to delete background pods" },
  ...["create", "get", "list", "delete"].map((verb) => ({
    verb,
    resource: "services",
    purpose: "to measure the service paths",
  })),
  ...["create", "list", "delete", "deletecollection"].map((verb) => ({
    verb,
    resource: "networkpolicies",
    group: POLICY_GROUP,
    purpose: "to check network policies",
  })),
  ...["create", "patch"].map((verb) => ({
    verb,
    resource: "deployments",
    group: "apps",
    purpose: "to measure rolling updates",
  })),
];

/** The permission of an administrator, which includes all others. */
const ADMIN_PERMISSION: Permission = { verb: "*", resource: "*", group: "*", purpose: "to administrate" };

/**
 * Returns the permissions that the user lacks. An administrator is recognized with a single review, because older
 * versions of kubectl send only five per second.
 * @throws EnvironmentError if the API does not answer access reviews
 */
export async function deniedPermissions(
  kubectl: Kubectl,
  wanted: readonly Permission[],
  signal: AbortSignal,
): Promise<readonly Permission[]> {
  return (await reviewPermissions(kubectl, [ADMIN_PERMISSION], signal)).length === 0
    ? []
    : reviewPermissions(kubectl, wanted, signal);
}

async function reviewPermissions(
  kubectl: Kubectl,
  wanted: readonly Permission[],
  signal: AbortSignal,
): Promise<readonly Permission[]> {
  const answer = await kubectl.run(["create", "-f", "-", "-o", "json"], { stdin: reviewList(wanted), signal });
  // kubectl prints one object, a list, or several objects in sequence.
  const reviews = answer
    .split(/^\}\n(?=\{)/m)
    .map((text, i, all) => JSON.parse(i < all.length - 1 ? `${text}}` : text) as unknown);
  const items = reviews.flatMap((review) =>
    Array.isArray(valueAt(review, "items")) ? (valueAt(review, "items") as unknown[]) : [review],
  );
  if (items.length !== wanted.length)
    throw new EnvironmentError(
      `the API answered ${items.length} of ${wanted.length} access reviews; ` +
        "make sure that self subject access reviews are allowed",
    );
  return wanted.filter(
    (permission) =>
      !items.some((item) => matchesReview(item, permission) && valueAt(item, "status", "allowed") === true),
  );
}

function reviewList(wanted: readonly Permission[]): string {
  const items = wanted.map((permission) => ({
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectAccessReview",
    spec: { resourceAttributes: reviewAttributes(permission) },
  }));
  return JSON.stringify({ apiVersion: "v1", kind: "List", items });
}

function reviewAttributes({ purpose: _, ...attributes }: Permission): Omit<Permission, "purpose"> {
  return { group: "", ...attributes };
}

/** Compares a review with the permission that it was requested for. The API omits empty fields in its answer. */
function matchesReview(review: unknown, permission: Permission): boolean {
  const expected: Readonly<Record<string, string>> = {
    subresource: "",
    namespace: "",
    name: "",
    ...reviewAttributes(permission),
  };
  return Object.entries(expected).every(
    ([key, value]) => (stringAt(review, "spec", "resourceAttributes", key) ?? "") === value,
  );
}

/** Formats a permission: `create pods/exec in kube-system (to run the load tools in pods)`. */
export function describePermission({
  verb,
  resource,
  group = "",
  subresource,
  namespace,
  name,
  purpose,
}: Permission): string {
  const object = `${resource}${subresource === undefined ? "" : `/${subresource}`}${group === "" ? "" : `.${group}`}`;
  const scope = `${name === undefined ? "" : ` ${name}`}${namespace === undefined ? "" : ` in ${namespace}`}`;
  return `${verb} ${object}${scope} (${purpose})`;
}
