/** The command that reaches a node: the key of this cluster only, and only the node that has the host key made for it. */
import { join } from "node:path";

/** Seconds between signs of life, and how many may be missed: an emulated node under load is slow. */
const KEEPALIVE = { intervalS: 15, maxMissed: 4 };

/** @param keyDir with `user` and `known_hosts`. What follows is one line for the node's shell. */
export function sshArgv(keyDir: string, name: string, port: number): readonly string[] {
  const options = {
    BatchMode: "yes",
    IdentitiesOnly: "yes",
    IdentityFile: quoted(join(keyDir, "user")),
    UserKnownHostsFile: quoted(join(keyDir, "known_hosts")),
    GlobalKnownHostsFile: "none",
    StrictHostKeyChecking: "yes",
    HostKeyAlias: name,
    ServerAliveInterval: KEEPALIVE.intervalS,
    ServerAliveCountMax: KEEPALIVE.maxMissed,
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
export const ENTER_NODE_NETWORK = ["nsenter", "--target", "1", "--net", "--"] as const;
