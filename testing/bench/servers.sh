#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-only
#
# ./bazel run //testing/bench:servers [-- [--json] [ARCH ...]]: what the drivers cost (servers.c), in
# instructions of kernel, driver and client together.
set -eu

keys="block_read_4k block_write_4k net_send_60 net_send_1514 net_echo_1514 display_flush
slide_decode slide_draw"

usage() {
    echo "usage: ./bazel run //testing/bench:servers [-- [--json] [x86_64|aarch64|riscv64 ...]]"
}

runners=()
architectures=()
json=no
for argument in "$@"; do
    case $argument in
    */servers_*) runners+=("$argument") ;;
    --json) json=yes ;;
    --help) usage; exit 0 ;;
    x86_64 | aarch64 | riscv64) architectures+=("$argument") ;;
    *) echo "servers: unknown argument $argument" >&2; usage >&2; exit 2 ;;
    esac
done
if [ ${#architectures[@]} -eq 0 ]; then
    architectures=(x86_64 aarch64 riscv64)
fi

# `bazel run` starts in the runfiles of this workspace; the runners look for theirs there.
RUNFILES_DIR=$(dirname "$PWD")
export RUNFILES_DIR
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

# One architecture's lines "NAME INSTRUCTIONS" into a file.
measure() {
    local arch=$1 runner
    for runner in "${runners[@]}"; do
        case $runner in */servers_"$arch"*) break ;; esac
    done
    if ! "$runner" </dev/null >"$results/log" 2>&1; then
        echo "servers: $arch did not come to its end; its console:" >&2
        tail -n 20 "$results/log" >&2
        exit 1
    fi
    tr -d '\r' <"$results/log" | sed -n 's/^bench \([a-z0-9_]*\) \([0-9]*\)$/\1 \2/p' >"$results/$arch"
}

figure() {
    sed -n "s/^$2 //p" "$results/$1"
}

print_json() {
    local separator="" arch key
    printf '{'
    for arch in "${architectures[@]}"; do
        printf '%s"%s": {' "$separator" "$arch"
        separator=""
        for key in $keys; do
            printf '%s"%s": %s' "$separator" "$key" "$(figure "$arch" "$key")"
            separator=", "
        done
        printf '}'
        separator=", "
    done
    printf '}\n'
}

print_table() {
    local arch key
    printf '%-20s' operation
    printf '%12s' "${architectures[@]}"
    printf '\n'
    for key in $keys; do
        printf '%-20s' "$key"
        for arch in "${architectures[@]}"; do
            printf '%12s' "$(figure "$arch" "$key")"
        done
        printf '\n'
    done
}

for arch in "${architectures[@]}"; do
    measure "$arch"
done
if [ $json = yes ]; then
    print_json
else
    print_table
fi
