/** Asks for consent before a plugin is installed on an existing cluster. */
import { UsageError } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import type { TemporaryInstall } from "../../engine/index.ts";
import { confirm } from "./confirm.ts";

/** Prompts for consent unless `yes`. @throws UsageError if the user declines, or without a terminal */
export async function confirmInstall(
  { signal }: Host,
  { reference, inspection: { target, serverUrl } }: TemporaryInstall,
  yes: boolean,
): Promise<void> {
  if (yes) return;
  const effect =
    `--install will install ${reference} on ${target.name} (${serverUrl}) ` + "and change the network of all its nodes";
  const confirmed = await confirm(`${effect}. Continue?`, false, signal);
  if (confirmed === null) throw new UsageError(`${effect}; pass --yes to consent`);
  if (!confirmed) throw new UsageError("installation declined; omit --install to measure the plugin of the cluster");
}
