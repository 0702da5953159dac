/** Locks without files: abstract sockets, which the kernel releases with the process that holds them. */
import { createServer } from "node:net";

/**
 * Takes a lock of this machine, or of this network namespace if it is a container.
 * @returns a function that releases the lock; null if it is held
 */
export async function trySocketLock(name: string): Promise<(() => void) | null> {
  const server = createServer();
  const taken = await new Promise<boolean>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(false) : reject(error),
    );
    server.listen(`\0cnibench-${name}`, () => resolve(true));
  });
  if (!taken) return null;
  server.unref();
  return () => void server.close();
}
