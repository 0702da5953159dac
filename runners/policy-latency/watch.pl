#!/usr/bin/perl
# watch.pl ADDRESS PORT    asks every few milliseconds, and prints a line for each answer
# Each question comes from a port that none came from for two minutes: plugins let through for half a minute what they have let
# through once. Perl, because perl-base is in every Debian image and needs nothing installed.
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;

# Seconds between two questions, and how many of them an answer may take.
use constant { AGAIN => 0.005, WAITING => 200 };
# Ports below those that Linux gives away by itself: nobody else's question has one of them.
use constant { FIRST => 1024, LAST => 32767 };

$| = 1;
my ($address, $port) = @ARGV;
my @waiting;
for (my $own = FIRST;; $own = $own < LAST ? $own + 1 : FIRST) {
    my $socket = IO::Socket::INET->new(Proto => 'udp', LocalPort => $own, PeerAddr => $address, PeerPort => $port);
    if ($socket) {
        $socket->send('?');
        push @waiting, $socket;
        shift @waiting if @waiting > WAITING;
    }
    # Linux says how much of the time is left.
    for (my $left = AGAIN; $left > 0;) {
        my $ready = IO::Select->new(@waiting)->bits;
        (my $count, $left) = select($ready, undef, undef, $left);
        next if $count <= 0;
        my @readable = grep { vec $ready, $_->fileno, 1 } @waiting;
        my %done = map { $_ => 1 } @readable;
        @waiting = grep { !$done{$_} } @waiting;
        # A refusal is no answer.
        for (@readable) { print "answer\n" if defined $_->recv(my $answer, 256) }
    }
}
