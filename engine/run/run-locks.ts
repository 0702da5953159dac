/** Locks without files: abstract sockets, which the kernel releases with the process that holds them. */
import { statSync, type BigIntStats } from "node:fs";
import { createServer, type Server } from "node:net";
import { EnvironmentError } from "../../core/errors.ts";

/**
 * Allows one measuring run per host, since two would disturb each other.
 * @returns a function that releases the lock
 * @throws EnvironmentError when another run holds the lock
 */
export async function lockHost(): Promise<() => void> {
  const server = await acquire(
    "measuring",
    "another cnibench process is measuring on this host; wait until it has ended",
  );
  server.unref();
  return () => void server.close();
}

/**
 * Allows one session per run directory.
 * @returns a function that releases the lock
 * @throws EnvironmentError when another session holds the lock
 */
export async function lockRunDir(dir: string): Promise<() => void> {
  const stats = statOrNull(dir);
  if (stats === null) return () => undefined; // reading it will report that
  const server = await acquire(
    `run-${stats.dev}-${stats.ino}`,
    `another cnibench process is writing to ${dir}; wait until it has ended`,
  );
  server.unref();
  return () => void server.close();
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
