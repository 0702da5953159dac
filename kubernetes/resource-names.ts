/** Names in the API: the paths of API groups, and the resource names of kinds (`networkpolicies`). */
import { listAt, stringAt, tryParse } from "../core/untrusted-json.ts";
import type { Kubectl } from "./client.ts";

/** Returns the path of an API version: `/apis/apps/v1`. */
export function apiPath(apiVersion: string): string {
  return `/${apiVersion.includes("/") ? "apis" : "api"}/${apiVersion}`;
}

/** Returns the group of an API version; empty for the core group. */
export function apiGroup(apiVersion: string): string {
  return apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
}

/**
 * Guesses a resource name as apimachinery does (`UnsafeGuessKindToResource`). Correct for all built-in kinds; custom
 * kinds may have another name, which {@link discoverResourceNames} returns.
 */
export function guessResourceName(kind: string): string {
  const singular = kind.toLowerCase();
  if (singular === "endpoints") return singular;
  if (singular.endsWith("y")) return `${singular.slice(0, -1)}ies`;
  return `${singular}${singular.endsWith("s") ? "es" : "s"}`;
}

/**
 * Returns the resource names of an API version by kind, as the API lists them. Empty if it does not serve the version,
 * for example before its custom resources are defined.
 */
export async function discoverResourceNames(
  kubectl: Kubectl,
  apiVersion: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const answer = await kubectl.run(["get", "--raw", apiPath(apiVersion)], { signal }).catch(() => "");
  return new Map(
    listAt(tryParse(answer), "resources").flatMap((resource): [string, string][] => {
      const [kind, name] = [stringAt(resource, "kind"), stringAt(resource, "name")];
      // Subresources, such as pods/exec, have kinds of their own.
      return kind === null || name === null || name.includes("/") ? [] : [[kind, name]];
    }),
  );
}
