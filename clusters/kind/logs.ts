/** What the nodes of a cluster logged, kept with the run: of each file its end, and of all not more than a limit. */
import { cp, lstat, open, readdir, rm, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { localShell } from "../../core/local.ts";
import { makeTempDir } from "../temp-dir.ts";

/** Kind of the folder that they are taken apart in. */
export const LOGS_TEMP_DIR = "logs";

/** Seconds to get them out of the nodes. */
const EXPORT_TIMEOUT_S = 120;
/** Bytes: of one file, and of the folder that the logs of all clusters of a run go to. */
const MAX_LOG_BYTES = { perFile: 1024 * 1024, perRun: 200 * 1024 * 1024 } as const;

/** Puts what `kind export logs` gives into `folder`/`name`. Nothing of it fails a run: not a full disk either. */
export async function saveLogs(name: string, dir: string): Promise<void> {
  await exportLogs(name, dir).catch(() => undefined);
}

async function exportLogs(name: string, folder: string): Promise<void> {
  const exportDir = await makeTempDir(LOGS_TEMP_DIR);
  try {
    await localShell().exec(["kind", "export", "logs", exportDir, "--name", name], { timeout: EXPORT_TIMEOUT_S });
    let bytes = 0;
    for (const file of await regularFiles(exportDir)) bytes += await truncateToEnd(file);
    if (bytes + (await directorySize(folder)) <= MAX_LOG_BYTES.perRun)
      await cp(exportDir, join(folder, name), { recursive: true, filter: isNotSymlink });
  } finally {
    await rm(exportDir, { recursive: true, force: true });
  }
}

/** What a node made may lead anywhere on this machine. */
async function isNotSymlink(path: string): Promise<boolean> {
  return !(await lstat(path)).isSymbolicLink();
}

/** @returns bytes that are left of it */
async function truncateToEnd(file: string): Promise<number> {
  const { size } = await stat(file);
  if (size <= MAX_LOG_BYTES.perFile) return size;
  const handle = await open(file, "r+");
  try {
    const end = Buffer.alloc(MAX_LOG_BYTES.perFile);
    await handle.read(end, 0, MAX_LOG_BYTES.perFile, size - MAX_LOG_BYTES.perFile);
    const head = Buffer.from(`(${size - MAX_LOG_BYTES.perFile} bytes before this are left out)\n`);
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
