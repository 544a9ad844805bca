#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-only
#
# ./bazel run //testing/bench:latency [-- ARCH ...]: the longest stretch with interrupts off, in
# instructions, and what the kernel was doing (kernel/latency.h), over the conformance suite, over
# revoking and destroying 100,000 capabilities, and over destroying an address space with 100,000
# pages. A checked kernel on one CPU, under an emulator that counts instructions as nanoseconds.
set -eu

limit=5000

runners=()
architectures=()
for argument in "$@"; do
    case $argument in
    */*.sh | */run_* | */suite_*) runners+=("$argument") ;;
    --help) echo "usage: ./bazel run //testing/bench:latency [-- x86_64|aarch64|riscv64 ...]"; exit 0 ;;
    x86_64 | aarch64 | riscv64) architectures+=("$argument") ;;
    *) echo "latency: unknown argument $argument" >&2; exit 2 ;;
    esac
done
if [ ${#architectures[@]} -eq 0 ]; then
    architectures=(x86_64 aarch64 riscv64)
fi

RUNFILES_DIR=$(dirname "$PWD")
export RUNFILES_DIR
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# The runner whose name begins with this.
find_runner() {
    local runner
    for runner in "${runners[@]}"; do
        case $runner in */"$1"*) echo "$runner" ;; esac
    done
}

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

count=(--qemu-arg=-accel --qemu-arg=tcg,thread=single --qemu-arg=-icount
    --qemu-arg=shift=0,sleep=off)
long=0
printf '%-8s %-14s %8s  %s\n' "" over "at most" where
for arch in "${architectures[@]}"; do
    for what in capabilities pages; do
        "$(find_runner "latency_run_${what}_$arch")" --cpus 1 --memory 1024 --timeout 500 \
            "${count[@]}" </dev/null >"$log" 2>&1 || true
        if ! grep -aq '^helios: exit status 0' "$log"; then
            echo "latency: $what on $arch did not come to its end" >&2
            tail -n 20 "$log" >&2
            exit 1
        fi
        report "$arch" "$what"
    done
    "$(find_runner "latency_suite_$arch")" --cpus 1 "${count[@]}" >"$log" 2>&1 || true
    report "$arch" conformance
done
if [ $long = 1 ]; then
    echo "latency: longer than $limit" >&2
    exit 1
fi
