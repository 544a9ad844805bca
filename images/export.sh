#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-only
#
# Writes the images, the kernels with symbols and SHA256SUMS into a directory.
# `./bazel run //images:export -- DIR`: the build passes its files first, DIR comes last.
set -eu

last=
files=
for word; do
    [ -z "$last" ] || files="$files $last"
    last=$word
done
if [ -z "$last" ] || [ -f "$last" ]; then
    echo "usage: ./bazel run //images:export -- DIR" >&2
    exit 2
fi
case $last in
/*) directory=$last ;;
*) directory=${BUILD_WORKING_DIRECTORY:-$PWD}/$last ;;
esac

mkdir -p "$directory"
names=
for file in $files; do
    name=${file##*/}
    # Through a temporary name, so that a full disk leaves no half of an image behind.
    cp --sparse=always --no-preserve=mode "$file" "$directory/.$name.part"
    mv -f "$directory/.$name.part" "$directory/$name"
    names="$names $name"
done
cd "$directory"
# One line a file, in the order of the names.
printf '%s\n' $names | LC_ALL=C sort | xargs sha256sum >.SHA256SUMS.part
mv -f .SHA256SUMS.part SHA256SUMS
echo "wrote $(printf '%s\n' $names | wc -l) files and SHA256SUMS to $directory"
