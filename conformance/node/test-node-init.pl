# First process of a test node, in new mount, network and PID namespaces. Arguments: seconds until it ends, an sh script
# that creates the network, and the directories in which plugins keep files. Gives the node its own directories, prints
# its process ID as the creator of the namespaces sees it, and reaps orphans.
# Makes the system calls itself, because every test needs a node: mount(8) would take longer than many tests.
use strict;
my ($lifetime, $network, @dirs) = @ARGV;
use constant { MS_BIND => 4096, OWN => '/tmp/.node' };

# Number of the system call mount by the machine in the ELF header of this program; most architectures share one.
my %MOUNT = (3 => 21, 20 => 21, 21 => 21, 22 => 21, 40 => 21, 62 => 165);
open my $program, '<', '/proc/self/exe' or die "cannot read /proc/self/exe: $!\n";
read $program, my $elf, 20;
my $mount = $MOUNT{ unpack 'x18 S', $elf } // 40;

my ($pid) = readlink '/proc/self';
mount_at('/tmp', 'cnibench', 'tmpfs');
make_dir(OWN);
mount_at('/proc', 'cnibench-test', 'proc');
mount_at('/run', 'cnibench-test', 'tmpfs');

# What a daemon of the plugin keeps in the directories on the node remains visible through links, but for /var/lib/cni,
# which contains the attachments of other containers.
for my $dir (grep { -d } @dirs) {
    my $original = OWN . $dir;
    make_dir($original);
    mount_at($original, $dir, '', MS_BIND);
    mount_at($dir, 'cnibench-test', 'tmpfs');
    opendir my $entries, $original or die "cannot read $dir: $!\n";
    for (grep { !/^\./ && "$dir/$_" ne '/var/lib/cni' } readdir $entries) { symlink "$original/$_", "$dir/$_" }
}
make_dir('/var/lib/cni');
mount_at('/var/lib/cni', 'cnibench-test', 'tmpfs');

# /opt contains the plugins: with an overlay, tests can replace them at the same time; a kernel without it shares them.
overlay('/opt', 'opt');
if (!overlay('/etc/cni', 'cni')) {
    system('cp', '-a', '/etc/cni', OWN . '/etc-cni') == 0 or die "cannot copy /etc/cni\n";
    mount_at('/etc/cni', OWN . '/etc-cni', '', MS_BIND);
}
mount_at('/sys', 'cnibench-test', 'sysfs');

system('sh', '-ec', $network) == 0 or die "cannot create the network\n";
syswrite STDOUT, "$pid\n";
$SIG{CHLD} = 'IGNORE';
sleep $lifetime;

# System calls need variables for strings, and numbers for integers.
sub try_mount {
    my ($target, $source, $type, $flags, $options) = @_;
    $flags ||= 0;
    $options //= '';
    return syscall($mount, $source, $target, $type, $flags, $options) == 0;
}

sub mount_at { try_mount(@_) or die "cannot mount $_[0]: $!\n" }

# Keeps changes of the directory private to the node. Returns whether the kernel supports that.
sub overlay {
    my ($dir, $name) = @_;
    my ($upper, $work) = (OWN . "/$name", OWN . "/$name.work");
    make_dir($_) for $upper, $work;
    return try_mount($dir, 'cnibench', 'overlay', 0, "lowerdir=$dir,upperdir=$upper,workdir=$work");
}

sub make_dir {
    my $path = '';
    mkdir $path .= "/$_" for grep { length } split m{/}, $_[0];
}
