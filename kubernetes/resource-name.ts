/** The resource name of a Kubernetes kind: `networkpolicies` for `NetworkPolicy`. Pure. */

/** Guesses the name as apimachinery does (`UnsafeGuessKindToResource`). Correct for all built-in kinds. */
export function guessResourceName(kind: string): string {
  const singular = kind.toLowerCase();
  if (singular === "endpoints") return singular;
  if (singular.endsWith("y")) return `${singular.slice(0, -1)}ies`;
  return `${singular}${singular.endsWith("s") ? "es" : "s"}`;
}
