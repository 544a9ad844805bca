// SPDX-License-Identifier: GPL-3.0-only
//
// Any text is an interface file, with everything generated of it, or has problems that say where.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "build/tools/ipcgen/emit.h"
#include "build/tools/ipcgen/ipc.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    std::string text(reinterpret_cast<const char *>(data), size);
    text = text.substr(0, text.find('\0'));
    ipc_set set{};
    bool is_good =
        ipc_parse(&set, "b.ipc", "b.h", "namespace b; struct s { x: u8; } interface i {}") &&
        ipc_parse(&set, "a.ipc", "a.h", text.c_str());
    if (is_good != (set.problems.count == 0)) {
        abort();
    }
    if (is_good) {
        buffer out{};
        const ipc_unit *unit = set.units[set.count - 1];
        emit_header(unit, &out);
        emit_common(unit, &out);
        emit_client(unit, &out);
        emit_server(unit, &out);
        emit_page(unit, &out);
        buffer_free(&out);
    }
    ipc_free(&set);
    return 0;
}
