#!/bin/busybox sh
# First process of a VM node, in its initrd: loads the disk drivers, then executes the init of the kernel command line.
bb=/bin/busybox
$bb mount -t proc proc /proc
$bb mount -t devtmpfs dev /dev
for module in /modules/*; do $bb insmod "$module"; done
root='' init=/sbin/init
read -r line </proc/cmdline
for word in $line; do
    case $word in
        root=*) root=${word#root=} ;;
        init=*) init=${word#init=} ;;
        --) break ;;
    esac
done
tries=0
until [ -b "$root" ]; do
    tries=$((tries + 1))
    [ $tries -lt 100 ] || { echo "cnibench: disk $root not found"; $bb poweroff -f; }
    $bb sleep 0.05
done
$bb mount -t ext4 -o rw "$root" /root || { echo "cnibench: cannot mount $root"; $bb poweroff -f; }
$bb mount --move /dev /root/dev
$bb umount /proc
exec $bb switch_root /root "$init" "$@"
