/** The forwarding settings of nodes. */
import { run, type Shell } from "../../core/shell.ts";

/**
 * Makes a node forward packets, and excludes bridged frames between its pods from its packet filter, regardless of
 * which modules the host has loaded.
 */
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
    available=/proc/sys/net/ipv4/tcp_available_congestion_control
    grep -qw cubic "$available" && echo cubic >/proc/sys/net/ipv4/tcp_congestion_control
    true`;
  await run(node, ["sh", "-c", script]);
}
