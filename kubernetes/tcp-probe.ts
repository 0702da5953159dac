/** Probes TCP connections between pods, without sending data. Uses Perl, which every load image contains. */
import type { Shell } from "../core/shell.ts";

const LISTEN_SCRIPT = `
  use IO::Socket::INET;
  my $s = IO::Socket::INET->new(LocalPort => $ARGV[0], Listen => 64, ReuseAddr => 1) or die "$!\\n";
  while (my $c = $s->accept) { close $c }`;
const CONNECT_SCRIPT = `
  use Errno;
  use IO::Socket::INET;
  my $socket = IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => $ARGV[1], Timeout => 1);
  exit($socket ? 0 : $!{ECONNREFUSED} ? 10 : 11)`;
const REFUSED_EXIT_CODE = 10;

/** Returns a command that accepts connections and closes them. */
export function listenCommand(port: number): readonly string[] {
  return ["perl", "-e", LISTEN_SCRIPT, String(port)];
}

/** Tries to connect. A refusal can come from the owner of the address or from a hop in between. */
export async function probeTcp(
  from: Shell,
  address: string,
  port: number,
  signal: AbortSignal,
): Promise<"open" | "refused" | "silent"> {
  const { exitCode } = await from.exec(["perl", "-e", CONNECT_SCRIPT, address, String(port)], { timeout: 5, signal });
  return exitCode === 0 ? "open" : exitCode === REFUSED_EXIT_CODE ? "refused" : "silent";
}
