/**
 * Detects missing firewall tools, so that clauses about firewall state that cannot be listed are skipped and never
 * pass.
 */
import type { Shell } from "../../core/shell.ts";
import { Skip } from "../clauses/demand.ts";
import { inspect } from "./recorder.ts";

type FirewallTool = "iptables" | "nft";

/** Starts the lines that {@link UNLISTED_TABLES_SCRIPT} prints; the tool and the table follow. */
const PREFIX = "unlisted";

/**
 * Perl: requests the nf_tables tables from the kernel over netlink, as nft does (NFT_MSG_GETTABLE in nf_tables.h),
 * and prints those that need a missing tool. The argument is 1 if iptables is installed, which lists only its own
 * tables. A kernel without nf_tables returns an error and has no tables.
 */
const READ_TABLES = `
my ($iptables) = @ARGV;
my %families = (1 => "inet", 2 => "ip", 3 => "arp", 5 => "netdev", 7 => "bridge", 10 => "ip6");
socket(my $s, 16, 3, 12) or exit;
syswrite $s, pack("L S S L L C C n", 20, 0xa01, 0x301, 1, 0, 0, 0, 0);
while (sysread $s, my $messages, 65536) {
  while (length $messages >= 16) {
    my ($length, $type) = unpack "L S", $messages;
    exit if $type == 3;
    if ($type == 2) {
      my $errno = -unpack "x16 l", $messages;
      print "${PREFIX} nft (reading tables failed with errno $errno)\\n" if $errno == 1 || $errno == 13;
      exit;
    }
    my $family = $families{unpack "x16 C", $messages} // "unknown";
    my $table = unpack "x24 Z*", $messages;
    my $tool = $family =~ /^ip6?$/ && $table =~ /^(filter|nat|mangle|raw|security)$/ ? "iptables" : "nft";
    print "${PREFIX} $tool $family $table\\n" unless $iptables && $tool eq "iptables";
    substr($messages, 0, ($length + 3) & ~3) = "";
  }
}`;

/** sh: prints a line for each firewall table of the network namespace that no installed tool lists. */
export const UNLISTED_TABLES_SCRIPT = `iptables=1
command -v iptables-save >/dev/null || {
  iptables=0
  cat /proc/net/ip_tables_names /proc/net/ip6_tables_names 2>/dev/null | sed 's/^/${PREFIX} iptables /'
}
command -v nft >/dev/null || perl -e '${READ_TABLES}' $iptables
true
`;

/** @throws Skip when the output of {@link UNLISTED_TABLES_SCRIPT} names a table. */
export function skipIfUnlisted(lines: readonly string[]): void {
  const [, tool = "", table = ""] = lines.flatMap((line) => UNLISTED_LINE.exec(line) ?? []);
  if (tool !== "") throw new Skip(`needs ${tool}: not found on the node, which has the firewall table ${table}`);
}

const UNLISTED_LINE = new RegExp(`^${PREFIX} (\\S+) (.*)$`);

/** @throws Skip when the network namespace has a firewall table that no installed tool lists. */
export async function skipUnlessListable(shell: Shell): Promise<void> {
  skipIfUnlisted((await inspect(shell, UNLISTED_TABLES_SCRIPT)).split("\n"));
}

/** Reports whether the message of a failure names a firewall tool. */
export function namesFirewallTool(failure: string): boolean {
  return /ip6?tables|\bnft/.test(failure);
}

/**
 * Why a configuration that needs firewall rules may not have been tested: a tool is missing on the node, or null.
 * @param failure message of the failed operation
 */
export async function missingToolReason(node: Shell, failure: string): Promise<string | null> {
  const missing = (await inspect(node, "for i in iptables nft; do command -v $i >/dev/null || echo $i; done")).split(
    "\n",
  );
  const tools: readonly FirewallTool[] = /\bnft/.test(failure) ? ["nft", "iptables"] : ["iptables"];
  const tool = tools.find((name) => missing.includes(name));
  return tool === undefined ? null : `needs ${tool}: not found on the node (${failure})`;
}
