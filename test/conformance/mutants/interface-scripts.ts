/** The sh scripts of RI. Each combines several commands, so that an operation starts few processes. */

/** NETNS IFNAME HOST: prints `netns` unless NETNS is a container's namespace, `taken` if one of the links exists. */
export const PROBE_TARGET = `[ ! "$1" -ef /proc/self/ns/net ] &&
  nsenter --net="$1" true 2>/dev/null || { echo netns; exit; }
nsenter --net="$1" ip link show dev "$2" >/dev/null 2>&1 && echo taken
ip link show dev "$3" >/dev/null 2>&1 && echo taken; true`;

/**
 * BRIDGE MAC HOST IFNAME NETNS MTU CONTAINER_MAC GATEWAY...: creates the links. Another process may create the bridge
 * at the same time.
 */
export const CREATE_LINKS = `bridge=$1 mac=$2 host=$3 name=$4 netns=$5 mtu=$6 own=$7; shift 7
ip link show dev "$bridge" >/dev/null 2>&1 ||
  ip link add dev "$bridge" address "$mac" type bridge 2>/dev/null ||
  ip link show dev "$bridge" >/dev/null
ip link set dev "$bridge" up
for gateway; do
  case $gateway in *:*) family="-6 nodad" ;; *) family="-4 " ;; esac
  output=$(ip \${family%% *} addr add "$gateway" dev "$bridge" \${family#* } 2>&1) ||
    case $output in *exists* | *assigned*) ;; *) echo "$output"; exit 1 ;; esac
done
ip link add dev "$host" mtu "$mtu" up master "$bridge" type veth \\
  peer name "$name" mtu "$mtu" \${own:+address "$own"} netns "$netns"`;

/** BRIDGE HOST NETNS IFNAME: prints name, MAC address and MTU of each link. */
export const SHOW_LINKS = `show() {
  sed -n 's/^[0-9]*: \\([^:@]*\\).* mtu \\([0-9]*\\).*link\\/ether \\([0-9a-f:]*\\).*/\\1 \\3 \\2/p'
}
{
  ip -o link show dev "$1"
  ip -o link show dev "$2"
  nsenter --net="$3" ip -o link show dev "$4"
} 2>/dev/null | show`;

/** LINE...: runs `ip` with each line; prints the indices of those that changed something. Existing routes remain. */
export const RUN_IP_COMMANDS = `n=0
for line; do
  output=$(ip $line 2>&1) && echo "$n" || case $output in *'File exists'*) ;; *) echo "$output"; exit 1 ;; esac
  n=$((n + 1))
done`;

/** Enables IPv4 forwarding; with any argument, IPv6 forwarding, too. */
export const ENABLE_FORWARDING = `echo 1 >/proc/sys/net/ipv4/ip_forward
[ $# -eq 0 ] || echo 1 >/proc/sys/net/ipv6/conf/all/forwarding`;

/** PREFIX VALID...: removes the links with the prefix that are not valid. */
export const REMOVE_STALE_LINKS = `prefix=$1; shift
for path in /sys/class/net/"$prefix"*; do
  name=\${path##*/} keep=
  [ -e "$path" ] || continue
  for valid; do [ "$name" != "$valid" ] || keep=yes; done
  # It goes by itself, a moment later, when its container was deleted.
  [ -n "$keep" ] || ip link delete dev "$name" 2>/dev/null || [ ! -e "$path" ]
done`;
