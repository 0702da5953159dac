#!/usr/bin/perl
# watch.pl ADDRESS PORT    sends a datagram every few milliseconds and prints a line for each answer
# A source port is not reused for two minutes, because plugins keep an allowed flow open for half a minute.
# In Perl, because perl-base is part of every Debian image.
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;

# Seconds between two datagrams, and the number of sockets that wait for an answer.
use constant { SEND_INTERVAL_S => 0.005, MAX_WAITING => 200 };
# Source ports below Linux's ephemeral range, so no other process uses them.
use constant { FIRST_PORT => 1024, LAST_PORT => 32767 };

$| = 1;
my ($address, $port) = @ARGV;
my @waiting;
for (my $source = FIRST_PORT;; $source = $source < LAST_PORT ? $source + 1 : FIRST_PORT) {
    my $socket = IO::Socket::INET->new(Proto => 'udp', LocalPort => $source, PeerAddr => $address, PeerPort => $port);
    if ($socket) {
        $socket->send('?');
        push @waiting, $socket;
        shift @waiting if @waiting > MAX_WAITING;
    }
    # On Linux, select() returns the remaining time.
    for (my $left = SEND_INTERVAL_S; $left > 0;) {
        my $ready = IO::Select->new(@waiting)->bits;
        (my $count, $left) = select($ready, undef, undef, $left);
        next if $count <= 0;
        my @readable = grep { vec $ready, $_->fileno, 1 } @waiting;
        my %done = map { $_ => 1 } @readable;
        @waiting = grep { !$done{$_} } @waiting;
        # recv() fails if the packet was rejected.
        for (@readable) { print "answer\n" if defined $_->recv(my $answer, 256) }
    }
}
