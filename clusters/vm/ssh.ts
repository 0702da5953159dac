/** The command that reaches a node: the key of this cluster only, and only the node that has the host key made for it. */
import { join } from "node:path";

/** Seconds between signs of life, and how many may be missed: an emulated node under load is slow. */
const ALIVE = { every: 15, missed: 4 };

/** @param folder with `user` and `known_hosts`. What follows is one line for the node's shell. */
export function sshArgv(folder: string, name: string, port: number): readonly string[] {
  const options = {
    BatchMode: "yes",
    IdentitiesOnly: "yes",
    IdentityFile: quoted(join(folder, "user")),
    UserKnownHostsFile: quoted(join(folder, "known_hosts")),
    GlobalKnownHostsFile: "none",
    StrictHostKeyChecking: "yes",
    HostKeyAlias: name,
    ServerAliveInterval: ALIVE.every,
    ServerAliveCountMax: ALIVE.missed,
    LogLevel: "ERROR",
  };
  return [
    "ssh",
    "-F",
    "none",
    ...Object.entries(options).flatMap(([key, value]) => ["-o", `${key}=${value}`]),
    "-p",
    String(port),
    "root@127.0.0.1",
  ];
}

/** ssh reads several files out of an unquoted value with spaces. */
function quoted(path: string): string {
  return `"${path}"`;
}

/** Into the node's own network, out of that of the control channel. */
export const ENTER = ["nsenter", "--target", "1", "--net", "--"] as const;
