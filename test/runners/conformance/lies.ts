/** Plugins that lie: a real plugin inside a few lines of sh that change one thing, and the clauses that must notice. */

export interface Lie {
  readonly name: string;
  /** Which plugin is inside. */
  readonly base: "bridge" | "simplecni";
  /** `real` runs the plugin with the same input; its exit code is the mutant's unless the script says otherwise. */
  readonly script: string;
  readonly kills: readonly string[];
}

/** The mutant as a program. */
export function programOf({ base, script }: Lie): string {
  return `#!/bin/sh
input=$(cat)
real() { printf '%s' "$input" | "/opt/cni/bin/${base}"; }
inside() { nsenter --net="$CNI_NETNS" ip "$@"; }
case $CNI_COMMAND in
${script}
*) real ;;
esac
`;
}

const versions = (list: string): string => `VERSION) echo '{"cniVersion":"1.0.0","supportedVersions":[${list}]}' ;;`;
const ALL = `"0.1.0","0.2.0","0.3.0","0.3.1","0.4.0","1.0.0"`;
const refuse = (message: string): string => `echo '{"cniVersion":"1.0.0","code":100,"msg":"${message}"}'; exit 1`;
/** Changes what ADD prints. */
const print = (edit: string): string => `ADD) out=$(real) || { echo "$out"; exit 1; }; echo "$out" | ${edit} ;;`;
/** Does something in the container after a good ADD. */
const after = (deed: string): string => `ADD) out=$(real) || { echo "$out"; exit 1; }; ${deed}; echo "$out" ;;`;

