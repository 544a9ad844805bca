#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-only
# ./bazel run //toolchains:lock [-- GROUP...]: re-resolve the lock files (all, or those named).
set -euo pipefail
cd "$BUILD_WORKSPACE_DIRECTORY/toolchains/locks"
locks=(*.lock)
[ $# -eq 0 ] || locks=("${@/%/.lock}")
exec ../packages.sh lock "${locks[@]}"
