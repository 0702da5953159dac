#!/bin/sh
# Init of a VM node, which replaces that of the image: configures the network and starts sshd. It is on the second
# drive of the node, next to `node` (name and MAC addresses of the node), `network` (lines for ip) and the keys. The
# interface of the control channel is in a separate network namespace, so that plugins only see the nodes' network.
set -eu
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH
here=/run/cnibench
. "$here/node"
# Reboots instead of a panic, whose output would hide the error. QEMU exits on a reboot.
trap 'echo "cnibench: cannot set up the node"; sleep 1; echo b >/proc/sysrq-trigger' EXIT

mount -t proc proc /proc 2>/dev/null || true
[ -x /usr/sbin/sshd ] || { echo "cnibench: the image has no SSH server (/usr/sbin/sshd)"; exit 1; }
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
sed -i 's/^root:[^:]*:/root:*:/' /etc/shadow # sshd rejects locked accounts, even with a key

modprobe -q virtio_net || true
modprobe -q tun || true
modprobe -q br_netfilter || true # not loaded automatically, but required by daemons of plugins
# Names interfaces by MAC address, regardless of the names that the kernel or udev chose.
rename() {
    for device in /sys/class/net/*; do
        read -r mac <"$device/address" || continue
        [ "$mac" = "$1" ] && { ip link set "${device##*/}" down; ip link set "${device##*/}" name "$2"; return 0; }
    done
    return 1
}
require_interface() {
    tries=0
    until rename "$1" "$2"; do
        tries=$((tries + 1))
        if [ $tries -ge 100 ]; then
            echo "cnibench: no interface with MAC address $1 (no virtio_net driver?)"
            exit 1
        fi
        sleep 0.05
    done
}
require_interface "$control" control
i=0
for mac in $nics; do require_interface "$mac" "nic$i"; i=$((i + 1)); done
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
    kill -0 "$sshd" || { echo "cnibench: sshd exited"; exit 1; }
    sleep 0.02
done
trap - EXIT
echo "cnibench: node is ready"
wait "$sshd" # also reaps orphaned processes; when it returns, the kernel panics and the machine stops
