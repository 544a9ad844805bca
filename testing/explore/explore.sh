#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-only
#
# explore.sh EXPLORER [its options]
set -u

explorer=$1
shift
"$explorer" "$@"
status=$?
# What is done wrongly on purpose may bring the kernel down before the explorer can tell; without a
# mistake every end but 0 is a failure.
case "$*" in
*--mistake=*)
    if [ $status -gt 128 ]; then
        echo "the mistake was noticed: signal $((status - 128))"
        status=0
    fi
    ;;
esac
exit $status
