#!/bin/sh
# First process of a VM node, in the place of the image's init: network, then sshd. It lies on the node's second drive, beside
# `node` (the node's name and MAC addresses), `network` (lines for ip) and the keys.
# The control channel's interface is in a network namespace of its own: plugins see only the nodes' network.
set -eu
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH
here=/run/cnibench
. "$here/node"
# Without a panic, whose lines would hide what went wrong: QEMU ends where the machine would start again.
trap 'echo "cnibench: the node could not be set up"; sleep 1; echo b >/proc/sysrq-trigger' EXIT

mount -t proc proc /proc 2>/dev/null || true
[ -x /usr/sbin/sshd ] || { echo "cnibench: the image has no ssh server (/usr/sbin/sshd)"; exit 1; }
mount -t sysfs sysfs /sys 2>/dev/null || true
[ -e /dev/null ] || mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts -o mode=620,gid=5 devpts /dev/pts
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
mount -t tmpfs -o mode=1777 tmpfs /tmp
mount -t cgroup2 cgroup2 /sys/fs/cgroup 2>/dev/null || true
mount -t bpf bpf /sys/fs/bpf 2>/dev/null || true
ln -sfn /proc/self/fd /dev/fd
ln -sf /proc/self/fd/0 /dev/stdin
ln -sf /proc/self/fd/1 /dev/stdout
ln -sf /proc/self/fd/2 /dev/stderr
mkdir -p /run/netns /run/lock /run/sshd /etc/cni/net.d /opt/cni/bin /var/lib/cni /var/cache/cnibench
echo "$name" >/proc/sys/kernel/hostname
sed -i 's/^root:[^:]*:/root:*:/' /etc/shadow # sshd lets nobody into a locked account, with a key neither

modprobe -q virtio_net || true
modprobe -q tun || true
modprobe -q br_netfilter || true # nothing loads it by itself, and daemons of plugins refuse to start without it
# Names by MAC address, whatever the kernel or udev called them.
rename() {
    for device in /sys/class/net/*; do
        read -r mac <"$device/address" || continue
        [ "$mac" = "$1" ] && { ip link set "${device##*/}" down; ip link set "${device##*/}" name "$2"; return 0; }
    done
    return 1
}
wanted() {
    tries=0
    until rename "$1" "$2"; do
        tries=$((tries + 1))
        [ $tries -lt 100 ] || { echo "cnibench: the node has no interface with MAC address $1 (no virtio_net driver?)"; exit 1; }
        sleep 0.05
    done
}
wanted "$control" control
i=0
for mac in $nics; do wanted "$mac" "nic$i"; i=$((i + 1)); done
i=0
for mac in $nics; do
    if [ $i -eq 0 ]; then ip link set nic0 name eth0; else ip link set "nic$i" name "net$i"; fi
    i=$((i + 1))
done
ip link set lo up
ip -batch "$here/network"

unshare --net sh -c '
    until ip addr add 10.0.2.15/24 dev control 2>/dev/null; do sleep 0.02; done
    ip link set lo up
    ip link set control up
    exec /usr/sbin/sshd -D -e -f "$1"' sh "$here/sshd_config" &
sshd=$!
until [ "$(readlink "/proc/$sshd/ns/net")" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.02; done
ip link set control netns "$sshd"
until grep -q ':0016 00000000:0000 0A' "/proc/$sshd/net/tcp"; do
    kill -0 "$sshd" || { echo "cnibench: sshd has ended"; exit 1; }
    sleep 0.02
done
trap - EXIT
echo "cnibench: node is ready"
wait "$sshd" # and reaps what has lost its parent; when it returns the kernel panics and the machine ends
