# SPDX-License-Identifier: GPL-3.0-only
"""External repositories made of pinned Debian packages.

The lock file names every file with its SHA-256. packages.sh, which `./bazel` itself uses
too, does the fetching and unpacking and keeps what it fetched, so that a build with an empty
output base works offline after one fetch. (Bazel's own repository cache would do, but asking
it for what it lacks makes Bazel print a warning for every file.)
"""

def _run(ctx, script, *args):
    """Runs a command of packages.sh; its messages go to the user as they come."""
    result = ctx.execute(
        ["bash", script] + list(args),
        timeout = 3600,
        quiet = False,
    )
    if result.return_code != 0:
        said = [line for line in result.stderr.splitlines() if line.startswith("helios: ")]
        fail("\n" + (said[-1] if said else result.stderr))

def _prune(ctx):
    """Deletes what `remove` names, and everything that `keep` does not."""
    script = """
set -e
for pattern in $REMOVE; do rm -rf -- $pattern; done
[ -n "$KEEP" ] || exit 0
mkdir .kept
for path in $KEEP; do mkdir -p ".kept/$(dirname "$path")"; mv -- "$path" ".kept/$path"; done
for entry in *; do [ "$entry" = WORKSPACE ] || rm -rf -- "$entry"; done
mv .kept/* .
rmdir .kept
"""
    result = ctx.execute(["bash", "-c", script], environment = {
        "KEEP": " ".join(ctx.attr.keep),
        "REMOVE": " ".join(ctx.attr.remove),
    })
    if result.return_code != 0:
        fail("%s: pruning failed: %s" % (ctx.name, result.stderr))

def _debian_packages_impl(ctx):
    script = str(ctx.path(ctx.attr._script))
    lock = str(ctx.path(ctx.attr.lock))
    ctx.report_progress("fetching packages")
    _run(ctx, script, "fetch", lock, "packages")
    ctx.report_progress("unpacking packages")
    _run(ctx, script, "unpack", lock, "packages", ".")
    ctx.delete("packages")
    _prune(ctx)
    for path, text in ctx.attr.files.items():
        ctx.file(path, text, executable = False)
    for command in ctx.attr.commands:
        result = ctx.execute(["bash", "-euc", command])
        if result.return_code != 0:
            fail("%s: `%s` failed: %s" % (ctx.name, command, result.stderr))

    # What has gone may have left links to it, which a disk cache can't take.
    result = ctx.execute(["find", ".", "-xtype", "l", "-delete"])
    if result.return_code != 0:
        fail("%s: %s" % (ctx.name, result.stderr))
    ctx.file("WORKSPACE", "workspace(name = \"%s\")\n" % ctx.name, executable = False)
    if ctx.attr.build_file:
        ctx.file("BUILD.bazel", ctx.read(ctx.attr.build_file), executable = False)

debian_packages = repository_rule(
    implementation = _debian_packages_impl,
    attrs = {
        "build_file": attr.label(
            allow_single_file = True,
            doc = "Becomes BUILD.bazel; not needed if the package brings one.",
        ),
        "commands": attr.string_list(
            doc = "Shell commands to run in the unpacked tree, last of all.",
        ),
        "files": attr.string_dict(
            doc = "Files to write: path to text.",
        ),
        "keep": attr.string_list(
            doc = "If given, the only paths of the unpacked tree to keep (shell patterns).",
        ),
        "lock": attr.label(
            mandatory = True,
            allow_single_file = True,
            doc = "The lock file that names the packages.",
        ),
        "remove": attr.string_list(
            doc = "Paths to delete from the unpacked tree (shell patterns).",
        ),
        "_script": attr.label(
            default = Label("//toolchains:packages.sh"),
            allow_single_file = True,
        ),
    },
    doc = "Unpacks the Debian packages of a lock file into an external repository.",
)
