#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-only
#
# golden.sh FOLDER FILE...: whether generated files are as those of the same name in FOLDER.
# Under `bazel run` they take their place.
set -eu
folder=$1
shift
status=0
for file in "$@"; do
    name=${file##*/}
    if [ -n "${BUILD_WORKSPACE_DIRECTORY:-}" ]; then
        cp "$file" "$BUILD_WORKSPACE_DIRECTORY/$folder/$name"
        chmod 644 "$BUILD_WORKSPACE_DIRECTORY/$folder/$name"
    elif ! diff -u "$folder/$name" "$file"; then
        echo "$folder/$name is not what ipcgen makes; bazel run //build/tools/ipcgen:update_golden"
        status=1
    fi
done
exit $status
