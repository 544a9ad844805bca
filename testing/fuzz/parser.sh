#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-only
#
# parser.sh FUZZER SECONDS [SEED...]: any bytes, beginning with the seeds, for a while.
set -eu

fuzzer=$1
seconds=$2
shift 2

new=$(mktemp -d "${TEST_TMPDIR:-${TMPDIR:-/tmp}}/helios-fuzz.XXXXXX")
mkdir "$new/seeds" "$new/corpus"
for seed in "$@"; do
    cp "$seed" "$new/seeds/"
done
exec "$fuzzer" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
    -artifact_prefix="$new/" -verbosity=0 -print_final_stats=1 "$new/corpus" "$new/seeds"
