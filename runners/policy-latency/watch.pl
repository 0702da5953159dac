#!/usr/bin/perl
# watch.pl ADDRESS PORT    asks every few milliseconds, and prints a line for each answer
# Each question has a socket of its own: what was let through once may be let through again. Perl, because perl-base is in every
# Debian image and needs nothing installed.
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;

# Seconds between two questions, and how many of them an answer may take.
use constant { AGAIN => 0.005, WAITING => 200 };

$| = 1;
my ($address, $port) = @ARGV;
my @waiting;
while (1) {
    my $socket = IO::Socket::INET->new(Proto => 'udp', PeerAddr => $address, PeerPort => $port);
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
