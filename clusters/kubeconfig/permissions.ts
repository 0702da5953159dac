/** What the user may not do in the cluster that a run needs: asked of the API in one pass, before anything is made. */
import { valueAt, stringAt } from "../../core/json.ts";
import { EnvironmentError } from "../../core/errors.ts";
import type { Kubectl } from "../kubernetes/kubectl.ts";

/** Left out: the core group, no subresource, all namespaces, all names. */
export interface Permission {
  readonly verb: string;
  readonly resource: string;
  readonly group?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  /** What it is for, for whoever is asked to grant it. */
  readonly purpose: string;
}

const POLICY_GROUP = "networking.k8s.io";

export const RUN_PERMISSIONS: readonly Permission[] = [
  { verb: "list", resource: "nodes", purpose: "to choose nodes" },
  { verb: "list", resource: "daemonsets", group: "apps", purpose: "to see which plugin is there" },
  { verb: "create", resource: "namespaces", purpose: "to have a place for its own objects" },
  { verb: "list", resource: "namespaces", purpose: "to find what an earlier run left" },
  { verb: "delete", resource: "namespaces", purpose: "to remove everything at the end" },
  { verb: "list", resource: "serviceaccounts", purpose: "to know when a namespace is ready" },
  { verb: "create", resource: "pods", purpose: "to run the load" },
  { verb: "list", resource: "pods", purpose: "to see when pods run" },
  { verb: "create", resource: "pods", subresource: "exec", purpose: "to run the load tools in pods" },
  { verb: "delete", resource: "pods", purpose: "to end those that stand while something is measured" },
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
    purpose: "to measure a rolling replacement",
  })),
];

/** What an administrator may. */
const ADMIN_PERMISSION: Permission = { verb: "*", resource: "*", group: "*", purpose: "to administrate" };

/**
 * An administrator is asked one question: older versions of kubectl put five in a second.
 * @returns those that are denied; empty: none.
 * @throws EnvironmentError when the API does not answer reviews.
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
  // kubectl prints one object, or a list, or one object after the other.
  const reviews = answer
    .split(/^\}\n(?=\{)/m)
    .map((text, i, all) => JSON.parse(i < all.length - 1 ? `${text}}` : text) as unknown);
  const items = reviews.flatMap((review) =>
    Array.isArray(valueAt(review, "items")) ? (valueAt(review, "items") as unknown[]) : [review],
  );
  if (items.length !== wanted.length)
    throw new EnvironmentError(
      `the API answered ${items.length} of ${wanted.length} access reviews; check that self subject access reviews are allowed`,
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

/** The API leaves out of its answer what is empty. */
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

/** `create pods/exec in kube-system (to run the load tools in pods)` */
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
