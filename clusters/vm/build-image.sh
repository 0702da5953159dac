#!/bin/sh
# Builds the VM node image into OUT. Runs in mount and PID namespaces (without root also in a user namespace).
# Temporary files are in memory, so a killed build leaves only an unfinished OUT. Arguments: OUT (an empty
# directory), SOURCES (a deb822 file), KEYRING (for sources without a key), ARCHITECTURE, PACKAGES
# (comma-separated), PACK (the script that packs the image). Environment: CNIBENCH_MODULES (space-separated drivers
# of the initrd).
set -eu
out=$1 sources=$2 keyring=$3 architecture=$4 packages=$5 pack=$6
export CNIBENCH_OUT="$out" LC_ALL=C SOURCE_DATE_EPOCH=0
export INITRD=No # Debian's initrd is not used: it takes seconds to build, and longer to boot under emulation

mkdir "$out/work"
mount -t tmpfs -o mode=755,size=3g cnibench "$out/work"
export TMPDIR="$out/work"
mmdebstrap --mode=root --variant=minbase --format=null --keyring="$keyring" \
    --architectures="$architecture" --include="$packages" \
    --aptopt='Acquire::Retries "3"' --aptopt='Acquire::Languages "none"' \
    --customize-hook="$pack" '' /dev/null "$sources"
umount "$out/work"
rmdir "$out/work"
