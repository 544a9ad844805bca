#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-only
#
# fuzz.sh FUZZER RUNS [SEED FILE...]: so many runs of libFuzzer, from the seeds on.
set -eu
fuzzer=$1
runs=$2
shift 2
work=$(mktemp -d "${TEST_TMPDIR:-${TMPDIR:-/tmp}}/helios-fuzz.XXXXXX")
mkdir "$work/corpus"
for seed in "$@"; do
    cp "$seed" "$work/corpus/"
done
exec "$fuzzer" -max_len=4096 -timeout=30 -rss_limit_mb=4096 -seed=1 -runs="$runs" \
    -max_total_time=20 -artifact_prefix="$work/" -verbosity=0 -print_final_stats=1 "$work/corpus"
