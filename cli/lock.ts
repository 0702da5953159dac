/** Locks that no file holds: abstract sockets, which the kernel takes away with the process that has them. */
import { statSync, type BigIntStats } from "node:fs";
import { createServer, type Server } from "node:net";
import { EnvironmentError } from "../core/errors.ts";

/** One measuring run per host at a time: two would measure each other. @throws EnvironmentError when another run holds it. */
export async function lockHost(): Promise<() => void> {
  const server = await acquire("measuring", "another cnibench is measuring on this host; wait until it has ended");
  server.unref();
  return () => void server.close();
}

/** One process per run folder. Held until this process ends. @throws EnvironmentError when another one has it. */
export async function lockRunDir(dir: string): Promise<void> {
  const folder = statOrNull(dir);
  if (folder === null) return; // whoever reads it tells so
  const server = await acquire(
    `run-${folder.dev}-${folder.ino}`,
    `another cnibench is writing to ${dir}; wait until it has ended`,
  );
  server.unref();
}

function statOrNull(dir: string): BigIntStats | null {
  try {
    return statSync(dir, { bigint: true });
  } catch {
    return null;
  }
}

async function acquire(name: string, message: string): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "EADDRINUSE" ? new EnvironmentError(message) : error),
    );
    server.listen(`\0cnibench-${name}`, resolve);
  });
  return server;
}
