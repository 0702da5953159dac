#!/usr/bin/perl
# Both endpoints of a policy probe. In Perl, because perl-base is part of every Debian image.
#   probe.pl serve NAME PORT...     answers every TCP connection and UDP datagram on the ports with NAME
#   probe.pl ask SECONDS            reads one probe per line from stdin: "tcp|udp ADDRESS PORT NAME"
#                                   prints one result per line, in the same order:
#                                   open | blocked REASON | wrong ACTUAL-NAME | failed REASON
use strict;
use warnings;
use Errno qw(EINPROGRESS ECONNREFUSED EHOSTUNREACH ENETUNREACH EACCES EPERM ETIMEDOUT);
use Fcntl;
use IO::Select;
use POSIX ();
use Socket qw(:DEFAULT inet_pton pack_sockaddr_in6 IPPROTO_IPV6 IPV6_V6ONLY);

# Seconds between two copies of a datagram, because a lost datagram does not mean a blocked connection.
use constant { RESEND_INTERVAL_S => 0.25, TICKS_PER_SECOND => POSIX::sysconf(POSIX::_SC_CLK_TCK()) };

$| = 1;
$SIG{PIPE} = 'IGNORE';
my $mode = shift // '';
if    ($mode eq 'serve') { serve(@ARGV) }
elsif ($mode eq 'ask')   { ask(@ARGV) }
else                     { die "usage: probe.pl serve NAME PORT... | ask SECONDS\n" }

sub serve {
    my ($name, @ports) = @_;
    my $select = IO::Select->new;
    my %datagrams;
    for my $port (@ports) {
        for my $type (SOCK_STREAM, SOCK_DGRAM) {
            my $socket = wildcard($type, $port);
            $select->add($socket);
            $datagrams{$socket} = 1 if $type == SOCK_DGRAM;
        }
    }
    print "serving\n";
    while (1) {
        for my $socket ($select->can_read) {
            if ($datagrams{$socket}) {
                my $peer = recv $socket, my $buffer, 64, 0;
                send $socket, $name, 0, $peer if defined $peer;
            }
            elsif (accept my $client, $socket) {
                syswrite $client, "$name\n";
                close $client;
            }
        }
    }
}

# Listens on every address, of both families if the kernel supports IPv6.
sub wildcard {
    my ($type, $port) = @_;
    if (socket my $socket, AF_INET6, $type, 0) {
        setsockopt $socket, IPPROTO_IPV6, IPV6_V6ONLY, pack 'i', 0;
        return bind_socket($socket, $type, $port, pack_sockaddr_in6($port, Socket::IN6ADDR_ANY));
    }
    socket my $socket, AF_INET, $type, 0 or die "socket: $!\n";
    return bind_socket($socket, $type, $port, pack_sockaddr_in($port, INADDR_ANY));
}

sub bind_socket {
    my ($socket, $type, $port, $address) = @_;
    setsockopt $socket, SOL_SOCKET, SO_REUSEADDR, pack 'i', 1;
    bind $socket, $address or die "port $port: $!\n";
    $type == SOCK_DGRAM or listen $socket, 256 or die "port $port: $!\n";
    return $socket;
}

sub ask {
    my ($timeout) = @_;
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
    my ($family, $type) = ($ip =~ /:/ ? AF_INET6 : AF_INET, $protocol eq 'tcp' ? SOCK_STREAM : SOCK_DGRAM);
    my $probe = { udp => $type == SOCK_DGRAM, name => $name, sent => 0 };
    my $address = inet_pton($family, $ip) or return { answer => "failed invalid address: $ip" };
    socket my $socket, $family, $type, 0 or return { answer => "failed socket: $!" };
    fcntl $socket, F_SETFL, O_NONBLOCK;
    $probe->{socket} = $socket;
    my $target = $family == AF_INET6 ? pack_sockaddr_in6($port, $address) : pack_sockaddr_in($port, $address);
    connect $socket, $target or $! == EINPROGRESS or refuse($probe, $!);
    return $probe;
}

# Waits for at most one resend interval and advances every probe that is ready.
sub step {
    my ($left, @open) = @_;
    my ($read, $write) = (IO::Select->new, IO::Select->new);
    for my $probe (@open) {
        if ($probe->{udp} && $probe->{sent} + RESEND_INTERVAL_S <= now()) {
            $probe->{sent} = now();
            send $probe->{socket}, '?', 0 or refuse($probe, $!);
        }
        ($probe->{udp} || $probe->{connected} ? $read : $write)->add($probe->{socket});
    }
    my $wait = $left < RESEND_INTERVAL_S ? $left : RESEND_INTERVAL_S;
    my ($readable, $writable) = IO::Select->select($read, $write, undef, $wait);
    my %ready = map { $_ => 1 } @{ $readable || [] }, @{ $writable || [] };
    for my $probe (grep { !$_->{answer} && $ready{ $_->{socket} } } @open) {
        if (!$probe->{udp} && !$probe->{connected}) {
            my $error = unpack 'i', getsockopt $probe->{socket}, SOL_SOCKET, SO_ERROR;
            if ($error) { refuse($probe, $! = $error) }
            else        { $probe->{connected} = 1 }
            next;
        }
        my $bytes = sysread $probe->{socket}, my $reply, 256;
        if    (!defined $bytes) { refuse($probe, $!) }
        elsif ($bytes == 0)     { $probe->{answer} = 'failed closed without an answer' }
        else {
            chomp $reply;
            $probe->{answer} = $reply eq $probe->{name} ? 'open' : 'wrong ' . $reply =~ s/[^\w.-]//gr;
        }
    }
}

# A rejected packet did not pass, whichever device rejected it. Any other error is a failure of the probe.
sub refuse {
    my ($probe, $error) = @_;
    my %refusals = map { $_ => 1 } ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EACCES, EPERM, ETIMEDOUT;
    $probe->{answer} = ($refusals{ $error + 0 } ? 'blocked ' : 'failed ') . $error;
}

# Returns a time in seconds with a resolution of 10 ms: Time::HiRes is not part of perl-base.
sub now { return (POSIX::times())[0] / TICKS_PER_SECOND }
