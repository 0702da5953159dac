/**
 * Lists over netlink which firewall tables and queueing disciplines a network namespace has. Starting nft,
 * iptables-save and tc takes several times as long, and most namespaces have nothing that they list.
 */

/** Starts the lines about tables that no installed tool lists; the tool and the table follow. */
export const UNLISTED = "unlisted";

/**
 * Perl: requests the nf_tables tables (NFT_MSG_GETTABLE in nf_tables.h) and the disciplines (RTM_GETQDISC in
 * rtnetlink.h) from the kernel. The arguments are 1 for each installed tool; iptables lists only its own tables. A
 * kernel without nf_tables returns an error and has no tables.
 */
const PROGRAM = `
my ($iptables, $nft) = @ARGV;
my %families = (1 => "inet", 2 => "ip", 3 => "arp", 5 => "netdev", 7 => "bridge", 10 => "ip6");
sub objects {
  my ($protocol, $type, $header) = @_;
  my @objects;
  socket(my $s, 16, 3, $protocol) or return 0;
  syswrite $s, pack("L S S L L a*", 16 + length $header, $type, 0x301, 1, 0, $header);
  while (sysread $s, my $messages, 65536) {
    while (length $messages >= 16) {
      my ($length, $kind) = unpack "L S", $messages;
      return 0, @objects if $kind == 3;
      return -unpack("x16 l", $messages) if $kind == 2;
      push @objects, substr $messages, 16, $length - 16;
      substr($messages, 0, ($length + 3) & ~3) = "";
    }
  }
  return 0, @objects;
}
sub table {
  my ($tool, $installed, $name) = @_;
  print $installed ? "listed" : "${UNLISTED}", " $tool $name\\n";
}
my ($errno, @tables) = objects(12, 0xa01, pack "x4");
print $nft ? "" : "${UNLISTED} nft ", "(reading tables failed with errno $errno)\\n" if $errno == 1 || $errno == 13;
for (@tables) {
  my ($family, $name) = unpack "C x7 Z*", $_;
  $family = $families{$family} // "unknown";
  my $tool = $family =~ /^ip6?$/ && $name =~ /^(filter|nat|mangle|raw|security)$/ ? "iptables" : "nft";
  table($tool, $nft || $iptables && $tool eq "iptables", "$family $name");
}
for my $family ("ip", "ip6") {
  open my $names, "<", "/proc/net/\${family}_tables_names" or next;
  for (<$names>) { chomp; table("iptables", $iptables, "$family $_") }
}
my (undef, @qdiscs) = objects(0, 38, pack "x20");
print "qdisc\\n" if grep { unpack("x24 Z*", $_) !~ /^(noqueue|pfifo_fast)$/ } @qdiscs;
`;

/**
 * sh: sets \`objects\` and prints it: one line for each firewall table of the network namespace, and the line \`qdisc\`
 * for queueing disciplines that the kernel did not choose.
 */
export const LIST_OBJECTS_SCRIPT = `iptables=0 nft=0
command -v iptables-save >/dev/null && iptables=1
command -v nft >/dev/null && nft=1
objects=$(perl -e '${PROGRAM}' $iptables $nft)
printf '%s\\n' "$objects"`;

/** Patterns of sh for the values of \`objects\` with which a tool lists something. */
export const LISTED = {
  tc: "*qdisc*",
  nft: "*listed*|*failed*",
  /** With the variable \`i\` for the family. */
  iptables: '*" $i "*|*failed*',
} as const;
