#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-only
#
# Dies if CI's sandbox does not hide the host: with HELIOS_CI set (--config=ci), everything
# that host_paths.sh names must be empty, and the compiler must not find a host header. A
# sandbox that hides nothing would let a toolchain that uses the host pass unnoticed.

set -u
clang=$1

if [ -z "${HELIOS_CI:-}" ]; then
    echo "not in CI: nothing of the host is hidden, nothing to check"
    exit 0
fi

failures=0
while read -r path; do
    if [ -d "$path" ]; then
        [ -z "$(ls -A "$path" 2>/dev/null)" ] || { echo "readable: $path"; failures=$((failures + 1)); }
    elif [ -s "$path" ]; then
        echo "readable: $path"
        failures=$((failures + 1))
    fi
done < <(toolchains/host_paths.sh)

if echo '#include "/usr/include/stdio.h"' | "$clang" -E - >/dev/null 2>&1; then
    echo "the compiler reads /usr/include"
    failures=$((failures + 1))
fi
if [ $failures -gt 0 ]; then
    echo "run through .ci/run, which passes --sandbox_block_path for these"
    exit 1
fi
