#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-only
#
# ./bazel run //testing/bench:scale [-- [--json] [ARCH ...]]: what several CPUs cost (scale.c), in
# instructions of all CPUs together. The emulator's CPUs take turns and count instructions; for the
# throughput alone they run at the same time, so that it is another figure each time.
set -eu

. testing/bench/common.sh
read_arguments //testing/bench:scale "[--json] " "$@"

# run ARCH CPUS ARGUMENT...: lines "NAME FIGURE".
run() {
    local arch=$1 cpus=$2
    shift 2
    "$(find_runner "scale_run_$arch")" --cpus "$cpus" --memory 512 --timeout 300 "$@" \
        </dev/null >"$results/log" 2>&1 || true
    if ! tr -d '\r' <"$results/log" | grep -aq '^scale done 0$'; then
        fail "scale: $arch with $cpus CPUs" "$results/log"
    fi
    tr -d '\r' <"$results/log" | sed -n 's/^scale \([a-z0-9_]*\) \([0-9]*\)$/\1 \2/p'
}

measure() {
    local arch=$1 cpus
    for cpus in 1 2 4 8; do
        run "$arch" $cpus "${counting[@]}" | grep -v '^done\|^throughput' | sed "s/^ipc /ipc_$cpus /"
    done >"$results/$arch"
    run "$arch" 2 --qemu-arg=-accel --qemu-arg=tcg,thread=multi | grep '^throughput' >>"$results/$arch"
}

for arch in "${architectures[@]}"; do
    measure "$arch"
done
names=$(cut -d' ' -f1 "$results/${architectures[0]}")
# shellcheck disable=SC2086 # names
if [ $json = yes ]; then
    print_json $names
else
    print_figures "" $names
fi
