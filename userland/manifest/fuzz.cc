// SPDX-License-Identifier: GPL-3.0-only
//
// Manifests, and the files that they stand in, of any bytes.
#include <stdint.h>
#include <string.h>

#include "userland/manifest/manifest.h"

static void tell(void *context, const struct manifest_error *error) {
    char text[256];
    (void)context;
    manifest_format_error(text, sizeof text, error);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct manifest_system system;
    static struct manifest_program driver;
    const char *text = nullptr;
    size_t length = 0;
    const struct manifest_report report = {tell, nullptr};
    manifest_read_system("system", data, size, report, &system);
    manifest_read_driver("driver", data, size, report, &driver);
    if (manifest_find_section(data, size, &text, &length)) {
        manifest_read_driver("section", text, length, report, &driver);
    }
    return 0;
}
