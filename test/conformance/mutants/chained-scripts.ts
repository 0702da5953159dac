/** The sh scripts of RC. */

/** IFNAME SYSCTL...: prints a line for each value: `mac`, `mtu`, then `sysctl name=value`. */
export const SHOW_STATE = `name=$1; shift
ip -o link show dev "$name" | sed -n 's/.* mtu \\([0-9]*\\).*link\\/ether \\([0-9a-f:]*\\).*/mac \\2\\nmtu \\1/p'
for sysctl; do echo "sysctl $sysctl=$(cat "/proc/sys/$sysctl")"; done`;

/** FILE OWNER LINE...: writes a record. */
export const WRITE_RECORD = `file=$1 owner=$2; shift 2; mkdir -p "\${file%/*}"
printf "%s\\n" "owner $owner" "$@" >"$file"`;

/** IFNAME MAC MTU SYSCTL...: sets the values. */
export const APPLY_CHANGES = `name=$1 mac=$2 mtu=$3; shift 3
[ -z "$mac" ] || ip link set dev "$name" address "$mac"
[ -z "$mtu" ] || ip link set dev "$name" mtu "$mtu"
for sysctl; do echo "\${sysctl#*=}" >"/proc/sys/\${sysctl%%=*}"; done`;

/** TAG: adds a rule to a chain that all attachments share; the first one creates it. */
export const ADD_RULE = `flock /run/rc.lock sh -ec '
iptables -w -N CNI-RC 2>/dev/null || true
iptables -w -C FORWARD -j CNI-RC 2>/dev/null || iptables -w -A FORWARD -j CNI-RC
iptables -w -A CNI-RC -m comment --comment "$0" -j ACCEPT' "$1"`;

/** TAG: removes the rules with the tag. */
export const REMOVE_RULE = `iptables -w -S CNI-RC 2>/dev/null | grep -e "--comment $1 " |
while read -r _ rule; do iptables -w -D $rule; done`;

export const LIST_RULES = "iptables -w -S CNI-RC 2>/dev/null || true";

/** FILE NETNS IFNAME: restores the values of the record if the interface exists, and removes the record. */
export const RESTORE_STATE = `file=$1 netns=$2 name=$3
[ -f "$file" ] || exit 0
nsenter --net="$netns" ip link show dev "$name" >/dev/null 2>&1 || { rm -f "$file"; exit 0; }
nsenter --net="$netns" sh -c '
while read -r what value; do
  case $what in
    mac) ip link set dev "$0" address "$value" ;;
    mtu) ip link set dev "$0" mtu "$value" ;;
    sysctl) echo "\${value#*=}" >"/proc/sys/\${value%%=*}" ;;
  esac
done; true' "$name" <"$file"
rm -f "$file"`;

/** DIR VALID...: removes the records that are not valid. */
export const REMOVE_STALE_RECORDS = `dir=$1; shift
for file in "$dir"/*; do
  keep=
  [ -f "$file" ] || continue
  for valid; do [ "$file" != "$valid" ] || keep=yes; done
  [ -n "$keep" ] || rm -f -- "$file" || bad=1
done
[ -z "$bad" ]`;
