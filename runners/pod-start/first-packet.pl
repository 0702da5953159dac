#!/usr/bin/perl
# Both endpoints of a new pod's first packets. In Perl, because perl-base is part of every Debian image.
#   first-packet.pl announce ADDRESS PORT   sends its pod's name and number of answers until it has two, then sleeps
#   first-packet.pl collect PORT COUNT      answers, and prints the names of the first COUNT pods with an answer
use strict;
use warnings;
use IO::Socket::INET;
use POSIX ();

# Seconds between two datagrams of a pod; limits the resolution.
use constant SEND_INTERVAL_S => 0.01;

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
        # The address may not be routable yet.
        $socket ||= IO::Socket::INET->new(Proto => 'udp', PeerAddr => $address, PeerPort => $port);
        my $message = "$name $answers";
        $socket->send($message) if $socket;
        my $ready = '';
        vec($ready, $socket->fileno, 1) = 1 if $socket;
        next unless select($ready, undef, undef, SEND_INTERVAL_S) > 0 && defined $socket->recv(my $answer, 256);
        # A late reply to an earlier packet does not acknowledge this one.
        $answers++ if $answer eq $message;
    }
    sleep 3600 while 1;
}

sub collect {
    my ($port, $count) = @_;
    my $socket = IO::Socket::INET->new(Proto => 'udp', LocalPort => $port) or die "port $port: $!\n";
    my %seen;
    while (keys %seen < $count) {
        defined $socket->recv(my $message, 256) or next;
        $socket->send($message);
        my ($name, $answers) = $message =~ /^([\w.-]+) (\d+)$/ or next;
        print "$name\n" if $answers > 0 && !$seen{$name}++;
    }
}