export const LIES: readonly Lie[] = [
  { name: "version-fails", base: "bridge", script: `VERSION) ${refuse("no")} ;;`, kills: ["version.ok", "version.noenv"] },
  { name: "version-without-list", base: "bridge", script: `VERSION) echo '{"cniVersion":"1.0.0"}' ;;`, kills: ["version.shape"] },
  { name: "version-own-highest", base: "simplecni", script: versions(ALL), kills: ["version.echo"] },
  { name: "version-short-and-twice", base: "bridge", script: versions(`"1.0","0.4.0","0.4.0"`), kills: ["version.list.semver"] },
  { name: "version-lists-unreleased", base: "bridge", script: versions(`${ALL},"9.9.9"`), kills: ["version.list.truth.listed"] },
  { name: "version-lists-unserved", base: "bridge", script: versions(`${ALL},"1.1.0"`), kills: ["version.list.truth.listed"] },
  { name: "version-hides-served", base: "bridge", script: versions(`"0.4.0","1.0.0"`), kills: ["version.list.truth.unlisted"] },
  { name: "version-needs-id", base: "bridge", script: `VERSION) [ -n "$CNI_CONTAINERID" ] || { ${refuse("no id")}; }; real ;;`, kills: ["version.noenv"] },
  { name: "version-writes", base: "bridge", script: `VERSION) mkdir -p /var/lib/cni/x; echo x >/var/lib/cni/x/y; real ;;`, kills: ["version.pure"] },
  { name: "result-other-version", base: "bridge", script: print(`sed 's/"cniVersion": "1.0.0"/"cniVersion": "0.4.0"/'`), kills: ["add.result.version", "version.list.truth.listed"] },
  { name: "result-other-name", base: "bridge", script: print(`sed 's/"name": "eth0"/"name": "eth9"/'`), kills: ["add.result.interfaces.container", "add.result.interfaces.exist"] },
  { name: "result-lost-host-link", base: "bridge", script: print(`sed 's/"name": "veth/"name": "gone/'`), kills: ["add.result.interfaces.exist"] },
  { name: "result-other-mac", base: "bridge", script: print(`sed 's/"mac": "../"mac": "fe/'`), kills: ["add.result.interfaces.mac"] },
  { name: "result-resolved-netns", base: "bridge", script: print(`sed 's,"sandbox": "/run/,"sandbox": "/var/run/,'`), kills: ["add.result.interfaces.sandbox"] },
  { name: "result-sandbox-on-host", base: "bridge", script: print(`sed "s,\\"name\\": \\"veth,\\"sandbox\\": \\"$CNI_NETNS\\"\\,&,"`), kills: ["add.result.interfaces.sandbox", "add.result.interfaces.exist"] },
  { name: "result-other-address", base: "bridge", script: print(`sed 's,"address": "10.99.0.[0-9]*/,"address": "10.99.0.200/,'`), kills: ["add.result.ips.onlink", "add.result.ips.complete", "add.result.ips.unique"] },
  { name: "result-other-prefix", base: "bridge", script: print(`sed 's,\\("address": "[0-9.]*\\)/24,\\1/16,'`), kills: ["add.result.ips.onlink"] },
  { name: "result-without-index", base: "bridge", script: print(`sed '/"interface": 2/d'`), kills: ["add.result.ips.index"] },
  { name: "result-index-of-bridge", base: "bridge", script: print(`sed 's/"interface": 2/"interface": 9/'`), kills: ["add.result.ips.index"] },
  { name: "second-address-untold", base: "bridge", script: after("inside addr add 10.99.0.99/24 dev eth0"), kills: ["add.result.ips.complete"] },
  { name: "result-gateway-outside", base: "bridge", script: print(`sed 's/"gateway": "[^"]*"/"gateway": "192.0.2.1"/'`), kills: ["add.result.ips.gateway"] },
  { name: "same-address-twice", base: "bridge", script: `ADD) rm -rf /var/lib/cni/networks; real ;;`, kills: ["add.result.ips.unique"] },
  { name: "route-not-installed", base: "bridge", script: after("inside route del default"), kills: ["add.result.routes.installed"] },
  { name: "route-other-gateway", base: "bridge", script: after("inside route replace default via 10.99.0.77"), kills: ["add.result.routes.installed"] },
  { name: "link-under-other-name", base: "bridge", script: after("inside link set eth0 down; inside link set eth0 name eth7"), kills: ["add.creates", "add.result.interfaces.exist"] },
  { name: "link-left-down", base: "bridge", script: after("inside link set eth0 down"), kills: ["add.up"] },
  { name: "other-end-left-down", base: "bridge", script: after(`ip link set "$(ip -o link | sed -n 's/.*: \\(veth[^@]*\\)@.*/\\1/p' | tail -n1)" down`), kills: ["add.up"] },
  { name: "del-does-and-fails", base: "bridge", script: `DEL) real; ${refuse("no")} ;;`, kills: ["del.ok", "del.never-added"] },
  { name: "del-keeps-link", base: "bridge", script: `DEL) CNI_NETNS= real ;;`, kills: ["del.link"] },
  { name: "del-keeps-lease", base: "bridge", script: `DEL) inside link del eth0 2>/dev/null; exit 0 ;;`, kills: ["del.lease"] },
  { name: "del-keeps-record", base: "simplecni", script: `DEL) cp -a /var/lib/cni /tmp/cni 2>/dev/null; real; cp -a /tmp/cni/. /var/lib/cni/ 2>/dev/null; rm -rf /tmp/cni; exit 0 ;;`, kills: ["del.lease"] },
  { name: "del-only-once", base: "bridge", script: `DEL) inside link show eth0 >/dev/null 2>&1 || { ${refuse("no link")}; }; real ;;`, kills: ["del.idempotent", "del.never-added"] },
  { name: "check-always-fails", base: "bridge", script: `CHECK) ${refuse("no")} ;;`, kills: ["check.after-add"] },
  { name: "check-works-once", base: "bridge", script: `CHECK) [ ! -e /tmp/checked ] || { ${refuse("again")}; }; : >/tmp/checked; real ;;`, kills: ["check.repeat", "check.pure"] },
  { name: "check-adds-route", base: "bridge", script: `CHECK) inside route replace 192.0.2.0/24 dev eth0; real ;;`, kills: ["check.pure"] },
  { name: "check-always-passes", base: "bridge", script: `CHECK) exit 0 ;;`, kills: ["check.tamper.link-deleted", "check.tamper.ip-removed"] },
  { name: "check-looks-at-link-only", base: "bridge", script: `CHECK) inside link show eth0 >/dev/null || { ${refuse("no link")}; } ;;`, kills: ["check.tamper.ip-removed"] },
];
