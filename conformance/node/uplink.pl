# Creates the network of a test node with rtnetlink(7): starting ip(8) would take longer than many tests. Test nodes of
# a user who reproduces a failure get it from UPLINK_SCRIPT (test-node.ts).
use constant { AF_NETLINK => 16, SOCK_RAW => 3, REQUEST_AND_ACKNOWLEDGE => 5, CREATE_EXCLUSIVELY => 0x600 };
use constant { RTM_NEWLINK => 16, RTM_NEWADDR => 20, RTM_NEWROUTE => 24, NLMSG_ERROR => 2, SIOCGIFINDEX => 0x8933 };
use constant { IFLA_IFNAME => 3, IFLA_LINKINFO => 18, IFLA_NET_NS_FD => 28, IFLA_INFO_KIND => 1, IFLA_INFO_DATA => 2 };
use constant { VETH_INFO_PEER => 1, IFA_ADDRESS => 1, IFA_LOCAL => 2, RTA_GATEWAY => 5 };
use constant { OUTSIDE => '/run/netns/outside', PREFIX_LENGTH => 24, TABLE_MAIN => 254, PROTOCOL_BOOT => 3 };
use constant { SCOPE_UNIVERSE => 0, UNICAST => 1 };

# Connects eth0 of the node with eth0 of the namespace `outside`, without forwarding, which new namespaces inherit from
# the system and which would hide that a plugin does not enable it.
sub create_uplink {
    my ($address, $gateway) = @_;
    disable_dad();
    set($_, 0) for 'ipv4/ip_forward', 'ipv6/conf/all/forwarding';
    set_up('lo');
    create_namespace(OUTSIDE);
    create_veth('eth0', OUTSIDE);
    add_address('eth0', $address);
    set_up('eth0');
    my $default = pack 'C8 L', AF_INET, 0, 0, 0, TABLE_MAIN, PROTOCOL_BOOT, SCOPE_UNIVERSE, UNICAST, 0;
    request(RTM_NEWROUTE, $default . attribute(RTA_GATEWAY, packed($gateway)));
    in_namespace(OUTSIDE, sub {
        set_up('lo');
        add_address('eth0', $gateway);
        set_up('eth0');
    });
}

# Creates a pair of links of one name, in this namespace and in another one.
sub create_veth {
    my ($name, $file) = @_;
    open my $namespace, '<', $file or die "cannot read $file: $!\n";
    my $link = pack 'x16';
    my $named = attribute(IFLA_IFNAME, "$name\0");
    my $peer = attribute(VETH_INFO_PEER, $link . $named . attribute(IFLA_NET_NS_FD, pack 'L', fileno $namespace));
    my $veth = attribute(IFLA_INFO_KIND, 'veth') . attribute(IFLA_INFO_DATA, $peer);
    request(RTM_NEWLINK, $link . $named . attribute(IFLA_LINKINFO, $veth));
}

sub add_address {
    my ($link, $address) = @_;
    socket my $socket, AF_INET, SOCK_DGRAM, 0 or die "cannot create a socket: $!\n";
    my $index = pack 'Z16 x24', $link;
    ioctl $socket, SIOCGIFINDEX, $index or die "no link $link: $!\n";
    my $header = pack 'C4 L', AF_INET, PREFIX_LENGTH, 0, SCOPE_UNIVERSE, unpack 'x16 L', $index;
    my $ip = packed($address);
    request(RTM_NEWADDR, $header . attribute(IFA_LOCAL, $ip) . attribute(IFA_ADDRESS, $ip));
}

sub packed { pack 'C4', split /\./, $_[0] }

sub attribute {
    my ($type, $value) = @_;
    my $length = 4 + length $value;
    return pack 'S S a*', $length, $type, $value . "\0" x (-$length % 4);
}

# Sends a request that creates an object, and waits for the answer of the kernel.
sub request {
    my ($type, $body) = @_;
    socket my $kernel, AF_NETLINK, SOCK_RAW, 0 or die "cannot create a netlink socket: $!\n";
    my $length = 16 + length $body;
    my $message = pack 'L S S L L', $length, $type, REQUEST_AND_ACKNOWLEDGE | CREATE_EXCLUSIVELY, 1, 0;
    defined syswrite $kernel, $message . $body or die "cannot send a netlink request: $!\n";
    sysread $kernel, my $answer, 8192 or die "no answer to a netlink request: $!\n";
    my ($kind, $error) = unpack 'x4 S x10 l', $answer;
    $! = -$error;
    die "the kernel refused netlink request $type: $!\n" if $kind != NLMSG_ERROR || $error != 0;
}
