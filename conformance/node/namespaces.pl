# Creates mounts and network namespaces with system calls, because every test needs a node and containers: mount(8) and
# `ip netns add` would take longer than many tests. The programs of test nodes follow in the same file.
use strict;
use constant { MS_BIND => 4096, CLONE_NEWNET => 0x40000000, OWN => '/tmp/.node' };
use constant { AF_INET => 2, SOCK_DGRAM => 2, SIOCSIFFLAGS => 0x8914, IFF_UP => 1 };

# Numbers of the system calls mount and unshare by the machine in the ELF header of this program (i386, ppc, ppc64,
# s390, arm, x86_64); the other architectures share them.
my %SYSCALLS = (
    3 => [21, 310], 20 => [21, 282], 21 => [21, 282], 22 => [21, 303], 40 => [21, 337], 62 => [165, 272],
);
open my $program, '<', '/proc/self/exe' or die "cannot read /proc/self/exe: $!\n";
read $program, my $elf, 20;
my ($mount, $unshare) = @{ $SYSCALLS{ unpack 'x18 S', $elf } // [40, 97] };

# System calls need variables for strings, and numbers for integers.
sub try_mount {
    my ($target, $source, $type, $flags, $options) = @_;
    $flags ||= 0;
    $options //= '';
    return syscall($mount, $source, $target, $type, $flags, $options) == 0;
}

sub mount_at { try_mount(@_) or die "cannot mount $_[0]: $!\n" }

# Keeps changes of the directory private to the node. Returns false if the kernel does not support that, or if the
# overlay would hide mounts, as containers have them in /etc.
sub overlay {
    my ($dir) = @_;
    open my $mounts, '<', '/proc/self/mounts' or die "cannot read /proc/self/mounts: $!\n";
    return if grep { (split / /)[1] =~ m{^\Q$dir\E/} } <$mounts>;
    my ($upper, $work) = (OWN . "/upper$dir", OWN . "/work$dir");
    make_dir($_) for $upper, $work;
    return try_mount($dir, 'cnibench', 'overlay', 0, "lowerdir=$dir,upperdir=$upper,workdir=$work");
}

sub make_dir {
    my $path = '';
    mkdir $path .= "/$_" for grep { length } split m{/}, $_[0];
}

# Creates the network namespace of a container as `ip netns add` does, and enters it. An IPv6 address is usable at once,
# without duplicate address detection. The loopback link is up or down.
sub create_container {
    my ($name, $loopback) = @_;
    my $file = "/run/netns/$name";
    open my $created, '>', $file or die "cannot create $file: $!\n";
    syscall($unshare, CLONE_NEWNET) == 0 or die "cannot create a network namespace: $!\n";
    mount_at($file, '/proc/self/ns/net', '', MS_BIND);
    for ('all', 'default') {
        open my $setting, '>', "/proc/sys/net/ipv6/conf/$_/accept_dad" or die "cannot write accept_dad: $!\n";
        syswrite $setting, "0\n";
    }
    return if $loopback ne 'up';
    socket my $socket, AF_INET, SOCK_DGRAM, 0 or die "cannot create a socket: $!\n";
    my $flags = pack 'Z16 s x22', 'lo', IFF_UP;
    ioctl $socket, SIOCSIFFLAGS, $flags or die "cannot set up lo: $!\n";
}
