/** Lies about the life of containers: refusals, other attachments, GC, STATUS, concurrency, leaks. */
import { after, failIf, print, refuse, type Lie } from "./lie.ts";

/** Only one at a time, and whoever comes second fails. */
const alone = (when: string): string => `${when}) mkdir /tmp/alone 2>/dev/null || { ${refuse("busy")}; }; out=$(real); code=$?; sleep 0.1; rmdir /tmp/alone; echo "$out"; exit $code ;;`;
const leases = "/var/lib/cni/simplecni";

export const LIFE_LIES: readonly Lie[] = [
  { name: "foreign-link-replaced", base: "bridge", script: `ADD) inside link del "$CNI_IFNAME" 2>/dev/null; real ;;`, kills: ["add.existing-ifname", "add.duplicate"] },
  { name: "missing-netns-is-fine", base: "bridge", script: `ADD) nsenter --net="$CNI_NETNS" true 2>/dev/null || { echo '{"cniVersion":"1.0.0"}'; exit 0; }; real ;;`, kills: ["add.netns.missing", "add.netns.notnetns"] },
  { name: "one-interface-only", base: "bridge", script: failIf("ADD", `[ "$CNI_IFNAME" = eth1 ]`), kills: ["add.multi-ifname", "add.multi-network"] },
  { name: "tombstone", base: "bridge", script: `ADD) [ ! -e "/tmp/gone-$CNI_CONTAINERID" ] || { ${refuse("gone")}; }; real ;;\nDEL) : >"/tmp/gone-$CNI_CONTAINERID"; real ;;`, kills: ["add.readd"] },
  { name: "touches-others", base: "bridge", script: `ADD) ip link set wit0 mtu 1400 2>/dev/null; real ;;`, kills: ["add.untouched"] },
  { name: "link-elsewhere", base: "bridge", script: `ADD) ip -n outside link add stray0 type bridge; real ;;`, kills: ["add.domain"] },
  { name: "failed-add-keeps-lease", base: "bridge", script: `ADD) inside link show eth0 >/dev/null 2>&1 && { mkdir -p /var/lib/cni/x; echo "$CNI_CONTAINERID" >/var/lib/cni/x/lease; }; real ;;`, kills: ["add.fail.nolease"] },
  { name: "failed-add-keeps-link", base: "bridge", script: `ADD) real || { ip link add left0 type bridge; exit 1; } ;;`, kills: ["add.fail.afterdel"] },
  { name: "failed-add-keeps-lock", base: "bridge", script: `ADD) [ ! -e /tmp/lock ] || { ${refuse("locked")}; }; real || { : >/tmp/lock; exit 1; } ;;`, kills: ["add.fail.retry"] },
  { name: "del-needs-link", base: "bridge", script: failIf("DEL", `! inside link show "$CNI_IFNAME" >/dev/null 2>&1`), kills: ["del.link.gone", "del.netns.unset", "del.after-failed-add"] },
  { name: "del-makes-file", base: "bridge", script: `DEL) real; [ -e "$CNI_NETNS" ] || : >"$CNI_NETNS" ;;`, kills: ["del.sideeffect.path"] },
  { name: "del-needs-prevresult", base: "bridge", version: "0.3.1", script: failIf("DEL", `case $input in *prevResult*) false ;; esac`), kills: ["del.prevresult.absent"] },
  { name: "del-takes-all-links", base: "bridge", script: `DEL) real; for l in $(ip -o link show type veth | sed -n 's/.*: \\(veth[^@]*\\)@.*/\\1/p'); do ip link del "$l"; done; true ;;`, kills: ["del.others"] },
  { name: "del-takes-all-leases", base: "bridge", script: `DEL) real; rm -f /var/lib/cni/networks/*/10.*; true ;;`, kills: ["del.env.ids", "del.others"] },
  { name: "del-takes-both-interfaces", base: "bridge", script: `DEL) inside link del eth0 2>/dev/null; real ;;`, kills: ["del.same-cid", "del.other-network"] },
  { name: "check-without-prevresult", base: "bridge", script: `CHECK) exit 0 ;;`, kills: ["check.prevresult.required", "check.prevresult.consulted", "check.version"] },
  { name: "check-against-later-plugins", base: "bridge", script: failIf("CHECK", "inside route | grep -q 203.0.113"), kills: ["check.later-plugin"] },
  { name: "check-counts-containers", base: "bridge", script: failIf("CHECK", "[ $(ip -o link show type veth | wc -l) -gt 2 ]"), kills: ["check.stable.peers"] },
  { name: "gc-fails", base: "simplecni", version: "1.1.0", script: `GC) ${refuse("no")} ;;`, kills: ["gc.ok", "gc.env"] },
  { name: "gc-needs-name", base: "simplecni", version: "1.1.0", script: failIf("GC", `[ -z "$CNI_IFNAME" ]`), kills: ["gc.env"] },
  { name: "gc-takes-all", base: "simplecni", version: "1.1.0", script: `GC) rm -f ${leases}/*/10.*; exit 0 ;;`, kills: ["gc.valid.kept", "gc.granularity", "gc.othernetwork"] },
  { name: "gc-reads-the-other-key", base: "simplecni", version: "1.1.0", script: `GC) rewritten 'del(."cni.dev/valid-attachments")'; real ;;`, kills: ["gc.key"] },
  { name: "gc-only-once", base: "simplecni", version: "1.1.0", script: `GC) [ ! -e /tmp/gc ] || { ${refuse("again")}; }; : >/tmp/gc; real ;;\nDEL) [ ! -e /tmp/gc ] || { ${refuse("collected")}; }; real ;;`, kills: ["gc.idempotent", "gc.then-del"] },
  { name: "gc-in-old-versions", base: "simplecni", version: "1.1.0", script: `GC|STATUS) rewritten '.cniVersion="1.1.0"'; real ;;`, kills: ["gc.version", "status.version"] },
  { name: "status-never-ready", base: "simplecni", version: "1.1.0", script: `STATUS) ${refuse("no")} ;;`, kills: ["status.ready", "status.env"] },
  { name: "status-takes-something", base: "simplecni", version: "1.1.0", script: `STATUS) : >/var/lib/cni/trial; real ;;`, kills: ["status.pure"] },
  { name: "add-needs-status", base: "simplecni", version: "1.1.0", script: `STATUS) : >/tmp/asked; real ;;\nADD) [ -e /tmp/asked ] || { ${refuse("ask first")}; }; real ;;`, kills: ["status.not-required"] },
  { name: "one-at-a-time", base: "bridge", script: alone("ADD|DEL"), kills: ["conc.add", "conc.mixed"] },
  { name: "one-del-at-a-time", base: "bridge", script: alone("DEL"), kills: ["conc.del"] },
  { name: "a-bridge-for-each", base: "bridge", script: after("ip link add b$$ type bridge; ip addr add 10.99.0.1/24 dev b$$"), kills: ["conc.shared-once"] },
  { name: "leaves-links", base: "bridge", script: `DEL) ip link add left$$ type bridge; real ;;`, kills: ["leak.links"] },
  { name: "leaves-leases", base: "bridge", script: `DEL) inside link del eth0 2>/dev/null; exit 0 ;;`, kills: ["leak.leases"] },
  { name: "leaves-routes", base: "bridge", script: `ADD) ip route add "192.0.2.$(($$ % 250))/32" dev lo; real ;;`, kills: ["leak.routes"] },
  { name: "leaves-qdiscs", base: "tuning", script: `ADD) ip link add "q$$" type bridge; tc qdisc add dev "q$$" root pfifo limit 5; real ;;`, kills: ["leak.qdisc"] },
  { name: "leaves-files", base: "bridge", script: `ADD) mkdir -p /var/lib/cni/x; : >"/var/lib/cni/x/$$"; real ;;`, kills: ["leak.files"] },
  { name: "leaves-mounts", base: "bridge", script: `ADD) mkdir "/tmp/m$$"; mount -t tmpfs x "/tmp/m$$"; real ;;`, kills: ["leak.netns"] },
  { name: "lease-of-nobody", base: "simplecni", script: print("cat") + `\nDEL) cp -a ${leases} /tmp/kept 2>/dev/null; real; cp -a /tmp/kept/. ${leases}/ 2>/dev/null; true ;;`, kills: ["leak.files", "del.lease"] },
];
