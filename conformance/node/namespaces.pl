# Creates mounts and network namespaces with system calls, because every test needs a node and containers: mount(8) and
# `ip netns add` would take longer than many tests. The programs of test nodes follow in the same file.
use strict;
use constant { MS_BIND => 4096, MS_REC => 16384, MS_PRIVATE => 1 << 18, OWN => '/tmp/.node' };
use constant { CLONE_NEWNS => 0x20000, CLONE_NEWPID => 0x20000000, CLONE_NEWNET => 0x40000000 };
use constant { AF_INET => 2, SOCK_DGRAM => 2, SIOCGIFFLAGS => 0x8913, SIOCSIFFLAGS => 0x8914, IFF_UP => 1 };

# Numbers of the system calls mount, unshare and setns by the machine in the ELF header of this program (i386, ppc,
# ppc64, s390, arm, x86_64); the other architectures share them.
my %SYSCALLS = (
    3 => [21, 310, 346], 20 => [21, 282, 350], 21 => [21, 282, 350], 22 => [21, 303, 339], 40 => [21, 337, 375],
    62 => [165, 272, 308],
);
open my $program, '<', '/proc/self/exe' or die "cannot read /proc/self/exe: $!\n";
read $program, my $elf, 20;
our ($mount, $unshare, $setns) = @{ $SYSCALLS{ unpack 'x18 S', $elf } // [40, 97, 268] };

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

sub unshare {
    my ($namespaces) = @_;
    syscall($unshare, $namespaces) == 0 or die "cannot create namespaces: $!\n";
}

# Creates a network namespace as `ip netns add` does.
sub create_namespace {
    my ($file) = @_;
    in_namespace('/proc/self/ns/net', sub {
        open my $created, '>', $file or die "cannot create $file: $!\n";
        unshare(CLONE_NEWNET);
        mount_at($file, '/proc/self/ns/net', '', MS_BIND);
    });
}

# Runs a function in a network namespace.
sub in_namespace {
    my ($file, $run) = @_;
    open my $own, '<', '/proc/self/ns/net' or die "cannot read /proc/self/ns/net: $!\n";
    open my $other, '<', $file or die "cannot read $file: $!\n";
    syscall($setns, fileno $other, 0) == 0 or die "cannot enter $file: $!\n";
    $run->();
    syscall($setns, fileno $own, 0) == 0 or die "cannot leave $file: $!\n";
}

# Creates the network namespace of a container. Its loopback link is up or down.
sub create_container {
    my ($name, $loopback) = @_;
    create_namespace("/run/netns/$name");
    in_namespace("/run/netns/$name", sub {
        disable_dad();
        set_up('lo') if $loopback eq 'up';
    });
}

# Makes IPv6 addresses usable at once, without duplicate address detection, so that their state does not change later.
sub disable_dad { set("ipv6/conf/$_/accept_dad", 0) for 'all', 'default' }

# Writes a kernel setting, if the kernel has it.
sub set {
    my ($name, $value) = @_;
    my $file = "/proc/sys/net/$name";
    return if !-e $file;
    open my $setting, '>', $file or die "cannot write $file: $!\n";
    syswrite $setting, "$value\n";
}

sub set_up {
    my ($link) = @_;
    socket my $socket, AF_INET, SOCK_DGRAM, 0 or die "cannot create a socket: $!\n";
    my $request = pack 'Z16 x24', $link;
    ioctl $socket, SIOCGIFFLAGS, $request or die "no link $link: $!\n";
    $request = pack 'Z16 s x22', $link, IFF_UP | unpack 'x16 s', $request;
    ioctl $socket, SIOCSIFFLAGS, $request or die "cannot set up $link: $!\n";
}
