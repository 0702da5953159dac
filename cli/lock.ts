/** One measuring run per host at a time: two would measure each other. */
import { createServer, type Server } from "node:net";
import { EnvironmentError } from "../core/errors.ts";

/** An abstract socket: no file is left behind, and the kernel takes it away with the process that holds it. */
const NAME = "\0cnibench-measuring";

/** @returns how to give the lock back. @throws EnvironmentError when another run holds it. */
export async function lockHost(): Promise<() => void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const busy = error.code === "EADDRINUSE";
      reject(busy ? new EnvironmentError("another cnibench is measuring on this host; wait until it has ended") : error);
    });
    server.listen(NAME, resolve);
  });
  return release(server);
}

function release(server: Server): () => void {
  server.unref();
  return () => void server.close();
}
