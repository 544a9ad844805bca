#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-only
#
# ./bazel run //testing/bench:latency [-- ARCH ...]: the longest stretch with interrupts off, in
# instructions, and what the kernel was doing (kernel/latency.h), over the conformance suite, over
# revoking and destroying 100,000 capabilities, and over destroying an address space with 100,000
# pages. A checked kernel on one CPU, under an emulator that counts instructions as nanoseconds.
set -eu

limit=5000

. testing/bench/common.sh
read_arguments //testing/bench:latency "" "$@"
log=$results/log

# What a run printed last is the longest.
report() {
    local arch=$1 what=$2 line
    line=$(tr -d '\r' <"$log" | grep -a '^latency: [0-9]* ns in ' | tail -n 1 |
        sed 's/^latency: //; s/ ns in /\t/' || true)
    if [ -z "$line" ]; then
        echo "latency: $what on $arch said nothing; its console:" >&2
        tail -n 20 "$log" >&2
        exit 1
    fi
    printf '%-8s %-14s %8s  %s\n' "$arch" "$what" "${line%%$'\t'*}" "${line#*$'\t'}"
    if [ "${line%%$'\t'*}" -gt $limit ]; then
        long=1
    fi
}

long=0
printf '%-8s %-14s %8s  %s\n' "" over "at most" where
for arch in "${architectures[@]}"; do
    for what in capabilities pages; do
        "$(find_runner "latency_run_${what}_$arch")" --cpus 1 --memory 1024 --timeout 500 \
            "${counting[@]}" </dev/null >"$log" 2>&1 || true
        if ! grep -aq '^helios: exit status 0' "$log"; then
            fail "latency: $what on $arch" "$log"
        fi
        report "$arch" "$what"
    done
    # Counted time passes slowly on a busy machine; the case has as much of it as ever.
    "$(find_runner "latency_suite_$arch")" --cpus 1 "${counting[@]}" --case-timeout 1000 \
        >"$log" 2>&1 || true
    report "$arch" conformance
done
if [ $long = 1 ]; then
    echo "latency: longer than $limit" >&2
    exit 1
fi
