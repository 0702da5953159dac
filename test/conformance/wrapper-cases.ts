/**
 * Verdicts on real plugins, and wrapper scripts that reverse them: they violate a satisfied clause, or vice versa.
 */
import type { PluginUnderTest } from "../../conformance/under-test/plugin-under-test.ts";
import { afterAdd, failIf, editResult, failWith } from "./plugin-wrapper.ts";
import type { NetworkName } from "./networks.ts";

export interface WrapperCase {
  readonly id: string;
  readonly network: NetworkName;
  /** Default: 1.0.0. */
  readonly version?: string;
  readonly real?: "pass" | "fail" | "skip";
  /** Branches of the wrapper, see plugin-wrapper.ts. */
  readonly script?: string;
  /** Default: the opposite of `real`. */
  readonly scripted?: "pass" | "fail" | "skip";
  readonly facts?: Partial<PluginUnderTest>;
}

const has = (text: string): string => `case $input in *'${text}'*) true ;; *) false ;; esac`;
const WITHOUT_OFFER = `ADD) rewritten 'del(.runtimeConfig)'; real ;;`;
const ADDRESS = `ip=$(printf '%s' "$input" | jq -r '.prevResult.ips[0].address' | cut -d/ -f1)`;
/** A file in place of a daemon that the plugin needs. */
const DAEMON = { prepare: ": >/run/daemon", stopDaemon: "rm /run/daemon" };
const LEASES = "/var/lib/cni/simplecni";
/** Assigns the first free address instead of the next one. */
const FIRST_FREE = `ADD) sed -i 's/"IPIndex":"[0-9]*"/"IPIndex":"1"/' /etc/cni/ipam.config; real ;;`;

const CAPABILITIES: readonly WrapperCase[] = [
  {
    id: "cap.none",
    network: "portmap",
    facts: { offeredCapabilities: [] },
    real: "pass",
    script: `ADD) ${has("runtimeConfig")} || { ${failWith("no")}; }; real ;;`,
  },
  // The real plugin crashes in CHECK.
  {
    id: "cap.none",
    network: "bandwidth",
    facts: { offeredCapabilities: [] },
    real: "fail",
    script: `CHECK) ${has("runtimeConfig")} || exit 0; real ;;`,
  },
  { id: "cap.mac", network: "bridge", real: "pass", script: WITHOUT_OFFER },
  { id: "cap.mac", network: "tuning", real: "pass" },
  { id: "cap.mac.invalid", network: "bridge", real: "pass", script: WITHOUT_OFFER },
  { id: "cap.mac.invalid", network: "tuning", real: "pass" },
  { id: "cap.ips", network: "bridge", real: "pass", script: WITHOUT_OFFER },
  {
    id: "cap.dns",
    network: "dns",
    real: "fail",
    script: editResult(`jq '.dns={nameservers:["192.0.2.53"],search:["a.example.test"]}'`),
  },
  { id: "cap.aliases", network: "portmap", real: "pass", script: failIf("ADD", has("aliases")) },
  { id: "cap.infinibandguid", network: "bridge", real: "pass", script: failIf("ADD", has("infinibandGUID")) },
  { id: "cap.deviceid", network: "bridge", real: "pass", script: failIf("ADD", has("deviceID")) },
  { id: "cap.deviceid", network: "host-device", real: "pass", script: WITHOUT_OFFER },
  { id: "cap.cgroup", network: "host-local", real: "pass", script: failIf("DEL", has("cgroupPath")) },
  {
    id: "cap.portmappings",
    network: "portmap",
    real: "pass",
    script: `ADD) rewritten '.runtimeConfig.portMappings|=map(.protocol="tcp")'; real ;;`,
  },
  {
    id: "cap.portmappings.hostip",
    network: "portmap",
    real: "pass",
    script: `ADD) rewritten '.runtimeConfig.portMappings|=map(del(.hostIP))'; real ;;`,
  },
  { id: "cap.portmappings.del", network: "portmap", real: "pass", script: "DEL) exit 0 ;;" },
  {
    id: "cap.portmappings.invalid",
    network: "portmap",
    real: "pass",
    script: `ADD) ${has(`"hostPort":99999`)} && { printf '%s' "$input" | jq .prevResult; exit 0; }; real ;;`,
  },
  {
    id: "cap.bandwidth",
    network: "bandwidth",
    real: "pass",
    script: `ADD) rewritten '.runtimeConfig.bandwidth|=map_values(.*8)'; real ;;`,
  },
  {
    id: "cap.bandwidth.invalid",
    network: "bandwidth",
    real: "fail",
    script: `DEL) rewritten 'del(.runtimeConfig)'; real ;;`,
  },
  {
    id: "ipam.ranges",
    network: "host-local",
    real: "fail",
    script: `DEL) rewritten '.ipam.ranges=[[{"subnet":"10.203.9.0/24"}]]'; real ;;`,
  },
];

