/**
 * The SSH command for a node. Accepts only the host key that was created for the node, and uses only the cluster's
 * key.
 */
import { join } from "node:path";

/**
 * Interval of keepalive messages, and how many may be missed. Generous, because an emulated node under load is
 * slow.
 */
const KEEPALIVE = { intervalS: 15, maxMissed: 4 };

/**
 * Returns a command prefix; the next argument is a shell command.
 * @param keyDir directory with `user` and `known_hosts`
 */
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

/** Quotes a path, because ssh treats an unquoted value with spaces as several files. */
function quoted(path: string): string {
  return `"${path}"`;
}

/** Command prefix that enters the network namespace of the node from that of the control channel. */
export const ENTER_NODE_NETWORK = ["nsenter", "--target", "1", "--net", "--"] as const;
