#!/usr/bin/perl
# Both ends of a new pod's first packets. Perl, because perl-base is in every Debian image and needs nothing installed.
#   first-packet.pl announce ADDRESS PORT   says the name of its pod and how many answers it has had, until it has had two; then it waits
#   first-packet.pl collect PORT COUNT      answers, and prints the name of every pod that has had an answer, until COUNT have
use strict;
use warnings;
use IO::Socket::INET;
use POSIX ();

# Seconds between two datagrams of a pod: bounds the resolution.
use constant AGAIN => 0.01;

$| = 1;
my $mode = shift // '';
if    ($mode eq 'announce') { announce(@ARGV) }
elsif ($mode eq 'collect')  { collect(@ARGV) }
else                        { die "usage: first-packet.pl announce ADDRESS PORT | collect PORT COUNT\n" }

sub announce {
    my ($address, $port) = @_;
    my $name = (POSIX::uname())[1];
    my ($socket, $answers) = (undef, 0);
    while ($answers < 2) {
        # There may be no way to the address yet.
        $socket ||= IO::Socket::INET->new(Proto => 'udp', PeerAddr => $address, PeerPort => $port);
        my $said = "$name $answers";
        $socket->send($said) if $socket;
        my $ready = '';
        vec($ready, $socket->fileno, 1) = 1 if $socket;
        next unless select($ready, undef, undef, AGAIN) > 0 && defined $socket->recv(my $answer, 256);
        # A late answer to what it said before does not tell that this was heard.
        $answers++ if $answer eq $said;
    }
    sleep 3600 while 1;
}

sub collect {
    my ($port, $count) = @_;
    my $socket = IO::Socket::INET->new(Proto => 'udp', LocalPort => $port) or die "port $port: $!\n";
    my %seen;
    while (keys %seen < $count) {
        defined $socket->recv(my $said, 256) or next;
        $socket->send($said);
        my ($name, $answers) = $said =~ /^([\w.-]+) (\d+)$/ or next;
        print "$name\n" if $answers > 0 && !$seen{$name}++;
    }
}
