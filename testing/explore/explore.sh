#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-only
#
# explore.sh EXPLORER [its options]
set -eu

explorer=$1
shift
exec "$explorer" "$@"
