#!/bin/sh
# First process of a node: sets up its network, mount and UTS namespaces, then executes the agent. Arguments: the
# name of the node, the agent. The directories in which plugins keep files are private to the node, in memory.
set -eu
name=$1
agent=$2
for dir in /run /tmp /srv /var; do
    mount -t tmpfs -o mode=755,size=256m "$name" "$dir"
done
# Existing entries of /etc and /opt remain links to the read-only files of the host.
mkdir /run/links
for dir in /etc /opt; do
    mount --bind "$dir" /run/links
    mount -t tmpfs -o mode=755,size=256m "$name" "$dir"
    cp -a /run/links/. "$dir"
    umount /run/links
done
rmdir /run/links
mount -t sysfs sysfs /sys
mkdir -p /run/lock /run/netns /etc/cni/net.d /opt/cni/bin
mkdir -p /var/cache /var/lib/cni /var/local /var/log /var/opt /var/spool /var/tmp
ln -s /run /run/lock /var
chmod 1777 /tmp /var/tmp /run/lock
hostname "$name"
ip link set lo up
exec perl "/.host$agent"
