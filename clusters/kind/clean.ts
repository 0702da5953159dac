/** Deletes the clusters of killed processes, which are identified by name. */
import { rm } from "node:fs/promises";
import type { Host } from "../../core/host.ts";
import { isAlive } from "../../core/process-identity.ts";
import { run } from "../../core/shell.ts";
import { findTool } from "../../tools/index.ts";
import { clusterDir, clusterOwner } from "./names.ts";

/** Seconds to delete one cluster. */
const DELETE_TIMEOUT_S = 120;

/** @returns one message for each remaining kind cluster. @throws CommandError */
export async function cleanKind(host: Host): Promise<readonly string[]> {
  if (findTool(host, "kind") === null) return []; // without kind no cluster can have been created
  const { shell } = host;
  const messages: string[] = [];
  for (const name of (await run(shell, ["kind", "get", "clusters"])).split("\n")) {
    const owner = clusterOwner(name);
    if (owner === null) continue;
    if (isAlive(owner)) {
      messages.push(
        `kind cluster ${name} skipped: process ${owner.pid} is still running; ` +
          `to remove the cluster, run: kind delete cluster --name ${name}`,
      );
      continue;
    }
    await run(shell, ["kind", "delete", "cluster", "--name", name], { timeout: DELETE_TIMEOUT_S });
    await rm(clusterDir(host, name), { recursive: true, force: true });
    messages.push(`kind cluster ${name} removed`);
  }
  return messages;
}
