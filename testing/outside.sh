#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-only
#
# What can't be a sandboxed test: it needs a second checkout and a Bazel of its own.
#
#   reproducible   builds the exported images in a copy of the tree, under another path, another
#                  user (where we are root), another home, another clock and an empty output base,
#                  and compares every SHA-256 with those of this tree
#   example        builds and tests examples/, a workspace that uses Helios from outside
#   tutorial       does what docs/tutorials/ say, step by step, in an empty directory; what comes out
#                  has to be what examples/ has
#   sdk            writes the SDK, and two archives of it, which have to be identical; unpacks one,
#                  builds its examples with make, and boots them in QEMU
#
# The last three share one output base.
#
# `./bazel run //testing:outside [-- reproducible|example|tutorial|sdk]`; ends with
# `N passed, N failed`.
set -u -o pipefail

libfaketime=$1 # from the build; the rest is the caller's
shift
tree=${BUILD_WORKSPACE_DIRECTORY:?run me with: ./bazel run //testing:outside}
work=$(mktemp -d "${TMPDIR:-/tmp}/helios-outside.XXXXXX")
chmod 755 "$work"
cache=${XDG_CACHE_HOME:-$HOME/.cache}/helios
other_home=$work/somebody
copy=$work/another/place/checkout
clock=$work/libfaketime.so.1
faked="+400d" # on another day of another month of another year
passed=0
failed=0

# The other Bazel servers end with us, whatever happens; their files are read-only.
cleanup() {
    [ -d "$copy" ] && in_copy "$copy" shutdown >/dev/null 2>&1
    [ -d "$copy/examples" ] && as_user "$copy/examples" "$copy/bazel" shutdown >/dev/null 2>&1
    chmod -R u+w "$work" 2>/dev/null
    rm -rf -- "$work"
}
trap cleanup EXIT

# The tree as it stands, uncommitted changes included, without what git ignores.
copy_tree() {
    mkdir -p "$copy" "$other_home/.cache/helios"
    cp -L --no-preserve=mode "$libfaketime" "$clock" || return 1
    (cd "$tree" && git ls-files -z --cached --others --exclude-standard |
        while IFS= read -r -d '' file; do [ -e "$file" ] && printf '%s\0' "$file"; done |
        xargs -0 cp --parents -t "$copy") || return 1
    # Fetched packages are the same for everybody; everything that is made of them is made again.
    cp -r "$cache/packages" "$other_home/.cache/helios/packages" || return 1
    # Workspaces that use Helios from outside are of one name, and can share what is built.
    printf 'startup --output_base=%s\n' "$other_home/outside" >"$other_home/.bazelrc"
    [ "$(id -u)" != 0 ] || chown -R 65534:65534 "$work/another" "$other_home"
}

# libfaketime keeps its state in shared memory that the first process of a family makes and takes away
# again; a process that outlives it fails. So one process makes it for all and stays to the end.
keep_clock() {
    coproc keeper { LD_PRELOAD=$clock FAKETIME=$faked exec bash -c 'echo $$; read -r _'; }
    local pid
    read -r pid <&"${keeper[0]}" || return 1
    shared="/faketime_sem_$pid /faketime_shm_$pid"
    [ "$(id -u)" != 0 ] || chown 65534:65534 "/dev/shm/sem.faketime_sem_$pid" "/dev/shm/faketime_shm_$pid"
}

# Runs something in a directory as the other user.
as_user() { # directory, command ...
    local directory=$1 become=()
    shift
    [ "$(id -u)" != 0 ] || become=(setpriv --reuid=65534 --regid=65534 --clear-groups)
    (cd "$directory" && exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME="$other_home" \
        USER=somebody LOGNAME=somebody TZ=Pacific/Auckland LANG=C.UTF-8 \
        HELIOS_MIRROR="${HELIOS_MIRROR:-}" "${become[@]}" "$@")
}

# Runs Bazel in the copy of the tree as the other user.
in_copy() { # directory, arguments of bazel ...
    local directory=$1
    shift
    as_user "$directory" "$copy/bazel" --output_base="$other_home/inside" "$@"
}

reproducible() {
    (cd "$tree" && ./bazel run //images:export -- "$work/here") || return 1
    mkdir "$work/there" && chmod 777 "$work/there"
    [ "$(LD_PRELOAD=$clock FAKETIME=$faked date +%F)" = "$(date -d "400 days" +%F)" ] || {
        echo "outside: the clock could not be moved"
        return 1
    }
    # What is fetched is unpacked by the clock of the wall.
    in_copy "$copy" build --nobuild //images:export || return 1
    keep_clock || return 1
    in_copy "$copy" run --action_env=LD_PRELOAD="$clock" --action_env=FAKETIME="$faked" \
        --action_env=FAKETIME_SHARED="$shared" //images:export -- "$work/there" || return 1
    [ -s "$work/here/SHA256SUMS" ] || return 1
    diff -u "$work/here/SHA256SUMS" "$work/there/SHA256SUMS" || return 1
    echo "identical: $(wc -l <"$work/here/SHA256SUMS") files"
}

# Lines that say something.
count_lines() { grep -cvhE '^[[:space:]]*(//.*|#[^i].*)?$' "$@" | awk '{ sum += $1 } END { print sum }'; }

# What a root task of one's own takes at least: 30 lines of C, 15 of BUILD and WORKSPACE.
hello_is_small() {
    local code build
    code=$(count_lines "$copy/examples/hello/hello.c")
    build=$(count_lines "$copy/examples/WORKSPACE" "$copy/examples/hello/BUILD.bazel")
    echo "examples/hello: $code lines of C, $build of BUILD and WORKSPACE"
    [ "$code" -gt 0 ] && [ "$code" -le 30 ] && [ "$build" -gt 0 ] && [ "$build" -le 15 ]
}

example() {
    hello_is_small && as_user "$copy/examples" "$copy/bazel" test //...
}

# A directory beside the checkout, with nothing in it but what the tutorials say.
tutorial() {
    local mine=$work/another/place/mine pages=() name
    for name in first-root-task first-service first-driver; do
        pages+=("$copy/docs/tutorials/$name.md")
    done
    ln -sfn checkout "$work/another/place/helios" || return 1
    [ "$(ls "$copy/docs/tutorials" | wc -l)" = ${#pages[@]} ] || return 1
    as_user "$work/another/place" "$copy/testing/tutorial/tutorial.sh" "$mine" "${pages[@]}" ||
        return 1
    for name in hello service driver; do
        diff -ru "$copy/examples/$name" "$mine/$name" || return 1
    done
}

# Nothing in the SDK leads out of it. Two archives are the same, whatever rights new files get, and unpack to what the directory has. The
# one that is unpacked lies somewhere else.
sdk_archives() {
    (cd "$tree" && ./bazel run //:sdk -- "$work/one.tar.gz") &&
        (cd "$tree" && umask 077 && ./bazel run //:sdk -- "$work/two.tar.gz") &&
        cmp "$work/one.tar.gz" "$work/two.tar.gz" && mkdir "$work/moved" &&
        tar -C "$work/moved" -xzf "$work/one.tar.gz" &&
        diff -r --no-dereference "$work/sdk" "$work/moved/helios-sdk" &&
        [ -z "$(find "$work/sdk" -lname '/*')" ]
}

# What the SDK's example makes of itself, without Bazel; QEMU and its firmware are Bazel's.
sdk() {
    local moved=$work/moved/helios-sdk boots=$copy/examples/sdk llvm arch name
    (cd "$tree" && ./bazel run //:sdk -- "$work/sdk") || return 1
    sdk_archives && mkdir "$boots" || return 1
    rm -r "$work/sdk" || return 1
    llvm=$(cd "$tree" && ./bazel info output_base)/external/helios_llvm/usr/lib/llvm-19
    for arch in x86_64 aarch64 riscv64; do
        make -C "$moved/example" ARCH=$arch LD="$llvm/bin/ld.lld" \
            CC="$llvm/bin/clang -resource-dir $llvm/lib/clang/19" || return 1
        for name in service driver; do
            [ -s "$moved/example/out/$arch/$name.img" ] || return 1
            cp "$moved/example/out/$arch/$name.efi" "$boots/${name}_$arch.efi" || return 1
        done
    done
    cp "$tree/examples/service/service.script" "$tree/examples/driver/driver.script" "$boots/" ||
        return 1
    cat >"$boots/BUILD.bazel" <<'EOF'
load("@helios//build:defs.bzl", "ARCHITECTURES", "helios_disk", "helios_qemu_test")

OPTIONS = {
    "driver": ["--qemu-arg=-device", "--qemu-arg=edu,dma_mask=0xffffffff"],
    "service": [],
}

[
    [
        helios_disk(name = "%s_disk_%s" % (name, arch), arch = arch, efi = "%s_%s.efi" % (name, arch)),
        helios_qemu_test(
            name = "%s_%s" % (name, arch),
            arch = arch,
            # Only this firmware says how lines of PCI are wired there.
            firmware = "uboot" if arch == "riscv64" and name == "driver" else "edk2",
            image = ":%s_disk_%s" % (name, arch),
            options = options,
            script = name + ".script",
        ),
    ]
    for arch in ARCHITECTURES
    for name, options in OPTIONS.items()
]
EOF
    [ "$(id -u)" != 0 ] || chown -R 65534:65534 "$boots"
    as_user "$copy/examples" "$copy/bazel" test //sdk/...
}

run() { # name
    echo "==> $1"
    if "$1"; then
        passed=$((passed + 1))
        echo "==> $1: passed"
    else
        failed=$((failed + 1))
        echo "==> $1: FAILED"
    fi
}

copy_tree || exit 1
for check in "${@:-reproducible example tutorial sdk}"; do
    for name in $check; do
        case $name in
        reproducible | example | tutorial | sdk) run "$name" ;;
        *)
            echo "outside: unknown check $name; there are: reproducible example tutorial sdk" >&2
            exit 2
            ;;
        esac
    done
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
