#!/usr/bin/perl
# The node agent: runs commands for cnibench on a node and ends with it. Frames on stdin and stdout, see agent.ts.
# Perl, because perl-base is on every Debian and Ubuntu system, forks in a small process and needs nothing installed.
use strict;
use warnings;
use Fcntl;
use POSIX ();

# DRAIN, PATIENCE: seconds without output, and in all, after which pipes that a background process holds are given up.
# EXIT: seconds until a look for an exit that no signal told of: Perl defers its handler, so a SIGCHLD just before select wakes nobody.
use constant { CHUNK => 65536, DRAIN => 0.25, PATIENCE => 2, EXIT => 0.01 };

my %jobs;      # id -> { pid, out, err, in, input, limit, kept => { O, R }, status, ended }
my %byPid;     # pid -> id
my $inbox = '';

$SIG{PIPE} = 'IGNORE';
pipe my $wakeR, my $wakeW or die "pipe: $!";
unblock($_) for $wakeR, $wakeW;
$SIG{CHLD} = sub { my $saved = $!; syswrite $wakeW, 'x'; $! = $saved };
binmode STDIN;
binmode STDOUT;

send_frame('H', 0, join "\0", $$, $ENV{CNIBENCH_HOST_PID} // '');
loop() while 1;

sub loop {
    my ($read, $write) = ('', '');
    vec($read, fileno(STDIN), 1) = 1;
    vec($read, fileno($wakeR), 1) = 1;
    my ($draining, $exiting) = (0, 0);
    for my $job (values %jobs) {
        for my $side ('out', 'err') { vec($read, fileno($job->{$side}), 1) = 1 if $job->{$side} }
        vec($write, fileno($job->{in}), 1) = 1 if $job->{in} && length $job->{input};
        if    (defined $job->{status})           { $draining = 1 }
        elsif (!$job->{out} && !$job->{err}) { $exiting  = 1 }
    }
    my $patience = $draining ? DRAIN : $exiting ? EXIT : %jobs ? DRAIN : undef;
    my $ready = select($read, $write, undef, $patience);
    if ($ready > 0) {
        drain_wakeups() if vec($read, fileno($wakeR), 1);
        for my $id (keys %jobs) {
            my $job = $jobs{$id};
            for (['out', 'O'], ['err', 'R']) {
                my ($side, $op) = @$_;
                forward($id, $job, $side, $op) if $job->{$side} && vec($read, fileno($job->{$side}), 1);
            }
            feed($job) if $job->{in} && vec($write, fileno($job->{in}), 1);
        }
        receive() if vec($read, fileno(STDIN), 1);
    }
    reap();
    finish($_, $draining && $ready == 0) for keys %jobs;
}

# One frame: operation, job, length, payload.
sub send_frame {
    my ($op, $id, $payload) = @_;
    my $frame = pack('a1NN', $op, $id, length $payload) . $payload;
    while (length $frame) {
        my $n = syswrite STDOUT, $frame;
        if (!defined $n) { next if $!{EINTR}; leave() }
        substr $frame, 0, $n, '';
    }
}

sub receive {
    my $n = sysread STDIN, $inbox, CHUNK, length $inbox;
    return if !defined $n && $!{EINTR};
    leave() if !$n;
    while (length $inbox >= 9) {
        my ($op, $id, $length) = unpack 'a1NN', $inbox;
        last if length $inbox < 9 + $length;
        my $payload = substr $inbox, 9, $length;
        substr $inbox, 0, 9 + $length, '';
        if    ($op eq 'X') { start($id, $payload) }
        elsif ($op eq 'K') { kill $payload, -$jobs{$id}{pid} if $jobs{$id} }
        elsif ($op eq 'I') { if (my $job = $jobs{$id}) { $job->{input} .= $payload; feed($job) } }
        elsif ($op eq 'E') { if (my $job = $jobs{$id}) { $job->{eof} = 1; feed($job) } }
    }
}

# Payload: limit, number of arguments, arguments, environment as K=V, all ended by NUL.
sub start {
    my ($id, $payload) = @_;
    my ($limit, $argc, @rest) = split /\0/, $payload, -1;
    pop @rest;
    my @argv = splice @rest, 0, $argc;
    my ($inR, $inW, $outR, $outW, $errR, $errW, $failR, $failW);
    if (!(pipe($inR, $inW) && pipe($outR, $outW) && pipe($errR, $errW) && pipe($failR, $failW))) {
        return send_frame('F', $id, "$!");
    }
    my $pid = fork;
    return send_frame('F', $id, "$!") if !defined $pid;
    if ($pid == 0) {
        POSIX::setsid();
        $SIG{$_} = 'DEFAULT' for 'PIPE', 'CHLD';
        POSIX::dup2(fileno($inR), 0);
        POSIX::dup2(fileno($outW), 1);
        POSIX::dup2(fileno($errW), 2);
        %ENV = map { split /=/, $_, 2 } @rest;
        no warnings 'exec';
        exec { $argv[0] } @argv;
        syswrite $failW, "$!";
        POSIX::_exit(127);
    }
    close $_ for $inR, $outW, $errW, $failW;
    sysread $failR, my $reason, 200;
    if (length $reason) {
        waitpid $pid, 0;
        return send_frame('F', $id, $reason);
    }
    unblock($_) for $inW, $outR, $errR;
    $byPid{$pid} = $id;
    $jobs{$id} = {
        pid => $pid, in => $inW, input => '', out => $outR, err => $errR,
        limit => $limit, kept => { O => 0, R => 0 },
    };
}

# Output of a command goes to cnibench up to the limit; more ends the command.
sub forward {
    my ($id, $job, $side, $op) = @_;
    my $n = sysread $job->{$side}, my $data, CHUNK;
    return if !defined $n && ($!{EINTR} || $!{EAGAIN});
    if (!$n) { close delete $job->{$side}; return }
    my $room = $job->{limit} - $job->{kept}{$op};
    if ($n > $room) {
        $data = substr $data, 0, $room;
        $job->{overflow} = 1;
        kill 'KILL', -$job->{pid};
        close delete $job->{$side};
    }
    $job->{kept}{$op} += length $data;
    send_frame($op, $id, $data) if length $data;
}

sub feed {
    my ($job) = @_;
    return if !$job->{in};
    if (length $job->{input}) {
        my $n = syswrite $job->{in}, $job->{input};
        if (defined $n) { substr $job->{input}, 0, $n, '' }
        elsif (!$!{EAGAIN} && !$!{EINTR}) { close delete $job->{in}; return }
    }
    close delete $job->{in} if $job->{eof} && !length $job->{input};
}

# Also the children of commands that ended: this may be the first process of a PID namespace.
sub reap {
    while ((my $pid = waitpid -1, POSIX::WNOHANG()) > 0) {
        my $id = delete $byPid{$pid};
        next if !defined $id;
        my $job = $jobs{$id};
        $job->{status} = $?;
        $job->{ended} = time;
    }
}

# A command is done when it has exited and its pipes are closed, or are only held by somebody else.
sub finish {
    my ($id, $silent) = @_;
    my $job = $jobs{$id};
    return if !defined $job->{status};
    return if ($job->{out} || $job->{err}) && !$silent && time - $job->{ended} < PATIENCE;
    my $status = $job->{status};
    delete $jobs{$id};
    send_frame('D', $id, join "\0", $status >> 8, $status & 127, $job->{overflow} ? 1 : 0);
}

sub drain_wakeups { sysread $wakeR, my $ignored, CHUNK }

sub unblock { fcntl $_[0], F_SETFL, O_NONBLOCK or die "fcntl: $!" }

# The control pipe is gone: cnibench has ended, so everything that it started ends.
sub leave {
    kill 'KILL', map { -$_->{pid} } values %jobs;
    POSIX::_exit(0);
}
