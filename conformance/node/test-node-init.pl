# Creates a test node in new mount, network and PID namespaces. Arguments: seconds until it ends, the addresses of the
# uplink and of its other end, the name of a first container (empty for none), the state of its loopback link, and the
# directories in which plugins keep files. The first process of the node gives it its own directories, prints its
# process ID as the creator of the namespaces sees it, and reaps orphans.
my ($lifetime, $address, $gateway, $container, $loopback, @dirs) = @ARGV;
unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID);
my $init = fork // die "cannot fork: $!\n";
if ($init != 0) {
    waitpid $init, 0;
    exit($? == 0 ? 0 : 1);
}
my ($pid) = readlink '/proc/self';
mount_at('/', 'none', '', MS_REC | MS_PRIVATE);
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
mount_at('/var/tmp', 'cnibench-test', 'tmpfs', 0, 'mode=1777') if -d '/var/tmp';
make_dir('/var/lib/cni');
mount_at('/var/lib/cni', 'cnibench-test', 'tmpfs');

# With overlays, tests can change /etc and /opt at the same time, and written-files.ts finds the changes. A kernel
# without them shares both, except the configuration of networks.
overlay('/opt');
if (!overlay('/etc') && !overlay('/etc/cni')) {
    system('cp', '-a', '/etc/cni', OWN . '/etc-cni') == 0 or die "cannot copy /etc/cni\n";
    mount_at('/etc/cni', OWN . '/etc-cni', '', MS_BIND);
}
mount_at('/sys', 'cnibench-test', 'sysfs');

mkdir '/run/netns';
create_uplink($address, $gateway);
create_container($container, $loopback) if $container ne '';
syswrite STDOUT, "$pid\n";
$SIG{CHLD} = 'IGNORE';
sleep $lifetime;
