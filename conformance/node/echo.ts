/** Echo servers and clients in the network under test, in Perl, which every node has for its agent. */
import { run, succeeded, type Shell } from "../../core/shell.ts";

export type Protocol = "tcp" | "udp";

/** A server in the network under test. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

export interface Transfer {
  /** Payload that the client sends. */
  readonly bytes: number;
  /** Seconds until the reply must arrive. */
  readonly timeout: number;
}

const RESPONSE_TIMEOUT_S = 5;

/**
 * Replies on TCP (after the client has sent everything) and UDP: with the given string, or with the address of the
 * client.
 */
const SERVER_SCRIPT = `use Socket qw(:DEFAULT inet_ntop IPPROTO_IPV6 IPV6_V6ONLY IN6ADDR_ANY);
my ($port, $reply) = @ARGV;
my ($stream, $datagram) = map {
  socket(my $s, AF_INET6, $_, 0) or die "socket: $!";
  setsockopt($s, SOL_SOCKET, SO_REUSEADDR, 1);
  setsockopt($s, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  bind($s, pack_sockaddr_in6($port, IN6ADDR_ANY)) or die "bind: $!";
  $s;
} SOCK_STREAM, SOCK_DGRAM;
listen($stream, 8) or die "listen: $!";
exit 0 if fork;
open STDIN, "</dev/null"; open STDOUT, ">/dev/null"; open STDERR, ">/dev/null";
$SIG{PIPE} = "IGNORE";
sub reply { my $seen = inet_ntop(AF_INET6, (unpack_sockaddr_in6($_[0]))[1]); $seen =~ s/^::ffff://; $reply || $seen }
while (1) {
  my $ready = "";
  vec($ready, fileno $_, 1) = 1 for $stream, $datagram;
  select($ready, undef, undef, undef);
  if (vec($ready, fileno $stream, 1)) {
    my $from = accept(my $client, $stream) or next;
    1 while sysread $client, my $heard, 65536;
    syswrite $client, reply($from);
  }
  if (vec($ready, fileno $datagram, 1)) {
    my $from = recv($datagram, my $heard, 2048, 0);
    send($datagram, reply($from), 0, $from);
  }
}`;

/** Sends a number of bytes (one datagram on UDP) and prints the reply. */
const CLIENT_SCRIPT = `use Socket qw(:DEFAULT :addrinfo SHUT_WR);
my ($protocol, $address, $port, $bytes, $timeout) = @ARGV;
alarm $timeout;
my $type = $protocol eq "tcp" ? SOCK_STREAM : SOCK_DGRAM;
my (undef, $to) = getaddrinfo($address, $port, { flags => AI_NUMERICHOST, socktype => $type });
socket(my $s, $to->{family}, $type, 0) or die "socket: $!";
connect($s, $to->{addr}) or die "connect: $!";
if ($protocol eq "tcp") {
  for (my $left = $bytes; $left > 0;) {
    $left -= syswrite($s, "x" x ($left < 65536 ? $left : 65536)) || die "write: $!";
  }
  shutdown($s, SHUT_WR);
} else {
  send($s, "x", 0);
}
sysread $s, my $reply, 200;
print $reply;`;

/**
 * Starts a server on a TCP and a UDP port of every address. It listens on return and ends with the test node.
 * @param reply default: the address of the client
 */
export async function startServer(shell: Shell, port: number, reply = ""): Promise<void> {
  await run(shell, ["perl", "-e", SERVER_SCRIPT, String(port), reply]);
}

/** Returns the reply of a server, or an empty string if there is none within 5 s. */
export async function requestReply(shell: Shell, protocol: Protocol, address: string, port: number): Promise<string> {
  return (await runClient(shell, { protocol, address, port }, { bytes: 0, timeout: RESPONSE_TIMEOUT_S })).stdout;
}

/**
 * Bits per second to a server over TCP, measured from the start of the client to the reply; null without a reply in
 * time.
 */
export async function measureRate(
  shell: Shell,
  server: Endpoint,
  { bytes, timeout }: Transfer,
): Promise<number | null> {
  const output = await runClient(shell, { protocol: "tcp", ...server }, { bytes, timeout });
  return succeeded(output) && output.stdout !== "" ? (8 * bytes) / output.duration : null;
}

function runClient(
  shell: Shell,
  { protocol, address, port }: Endpoint & { readonly protocol: Protocol },
  { bytes, timeout }: Transfer,
): ReturnType<Shell["exec"]> {
  return shell.exec(["perl", "-e", CLIENT_SCRIPT, protocol, address, String(port), String(bytes), String(timeout)], {
    timeout: timeout + 2,
  });
}
