/** What the kernel does for a node's interface on its own: facts that change a throughput as much as a plugin does (method, rule 18). */
import { stringAt, tryParse } from "../core/json.ts";
import { succeeded, type Shell } from "../core/shell.ts";

export interface LinkFacts {
  /** Queueing discipline: `noqueue`, `fq_codel`; null: not read. */
  readonly qdisc: string | null;
  /** Offloads that are on, of those that matter to loads; null: not read. */
  readonly offloads: readonly string[] | null;
}

const UNDERLAY_INTERFACE = "eth0";

/**
 * Asks the driver as ethtool(8) does (SIOCETHTOOL; the numbers are those of linux/ethtool.h), because ethtool is on few nodes
 * and perl-base on all: checksums, segmentation of what is sent, merging of what is received.
 */
const OFFLOADS_SCRIPT = `
  my %get = ("rx-checksum" => 0x14, "tx-checksum" => 0x16, "scatter-gather" => 0x18, tso => 0x1e, gso => 0x23, gro => 0x2b);
  socket(my $socket, 2, 2, 0) or die "$!\\n";
  for my $name (sort keys %get) {
    my $value = pack("LL", $get{$name}, 0);
    ioctl($socket, 0x8946, my $request = pack("a16P", "${UNDERLAY_INTERFACE}", $value)) or die "$!\\n";
    print "$name\\n" if (unpack("LL", $value))[1];
  }`;

export async function readLinkFacts(node: Shell): Promise<LinkFacts> {
  const [link, offloads] = await Promise.all([
    node.exec(["ip", "-j", "link", "show", UNDERLAY_INTERFACE]),
    node.exec(["perl", "-e", OFFLOADS_SCRIPT]),
  ]);
  const links = succeeded(link) ? tryParse(link.stdout) : null;
  return {
    qdisc: Array.isArray(links) ? stringAt((links as unknown[])[0], "qdisc") : null,
    offloads: succeeded(offloads) ? offloads.stdout.split("\n").filter((name) => name !== "") : null,
  };
}
