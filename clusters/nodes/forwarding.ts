import { run, type Shell } from "../../core/shell.ts";

/** A node routes; and frames between the pods of a bridge do not pass the node's packet filter, whatever the host has loaded. */
export async function setForwarding(node: Shell): Promise<void> {
  const script = `
    echo 1 >/proc/sys/net/ipv4/ip_forward
    echo 0 >/proc/sys/net/ipv4/conf/all/rp_filter
    echo 0 >/proc/sys/net/ipv4/conf/default/rp_filter
    for f in all default; do
      [ -e /proc/sys/net/ipv6 ] || break
      echo 0 >/proc/sys/net/ipv6/conf/$f/disable_ipv6
      echo 1 >/proc/sys/net/ipv6/conf/$f/forwarding
    done
    for f in /proc/sys/net/bridge/bridge-nf-call-*; do [ -e "$f" ] && echo 0 >"$f"; done
    grep -qw cubic /proc/sys/net/ipv4/tcp_available_congestion_control && echo cubic >/proc/sys/net/ipv4/tcp_congestion_control
    true`;
  await run(node, ["sh", "-c", script]);
}
