/**
 * Creates the seed of a node: an archive on its second drive with its configuration and the keys of its control
 * channel.
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Host } from "../../core/host.ts";
import { UNDERLAY_INTERFACE } from "../../core/model.ts";
import { packageRoot } from "../../core/paths.ts";
import { run } from "../../core/shell.ts";
import { linkNames, nodeAddress, nodeAddress6, UNDERLAY_PREFIX, UNDERLAY_PREFIX6 } from "../nodes/addresses.ts";
import type { BridgeLayout } from "./bridges.ts";
import { controlMac, underlayMac } from "./qemu-command.ts";

const SSHD_CONFIG = `HostKey /run/cnibench/host
AuthorizedKeysFile /run/cnibench/authorized_keys
ListenAddress 10.0.2.15
StrictModes no
UsePAM no
UseDNS no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
X11Forwarding no
AllowTcpForwarding no
MaxSessions 100
`;

/** Creates the key for logging in to all nodes of a cluster: `user` and `user.pub` in the directory. */
export async function createUserKey(host: Host, dir: string): Promise<void> {
  await createKey(host, join(dir, "user"));
}

/** Creates the seed of one node, and adds its host key to `known_hosts` in the directory. @returns the archive */
export async function createSeed(
  host: Host,
  dir: string,
  index: number,
  { nics, mtu }: Pick<BridgeLayout, "nics" | "mtu">,
): Promise<string> {
  const name = `node${index}`;
  const files = join(dir, `${name}-seed`);
  mkdirSync(files, { mode: 0o700 });
  await createKey(host, join(files, "host"));
  const macs = Array.from({ length: nics }, (_, nic) => underlayMac(nic, index));
  writeFileSync(join(files, "node"), `name=${name}\ncontrol=${controlMac(index)}\nnics='${macs.join(" ")}'\n`);
  writeFileSync(join(files, "network"), networkBatch(index, nics, mtu));
  writeFileSync(join(files, "sshd_config"), SSHD_CONFIG);
  copyFileSync(join(dir, "user.pub"), join(files, "authorized_keys"));
  copyFileSync(join(packageRoot(), "clusters/vm/node-init.sh"), join(files, "node-init.sh"));
  copyFileSync(join(packageRoot(), "core/agent/agent.pl"), join(files, "agent.pl"));
  const archive = join(dir, `${name}.tar`);
  await run(host.shell, ["tar", "--create", "--file", archive, "--owner=0", "--group=0", "--directory", files, "."]);
  writeFileSync(join(dir, "known_hosts"), `${name} ${readFileSync(join(files, "host.pub"), "utf8")}`, { flag: "a" });
  return archive;
}

async function createKey({ shell }: Host, file: string): Promise<void> {
  await run(shell, ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "cnibench", "-f", file]);
}

/**
 * Returns lines for `ip -batch`. eth0 gets the addresses; net1, net2, ... are for plugins. Duplicates are
 * impossible: `nodad`.
 */
function networkBatch(index: number, nics: number, mtu: number): string {
  const links = linkNames(nics - 1).flatMap((link) => [`link set ${link} mtu ${mtu}`, `link set ${link} up`]);
  const addresses = [
    `addr add ${nodeAddress(index)}/${UNDERLAY_PREFIX} dev ${UNDERLAY_INTERFACE}`,
    `addr add ${nodeAddress6(index)}/${UNDERLAY_PREFIX6} dev ${UNDERLAY_INTERFACE} nodad`,
  ];
  return [...links, ...addresses, ""].join("\n");
}
