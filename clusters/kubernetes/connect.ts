/** Connections between pods that only show whether there is a way. Perl, which every load image has. */
import type { Shell } from "../../core/shell.ts";

const LISTENER = `use IO::Socket::INET; my $s = IO::Socket::INET->new(LocalPort => $ARGV[0], Listen => 64, ReuseAddr => 1) or die "$!\\n"; while (my $c = $s->accept) { close $c }`;
const CONNECT = `use Errno; use IO::Socket::INET; exit(IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => $ARGV[1], Timeout => 1) ? 0 : $!{ECONNREFUSED} ? 10 : 11)`;
const REFUSED = 10;

/** Takes connections and closes them. */
export function listener(port: number): readonly string[] {
  return ["perl", "-e", LISTENER, String(port)];
}

/** Refused is by whoever has the address, or by somebody on the way. */
export async function connect(
  from: Shell,
  address: string,
  port: number,
  signal: AbortSignal,
): Promise<"open" | "refused" | "silent"> {
  const { exitCode } = await from.exec(["perl", "-e", CONNECT, address, String(port)], { timeout: 5, signal });
  return exitCode === 0 ? "open" : exitCode === REFUSED ? "refused" : "silent";
}
