#!/bin/sh
# First process of a node inside a lab: its own network, mount and UTS namespaces, then the agent.
# Arguments: the node's name, the agent. /run, /tmp, /etc/cni, /opt/cni and /var/lib/cni are the node's own, in memory.
set -eu
name=$1
agent=$2
for folder in /run /tmp /etc/cni /opt/cni /var/lib/cni; do
    mount -t tmpfs -o mode=755,size=256m "$name" "$folder"
done
mount -t sysfs sysfs /sys
mkdir -p /run/netns /etc/cni/net.d /opt/cni/bin
chmod 1777 /tmp
hostname "$name"
ip link set lo up
exec perl "/.host$agent"
