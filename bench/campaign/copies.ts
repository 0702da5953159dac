/**
 * Copies of the plugin bridge that are slower on purpose. Each copy but one is a wrapper around the bridge binary that
 * changes the new pod, or the node that the lab created, after the ADD of the original.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { plugins, type BarePlugin } from "../../plugins/index.ts";

/** A slowed copy, which runs against the unmodified plugin. */
export interface SlowedCopy {
  readonly name: CopyName;
  /** The change, in words. */
  readonly change: string;
  /** The headline that the change is about, as `scenario/path/metric`; the change may affect others, too. */
  readonly target: string;
  /** Whether the difference is so large that a campaign must find it. */
  readonly isRequired: boolean;
  readonly plugin: BarePlugin;
}

export const COPY_NAMES = ["rate", "rules", "mtu", "offloads", "sleep"] as const;
export type CopyName = (typeof COPY_NAMES)[number];

/** The unmodified plugin. */
export const ORIGINAL: BarePlugin = plugins.bridge;

const RATE = "2gbit";
const RULES = 500;
/** Bytes; the smallest that every IPv4 host must accept (RFC 791). */
const SMALL_MTU = 576;
/** The cut for CI has fewer runs, which must find the change on a busy machine, too. */
const SLEEP_SECONDS = { full: 0.005, cut: 0.02 } as const;

const THROUGHPUT = "tcp-1/cross-node/throughput";

const factsOf = (sleepSeconds: number): Readonly<Record<CopyName, Pick<SlowedCopy, "change" | "target">>> => ({
  rate: { change: `rate limit of ${RATE} for each pod`, target: THROUGHPUT },
  rules: { change: `${RULES} firewall rules in FORWARD of each node`, target: "tcp-rr/cross-node/transactions" },
  mtu: { change: `MTU of pods ${SMALL_MTU} bytes`, target: THROUGHPUT },
  offloads: { change: "offloads of pods off", target: THROUGHPUT },
  sleep: { change: `sleep of ${sleepSeconds * 1000} ms in ADD`, target: "pods/same-node/add-time" },
});

/**
 * Shell commands that slow a new pod. The loop adds rules that match no packet (192.0.2.1 is reserved for
 * documentation), once per node: /run belongs to the node. The Perl program is `ethtool --offload` for checksums,
 * scatter-gather, segmentation and merging (SIOCETHTOOL with the constants of linux/ethtool.h), because few nodes have
 * ethtool.
 */
const commandsOf = (sleepSeconds: number): Readonly<Record<Exclude<CopyName, "mtu">, string>> => ({
  rate: `nsenter --net="$CNI_NETNS" tc qdisc add dev "$CNI_IFNAME" root tbf rate ${RATE} burst 1mb latency 20ms`,
  rules: `mkdir /run/cnibench-campaign 2>/dev/null || return 0
  {
    echo '*filter'
    i=0
    while [ $i -lt ${RULES} ]; do
      echo '-A FORWARD -s 192.0.2.1/32 -j DROP'
      i=$((i + 1))
    done
    echo COMMIT
  } | iptables-restore --noflush`,
  offloads: `nsenter --net="$CNI_NETNS" perl -e '
    socket my $socket, 2, 2, 0 or die "socket: $!\\n";
    for my $set (0x17, 0x19, 0x1f, 0x24, 0x2c) {
        my $off = pack "LL", $set, 0;
        ioctl $socket, 0x8946, my $request = pack "a16P", $ARGV[0], $off or die "$ARGV[0]: $!\\n";
    }' "$CNI_IFNAME"`,
  sleep: `sleep ${sleepSeconds}`,
});

/** Tools that the commands run; all nodes have the others. */
const TOOLS: Readonly<Partial<Record<CopyName, readonly string[]>>> = { rules: ["iptables"] };

/** Writes the wrappers to a directory. @returns the copies, which find their wrappers there */
export function writeCopies(dir: string, isCut: boolean): readonly SlowedCopy[] {
  mkdirSync(dir, { recursive: true });
  const sleepSeconds = SLEEP_SECONDS[isCut ? "cut" : "full"];
  const [facts, commands] = [factsOf(sleepSeconds), commandsOf(sleepSeconds)];
  return COPY_NAMES.map((name) => {
    const copy = { name, ...facts[name], isRequired: name === "sleep" };
    if (name === "mtu") return { ...copy, plugin: withSmallMtu(name) };
    writeFileSync(join(dir, nameOf(name)), wrapper(commands[name]), { mode: 0o755 });
    return { ...copy, plugin: wrapped(name, dir) };
  });
}

/** Returns the name of the plugin, which is also that of the wrapper. */
function nameOf(copy: CopyName): string {
  return `${ORIGINAL.name}-${copy}`;
}

/** A pod that could not be slowed must not be measured, so ADD fails then (specification 1.1, section 5, error). */
function wrapper(commands: string): string {
  return `#!/bin/sh
# Slows pods on purpose, after the ADD of the original plugin. Written by cnibench's campaign.
original=\${0%/*}/${ORIGINAL.name}
slow() {
  ${commands}
}
[ "$CNI_COMMAND" = ADD ] || exec "$original"
result=$("$original")
status=$?
if [ $status -eq 0 ] && ! slow >&2; then
  result='{"cniVersion": "${ORIGINAL.bare.specVersion}", "code": 100, "msg": "the campaign cannot slow the pod"}'
  status=1
fi
printf '%s\\n' "$result"
exit $status
`;
}

function wrapped(copy: Exclude<CopyName, "mtu">, dir: string): BarePlugin {
  const { bare } = ORIGINAL;
  const name = nameOf(copy);
  return {
    ...{ ...ORIGINAL, name, binDir: dir },
    bare: {
      ...bare,
      binaries: [name, ...bare.binaries],
      tools: [...bare.tools, ...(TOOLS[copy] ?? [])],
      config: (context) => withType(bare.config(context), name),
    },
  };
}

function withSmallMtu(copy: "mtu"): BarePlugin {
  const { bare } = ORIGINAL;
  const config: BarePlugin["bare"]["config"] = (context) => bare.config({ ...context, underlayMtu: SMALL_MTU });
  return { ...ORIGINAL, name: nameOf(copy), bare: { ...bare, config } };
}

/** Replaces the binary of the first plugin of a network configuration. */
function withType(config: string, type: string): string {
  const list = JSON.parse(config) as { readonly plugins: readonly [object, ...object[]] };
  const [first, ...others] = list.plugins;
  return JSON.stringify({ ...list, plugins: [{ ...first, type }, ...others] });
}
