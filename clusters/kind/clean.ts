/** Clusters whose process was killed: found by their names, and removed. */
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { localShell } from "../../core/local.ts";
import { run } from "../../core/shell.ts";
import { findTool } from "../../core/tools/find.ts";
import { sweepTemporary } from "../temporary.ts";
import { IMAGES } from "./images.ts";
import { LOGS } from "./logs.ts";
import { folderOf, processOf } from "./names.ts";

/** Seconds to remove one. */
const LIMIT = 120;

/** @returns a sentence for each cluster of cnibench's that is there, and for each folder of a killed process. @throws CommandError */
export async function cleanKind(): Promise<readonly string[]> {
  if (findTool("kind") === null) return []; // whoever has no kind has made nothing with it
  const shell = localShell();
  const names = (await run(shell, ["kind", "get", "clusters"])).split("\n").filter((name) => processOf(name) !== null);
  const sentences: string[] = [];
  for (const name of names) {
    const pid = processOf(name);
    if (existsSync(`/proc/${pid}`)) {
      sentences.push(
        `kind cluster ${name} was left: process ${pid} still runs; remove it by hand with: kind delete cluster --name ${name}`,
      );
      continue;
    }
    await run(shell, ["kind", "delete", "cluster", "--name", name], { timeout: LIMIT });
    await rm(folderOf(name), { recursive: true, force: true });
    sentences.push(`kind cluster ${name} removed`);
  }
  const folders = (await Promise.all([IMAGES, LOGS].map(sweepTemporary))).flat();
  return [...sentences, ...folders.map((folder) => `${folder} removed`)];
}