const CHECKS: readonly WrapperCase[] = [
  {
    ...{ id: "check.tamper.rules", network: "masquerade", real: "fail" },
    script: `CHECK)
  real || exit 1
  ${ADDRESS}
  chain=$(iptables -t nat -S POSTROUTING | sed -n "s,.*-s $ip/32 .*-j ,,p")
  [ -n "$chain" ] && [ "$(iptables -t nat -S "$chain" | grep -c ^-A)" = 2 ] || { ${failWith("rules")}; } ;;`,
  },
  { id: "check.tamper.rules", network: "firewall", real: "pass", script: "CHECK) exit 0 ;;" },
  { id: "check.tamper.rules", network: "simplecni", real: "skip" },
  {
    ...{ id: "check.tamper.shaping", network: "bandwidth", real: "fail" },
    script: `ADD)
  tc qdisc show >/tmp/before
  out=$(real) || { echo "$out"; exit 1; }
  tc qdisc show | grep -vxFf /tmp/before >"/tmp/$CNI_CONTAINERID"
  echo "$out" ;;
CHECK)
  real || exit 1
  tc qdisc show >/tmp/now
  found=$(grep -cxFf /tmp/now "/tmp/$CNI_CONTAINERID")
  [ "$found" = "$(wc -l <"/tmp/$CNI_CONTAINERID")" ] || { ${failWith("rates")}; }
  link=$(sed -n 's/^qdisc ingress .* dev \\([^ ]*\\) .*/\\1/p' "/tmp/$CNI_CONTAINERID")
  [ -n "$(tc filter show dev "$link" parent ffff:)" ] || { ${failWith("filter")}; } ;;`,
  },
  { id: "check.tamper.sysctl", network: "tuned", real: "pass", script: "CHECK) exit 0 ;;" },
  {
    id: "check.tamper.policy",
    network: "sbr",
    real: "fail",
    script: `CHECK) ${ADDRESS}; inside rule show | grep -q "from $ip lookup 100" || { ${failWith("rule")}; } ;;`,
  },
  { id: "check.tamper.lease", network: "host-local", real: "pass", script: "CHECK) exit 0 ;;" },
  { id: "check.tamper.lease", network: "bridge", real: "pass", script: "CHECK) exit 0 ;;" },
  // Deleting the lease can be observed if the next container gets its address.
  { id: "check.tamper.lease", network: "simplecni", real: "skip", script: FIRST_FREE, scripted: "pass" },
  { id: "check.tamper.lease", network: "simplecni", script: `${FIRST_FREE}\nCHECK) exit 0 ;;`, scripted: "fail" },
  {
    id: "check.tamper.lease-ip",
    network: "host-local",
    real: "fail",
    script: `CHECK)
  real || exit 1
  ${ADDRESS}
  grep -q "^$CNI_CONTAINERID" "/var/lib/cni/networks/testnet/$ip" || { ${failWith("lease")}; } ;;`,
  },
  { id: "check.tamper.lease-ip", network: "bridge", real: "skip" },
  {
    id: "check.tamper.daemon",
    network: "simplecni",
    facts: DAEMON,
    real: "fail",
    script: failIf("CHECK", "[ ! -e /run/daemon ]"),
  },
  { id: "check.tamper.ip-prefix", network: "bridge", real: "pass", script: "CHECK) exit 0 ;;" },
  { id: "check.tamper.ip-family", network: "bridge", real: "pass", script: "CHECK) exit 0 ;;" },
  { id: "check.tamper.route-table", network: "bridge", real: "pass", script: "CHECK) exit 0 ;;" },
  { id: "check.tamper.route-unlisted", network: "bridge", real: "pass", script: "CHECK) exit 0 ;;" },
  { id: "check.tamper.link-mode", network: "macvlan", real: "pass", script: "CHECK) exit 0 ;;" },
  {
    ...{ id: "check.tamper.host-route", network: "ptp", real: "fail" },
    script: `CHECK)
  real || exit 1
  ${ADDRESS}
  [ -n "$(ip route show "$ip/32")" ] || { ${failWith("route")}; } ;;`,
  },
  { id: "check.tamper.settings", network: "tuned", real: "pass", script: "CHECK) exit 0 ;;" },
  { id: "check.tamper.mtu", network: "simplecni", version: "0.4.0", real: "pass" },
  { id: "check.tamper.mtu", network: "simplecni", version: "1.0.0", real: "pass" },
  {
    id: "check.heal",
    network: "bridge",
    real: "pass",
    script: `CHECK) real || { : >/tmp/failed; exit 1; }; [ ! -e /tmp/failed ] || { ${failWith("once")}; } ;;`,
  },
  { id: "check.heal", network: "tuned", real: "pass" },
  {
    id: "status.daemon",
    network: "simplecni",
    version: "1.1.0",
    facts: DAEMON,
    real: "fail",
    script: failIf("STATUS", "[ ! -e /run/daemon ]"),
  },
];

