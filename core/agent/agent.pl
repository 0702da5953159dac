#!/usr/bin/perl
# The node agent: runs commands for cnibench on a node and exits with it. Frames on stdin and stdout, see agent.ts.
# Perl, because perl-base is part of every Debian and Ubuntu system and a small process forks quickly.

# Compiles a Perl program to a function. The subroutines of the program cannot use its variables declared with `my`.
# Before `use strict`, because the program must not inherit it or see variables of the agent. Returns undef with the
# reason in $@ if that fails.
sub compile { eval "package $_[1]; sub {\n$_[0]\n}" }

use strict;
use warnings;
use Config;
use Fcntl;
use POSIX ();

# DRAIN_S, MAX_DRAIN_S: a background process may hold the pipes of an exited command open. The agent gives them up after
# this many seconds without output, unless the command awaits output, and after this many seconds in total.
# EXIT_POLL_S: interval for polling exits. Perl defers signal handlers: a SIGCHLD just before select does not wake it.
use constant { CHUNK => 65536, DRAIN_S => 0.25, MAX_DRAIN_S => 2, EXIT_POLL_S => 0.01 };

# Numbers of the system calls setns and prlimit64, which Perl does not know. All other architectures share one table.
my %SYSCALLS = (
    x86_64 => [308, 302], i386 => [346, 340], i686 => [346, 340], arm => [375, 369], s390x => [339, 334],
    powerpc64le => [350, 325], ppc64le => [350, 325],
);
use constant { SHARED_SYSCALLS => [268, 261], RLIMIT_DATA => 2 };
my ($setns, $prlimit) = @{ $SYSCALLS{ (split /-/, $Config{archname})[0] } // SHARED_SYSCALLS };

my %commands;  # id -> { pid, out, err, in, fail, input, limit, kept => { O, R }, status, ended }
my %byPid;     # pid -> id
my %programs;  # text -> function; nodes run few different ones
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
    for my $command (values %commands) {
        for my $side ('out', 'err', 'fail') { vec($read, fileno($command->{$side}), 1) = 1 if $command->{$side} }
        vec($write, fileno($command->{in}), 1) = 1 if $command->{in} && length $command->{input};
        if    (defined $command->{status})           { $draining = $command->{draining} = 1 }
        elsif (!$command->{out} && !$command->{err}) { $exiting  = 1 }
    }
    my $timeout = $draining ? DRAIN_S : $exiting ? EXIT_POLL_S : %commands ? DRAIN_S : undef;
    my $ready = select($read, $write, undef, $timeout);
    if ($ready > 0) {
        drain_wakeups() if vec($read, fileno($wakeR), 1);
        for my $id (keys %commands) {
            my $command = $commands{$id};
            for (['out', 'O'], ['err', 'R']) {
                my ($side, $op) = @$_;
                forward($id, $command, $side, $op) if $command->{$side} && vec($read, fileno($command->{$side}), 1);
            }
            feed($command) if $command->{in} && vec($write, fileno($command->{in}), 1);
            started($id, $command) if $command->{fail} && vec($read, fileno($command->{fail}), 1);
        }
        receive() if vec($read, fileno(STDIN), 1);
    }
    reap();
    finish($_, $ready == 0) for keys %commands;
}

# Sends one frame: operation, command ID, length, payload.
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
        elsif ($op eq 'K') { signal($payload, $commands{$id}) if $commands{$id} }
        elsif ($op eq 'I') { if (my $command = $commands{$id}) { $command->{input} .= $payload; feed($command) } }
        elsif ($op eq 'E') { if (my $command = $commands{$id}) { $command->{eof} = 1; feed($command) } }
    }
}

