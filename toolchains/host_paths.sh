#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-only
#
# Prints the paths of this machine that no action may use, those that exist, a line each:
# headers, compilers, binutils, emulators, Python. CI hands them to Bazel as
# --sandbox_block_path; the canary test checks that they were blocked.

shopt -s nullglob
for path in /usr/include /usr/local/include /usr/lib/gcc /usr/lib/llvm-* /usr/lib/clang \
    /usr/share/qemu /usr/share/OVMF /usr/share/AAVMF /usr/lib/grub \
    /usr/bin/{cc,c++,cpp,ld,as,ar,nm,objcopy,strip} /usr/bin/*-linux-gnu-{gcc,g++,ld,as,ar}* \
    /usr/bin/{gcc,g++,clang,clang++,lld,ld.lld,llvm}{,-*} /usr/bin/qemu-system-* \
    /usr/bin/python3 /usr/bin/python3.* /usr/bin/{mcopy,sgdisk,sbsign,xorriso}; do
    if [ -e "$path" ]; then
        readlink -f "$path"
    fi
done | LC_ALL=C sort -u | awk 'outer != "" && index($0, outer "/") == 1 { next } { print; outer = $0 }'