/** A firewall rule of the container on the node, identified by the container id. */
const RULE = afterAdd(`iptables -A FORWARD -m comment --comment "$CNI_CONTAINERID" -j ACCEPT`);

const DELS: readonly WrapperCase[] = [
  {
    id: "del.undo",
    network: "tuned",
    real: "fail",
    script: `DEL) real && nsenter --net="$CNI_NETNS" sh -c 'echo 4096 >/proc/sys/net/core/somaxconn' ;;`,
  },
  { id: "del.undo", network: "portmap", real: "pass", script: "DEL) exit 0 ;;" },
  { id: "del.netns.gone.host", network: "masquerade", real: "fail" },
  {
    id: "del.netns.gone.host",
    network: "portmap",
    real: "pass",
    script: `DEL) [ -e "$CNI_NETNS" ] || exit 0; real ;;`,
  },
  { id: "del.netns.unset.host", network: "masquerade", real: "fail" },
  {
    id: "del.netns.unset.host",
    network: "portmap",
    real: "pass",
    script: `DEL) [ -n "$CNI_NETNS" ] || exit 0; real ;;`,
  },
  { id: "del.netns.unset.host", network: "simplecni", real: "pass" },
  {
    id: "del.netns.unset.host",
    network: "bandwidth",
    real: "pass",
    script: `DEL) [ -n "$CNI_NETNS" ] || exit 0; real ;;`,
  },
  { id: "del.netns.reused", network: "bridge", real: "pass", script: "DEL) inside link del wit0; real ;;" },
  { id: "del.foreign", network: "bridge", real: "fail" },
  { id: "del.foreign", network: "simplecni", real: "pass", script: `DEL) inside link del "$CNI_IFNAME"; real ;;` },
  {
    id: "del.prevresult.garbage",
    network: "bridge",
    real: "pass",
    script: `DEL) ${has("nolink")} && kill -9 $$; real ;;`,
  },
  {
    id: "del.dependency.down",
    network: "simplecni",
    facts: DAEMON,
    real: "pass",
    script: failIf("DEL", "[ ! -e /run/daemon ]"),
  },
  { id: "gc.stale.host", network: "simplecni", version: "1.1.0", real: "skip" },
  { id: "gc.stale.host", network: "simplecni", version: "1.1.0", script: RULE, scripted: "fail" },
  {
    id: "gc.stale.host",
    network: "simplecni",
    version: "1.1.0",
    script: `${RULE}\nGC) iptables -F FORWARD; real ;;`,
    scripted: "pass",
  },
  // A GC that deletes nothing: its behavior cannot be observed.
  ...["gc.granularity", "gc.key", "gc.continue"].map((id): WrapperCase => ({
    id,
    network: "simplecni",
    version: "1.1.0",
    real: "pass",
    script: "GC) exit 0 ;;",
    scripted: "skip",
  })),
  {
    id: "gc.concurrent",
    network: "simplecni",
    version: "1.1.0",
    real: "pass",
    script: `GC) sleep 0.5; rm -f ${LEASES}/*/10.*; exit 0 ;;`,
  },
];

