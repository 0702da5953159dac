/** Connections between pods that only show whether there is a way. Perl, which every load image has. */
import type { Shell } from "../../core/shell.ts";

const LISTEN_SCRIPT = `use IO::Socket::INET; my $s = IO::Socket::INET->new(LocalPort => $ARGV[0], Listen => 64, ReuseAddr => 1) or die "$!\\n"; while (my $c = $s->accept) { close $c }`;
const CONNECT_SCRIPT = `use Errno; use IO::Socket::INET; exit(IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => $ARGV[1], Timeout => 1) ? 0 : $!{ECONNREFUSED} ? 10 : 11)`;
const REFUSED_EXIT_CODE = 10;

/** Takes connections and closes them. */
export function listenCommand(port: number): readonly string[] {
  return ["perl", "-e", LISTEN_SCRIPT, String(port)];
}

/** Refused is by whoever has the address, or by somebody on the way. */
export async function probeTcp(
  from: Shell,
  address: string,
  port: number,
  signal: AbortSignal,
): Promise<"open" | "refused" | "silent"> {
  const { exitCode } = await from.exec(["perl", "-e", CONNECT_SCRIPT, address, String(port)], { timeout: 5, signal });
  return exitCode === 0 ? "open" : exitCode === REFUSED_EXIT_CODE ? "refused" : "silent";
}
