/** Checks permissions of the user with access reviews of the API. */
import { EnvironmentError } from "../core/errors.ts";
import { listAt, stringAt, valueAt } from "../core/untrusted-json.ts";
import type { Kubectl } from "./client.ts";

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
    valueAt(review, "items") === undefined ? [review] : listAt(review, "items"),
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
