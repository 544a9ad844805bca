#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-only
#
# ./bazel run //testing/bench [-- [--json] [ARCH ...]]: boots the benchmark on each architecture under
# an emulator that counts instructions as nanoseconds, and prints a table (with seL4's figures and the
# goals) or JSON. The figures are the same every time, but for a tick of the clock in `boot`.
set -eu

keys="yield call_0 call_4 call_16 call_64 call_cap signal signal_wait notify_pingpong map_unmap
page_make_destroy endpoint_make_destroy cap_copy_destroy irq_to_user boot"

# seL4 16.0.0-dev, release, its uniprocessor kernel, on the same emulator; then the goals.
# key: x86_64 aarch64 riscv64 / x86_64 aarch64 riscv64; "-" where there is none.
reference() {
    cat <<END
yield 284 312 467 80 85 95
call_0 440 429 558 190 210 220
call_4 483 476 605 200 220 230
call_16 1777 1536 1977 400 400 450
call_64 2257 2016 2553 800 750 900
call_cap 2288 1842 2466 600 580 680
signal 374 323 434 90 95 105
signal_wait 634 559 760 180 190 215
notify_pingpong 2034 1858 2696 500 480 600
map_unmap 1408 1060 1416 420 400 440
page_make_destroy 4166 3574 3630 1500 1100 1400
endpoint_make_destroy 1856 1539 1996 600 550 650
cap_copy_destroy 1605 1255 1750 350 340 400
irq_to_user - - - 300 300 300
boot 860000 2660000 151000 150000 150000 150000
END
}

. testing/bench/common.sh
read_arguments //testing/bench "[--json] " "$@"

# One architecture's lines "NAME INSTRUCTIONS" into a file.
measure() {
    local arch=$1
    "$(find_runner "run_$arch")" --cpus 1 --memory 512 --timeout 300 "${counting[@]}" \
        </dev/null >"$results/log" 2>&1 || true
    tr -d '\r' <"$results/log" | sed -n 's/^bench \([a-z0-9_]*\) \([0-9]*\)$/\1 \2/p' >"$results/$arch"
    if ! grep -q '^done 0$' "$results/$arch"; then
        fail "bench: $arch" "$results/log"
    fi
}

column() {
    case $1 in x86_64) echo 2 ;; aarch64) echo 3 ;; *) echo 4 ;; esac
}

print_table() {
    local arch key at
    printf '%-24s' operation
    for arch in "${architectures[@]}"; do
        printf '%28s' "$arch: ours (seL4, goal)"
    done
    printf '\n'
    for key in $keys; do
        printf '%-24s' "$key"
        for arch in "${architectures[@]}"; do
            at=$(column "$arch")
            printf '%28s' "$(figure "$arch" "$key") $(reference |
                awk -v key="$key" -v at="$at" '$1 == key { print "(" $at ", " $(at + 3) ")" }')"
        done
        printf '\n'
    done
}

for arch in "${architectures[@]}"; do
    measure "$arch"
done
if [ $json = yes ]; then
    # shellcheck disable=SC2086 # names
    print_json $keys
else
    print_table
fi
