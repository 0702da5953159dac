/** Fetches missing tools into the private cache with the user's consent, or names the command that fetches them. */
import { EnvironmentError } from "../core/errors.ts";
import type { Host } from "../core/host.ts";
import { fetchTools, missingTools, type ToolName } from "../tools/index.ts";
import type { ClusterKind } from "../clusters/index.ts";
import { knownTools } from "../engine/index.ts";
import { confirm } from "./terminal/confirm.ts";

/**
 * Fetches missing tools, after a prompt unless `yes` or `CI` is set.
 * @param command the command that fetches them, for the error
 * @throws EnvironmentError when a tool is missing and may not or cannot be fetched
 */
export async function requireTools(
  host: Host,
  names: readonly ToolName[],
  yes: boolean,
  command = "cnibench setup",
): Promise<void> {
  const missing = missingTools(host, names).map(({ name }) => name);
  if (missing.length === 0) return;
  if (!yes && !host.env.CI && !(await confirmFetch(host, missing))) {
    throw new EnvironmentError(
      `missing: ${missing.join(", ")}; download into a private cache, without root, with: ${command}`,
    );
  }
  await fetchTools(host, missing, { onProgress: (line) => void process.stderr.write(`${line}\n`) });
}

/** Fetches the tools of a cluster kind and, with `yes` or `CI`, runs its setup. @throws EnvironmentError */
export async function prepareKind(host: Host, kind: ClusterKind, flags: { readonly yes?: boolean }): Promise<void> {
  const { yes = false } = flags;
  await requireTools(host, knownTools(kind.tools), yes, `cnibench setup --cluster ${kind.name}`);
  if (yes || host.env.CI)
    await kind.setup?.(host, { flags, onProgress: (line) => void process.stderr.write(`${line}\n`) });
}

function confirmFetch({ signal }: Host, missing: readonly string[]): Promise<boolean | null> {
  return confirm(`Missing: ${missing.join(", ")}. Download them into a private cache (no root)?`, true, signal);
}
