/** Deletes the clusters of killed processes, which are identified by name. */
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import type { Host } from "../../core/host.ts";
import { run } from "../../core/shell.ts";
import { findTool } from "../../tools/find.ts";
import { removeStaleTempDirs } from "../../core/temp-dir.ts";
import { IMAGES_TEMP_DIR } from "./images.ts";
import { LOGS_TEMP_DIR } from "./logs.ts";
import { clusterDir, clusterOwnerPid } from "./names.ts";

/** Seconds to delete one cluster. */
const DELETE_TIMEOUT_S = 120;

/** @returns one message for each remaining kind cluster and each stale temporary directory. @throws CommandError */
export async function cleanKind(host: Host): Promise<readonly string[]> {
  if (findTool(host, "kind") === null) return []; // without kind no cluster can have been created
  const { shell } = host;
  const names = (await run(shell, ["kind", "get", "clusters"]))
    .split("\n")
    .filter((name) => clusterOwnerPid(name) !== null);
  const messages: string[] = [];
  for (const name of names) {
    const pid = clusterOwnerPid(name);
    if (existsSync(`/proc/${pid}`)) {
      messages.push(
        `kind cluster ${name} skipped: process ${pid} is still running; ` +
          `to remove the cluster, run: kind delete cluster --name ${name}`,
      );
      continue;
    }
    await run(shell, ["kind", "delete", "cluster", "--name", name], { timeout: DELETE_TIMEOUT_S });
    await rm(clusterDir(host, name), { recursive: true, force: true });
    messages.push(`kind cluster ${name} removed`);
  }
  const tempDirs = (
    await Promise.all([IMAGES_TEMP_DIR, LOGS_TEMP_DIR].map((purpose) => removeStaleTempDirs(host, purpose)))
  ).flat();
  return [...messages, ...tempDirs.map((dir) => `${dir} removed`)];
}
