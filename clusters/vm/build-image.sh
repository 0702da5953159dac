#!/bin/sh
# Builds the image of VM nodes into OUT. Runs in mount and PID namespaces of its own (without root in a user namespace too), and
# what it works on is in memory: a build that is killed leaves only an unfinished OUT.
# Arguments: OUT (an empty folder), SOURCES (a deb822 file), KEYRING (for sources without a key), ARCHITECTURE, PACKAGES (commas between), PACK (the script that packs).
# Environment: CNIBENCH_MODULES (drivers of the initrd, spaces between).
set -eu
out=$1 sources=$2 keyring=$3 architecture=$4 packages=$5 pack=$6
export CNIBENCH_OUT="$out" LC_ALL=C SOURCE_DATE_EPOCH=0
export INITRD=No # the one of Debian is not used: it takes seconds to make, and more to boot under emulation

mkdir "$out/work"
mount -t tmpfs -o mode=755,size=3g cnibench "$out/work"
export TMPDIR="$out/work"
mmdebstrap --mode=root --variant=minbase --format=null --keyring="$keyring" --architectures="$architecture" --include="$packages" \
    --aptopt='Acquire::Retries "3"' --aptopt='Acquire::Languages "none"' \
    --customize-hook="$pack" '' /dev/null "$sources"
umount "$out/work"
rmdir "$out/work"
