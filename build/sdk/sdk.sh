#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-only
#
# Writes the SDK into a directory, which may be moved anywhere, or into an archive of one, helios-sdk: the
# same bytes whoever packs it, and when.
# `./bazel run //:sdk -- DIR|FILE.tar.gz`: the build passes the image tools first.
set -eu

if [ $# -ne 2 ]; then
    echo "usage: ./bazel run //:sdk -- DIR|FILE.tar.gz" >&2
    exit 2
fi
tools=$1
case $2 in
/*) out=$2 ;;
*) out=${BUILD_WORKING_DIRECTORY:-$PWD}/$2 ;;
esac
archive=
case $out in
*.tar.gz)
    if [ -e "$out" ]; then
        echo "sdk: $out exists" >&2
        exit 1
    fi
    archive=$out
    work=$(mktemp -d)
    trap 'rm -rf -- "$work"' EXIT
    out=$work/helios-sdk
    ;;
*)
    if [ -e "$out" ] && [ -n "$(ls -A "$out")" ]; then
        echo "sdk: $out is not empty" >&2
        exit 1
    fi
    ;;
esac

mkdir -p "$out/tools" "$out/interfaces" "$out/licences"
for part in build/sdk/sdk_*/ build/sdk/files/; do
    cp -RL --no-preserve=mode "$part." "$out/"
done
cp -RH "$tools" "$out/tools/usr" # it may be a link into the build itself
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
if [ -n "$archive" ]; then
    tar -C "$work" --sort=name --format=gnu --mtime=@0 --owner=0 --group=0 --numeric-owner \
        --mode=a+rX,u+w,go-w -cf "$work/tar" helios-sdk
    gzip -9n "$work/tar"
    cp "$work/tar.gz" "$archive"
fi
echo "wrote the SDK to ${archive:-$out}: $(find "$out" -type f | wc -l) files"
