#!/usr/bin/perl
# Servers and clients that probe a network from inside pods and nodes. In Perl, because perl-base is part of every
# Debian system and of the load image. core/probe/probe.ts builds the command lines.
#
#   serve NAME PORT...        answers every TCP connection and UDP datagram on the ports with NAME
#   ask SECONDS               reads one probe per line from stdin: "tcp|udp|connect ADDRESS PORT NAME"
#                             prints one result per line, in the same order:
#                             open | refused REASON | blocked REASON | wrong ACTUAL-NAME | failed REASON
#                             "connect" is open as soon as TCP is connected and ignores NAME
#   announce ADDRESS PORT     sends its pod's name and number of answers until it has two, then sleeps
#   collect PORT COUNT        answers, and prints the names of the first COUNT pods with an answer
#   watch ADDRESS PORT        sends a datagram every few milliseconds and prints an empty line for each answer
#   echo PORT [REPLY]         replies with REPLY or the client's address, in the background: on TCP after the client
#                             has sent everything. Listens on return
#   request tcp|udp ADDRESS PORT BYTES SECONDS [SOURCE-PORT]
#                             sends a number of bytes (one datagram on UDP) and prints the reply
#   offloads INTERFACE        prints the enabled offloads
use strict;
use warnings;
use Errno qw(EINPROGRESS ECONNREFUSED EHOSTUNREACH ENETUNREACH EACCES EPERM ETIMEDOUT);
use Fcntl;
use Socket qw(:DEFAULT :addrinfo inet_ntop pack_sockaddr_in6 unpack_sockaddr_in6 SHUT_WR IPPROTO_IPV6 IPV6_V6ONLY);