const REST: readonly WrapperCase[] = [
  {
    id: "add.fail.immediate",
    network: "bridge",
    real: "fail",
    script: `ADD) real || { inside link del "$CNI_IFNAME"; exit 1; } ;;`,
  },
  { id: "add.fail.immediate", network: "ptp", real: "pass" },
  {
    id: "add.multi-network",
    network: "simplecni",
    version: "1.1.0",
    real: "pass",
    script: failIf("ADD", has(`"name":"testnet-b"`)),
    scripted: "skip",
  },
  { id: "add.multi-network", network: "bridge", real: "pass", script: failIf("ADD", has(`"name":"testnet-b"`)) },
  { id: "add.prevresult.020", network: "tuning", version: "0.2.0", real: "pass", script: editResult(`jq 'del(.ip4)'`) },
  { id: "cfg.args.noncrash", network: "tuning", real: "fail", script: `ADD) rewritten 'del(.args)'; real ;;` },
  { id: "cfg.args.noncrash", network: "bridge", real: "pass" },
  {
    id: "cfg.stdin.unreadable",
    network: "bridge",
    real: "pass",
    script: `ADD) [ -n "$input" ] || { echo '{"cniVersion":"1.0.0","code":6,"msg":"empty"}'; exit 1; }; real ;;`,
  },
  { id: "add.result.routes.skipdefault", network: "ptp", version: "0.4.0", real: "pass" },
  {
    id: "cfg.ipmasq.semantics",
    network: "bridge",
    real: "pass",
    script: afterAdd("iptables -t nat -F POSTROUTING 2>/dev/null"),
  },
  { id: "cfg.ipmasq.semantics", network: "ptp", real: "pass" },
  {
    id: "cfg.ipmasq.semantics",
    network: "simplecni",
    real: "skip",
    script: afterAdd("iptables -t nat -A POSTROUTING -j MASQUERADE"),
    scripted: "fail",
  },
  {
    id: "conc.lock.released",
    network: "host-local",
    real: "pass",
    script: `ADD)
  mkdir /tmp/lock 2>/dev/null || { ${failWith("locked")}; }
  real; code=$?; sleep 0.3
  rmdir /tmp/lock; exit $code ;;`,
  },
  { id: "conc.lock.released", network: "simplecni", real: "pass" },
  { id: "err.code3", network: "bridge", real: "fail", script: `GC|STATUS) ${failWith("no")} ;;` },
  { id: "err.code3", network: "simplecni", real: "pass" },
  { id: "err.code11", network: "bridge", real: "pass", script: `ADD) real | sed 's/11/100/'; exit 1 ;;` },
  { id: "leak.procs", network: "bridge", real: "pass", script: "DEL) real; setsid sleep 60 >/dev/null 2>&1 & ;;" },
  {
    id: "leak.sysctl",
    network: "bridge",
    real: "pass",
    script: "ADD) echo 65 >/proc/sys/net/ipv4/ip_default_ttl; real ;;",
  },
  { id: "version.nostdin", network: "bridge", real: "pass", script: failIf("VERSION", `[ -z "$input" ]`) },
  { id: "version.unknown-input", network: "bridge", real: "pass", script: failIf("VERSION", has("9.9.9")) },
];

