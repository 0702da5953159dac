/** What the nodes of a cluster logged, kept with the run: of each file its end, and of all not more than a limit. */
import { cp, lstat, open, readdir, rm, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { localShell } from "../../core/local.ts";
import { makeTemporary } from "../temporary.ts";

/** Kind of the folder that they are taken apart in. */
export const LOGS = "logs";

/** Seconds to get them out of the nodes. */
const LIMIT = 120;
/** Bytes: of one file, and of the folder that the logs of all clusters of a run go to. */
const BYTES = { file: 1024 * 1024, folder: 200 * 1024 * 1024 } as const;

/** Puts what `kind export logs` gives into `folder`/`name`. Nothing of it fails a run: not a full disk either. */
export async function keepLogs(name: string, folder: string): Promise<void> {
  await exported(name, folder).catch(() => undefined);
}

async function exported(name: string, folder: string): Promise<void> {
  const parts = await makeTemporary(LOGS);
  try {
    await localShell().exec(["kind", "export", "logs", parts, "--name", name], { timeout: LIMIT });
    let bytes = 0;
    for (const file of await filesIn(parts)) bytes += await keepEnd(file);
    if (bytes + (await sizeOf(folder)) <= BYTES.folder)
      await cp(parts, join(folder, name), { recursive: true, filter: isPlain });
  } finally {
    await rm(parts, { recursive: true, force: true });
  }
}

/** What a node made may lead anywhere on this machine. */
async function isPlain(path: string): Promise<boolean> {
  return !(await lstat(path)).isSymbolicLink();
}

/** @returns bytes that are left of it */
async function keepEnd(file: string): Promise<number> {
  const { size } = await stat(file);
  if (size <= BYTES.file) return size;
  const handle = await open(file, "r+");
  try {
    const end = Buffer.alloc(BYTES.file);
    await handle.read(end, 0, BYTES.file, size - BYTES.file);
    const head = Buffer.from(`(${size - BYTES.file} bytes before this are left out)\n`);
    await handle.write(Buffer.concat([head, end]), 0, undefined, 0);
    await truncate(file, head.length + BYTES.file);
    return head.length + BYTES.file;
  } finally {
    await handle.close();
  }
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const file of await filesIn(folder)) bytes += (await stat(file)).size;
  return bytes;
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const found = await Promise.all(
    names.map(async (name) => ((await lstat(join(folder, name))).isFile() ? [join(folder, name)] : [])),
  );
  return found.flat();
}
