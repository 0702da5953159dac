/**
 * Small shell plugins that name the node's end of a link after the first characters of the container ID, as many
 * published plugins do. They differ in the number of characters and in what DEL deletes. Like many plugins, they write
 * a log and state files, and require the name of the pod.
 */

import { expect } from "vitest";
import { parseNetworkConfig } from "../../cni/conf.ts";
import { BIN, testNetwork, type Lab } from "./lab.ts";

export interface LinkNamePlugin {
  readonly name: string;
  readonly script: string;
}

/** Uses bash, jq, and host-local for addresses. */
const script = (host: string, deletion: string): string => `#!/bin/bash
input=$(cat)
host=${host}
ipam() { printf '%s' "$input" | "\${CNI_PATH%%:*}/host-local"; }
fail() { printf '{"cniVersion":"1.0.0","code":%s,"msg":"%s"}' "$1" "$2"; exit 1; }
inside() { nsenter --net="$CNI_NETNS" "$@"; }
[ -n "$CNI_CONTAINERID" ] || [ "$CNI_COMMAND" = VERSION ] || fail 4 CNI_CONTAINERID
write() { mkdir -p /var/lib/linknames /srv/linknames &&
  echo "$CNI_CONTAINERID" | tee -a /var/log/linknames.log /var/lib/linknames/ids >>/srv/linknames/ids; }
mac() { sed -n 's/.*ether \\([^ ]*\\).*/\\1/p'; }
case $CNI_COMMAND in
VERSION) echo '{"cniVersion":"1.0.0","supportedVersions":["0.3.1","0.4.0","1.0.0"]}' ;;
ADD)
  [ -e "$CNI_NETNS" ] || fail 4 CNI_NETNS
  case ";$CNI_ARGS" in *";K8S_POD_NAME="?*) ;; *) fail 100 "no pod name in CNI_ARGS" ;; esac
  write 2>/dev/null || fail 5 "cannot write files"
  lease=$(ipam) || { printf '%s' "$lease"; exit 1; }
  read -r address gateway < <(jq -r '.ips[0] | "\\(.address) \\(.gateway)"' <<<"$lease")
  until ip -o addr show dev lnb0 up 2>/dev/null | grep -q "$gateway"; do
    ip link add lnb0 type bridge 2>/dev/null && ip addr add "$gateway/24" dev lnb0 && ip link set lnb0 up
  done
  echo 1 >/proc/sys/net/ipv4/ip_forward
  if ! error=$(ip link add "$host" type veth peer name "$CNI_IFNAME" netns "$CNI_NETNS" 2>&1); then
    CNI_COMMAND=DEL ipam >/dev/null
    fail 100 "$host: $error"
  fi
  ip link set "$host" master lnb0 up
  inside sh -ec 'ip addr add "$2" dev "$1"; ip link set "$1" up; ip route add default via "$3"' \\
    sh "$CNI_IFNAME" "$address" "$gateway"
  jq --arg bridge "$(ip -o link show lnb0 | mac)" --arg host "$host" --arg hostMac "$(ip -o link show "$host" | mac)" \\
    --arg name "$CNI_IFNAME" --arg mac "$(inside ip -o link show "$CNI_IFNAME" | mac)" --arg netns "$CNI_NETNS" \\
    '{cniVersion: "1.0.0", ips: [.ips[] | .interface = 2], routes, dns: {}, interfaces: [{name: "lnb0", mac: $bridge},
      {name: $host, mac: $hostMac}, {name: $name, mac: $mac, sandbox: $netns}]}' <<<"$lease" ;;
DEL)
  ipam || exit 1
  ${deletion} ;;
CHECK) ip link show "$host" >/dev/null 2>&1 || fail 100 "no link $host"; ipam || exit 1 ;;
*) fail 4 CNI_COMMAND ;;
esac
exit 0
`;

const BY_HOST_LINK = 'ip link delete "$host" 2>/dev/null';
const BY_CONTAINER_LINK = '[ -z "$CNI_NETNS" ] || inside ip link delete "$CNI_IFNAME" 2>/dev/null';

/** The name of a link has at most 15 characters. */
export const LINK_NAME_PLUGINS: readonly LinkNamePlugin[] = [
  { name: "first7", script: script('"vethwepl${CNI_CONTAINERID:0:7}"', BY_CONTAINER_LINK) },
  { name: "first8", script: script('"veth${CNI_CONTAINERID:0:8}"', BY_HOST_LINK) },
  { name: "first11", script: script('"cali${CNI_CONTAINERID:0:11}"', BY_HOST_LINK) },
  { name: "first12", script: script('"vth${CNI_CONTAINERID:0:12}"', BY_CONTAINER_LINK) },
  { name: "first13", script: script('"v-${CNI_CONTAINERID:0:13}"', BY_HOST_LINK) },
];

/** Returns the configuration of a network, which has the name of its plugin. */
export function linkNameConfig(type: string, subnet: string): string {
  const ipam = { type: "host-local", subnet, routes: [{ dst: "0.0.0.0/0" }] };
  return JSON.stringify({ cniVersion: "1.0.0", name: type, plugins: [{ type, isGateway: true, ipam }] });
}

const CLAUSES = [
  "env.containerid.*",
  "add.creates",
  "add.connect.peer",
  "conc.add",
  "conc.del",
  "del.env.ids",
  "del.link.gone",
  "del.ok",
  "del.others",
  "del.same-pod",
].join(",");

/** The result of {@link notPassed} for each of the plugins. */
export const ONLY_DEVIATION = expect.stringMatching(/^env\.containerid\.distinct fail .*exists/) as string;

/** Tests a plugin with the clauses that other names of links can break. @returns those that did not pass, with why */
export async function notPassed(lab: Lab, { name, script: text }: LinkNamePlugin): Promise<readonly string[]> {
  await lab.cluster.putFiles(lab.node, [{ path: `${BIN}/${name}`, mode: 0o755, source: { text } }]);
  const list = parseNetworkConfig(linkNameConfig(name, "10.99.0.0/24"), name);
  const settings = { pluginPath: [BIN], versions: ["1.0.0"], only: CLAUSES, jobs: 2 } as const;
  const { conformance } = await testNetwork(lab, list, settings);
  return conformance
    .filter(({ status }) => status !== "pass")
    .map(({ clause, status, got = "" }) => `${clause} ${status} ${got}`);
}