$| = 1;
my %commands = (
    serve   => \&serve,   ask  => \&ask,          announce => \&announce, collect  => \&collect,
    watch   => \&watch,   echo => \&echo_replies, request  => \&request,  offloads => \&offloads,
);
my $command = $commands{ shift // '' } or die 'usage: probe.pl ', join('|', sort keys %commands), " ARGUMENT...\n";
$command->(@ARGV);

sub serve {
    my ($name, @ports) = @_;
    $SIG{PIPE} = 'IGNORE';
    my @streams   = map { listener(SOCK_STREAM, $_) } @ports;
    my @datagrams = map { listener(SOCK_DGRAM,  $_) } @ports;
    print "serving\n";
    while (1) {
        my $ready = readable(undef, @streams, @datagrams);
        for my $socket (grep { $ready->{$_} } @streams) {
            accept my $client, $socket or next;
            syswrite $client, "$name\n";
            close $client;
        }
        for my $socket (grep { $ready->{$_} } @datagrams) {
            my $peer = recv $socket, my $buffer, 64, 0;
            send $socket, $name, 0, $peer if defined $peer;
        }
    }
}

# Seconds between two copies of a datagram, because a lost datagram does not mean a blocked connection.
use constant RESEND_INTERVAL_S => 0.25;

sub ask {
    my ($timeout) = @_;
    $SIG{PIPE} = 'IGNORE';
    my @probes = map { start_probe(split ' ') } <STDIN>;
    my $end = now() + $timeout;
    while (my @open = grep { !$_->{answer} } @probes) {
        my $left = $end - now();
        last if $left <= 0;
        step($left, @open);
    }
    for (@probes) {
        $_->{answer} //= $_->{connected} ? 'failed connected without an answer' : "blocked no answer within $timeout s";
        print "$_->{answer}\n";
    }
}

sub start_probe {
    my ($protocol, $ip, $port, $name) = @_;
    my $type = $protocol eq 'udp' ? SOCK_DGRAM : SOCK_STREAM;
    my $probe = { udp => $type == SOCK_DGRAM, connect => $protocol eq 'connect', name => $name, sent => 0 };
    my $to = resolve($type, $ip, $port) or return { answer => "failed invalid address: $ip" };
    socket my $socket, $to->{family}, $type, 0 or return { answer => "failed socket: $!" };
    fcntl $socket, F_SETFL, O_NONBLOCK;
    $probe->{socket} = $socket;
    connect $socket, $to->{addr} or $! == EINPROGRESS or refuse($probe, $!);
    return $probe;
}

# Waits for at most one resend interval and advances every probe that is ready.
sub step {
    my ($left, @open) = @_;
    for my $probe (grep { $_->{udp} && $_->{sent} + RESEND_INTERVAL_S <= now() } @open) {
        $probe->{sent} = now();
        send $probe->{socket}, '?', 0 or refuse($probe, $!);
    }
    my ($read, $write) = ('', '');
    vec($_->{udp} || $_->{connected} ? $read : $write, fileno $_->{socket}, 1) = 1 for @open;
    my $count = select $read, $write, undef, $left < RESEND_INTERVAL_S ? $left : RESEND_INTERVAL_S;
    return if $count <= 0;
    for my $probe (grep { !$_->{answer} } @open) {
        my $connecting = !$probe->{udp} && !$probe->{connected};
        next unless vec $connecting ? $write : $read, fileno $probe->{socket}, 1;
        $connecting ? finish_connect($probe) : read_answer($probe);
    }
}

sub finish_connect {
    my ($probe) = @_;
    my $error = unpack 'i', getsockopt $probe->{socket}, SOL_SOCKET, SO_ERROR;
    if    ($error)            { refuse($probe, $! = $error) }
    elsif ($probe->{connect}) { $probe->{answer} = 'open' }
    else                      { $probe->{connected} = 1 }
}

sub read_answer {
    my ($probe) = @_;
    my $bytes = sysread $probe->{socket}, my $reply, 256;
    return refuse($probe, $!) unless defined $bytes;
    return $probe->{answer} = 'failed closed without an answer' if $bytes == 0;
    chomp $reply;
    $probe->{answer} = $reply eq $probe->{name} ? 'open' : 'wrong ' . $reply =~ s/[^\w.-]//gr;
}

# A rejected packet did not pass, whichever device rejected it. Any other error is a failure of the probe.
sub refuse {
    my ($probe, $error) = @_;
    my %refusals = map { $_ => 1 } ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EACCES, EPERM, ETIMEDOUT;
    my $word = $error == ECONNREFUSED ? 'refused' : $refusals{ $error + 0 } ? 'blocked' : 'failed';
    $probe->{answer} = "$word $error";
}

# Seconds between two datagrams of a new pod; limits the resolution.
use constant ANNOUNCE_INTERVAL_S => 0.01;

sub announce {
    my ($address, $port) = @_;
    open my $hostname, '<', '/proc/sys/kernel/hostname' or die "hostname: $!\n";
    chomp(my $name = <$hostname>);
    my ($socket, $answers) = (undef, 0);
    while ($answers < 2) {
        # The address may not be routable yet.
        $socket ||= datagram_client($address, $port);
        my $message = "$name $answers";
        send $socket, $message, 0 if $socket;
        my $ready = readable(ANNOUNCE_INTERVAL_S, $socket // ());
        next unless %$ready && defined recv $socket, my $answer, 256, 0;
        # A late reply to an earlier packet does not acknowledge this one.
        $answers++ if $answer eq $message;
    }
    sleep 3600 while 1;
}

sub collect {
    my ($port, $count) = @_;
    my $socket = listener(SOCK_DGRAM, $port);
    my %seen;
    while (keys %seen < $count) {
        my $peer = recv $socket, my $message, 256, 0;
        next unless defined $peer;
        send $socket, $message, 0, $peer;
        my ($name, $answers) = $message =~ /^([\w.-]+) (\d+)$/ or next;
        print "$name\n" if $answers > 0 && !$seen{$name}++;
    }
}

# Seconds between two datagrams, and the number of sockets that wait for an answer.
use constant { WATCH_INTERVAL_S => 0.005, MAX_WAITING => 200 };
# Source ports below Linux's ephemeral range, so no other process uses them. None is reused for two minutes, because
# plugins keep an allowed flow open for half a minute.
use constant { FIRST_PORT => 1024, LAST_PORT => 32767 };

sub watch {
    my ($address, $port) = @_;
    my @waiting;
    for (my $source = FIRST_PORT;; $source = $source < LAST_PORT ? $source + 1 : FIRST_PORT) {
        if (my $socket = datagram_client($address, $port, $source)) {
            send $socket, '?', 0;
            push @waiting, $socket;
            shift @waiting if @waiting > MAX_WAITING;
        }
        for (my $left = WATCH_INTERVAL_S; $left > 0;) {
            (my $ready, $left) = readable($left, @waiting);
            # recv() fails if the packet was rejected.
            for (grep { $ready->{$_} } @waiting) { print "\n" if defined recv $_, my $answer, 256, 0 }
            @waiting = grep { !$ready->{$_} } @waiting;
        }
    }
}

sub echo_replies {
    my ($port, $reply) = @_;
    $SIG{PIPE} = 'IGNORE';
    my ($stream, $datagram) = map { listener($_, $port) } SOCK_STREAM, SOCK_DGRAM;
    exit 0 if fork;
    open STDIN,  '<', '/dev/null';
    open STDOUT, '>', '/dev/null';
    open STDERR, '>', '/dev/null';
    while (1) {
        my $ready = readable(undef, $stream, $datagram);
        if ($ready->{$stream} && (my $peer = accept my $client, $stream)) {
            1 while sysread $client, my $heard, 65536;
            syswrite $client, $reply || address_of($peer);
        }
        if ($ready->{$datagram} && defined(my $peer = recv $datagram, my $heard, 2048, 0)) {
            send $datagram, $reply || address_of($peer), 0, $peer;
        }
    }
}

sub request {
    my ($protocol, $address, $port, $bytes, $timeout, $source) = @_;
    alarm $timeout;
    my $type = $protocol eq 'tcp' ? SOCK_STREAM : SOCK_DGRAM;
    my $to = resolve($type, $address, $port) or die "invalid address: $address\n";
    socket my $socket, $to->{family}, $type, 0 or die "socket: $!\n";
    !$source || bind $socket, any_address($to->{family}, $source) or die "port $source: $!\n";
    connect $socket, $to->{addr} or die "connect: $!\n";
    if ($type == SOCK_DGRAM) { send $socket, 'x', 0 }
    else {
        for (my $left = $bytes; $left > 0;) {
            $left -= syswrite($socket, 'x' x ($left < 65536 ? $left : 65536)) || die "write: $!\n";
        }
        shutdown $socket, SHUT_WR;
    }
    sysread $socket, my $reply, 200;
    print $reply // '';
}

# Queries the driver as ethtool(8) does (SIOCETHTOOL with the constants of linux/ethtool.h), because few nodes have
# ethtool.
sub offloads {
    my ($interface) = @_;
    my %get = (
        'rx-checksum' => 0x14, 'tx-checksum' => 0x16, 'scatter-gather' => 0x18, tso => 0x1e, gso => 0x23, gro => 0x2b,
    );
    socket my $socket, AF_INET, SOCK_DGRAM, 0 or die "socket: $!\n";
    for my $name (sort keys %get) {
        my $value = pack 'LL', $get{$name}, 0;
        ioctl $socket, 0x8946, my $request = pack('a16P', $interface, $value) or die "$interface: $!\n";
        print "$name\n" if (unpack 'LL', $value)[1];
    }
}

# Returns the family and socket address of a numeric address; undef if it is invalid.
sub resolve {
    my ($type, $address, $port) = @_;
    my $hints = { flags => AI_NUMERICHOST | AI_NUMERICSERV, socktype => $type };
    my (undef, $to) = getaddrinfo($address, $port, $hints);
    return $to;
}

# Returns a socket for one peer, undef if the address is not routable or the source port is in use.
sub datagram_client {
    my ($address, $port, $source) = @_;
    my $to = resolve(SOCK_DGRAM, $address, $port) or return undef;
    socket my $socket, $to->{family}, SOCK_DGRAM, 0 or return undef;
    return undef if $source && !bind $socket, any_address($to->{family}, $source);
    return connect($socket, $to->{addr}) ? $socket : undef;
}

# Listens on every address, of both families if the kernel supports IPv6.
sub listener {
    my ($type, $port) = @_;
    my $family = AF_INET6;
    my $socket;
    socket $socket, $family, $type, 0 or socket $socket, $family = AF_INET, $type, 0 or die "socket: $!\n";
    setsockopt $socket, IPPROTO_IPV6, IPV6_V6ONLY, pack 'i', 0 if $family == AF_INET6;
    setsockopt $socket, SOL_SOCKET, SO_REUSEADDR, pack 'i', 1 if $type == SOCK_STREAM;
    bind $socket, any_address($family, $port) or die "port $port: $!\n";
    $type == SOCK_DGRAM or listen $socket, 256 or die "port $port: $!\n";
    return $socket;
}

sub any_address {
    my ($family, $port) = @_;
    return $family == AF_INET6 ? pack_sockaddr_in6($port, Socket::IN6ADDR_ANY) : pack_sockaddr_in($port, INADDR_ANY);
}

# Returns the address of a peer; that of an IPv4 client without the prefix of its IPv6 form.
sub address_of {
    my ($peer) = @_;
    my $family = sockaddr_family($peer);
    my (undef, $address) = $family == AF_INET6 ? unpack_sockaddr_in6($peer) : unpack_sockaddr_in($peer);
    return inet_ntop($family, $address) =~ s/^::ffff://r;
}

# Waits until a socket is readable. Returns the set of readable sockets, and the remaining time (on Linux).
sub readable {
    my ($timeout, @sockets) = @_;
    my $bits = '';
    vec($bits, fileno $_, 1) = 1 for @sockets;
    my ($count, $left) = select $bits, undef, undef, $timeout;
    my %ready = map { $_ => 1 } grep { $count > 0 && vec $bits, fileno $_, 1 } @sockets;
    return wantarray ? (\%ready, $left) : \%ready;
}

# Returns a time in seconds with a resolution of 10 ms: Time::HiRes is not part of perl-base.
sub now {
    require POSIX; # here, because loading it takes longer than all the rest
    return (POSIX::times())[0] / POSIX::sysconf(POSIX::_SC_CLK_TCK());
}
