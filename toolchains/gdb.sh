#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-only
#
# The pinned GDB, in the directory that the caller stands in.
set -eu
tools=$PWD/$1
shift
cd "${BUILD_WORKING_DIRECTORY:-.}"
exec "$tools/bin/gdb-multiarch" "$@"