# Starts a command. Payload: output limit, memory limit, whether to watch its process group, whether it awaits output,
# whether to run it as a program of the agent's interpreter, number of namespaces, their files, number of arguments,
# arguments, environment as K=V, each terminated by NUL.
sub start {
    my ($id, $payload) = @_;
    my ($limit, $memory, $watched, $patient, $interpret, $count, @rest) = split /\0/, $payload, -1;
    pop @rest;
    my @namespaces = splice @rest, 0, $count;
    my $argc = shift @rest;
    my @argv = splice @rest, 0, $argc;
    # A shell may have wrapped the command in another one, such as env, which starts perl then.
    $interpret &&= $argv[0] eq 'perl';
    my $program = $interpret ? $programs{ $argv[2] } //= compile($argv[2], 'Program' . keys %programs) : undef;
    return send_frame('F', $id, $@) if $interpret && !$program;
    my ($inR, $inW, $outR, $outW, $errR, $errW, $failR, $failW);
    if (!(pipe($inR, $inW) && pipe($outR, $outW) && pipe($errR, $errW) && pipe($failR, $failW))) {
        return send_frame('F', $id, "$!");
    }
    my ($pids) = grep { m{/ns/pid$} } @namespaces;
    my $pid = fork_into($pids);
    return send_frame('F', $id, $pids ? "cannot enter $pids: $!" : "$!") if !defined $pid;
    if ($pid == 0) {
        POSIX::setsid();
        $SIG{$_} = 'DEFAULT' for 'PIPE', 'CHLD';
        POSIX::dup2(fileno($inR), 0);
        POSIX::dup2(fileno($outW), 1);
        POSIX::dup2(fileno($errW), 2);
        %ENV = map { split /=/, $_, 2 } @rest;
        my $failed = enter($memory, grep { !$pids || $_ ne $pids } @namespaces);
        if ($program && !$failed) {
            # No process may keep the pipes of other commands open.
            close $_ for $inR, $inW, $outR, $outW, $errR, $errW, $failR, $failW, $wakeR, $wakeW;
            %commands = ();
            interpret($program, @argv[3 .. $#argv]);
        }
        no warnings 'exec';
        exec { $argv[0] } @argv if !$failed;
        syswrite $failW, $failed || "$!";
        POSIX::_exit(127);
    }
    close $_ for $inR, $outW, $errW, $failW;
    unblock($_) for $inW, $outR, $errR;
    $byPid{$pid} = $id;
    $commands{$id} = {
        pid => $pid, in => $inW, input => '', out => $outR, err => $errR, fail => $failR,
        limit => $limit, kept => { O => 0, R => 0 }, watched => $watched, patient => $patient,
    };
}

# In a new process: runs a program in place of `perl -e`.
sub interpret {
    (my $program, @ARGV) = @_;
    eval { $program->(); 1 } or print STDERR $@ and exit 255;
    exit;
}

# Forks. Only new processes can enter a PID namespace: the agent selects that of the file for the new process, and then
# its own again. Returns undef with the reason in $! if the namespace cannot be entered.
sub fork_into {
    my ($file) = @_;
    return fork if !defined $file;
    open my $own, '<', '/proc/self/ns/pid' or return;
    open my $other, '<', $file or return;
    syscall($setns, fileno $other, 0) == 0 or return;
    my $pid = fork;
    return $pid if defined $pid && $pid == 0;
    my $reason = $!;
    die "cannot leave $file: $!" if syscall($setns, fileno $own, 0) != 0;
    $! = $reason;
    return $pid;
}

# In a new process: enters the other namespaces one after the other and limits the memory of the command. Returns the
# reason if that fails.
sub enter {
    my ($memory, @namespaces) = @_;
    for my $file (@namespaces) {
        open my $handle, '<', $file or return "cannot enter $file: $!";
        syscall($setns, fileno $handle, 0) == 0 or return "cannot enter $file: $!";
    }
    my $limit = pack 'QQ', ($memory) x 2;
    return "cannot limit the memory: $!" if $memory && syscall($prlimit, 0, RLIMIT_DATA, $limit, 0) != 0;
    return;
}

# Takes note that a command started, or reports why it did not. The kernel closes the pipe when the command starts.
sub started {
    my ($id, $command) = @_;
    sysread $command->{fail}, my $reason, 200;
    close delete $command->{fail};
    return if !length $reason;
    waitpid $command->{pid}, 0 if !defined $command->{status};
    delete $byPid{ $command->{pid} };
    delete $commands{$id};
    send_frame('F', $id, $reason);
}

# Sends a signal to the process group of a command. A process that has just been forked has none yet.
sub signal {
    my ($name, $command) = @_;
    kill($name, -$command->{pid}) || !defined $command->{status} && kill($name, $command->{pid});
}

# Forwards the output of a command to cnibench up to the limit; a command that exceeds it is killed.
sub forward {
    my ($id, $command, $side, $op) = @_;
    my $n = sysread $command->{$side}, my $data, CHUNK;
    return if !defined $n && ($!{EINTR} || $!{EAGAIN});
    if (!$n) { close delete $command->{$side}; return }
    my $remaining = $command->{limit} - $command->{kept}{$op};
    if ($n > $remaining) {
        $data = substr $data, 0, $remaining;
        $command->{overflow} = 1;
        signal('KILL', $command);
        close delete $command->{$side};
    }
    $command->{kept}{$op} += length $data;
    send_frame($op, $id, $data) if length $data;
}

# Writes pending input to a command and closes its stdin after the last byte.
sub feed {
    my ($command) = @_;
    return if !$command->{in};
    if (length $command->{input}) {
        my $n = syswrite $command->{in}, $command->{input};
        if (defined $n) { substr $command->{input}, 0, $n, '' }
        elsif (!$!{EAGAIN} && !$!{EINTR}) { close delete $command->{in}; return }
    }
    close delete $command->{in} if $command->{eof} && !length $command->{input};
}

# Reaps all children, including orphans: the agent may be the init process of a PID namespace.
sub reap {
    my $cpu = waited_cpu();
    while ((my $pid = waitpid -1, POSIX::WNOHANG()) > 0) {
        my $id = delete $byPid{$pid};
        my $before = $cpu;
        $cpu = waited_cpu();
        next if !defined $id;
        my $command = $commands{$id};
        $command->{status} = $?;
        $command->{cpu} = $cpu - $before;
        $command->{ended} = time;
    }
}

# CPU seconds of all children that were waited for, in steps of 10 ms.
sub waited_cpu {
    my (undef, undef, $user, $system) = times;
    return $user + $system;
}

# Reports a command as done once it has exited and its pipes are closed or held open only by other processes, which it
# waits for. If the process group is watched, it waits for the group in the same way.
sub finish {
    my ($id, $silent) = @_;
    my $command = $commands{$id};
    return if !defined $command->{status} || $command->{fail};
    my $left = $command->{out} || $command->{err} ? 1 : $command->{watched} && kill(0, -$command->{pid}) ? 2 : 0;
    my $expired = $silent && $command->{draining} && !$command->{patient};
    return if $left && !$expired && time - $command->{ended} < MAX_DRAIN_S;
    my $status = $command->{status};
    delete $commands{$id};
    send_frame('D', $id, join "\0", $status >> 8, $status & 127, $command->{overflow} ? 1 : 0, $left, $command->{cpu});
}

sub drain_wakeups { sysread $wakeR, my $ignored, CHUNK }

sub unblock { fcntl $_[0], F_SETFL, O_NONBLOCK or die "fcntl: $!" }

# The control pipe is closed, so cnibench has exited. Kills all commands and exits.
sub leave {
    signal('KILL', $_) for values %commands;
    POSIX::_exit(0);
}
