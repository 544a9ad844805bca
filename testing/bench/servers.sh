#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-only
#
# ./bazel run //testing/bench:servers [-- [--json] [ARCH ...]]: what the drivers cost (servers.c), in
# instructions of kernel, driver and client together.
set -eu

. testing/bench/common.sh
read_arguments //testing/bench:servers "[--json] " "$@"

names="block_read_4k block_write_4k net_send_60 net_send_1514 net_echo_1514 display_flush
slide_decode slide_draw"

for arch in "${architectures[@]}"; do
    "$(find_runner "servers_$arch")" </dev/null >"$results/log" 2>&1 ||
        fail "servers: $arch" "$results/log"
    tr -d '\r' <"$results/log" | sed -n 's/^bench \([a-z0-9_]*\) \([0-9]*\)$/\1 \2/p' >"$results/$arch"
done
# shellcheck disable=SC2086 # names
if [ $json = yes ]; then
    print_json $names
else
    print_figures operation $names
fi
