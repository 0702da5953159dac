#!/bin/sh
# Hook of mmdebstrap: turns the installed system into a kernel, a small initrd and a file system in CNIBENCH_OUT.
# Argument: the root directory of the system.
set -eu
root=$1
out=$CNIBENCH_OUT
here=$(dirname "$0")

set -- "$root"/lib/modules/*
[ $# -eq 1 ] || { echo "expected one kernel, found $#" >&2; exit 1; }
version=${1##*/}
cp "$root/boot/vmlinuz-$version" "$out/vmlinuz"
chroot "$root" dpkg-query --show --showformat='${Package} ${Version} ${Architecture}\n' >"$out/packages"

# The initrd: busybox and the drivers in the required load order.
tree=$root/initrd
mkdir -p "$tree/bin" "$tree/modules" "$tree/dev" "$tree/proc" "$tree/root"
cp "$root/bin/busybox" "$tree/bin/busybox"
install -m 755 "$here/initrd-init.sh" "$tree/init"
n=100
for module in $CNIBENCH_MODULES; do
    chroot "$root" modprobe --show-depends --set-version "$version" "$module" >"$out/depends" || {
        echo "the kernel has no driver $module" >&2
        exit 1
    }
    while read -r what file _; do
        [ "$what" = insmod ] || continue # built in
        name=$(basename "$file" .xz)
        ls "$tree/modules" | grep -q -- "-$name\$" && continue
        n=$((n + 1))
        case $file in
            *.xz) chroot "$root" busybox xzcat "$file" >"$tree/modules/$n-$name" ;;
            *) cp "$root$file" "$tree/modules/$n-$name" ;;
        esac
    done <"$out/depends"
done
rm "$out/depends"
chroot "$root" sh -c '
    cd /initrd && find . | LC_ALL=C sort | cpio --quiet --create --format=newc --reproducible' >"$out/initrd"

rm -rf "$root"/usr/share/doc "$root"/usr/share/man "$root"/usr/share/locale "$root"/usr/share/info
rm -rf "$tree" "$root"/boot/* "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/etc/ssh/ssh_host_*
mkdir "$out/tree"
mount --bind "$root" "$out/tree" # without /proc and other file systems mounted in it
mke2fs -q -t ext4 -O ^has_journal -m 0 -L cnibench -U 4e1bbe2c-0000-4000-8000-000000000001 \
    -d "$out/tree" "$out/root.img" 2G
umount "$out/tree"
rmdir "$out/tree"