/** Makes the container reach IPv6 only through its gateway, which has no route to others. */
const WITHOUT_IPV6_PEERS = afterAdd(`inside -6 route replace unreachable fd00:99::/64 metric 1
  inside -6 route replace fd00:99::1/128 dev "$CNI_IFNAME" metric 1`);
const WITHOUT_IPV6_FORWARDING = afterAdd("echo 0 >/proc/sys/net/ipv6/conf/all/forwarding");
/** Adds the address again, with duplicate address detection unless the interface disables it. */
const ADDRESS_AGAIN = `ip=$(inside -6 -o addr show dev "$CNI_IFNAME" scope global | sed 's/.*inet6 \\([^ ]*\\) .*/\\1/')
  inside addr del "$ip" dev "$CNI_IFNAME"
  inside addr add "$ip" dev "$CNI_IFNAME"`;
const TENTATIVE = `nsenter --net="$CNI_NETNS" sh -c 'echo 1 >"/proc/sys/net/ipv6/conf/$0/accept_dad"' "$CNI_IFNAME"
  ${ADDRESS_AGAIN}`;
/** Gives the link a MAC address that depends on its IPv4 address only. */
const MAC_OF_IP = afterAdd(`ip=$(echo "$out" | jq -r '.ips[0].address' | cut -d/ -f1)
  inside link set dev "$CNI_IFNAME" address "$(echo "$ip" | tr . ' ' | xargs printf '02:00:%02x:%02x:%02x:%02x')"`);
const SMALL_HOST_LINK = afterAdd(`for port in /sys/class/net/*/brport; do
    [ ! -e "$port" ] || ip link set dev "$(basename "\${port%/brport}")" mtu 1400
  done`);

const DATA_PATH: readonly WrapperCase[] = [
  {
    id: "add.connect.gateway",
    network: "dual-stack",
    real: "pass",
    script: afterAdd("ip addr del fd00:99::1/64 dev cbr0"),
  },
  { id: "add.connect.peer", network: "dual-stack", real: "pass", script: WITHOUT_IPV6_PEERS },
  { id: "add.connect.outside", network: "dual-stack", real: "pass", script: WITHOUT_IPV6_FORWARDING },
  { id: "add.connect.dualstack", network: "bridge", real: "pass", script: WITHOUT_IPV6_FORWARDING },
  { id: "add.connect.dualstack", network: "macvlan", real: "pass" },
  { id: "add.connect.dualstack", network: "ptp", real: "pass" },
  { id: "add.connect.dualstack", network: "simplecni", real: "skip" },
  { id: "add.connect.mtu", network: "bridge", real: "pass", script: SMALL_HOST_LINK },
  { id: "add.connect.mtu", network: "dual-stack", real: "pass" },
  { id: "add.connect.mtu", network: "ptp", real: "pass" },
  { id: "add.connect.mtu", network: "macvlan", real: "pass" },
  { id: "add.connect.dad", network: "ipv6", real: "pass", script: afterAdd(TENTATIVE) },
  { id: "add.connect.dad", network: "ipv6", script: afterAdd(ADDRESS_AGAIN), scripted: "pass" },
  { id: "add.connect.dad.all", network: "ipv6", real: "pass", script: afterAdd(ADDRESS_AGAIN) },
  { id: "add.connect.dad", network: "bridge", real: "pass" },
  { id: "add.connect.dad", network: "simplecni", real: "skip" },
  { id: "add.connect.reused", network: "bridge", real: "fail", script: MAC_OF_IP },
  { id: "add.connect.reused", network: "ptp", real: "pass" },
  // The kernel announces IPv4 addresses only, because the plugin sets arp_notify, but not ndisc_notify.
  {
    id: "add.connect.reused",
    network: "macvlan",
    real: "fail",
    script: `ADD)
  nsenter --net="$CNI_NETNS" sh -c 'echo 1 >/proc/sys/net/ipv6/conf/default/ndisc_notify'
  real ;;`,
  },
  { id: "cap.portmappings.udp", network: "portmap", real: "pass" },
];

export const WRAPPER_CASES: readonly WrapperCase[] = [...CAPABILITIES, ...CHECKS, ...DELS, ...DATA_PATH, ...REST];
