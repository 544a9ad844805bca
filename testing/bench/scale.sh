#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-only
#
# ./bazel run //testing/bench:scale [-- [--json] [ARCH ...]]: what several CPUs cost (scale.c), in
# instructions of all CPUs together. The emulator's CPUs take turns and count instructions; for the
# throughput alone they run at the same time, so that it is another figure each time.
set -eu

usage() {
    echo "usage: ./bazel run //testing/bench:scale [-- [--json] [x86_64|aarch64|riscv64 ...]]"
}

runners=()
architectures=()
json=no
for argument in "$@"; do
    case $argument in
    */scale_run_*) runners+=("$argument") ;;
    --json) json=yes ;;
    --help) usage; exit 0 ;;
    x86_64 | aarch64 | riscv64) architectures+=("$argument") ;;
    *) echo "scale: unknown argument $argument" >&2; usage >&2; exit 2 ;;
    esac
done
if [ ${#architectures[@]} -eq 0 ]; then
    architectures=(x86_64 aarch64 riscv64)
fi

RUNFILES_DIR=$(dirname "$PWD")
export RUNFILES_DIR
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
count=(--qemu-arg=-accel --qemu-arg=tcg,thread=single --qemu-arg=-icount
    --qemu-arg=shift=0,sleep=off)

# run ARCH CPUS ARGUMENT...: lines "NAME FIGURE".
run() {
    local arch=$1 cpus=$2 runner
    shift 2
    for runner in "${runners[@]}"; do
        case $runner in */scale_run_"$arch"*) break ;; esac
    done
    "$runner" --cpus "$cpus" --memory 512 --timeout 300 "$@" </dev/null >"$results/log" 2>&1 || true
    if ! tr -d '\r' <"$results/log" | grep -aq '^scale done 0$'; then
        echo "scale: $arch with $cpus CPUs did not come to its end; its console:" >&2
        tail -n 20 "$results/log" >&2
        exit 1
    fi
    tr -d '\r' <"$results/log" | sed -n 's/^scale \([a-z0-9_]*\) \([0-9]*\)$/\1 \2/p'
}

measure() {
    local arch=$1 cpus
    for cpus in 1 2 4 8; do
        run "$arch" $cpus "${count[@]}" | grep -v '^done\|^throughput' | sed "s/^ipc /ipc_$cpus /"
    done >"$results/$arch"
    run "$arch" 2 --qemu-arg=-accel --qemu-arg=tcg,thread=multi | grep '^throughput' >>"$results/$arch"
}

for arch in "${architectures[@]}"; do
    measure "$arch"
done
if [ $json = yes ]; then
    separator=
    printf '{'
    for arch in "${architectures[@]}"; do
        printf '%s"%s": {%s}' "$separator" "$arch" \
            "$(sed 's/^\(.*\) \(.*\)$/"\1": \2/' "$results/$arch" | paste -sd, | sed 's/,/, /g')"
        separator=", "
    done
    printf '}\n'
    exit 0
fi
printf '%-16s' ""
printf '%12s' "${architectures[@]}"
printf '\n'
for key in $(cut -d' ' -f1 "$results/${architectures[0]}"); do
    printf '%-16s' "$key"
    for arch in "${architectures[@]}"; do
        printf '%12s' "$(sed -n "s/^$key //p" "$results/$arch")"
    done
    printf '\n'
done
