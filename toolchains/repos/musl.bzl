# SPDX-License-Identifier: GPL-3.0-only
"""How musl's sources are compiled: which files an architecture takes, and many in one action."""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "ACTION_NAMES")
load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")

def _stem(path):
    return path[path.rfind("/") + 1:path.rfind(".")]

def musl_sources(arch, directories):
    """Lists sources: an architecture's own file takes the place of the general one.

    Args:
      arch: musl's name of the architecture.
      directories: of src/, all files in them.

    Returns:
      A list of labels.
    """
    files = []
    for directory in directories:
        own = native.glob(["src/%s/%s/*.%s" % (directory, arch, suffix) for suffix in ["c", "s", "S"]])
        stems = [_stem(path) for path in own]
        files = files + own + [
            path
            for path in native.glob(["src/%s/*.c" % directory])
            if _stem(path) not in stems
        ]
    return files

# Each file on its own would cost more to set up than to compile.
_SCRIPT = """
set -e
output=$1 archiver=$2 objects=$1.o
shift 2
mkdir -p "$objects"
while [ "$1" != -- ]; do
    sources+=("$1")
    shift
done
shift
for source in "${sources[@]}"; do
    "$@" -c "$source" -o "$objects/${source##*/}.o"
done
"$archiver" rcsD "$output" "$objects"/*.o
"""

def _archive_impl(ctx):
    toolchain = find_cpp_toolchain(ctx)
    features = cc_common.configure_features(
        ctx = ctx,
        cc_toolchain = toolchain,
        requested_features = ctx.features,
        unsupported_features = ctx.disabled_features + ["dependency_file"],
    )
    contexts = [dep[CcInfo].compilation_context for dep in ctx.attr.deps]
    variables = cc_common.create_compile_variables(
        feature_configuration = features,
        cc_toolchain = toolchain,
        user_compile_flags = ctx.attr.copts,
        include_directories = depset(transitive = [context.includes for context in contexts]),
        quote_include_directories = depset(transitive = [context.quote_includes for context in contexts]),
        system_include_directories = depset(transitive = [context.system_includes for context in contexts]),
    )
    compiler = cc_common.get_tool_for_action(
        feature_configuration = features,
        action_name = ACTION_NAMES.c_compile,
    )
    flags = cc_common.get_memory_inefficient_command_line(
        feature_configuration = features,
        action_name = ACTION_NAMES.c_compile,
        variables = variables,
    )
    out = ctx.actions.declare_file("lib%s.a" % ctx.label.name)
    ctx.actions.run_shell(
        outputs = [out],
        inputs = depset(
            ctx.files.srcs + ctx.files.hdrs,
            transitive = [toolchain.all_files] + [context.headers for context in contexts],
        ),
        command = _SCRIPT,
        arguments = [out.path, toolchain.ar_executable] + [f.path for f in ctx.files.srcs] +
                    ["--", compiler] + flags,
        mnemonic = "HeliosMusl",
        progress_message = "Compiling %s" % ctx.label,
    )
    return [DefaultInfo(files = depset([out]))]

musl_archive = rule(
    implementation = _archive_impl,
    doc = "A static library of many sources, compiled with the toolchain's flags in one action.",
    attrs = {
        "copts": attr.string_list(doc = "Further flags of the compiler."),
        "deps": attr.label_list(
            providers = [CcInfo],
            doc = "Libraries whose headers are needed.",
        ),
        "hdrs": attr.label_list(
            allow_files = True,
            doc = "What the sources include, and no target of deps has.",
        ),
        "srcs": attr.label_list(
            allow_files = [".c", ".s", ".S"],
            doc = "Sources, of different names.",
        ),
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
    },
    fragments = ["cpp"],
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)
