#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-only
#
# Writes the SDK into a directory, which may be moved anywhere.
# `./bazel run //:sdk -- DIR`: the build passes the image tools first.
set -eu

if [ $# -ne 2 ]; then
    echo "usage: ./bazel run //:sdk -- DIR" >&2
    exit 2
fi
tools=$1
case $2 in
/*) out=$2 ;;
*) out=${BUILD_WORKING_DIRECTORY:-$PWD}/$2 ;;
esac
if [ -e "$out" ] && [ -n "$(ls -A "$out")" ]; then
    echo "sdk: $out is not empty" >&2
    exit 1
fi

mkdir -p "$out/tools" "$out/interfaces" "$out/licences"
for part in build/sdk/sdk_*/ build/sdk/files/; do
    cp -RL --no-preserve=mode "$part." "$out/"
done
cp -R "$tools" "$out/tools/usr"
cp -L --no-preserve=mode userland/interfaces/*.ipc userland/interfaces/*.md "$out/interfaces/"
mkdir "$out/system/etc"
cp -L --no-preserve=mode images/etc/system "$out/system/etc/"
for name in service driver; do
    mkdir "$out/example/$name"
    for file in "$BUILD_WORKSPACE_DIRECTORY/examples/$name"/*; do
        case $file in
        *.bazel | *.script) ;;
        *) cp --no-preserve=mode "$file" "$out/example/$name/" ;;
        esac
    done
done
cp -L --no-preserve=mode build/sdk/README.md "$out/"
cp -L --no-preserve=mode LICENSE "$out/licences/GPL-3.0-only"
cp -L --no-preserve=mode userland/helios/LICENSE "$out/licences/MIT"
chmod 755 "$out"/bin/*
chmod -R u+w "$out"
echo "wrote the SDK to $out: $(find "$out" -type f | wc -l) files"
