/** Lies about the form of results, prevResult, delegation and addresses, each with the clauses that must notice. */
import { after, print, refuse, type Lie } from "./lie.ts";

/** The test's stand-in for an IPAM plugin, called by the mutant itself. */
const delegate = (command: string): string => `printf %s "$input" | CNI_COMMAND=${command} "\${CNI_PATH%%:*}/cnibench-ipam" >/dev/null 2>&1`;

export const RESULT_LIES: readonly Lie[] = [
  { name: "shape-ips-in-020", base: "bridge", version: "0.2.0", script: print(`jq '.ips=[]'`), kills: ["add.result.shape.020", "add.result.nofuture"] },
  { name: "shape-no-family", base: "bridge", version: "0.4.0", script: print(`jq 'del(.ips[].version)'`), kills: ["add.result.shape.03x", "add.result.shape.ipversion"] },
  { name: "shape-mtu-in-100", base: "bridge", script: print(`jq '.interfaces[].mtu=1500'`), kills: ["add.result.shape.100", "add.result.nofuture"] },
  { name: "shape-unknown-key", base: "simplecni", version: "1.1.0", script: print(`jq '.interfaces[].foo=1'`), kills: ["add.result.shape.110"] },
  { name: "shape-host-bits", base: "bridge", script: print(`jq '.routes[0].dst="10.1.2.3/16"'`), kills: ["add.result.types"] },
  { name: "shape-other-family", base: "bridge", script: print(`jq '.ips[0].gateway="fd00::1"'`), kills: ["add.result.family"] },
  { name: "host-link-untold", base: "bridge", script: print(`jq 'del(.interfaces[1]) | .ips[0].interface=1'`), kills: ["add.result.interfaces.all"] },
  { name: "bad-pci-id", base: "simplecni", version: "1.1.0", script: print(`jq '.interfaces[0].pciID="x"'`), kills: ["add.result.interfaces.optional"] },
  { name: "route-over-loopback", base: "bridge", version: "0.4.0", script: after("inside route del default; inside route add default dev lo"), kills: ["add.result.routes.relevant"] },
  { name: "prevresult-routes-dropped", base: "tuning", script: print(`jq 'del(.routes)'`), kills: ["add.prevresult.pass", "add.prevresult.modify"] },
  { name: "mac-changed-untold", base: "tuning", script: after(`inside link set "$CNI_IFNAME" address 02:00:00:00:00:99`), kills: ["add.prevresult.modify"] },
  { name: "indices-shifted", base: "tuning", script: print(`jq '.ips[0].interface=0'`), kills: ["add.prevresult.indices"] },
  { name: "prevresult-ignored", base: "simplecni", script: `ADD) rewritten 'del(.prevResult)'; real ;;`, kills: ["add.prevresult.interface"] },
  { name: "delegate-without-args", base: "bridge", script: `ADD|CHECK|DEL) CNI_ARGS= real ;;`, kills: ["dlg.env"] },
  { name: "delegate-add-on-check", base: "bridge", script: `CHECK) ${delegate("ADD")}; real ;;`, kills: ["dlg.command", "dlg.check"] },
  { name: "delegate-without-unknown-keys", base: "bridge", script: `ADD|CHECK|DEL) rewritten 'del(.cnibenchUnknown)'; real ;;`, kills: ["dlg.config"] },
  { name: "delegate-address-not-applied", base: "bridge", script: after("inside addr flush dev eth0"), kills: ["dlg.apply", "add.connect.gateway", "add.connect.peer", "add.connect.outside"] },
  { name: "delegate-not-asked-on-check", base: "bridge", script: `CHECK) exit 0 ;;`, kills: ["dlg.check"] },
  { name: "delegate-not-told-without-netns", base: "bridge", script: `DEL) [ -n "$CNI_NETNS" ] || exit 0; real ;;`, kills: ["dlg.del", "del.netns.unset"] },
  { name: "delegate-kept-after-failure", base: "bridge", script: `ADD) inside link show eth0 >/dev/null 2>&1 && { ${delegate("ADD")}; ${refuse("exists")}; }; real ;;`, kills: ["dlg.add.laterfail.del"] },
  { name: "ipam-with-interfaces", base: "host-local", script: print(`jq '.interfaces=[{"name":"x"}]'`), kills: ["ipam.result.nointerfaces"] },
  { name: "ipam-without-address", base: "host-local", script: print(`jq 'del(.ips)'`), kills: ["ipam.result.ips"] },
  { name: "ipam-network-address", base: "host-local", script: print(`sed 's,10.203.0.[0-9]*/,10.203.0.0/,'`), kills: ["ipam.address.inrange"] },
  { name: "ipam-routes-dropped", base: "host-local", script: print(`jq 'del(.routes)'`), kills: ["ipam.routes"] },
  { name: "ipam-one-for-all", base: "host-local", script: print(`sed 's,10.97.0.[0-9]*/,10.97.0.9/,'`), kills: ["ipam.parallel"] },
  { name: "ipam-request-ignored", base: "host-local", script: `ADD) CNI_ARGS= real ;;`, kills: ["ipam.request.taken"] },
  { name: "ipam-no-ipv6", base: "host-local", script: `ADD) case $input in *fd00:*) ${refuse("no")} ;; esac; real ;;`, kills: ["ipam.v6"] },
  { name: "ipam-first-of-two", base: "host-local", version: "0.2.0", script: `ADD) rewritten '.ipam.ranges|=.[:1]'; real ;;`, kills: ["ipam.020.single"] },
];
