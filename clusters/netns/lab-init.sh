#!/bin/sh
# First process of a lab: creates the root file system, then executes the agent, which is the only argument. Runs in new
# user, network, mount, PID and UTS namespaces; all mounts are private to them and disappear with them.
# The files of the host are mounted read-only at /.host; files that a node may write are in memory.
set -eu
agent=$1
step() { doing=$1; }
trap '[ $? -eq 0 ] || echo "cnibench-lab: failed at: $doing" >&2' EXIT

step "host pid"
read -r CNIBENCH_HOST_PID _ </proc/self/stat
export CNIBENCH_HOST_PID

step "tmpfs"
mount -t tmpfs -o mode=755,size=64m cnibench /tmp
cd /tmp
mkdir .host

step "host files"
mount --rbind / .host
umount -l .host/tmp

step "root"
# Every entry is a link to the host's, except for what a node needs to own. /etc and /opt consist of links, so that
# single entries can belong to the node.
ln -s .host/* .
rm -rf proc sys run tmp dev old opt etc srv var
mkdir proc sys run tmp dev old opt etc srv var
(cd opt && ln -s ../.host/opt/* .)
(cd etc && ln -s ../.host/etc/* .)
rm -rf etc/cni opt/cni

step "devices"
for device in null zero full random urandom tty net/tun; do
    [ -e "/dev/$device" ] || continue
    mkdir -p "dev/${device%/*}" 2>/dev/null || true
    [ -d "dev/$device" ] && rmdir "dev/$device"
    : >"dev/$device"
    mount --bind "/dev/$device" "dev/$device"
done
mkdir dev/shm
ln -s /proc/self/fd dev/fd
ln -s /proc/self/fd/0 dev/stdin
ln -s /proc/self/fd/1 dev/stdout
ln -s /proc/self/fd/2 dev/stderr

step "read-only host files (mount_setattr: Linux 5.12 or newer)"
# mount_setattr(AT_FDCWD, ".host", AT_RECURSIVE, {RDONLY|NOSUID|NODEV}); the number is the same on every architecture.
perl -e '
    my ($path, $attr) = (".host", pack("QQQQ", 7, 0, 0, 0));
    exit(syscall(442, -100, $path, 0x8000, $attr, 32) == 0 ? 0 : 1)'

step "proc"
mount -t proc proc proc
step "sysfs"
mount -t sysfs sysfs sys
step "pivot_root"
pivot_root . old
cd /
umount -l old
rmdir old
mount -t tmpfs -o mode=755,size=16m cnibench /run
mount -o remount,bind,ro /
step "network"
ip link set lo up
step "agent"
exec perl "/.host$agent"
