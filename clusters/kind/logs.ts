/** Saves the logs of a cluster's nodes with the run: the end of each file, up to a limit for all of them. */
import { cp, lstat, open, readdir, rm, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import type { Host } from "../../core/host.ts";
import { makeTempDir } from "../../core/temp-dir.ts";

/** Seconds to export the logs from the nodes. */
const EXPORT_TIMEOUT_S = 120;
/** Maximum size of one file, and of the directory that collects the logs of all clusters of a run. */
const MAX_LOG_BYTES = { perFile: 1024 * 1024, perRun: 200 * 1024 * 1024 } as const;

/** Saves the output of `kind export logs` in `dir`/`name`. Never fails the run, even on a full disk. */
export async function saveLogs(host: Host, name: string, dir: string): Promise<void> {
  await exportLogs(host, name, dir).catch(() => undefined);
}

async function exportLogs(host: Host, name: string, dir: string): Promise<void> {
  const exportDir = makeTempDir(host, "logs");
  try {
    await host.shell.exec(["kind", "export", "logs", exportDir, "--name", name], { timeout: EXPORT_TIMEOUT_S });
    let bytes = 0;
    for (const file of await regularFiles(exportDir)) bytes += await truncateToEnd(file);
    if (bytes + (await directorySize(dir)) <= MAX_LOG_BYTES.perRun)
      await cp(exportDir, join(dir, name), { recursive: true, filter: isNotSymlink });
  } finally {
    await rm(exportDir, { recursive: true, force: true });
  }
}

/** Excludes symbolic links, because one created by a node could point anywhere on this host. */
async function isNotSymlink(path: string): Promise<boolean> {
  return !(await lstat(path)).isSymbolicLink();
}

/** Keeps only the end of a large file. @returns the remaining size in bytes */
async function truncateToEnd(file: string): Promise<number> {
  const { size } = await stat(file);
  if (size <= MAX_LOG_BYTES.perFile) return size;
  const handle = await open(file, "r+");
  try {
    const end = Buffer.alloc(MAX_LOG_BYTES.perFile);
    await handle.read(end, 0, MAX_LOG_BYTES.perFile, size - MAX_LOG_BYTES.perFile);
    const head = Buffer.from(`(${size - MAX_LOG_BYTES.perFile} earlier bytes omitted)\n`);
    await handle.write(Buffer.concat([head, end]), 0, undefined, 0);
    await truncate(file, head.length + MAX_LOG_BYTES.perFile);
    return head.length + MAX_LOG_BYTES.perFile;
  } finally {
    await handle.close();
  }
}

async function directorySize(dir: string): Promise<number> {
  let bytes = 0;
  for (const file of await regularFiles(dir)) bytes += (await stat(file)).size;
  return bytes;
}

async function regularFiles(dir: string): Promise<readonly string[]> {
  const names = await readdir(dir, { recursive: true }).catch(() => []);
  const found = await Promise.all(
    names.map(async (name) => ((await lstat(join(dir, name))).isFile() ? [join(dir, name)] : [])),
  );
  return found.flat();
}
