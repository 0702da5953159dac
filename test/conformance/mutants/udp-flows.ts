/** Connection tracking of RO: the kernel must forget the UDP flows to a host port when its mapping is new. */
import type { Shell } from "../../../core/shell.ts";
import { PluginError } from "./protocol.ts";

/**
 * PORT...: deletes the tracked UDP flows to these ports, over netlink as conntrack(8) does, which few nodes have.
 * Constants are those of linux/netfilter/nfnetlink_conntrack.h.
 */
const FORGET_FLOWS = `use strict; use Socket;
my ($GET, $DELETE, $UDP) = (1, 2, 17);
my %ports = map { $_ => 1 } @ARGV;
socket my $netlink, 16, SOCK_RAW, 12 or die "netlink: $!\\n";

sub request {
    my ($type, $flags, $body) = @_;
    defined send $netlink, pack('LSSLL', 16 + length $body, 256 + $type, $flags, 0, 0) . $body, 0 or die "send: $!\\n";
}

sub padded { return ($_[0] + 3) & ~3 }

sub attributes {
    my ($data) = @_;
    my %found;
    while (length $data >= 4) {
        my ($length, $type) = unpack 'SS', $data;
        $found{ $type & 0x3fff } = substr $data, 4, $length - 4;
        substr $data, 0, padded($length), '';
    }
    return %found;
}

request($GET, 0x301, "\\0" x 4);
my @flows;
DUMP: while (1) {
    defined recv $netlink, my $data, 65536, 0 or die "recv: $!\\n";
    while (length $data >= 16) {
        my ($length, $type) = unpack 'LS', $data;
        last DUMP if $type == 3;
        die "no connection tracking\\n" if $type == 2;
        my ($family, $tuple) = (substr($data, 16, 1), { attributes(substr $data, 20, $length - 20) }->{1});
        my %protocol = attributes({ attributes($tuple) }->{2});
        my ($number, $port) = (unpack('C', $protocol{1}), unpack 'n', $protocol{3} // '');
        push @flows, [$family, $tuple] if $number == $UDP && $ports{$port};
        substr $data, 0, padded($length), '';
    }
}
request($DELETE, 1, $_->[0] . "\\0" x 3 . pack('SS', 4 + length $_->[1], 0x8001) . $_->[1]) for @flows;
`;

/** Forgets the flows to ports of the node. @throws PluginError if the kernel does not track connections */
export async function forgetUdpFlows(shell: Shell, ports: readonly number[]): Promise<void> {
  if (ports.length === 0) return;
  const { exitCode, stderr } = await shell.exec(["perl", "-e", FORGET_FLOWS, ...ports.map(String)]);
  if (exitCode !== 0) throw new PluginError(110, "stale UDP flows cannot be removed", stderr.trim());
}
