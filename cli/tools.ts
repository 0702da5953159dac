/** Fetches missing tools into the private cache with the user's consent, or names the command that fetches them. */
import { EnvironmentError } from "../core/errors.ts";
import { missingTools } from "../tools/describe.ts";
import { fetchTools } from "../tools/fetch.ts";
import type { ToolName } from "../tools/catalog.ts";
import type { ClusterKind } from "../clusters/cluster-kind.ts";
import { knownTools } from "../engine/preflight/preflight.ts";
import { confirm } from "./terminal/confirm.ts";

/**
 * Fetches missing tools, after a prompt unless `yes` or `CI` is set.
 * @param command the command that fetches them, for the error
 * @throws EnvironmentError when a tool is missing and may not or cannot be fetched
 */
export async function requireTools(
  names: readonly ToolName[],
  yes: boolean,
  signal: AbortSignal,
  command = "cnibench setup",
): Promise<void> {
  const missing = missingTools(names).map(({ name }) => name);
  if (missing.length === 0) return;
  if (!yes && !process.env.CI && !(await confirmFetch(missing, signal))) {
    throw new EnvironmentError(
      `missing: ${missing.join(", ")}; download into a private cache, without root, with: ${command}`,
    );
  }
  await fetchTools(missing, { signal, onProgress: (line) => void process.stderr.write(`${line}\n`) });
}

/** Fetches the tools of a cluster kind and, with `yes` or `CI`, runs its setup. @throws EnvironmentError */
export async function prepareKind(
  kind: ClusterKind,
  flags: { readonly yes?: boolean },
  signal: AbortSignal,
): Promise<void> {
  const { yes = false } = flags;
  await requireTools(knownTools(kind.tools), yes, signal, `cnibench setup --cluster ${kind.name}`);
  if (yes || process.env.CI)
    await kind.setup?.({ signal, flags, onProgress: (line) => void process.stderr.write(`${line}\n`) });
}

function confirmFetch(missing: readonly string[], signal: AbortSignal): Promise<boolean | null> {
  return confirm(`Missing: ${missing.join(", ")}. Download them into a private cache (no root)?`, true, signal);
}
