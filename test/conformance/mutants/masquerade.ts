/** Masquerading of RI: one rule for each IPv4 address, with the name of the node's end as comment. */
import type { CniIp } from "../../../cni/types.ts";
import type { Shell } from "../../../core/shell.ts";
import { runScript } from "./script.ts";
import { isIpv4 } from "./address-range.ts";
import { PluginError } from "./protocol.ts";

const ADD_RULES = `host=$1; shift
for cidr; do
  iptables -w -t nat -A POSTROUTING -s "\${cidr%/*}" ! -d "$cidr" -m comment --comment "$host" -j MASQUERADE
done`;

/** PATTERN VALID...: deletes the rules whose comment matches the pattern, except those with a valid comment. */
const REMOVE_RULES = `pattern=$1; shift
iptables -w -t nat -S POSTROUTING | grep -e "--comment $pattern" | while read -r _ rule; do
  for valid; do case $rule in *"--comment $valid "*) continue 2 ;; esac; done
  iptables -w -t nat -D $rule
done`;

export async function addMasquerade(shell: Shell, host: string, ips: readonly CniIp[]): Promise<void> {
  await runScript(shell, ADD_RULES, host, ...ips.map(({ address }) => address).filter(isIpv4));
}

export async function removeMasquerade(shell: Shell, host: string): Promise<void> {
  await runScript(shell, REMOVE_RULES, `${host} `);
}

/** Removes the rules of attachments of the network that are not valid. */
export async function collectMasquerade(shell: Shell, prefix: string, valid: readonly string[]): Promise<void> {
  await runScript(shell, REMOVE_RULES, prefix, ...valid);
}

/** @throws PluginError if the rule of an address is missing */
export async function checkMasquerade(shell: Shell, host: string, ips: readonly CniIp[]): Promise<void> {
  const rules = (await runScript(shell, "iptables -w -t nat -S POSTROUTING")).filter(
    (rule) => rule.includes(`--comment ${host} `) && rule.includes("MASQUERADE"),
  );
  for (const { address } of ips) {
    const exists = !isIpv4(address) || rules.some((rule) => rule.includes(`-s ${address.split("/")[0] ?? ""}/32 `));
    if (!exists) throw new PluginError(121, `the masquerading rule of ${address} is missing`);
  }
}
