/** Notices and questions before a cluster is created or changed. */
import type { ClusterKind, ClusterSpec } from "../../clusters/index.ts";
import { UsageError } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import type { TemporaryInstall } from "../../engine/index.ts";
import { confirm } from "./confirm.ts";

/**
 * Prompts for consent to install a plugin on an existing cluster, unless `yes`.
 * @throws UsageError if the user declines, or without a terminal
 */
export async function confirmInstall(
  { signal }: Host,
  { pluginSpec, inspection: { target, serverUrl } }: TemporaryInstall,
  yes: boolean,
): Promise<void> {
  if (yes) return;
  const effect = `--install will install ${pluginSpec} on ${target.name} (${serverUrl ?? "unknown address"})`;
  const warning = `${effect} and change the network of all its nodes`;
  const confirmed = await confirm(`${warning}. Continue?`, false, signal);
  if (confirmed === null) throw new UsageError(`${warning}; pass --yes to consent`);
  if (!confirmed) throw new UsageError("installation declined; omit --install to measure the plugin of the cluster");
}

/**
 * Prints the notice if the nodes will be emulated. Problems of the cluster are reported elsewhere.
 * @throws the signal's reason
 */
export async function warnIfEmulated(host: Host, kind: ClusterKind, spec: ClusterSpec): Promise<void> {
  if (kind.isEmulated === undefined || (await kind.check(host, spec)).length > 0) return;
  if (await kind.isEmulated(host, spec))
    process.stderr.write(
      "the nodes are emulated in software: verdicts are valid, performance numbers are shown but never ranked\n",
    );
}
