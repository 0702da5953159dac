/** Asks for consent before a plugin is installed on an existing cluster. */
import { createInterface } from "node:readline/promises";
import { UsageError } from "../../core/errors.ts";
import type { TemporaryInstall } from "../../engine/preflight/installable.ts";

/** Prompts for consent unless `yes`. @throws UsageError if the user declines, or without a terminal */
export async function confirmInstall(
  { reference, inspection: { target, serverUrl } }: TemporaryInstall,
  yes: boolean,
  signal: AbortSignal,
): Promise<void> {
  if (yes) return;
  const effect =
    `--install will install ${reference} on ${target.name} (${serverUrl}) ` + "and change the network of all its nodes";
  if (!process.stdin.isTTY || !process.stderr.isTTY) throw new UsageError(`${effect}; pass --yes to consent`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${effect}. Continue? [y/N] `, { signal }).finally(() => terminal.close());
  if (!/^(y|yes)$/i.test(answer.trim()))
    throw new UsageError("installation declined; omit --install to measure the plugin of the cluster");
}
