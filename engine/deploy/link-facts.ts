/**
 * Reads the settings of a node's interface that affect throughput as much as a plugin does: queueing discipline and
 * offloads (docs/method.md, "Environment").
 */
import { stringAt, tryParse } from "../../core/json.ts";
import { succeeded, type Shell } from "../../core/shell.ts";

export interface LinkFacts {
  /** Queueing discipline: `noqueue`, `fq_codel`; null if it could not be read. */
  readonly qdisc: string | null;
  /** Enabled offloads that affect loads; null if they could not be read. */
  readonly offloads: readonly string[] | null;
}

const UNDERLAY_INTERFACE = "eth0";

/**
 * Prints the enabled offloads: checksums, segmentation on send, merging on receive. It queries the driver as ethtool(8)
 * does (SIOCETHTOOL with the constants of linux/ethtool.h), because few nodes have ethtool but all have perl-base.
 */
const OFFLOADS_SCRIPT = `
  my %get = (
    "rx-checksum" => 0x14, "tx-checksum" => 0x16, "scatter-gather" => 0x18, tso => 0x1e, gso => 0x23, gro => 0x2b,
  );
  socket(my $socket, 2, 2, 0) or die "$!\\n";
  for my $name (sort keys %get) {
    my $value = pack("LL", $get{$name}, 0);
    ioctl($socket, 0x8946, my $request = pack("a16P", "${UNDERLAY_INTERFACE}", $value)) or die "$!\\n";
    print "$name\\n" if (unpack("LL", $value))[1];
  }`;

/** Reads the facts of the underlay interface of a node. */
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
