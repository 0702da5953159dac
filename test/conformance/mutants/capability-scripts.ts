/** The sh scripts of RO. An attachment's tag is the comment of its rules, the alias of its links, its ifb's name. */

/** PROGRAM: creates the chain and the jumps to it, which all attachments share; the jump of OUTPUT comes last. */
const CREATE_SHARED_CHAIN = `for hook in PREROUTING OUTPUT; do
  "$0" -w -t nat -N CNI-RO 2>/dev/null || true
  "$0" -w -t nat -C $hook -m addrtype --dst-type LOCAL -j CNI-RO 2>/dev/null ||
    "$0" -w -t nat -A $hook -m addrtype --dst-type LOCAL -j CNI-RO
done`;

/** LINE...: adds rules, `PROGRAM CHAIN RULE...`, to the table nat. */
export const ADD_RULES = `for line; do
  program=\${line%% *}
  "$program" -w -t nat -C OUTPUT -m addrtype --dst-type LOCAL -j CNI-RO 2>/dev/null ||
    flock /run/ro.lock sh -ec '${CREATE_SHARED_CHAIN}' "$program"
  "$program" -w -t nat -A \${line#* }
done`;

/** LINE...: fails unless every rule and the jumps to it exist. */
export const CHECK_RULES = `for line; do
  program=\${line%% *}
  "$program" -w -t nat -C \${line#* }
  case $line in *" CNI-RO "*) ;; *) continue ;; esac
  for hook in PREROUTING OUTPUT; do "$program" -w -t nat -C $hook -m addrtype --dst-type LOCAL -j CNI-RO; done
done`;

/** Finds `host`, the node's end of IFNAME in NETNS. */
const FIND_HOST_LINK = `index=$(nsenter --net="$2" ip -o link show dev "$3" | sed -n 's/^[^@]*@if\\([0-9]*\\):.*/\\1/p')
host=$(ip -o link show | sed -n "s/^$index: \\([^@:]*\\).*/\\1/p")
[ -n "$host" ] || { echo "the link has no end on the node"; exit 1; }
`;

/**
 * TAG NETNS IFNAME INGRESS BURST EGRESS BURST: bits per second and bytes, 0 for no limit. A link can limit only what it
 * sends, so egress is redirected through an ifb, whose MAC address is printed.
 */
export const ADD_SHAPING = `${FIND_HOST_LINK}ip link set dev "$host" alias "$1"
[ "$4" = 0 ] || tc qdisc add dev "$host" root tbf rate "$4bit" burst "$5" latency 25ms
[ "$6" != 0 ] || exit 0
ip link add dev "$1" type ifb
ip link set dev "$1" up alias "$1"
tc qdisc add dev "$1" root tbf rate "$6bit" burst "$7" latency 25ms
tc qdisc add dev "$host" ingress
tc filter add dev "$host" parent ffff: protocol all u32 match u32 0 0 action mirred egress redirect dev "$1"
cat "/sys/class/net/$1/address"`;

/** TAG NETNS IFNAME: prints both queueing disciplines as JSON, and "redirected" if egress goes through the ifb. */
export const SHOW_SHAPING = `${FIND_HOST_LINK}echo "ingress $(tc -j qdisc show dev "$host" root)"
echo "egress $(tc -j qdisc show dev "$1" root)"
tc filter show dev "$host" parent ffff: | grep -q "to device $1)" && echo redirected; true`;

/** PREFIX TAG...: removes the rules of all tags with the prefix, except the given ones. */
export const REMOVE_RULES = `prefix=$1; shift
for program in iptables ip6tables; do
  "$program" -w -t nat -S 2>/dev/null | sed -n "s/^-A \\(.* --comment \\($prefix[0-9a-f]*\\) .*\\)/\\2 \\1/p" |
  while read -r tag rule; do
    for valid; do [ "$tag" != "$valid" ] || continue 2; done
    "$program" -w -t nat -D $rule
  done
done`;

/** Removes limits in the same way as {@link REMOVE_RULES}. A link may disappear with its container at any moment. */
export const REMOVE_SHAPING = `prefix=$1; shift
for path in /sys/class/net/*/ifalias; do
  { read -r tag <"$path"; } 2>/dev/null || continue
  case $tag in "$prefix"*) ;; *) continue ;; esac
  for valid; do [ "$tag" != "$valid" ] || continue 2; done
  link=\${path%/ifalias} link=\${link##*/}
  if [ "$link" = "$tag" ]; then ip link delete dev "$link"; continue; fi
  tc qdisc delete dev "$link" root 2>/dev/null || true
  tc qdisc delete dev "$link" ingress 2>/dev/null || true
  ip link set dev "$link" alias "" || [ ! -e "$path" ]
done`;
