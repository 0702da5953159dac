/** Mutants that remove the objects of others from what containers share. */
import { runScript } from "./script.ts";
import { rc, ri, type Mutant } from "./mutant.ts";

/** BRIDGE CIDR...: removes all other IPv4 addresses of the bridge. */
const REMOVE_OTHER_ADDRESSES = `bridge=$1; shift
ip -4 -o addr show dev "$bridge" | while read -r _ _ _ cidr _; do
  for own; do [ "$cidr" != "$own" ] || continue 2; done
  ip addr del "$cidr" dev "$bridge"
done`;

/** BRIDGE PREFIX: detaches the ports of the bridge whose names do not have the prefix. */
const DETACH_OTHER_PORTS = `for path in /sys/class/net/"$1"/brif/*; do
  case \${path##*/} in "$2"* | "*") ;; *) ip link set dev "\${path##*/}" nomaster ;; esac
done`;

const FLUSH_POSTROUTING = `iptables -w -t nat -S POSTROUTING | grep '^-A' | grep -v -e --comment |
while read -r _ rule; do iptables -w -t nat -D $rule; done`;

/** BRIDGE: removes the routes that lead to the bridge, except that of its address. */
const FLUSH_ROUTES = `ip route flush dev "$1" proto boot`;

const RENDER_TABLE = `nft add table inet ri-filter
nft add chain inet ri-filter forward '{ type filter hook forward priority 0; }'
nft flush chain inet ri-filter forward
nft add rule inet ri-filter forward ct state established accept`;

/** TAG: as ADD_RULE, without its lock. */
const UNLOCKED_RULE = `iptables -w -N CNI-RC 2>/dev/null || true
iptables -w -C FORWARD -j CNI-RC 2>/dev/null || { sleep 0.1; iptables -w -A FORWARD -j CNI-RC; }
iptables -w -A CNI-RC -m comment --comment "$1" -j ACCEPT`;

const UNLOCKED_MASQUERADE = `set -- POSTROUTING -s 10.99.0.0/24 ! -d 10.99.0.0/24 -j MASQUERADE
iptables -w -t nat -C "$@" 2>/dev/null || { sleep 0.1; iptables -w -t nat -A "$@"; }`;

export const SHARED_OBJECTS: readonly Mutant[] = [
  ri(
    {
      number: "M340",
      description: "ADD removes all addresses from the bridge except the gateway's",
      fails: ["add.shared.kept"],
    },
    (original) => ({
      createLinks: async (request, lease, mac) => {
        const links = await original.createLinks(request, lease, mac);
        const gateways = original.gatewaysOf(lease.ips);
        await runScript(request.shell, REMOVE_OTHER_ADDRESSES, original.bridgeOf(request), ...gateways);
        return links;
      },
    }),
  ),
  ri(
    { number: "M341", description: "DEL detaches the ports of others from the bridge", fails: ["del.shared.kept"] },
    (original) => ({
      del: async (request) => {
        await original.del(request);
        const prefix = original.hostLinkPrefix(request.network);
        await runScript(request.shell, DETACH_OTHER_PORTS, original.bridgeOf(request), prefix);
      },
    }),
  ),
  ri(
    {
      number: "M342",
      description: "DEL removes the masquerading rules of others",
      fails: ["del.shared.kept"],
      config: { ipMasq: true },
      requiredTool: "iptables",
    },
    (original) => ({
      removeMasquerade: async (request) => {
        await original.removeMasquerade(request);
        await runScript(request.shell, FLUSH_POSTROUTING);
      },
    }),
  ),
  rc(
    {
      number: "M343",
      description: "ADD removes the rules of others from its chain",
      fails: ["add.shared.kept"],
      config: { rule: true },
      requiredTool: "iptables",
      mayAlsoFail: ["check.*"],
    },
    (original) => ({
      recordState: async (request, changes) => {
        await original.recordState(request, changes);
        await runScript(
          request.shell,
          `iptables -w -S CNI-RC 2>/dev/null | grep '^-A' | grep -v -e --comment |
           while read -r _ rule; do iptables -w -D $rule; done`,
        );
      },
    }),
  ),
  ri(
    { number: "M344", description: "GC removes the routes of others to the bridge", fails: ["gc.shared.kept"] },
    (original) => ({
      gc: async (request) => {
        await original.gc(request);
        await runScript(request.shell, FLUSH_ROUTES, original.bridgeOf(request));
      },
    }),
  ),
  ri(
    {
      number: "M345",
      description: "ADD flushes a chain of nft that others may use",
      fails: ["add.shared.kept"],
      requiredTool: "nft",
      mayAlsoFail: ["leak.*", "del.*", "gc.*", "check.tamper.rules"],
    },
    (original) => ({
      enableForwarding: async (request, lease) => {
        await original.enableForwarding(request, lease);
        await runScript(request.shell, RENDER_TABLE);
      },
    }),
  ),
  ri(
    {
      number: "M438",
      description: "ADD lets the node forward everything",
      fails: ["add.shared.kept"],
      requiredTool: "iptables",
    },
    (original) => ({
      enableForwarding: async (request, lease) => {
        await original.enableForwarding(request, lease);
        await runScript(request.shell, "iptables -w -P FORWARD ACCEPT");
      },
    }),
  ),
  ri(
    {
      number: "M439",
      description: "DEL disables forwarding, which other containers need",
      fails: ["del.shared.kept"],
      mayAlsoFail: ["del.*", "check.*"],
    },
    (original) => ({
      del: async (request) => {
        await original.del(request);
        await runScript(request.shell, "echo 0 >/proc/sys/net/ipv4/ip_forward");
      },
    }),
  ),
  rc(
    {
      number: "M351",
      description: "ADD checks for the jump to its chain, then inserts it without a lock",
      fails: ["conc.shared-once"],
      config: { rule: true },
      requiredTool: "iptables",
      mayAlsoFail: ["conc.*"],
    },
    () => ({ addRule: (request, tag) => runScript(request.shell, UNLOCKED_RULE, tag).then(() => undefined) }),
  ),
  ri(
    {
      number: "M352",
      description: "ADD checks for the masquerading rule of the network, then inserts it without a lock",
      fails: ["conc.shared-once"],
      requiredTool: "iptables",
      mayAlsoFail: ["conc.*"],
    },
    (original) => ({
      enableForwarding: async (request, lease) => {
        await original.enableForwarding(request, lease);
        await runScript(request.shell, UNLOCKED_MASQUERADE);
      },
    }),
  ),
];
