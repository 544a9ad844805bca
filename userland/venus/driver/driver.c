// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/driver/driver.h"

#include <stdarg.h>
#include <string.h>

#include "toolchains/freestanding/format.h"
#include "userland/helios/error.h"
#include "userland/helios/log.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/interfaces/registry.h"

enum { LINE_BYTES = 240, NAME_BYTES = 32 };

static void say(const struct driver *driver, const char *format, va_list arguments) {
    char line[LINE_BYTES];
    size_t length = format_text(line, sizeof(line) - 1, "%s: ", driver->name);
    length += format_text_v(line + length, sizeof(line) - 1 - length, format, arguments);
    line[length] = '\n';
    helios_log_write(line, length + 1);
}

void driver_say(const struct driver *driver, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    say(driver, format, arguments);
    va_end(arguments);
}

void driver_fail(const struct driver *driver, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    say(driver, format, arguments);
    va_end(arguments);
    helios_exit(1);
}

static uint64_t make(const struct driver *driver, uint64_t type, const char *what) {
    struct helios_answer made = helios_make(type, 0);
    if (made.status != HELIOS_OK) {
        driver_fail(driver, "no %s: %s", what, helios_strerror(made.status));
    }
    return made.value;
}

void driver_begin(struct driver *driver, const char *name) {
    *driver = (struct driver){.name = name, .device = helios_cap("device")};
    if (driver->device == 0) {
        driver_fail(driver, "was started without a device");
    }
    enum helios_error status = device_describe(driver->device, &driver->info);
    if (status != HELIOS_OK) {
        driver_fail(driver, "can't ask for its device: %s", device_strerror(status));
    }
    driver->endpoint = make(driver, HELIOS_TYPE_ENDPOINT, "endpoint");
    driver->notification = make(driver, HELIOS_TYPE_NOTIFICATION, "notification");
    struct helios_answer bound = helios_task_bind(helios_environment.task, driver->notification);
    if (bound.status != HELIOS_OK) {
        driver_fail(driver, "can't bind its notification: %s", helios_strerror(bound.status));
    }
}

// "disk" for the first one, "disk2" for the next.
static void number_name(char *text, size_t size, const char *name, unsigned number) {
    if (number == 1) {
        format_text(text, size, "%s", name);
    } else {
        format_text(text, size, "%s%u", name, number);
    }
}

void driver_offer(const struct driver *driver, uint64_t id, uint32_t version, const char *name) {
    enum helios_error status = HELIOS_ERROR_OCCUPIED;
    for (unsigned i = 1; i <= DRIVER_SAME && status == HELIOS_ERROR_OCCUPIED; i++) {
        char text[NAME_BYTES];
        number_name(text, sizeof(text), name, i);
        status = registry_register(HELIOS_PROCESS_REGISTRY, driver->endpoint, id, version, text);
    }
    if (status != HELIOS_OK) {
        driver_fail(driver, "can't offer \"%s\": %s", name, registry_strerror(status));
    }
}

void driver_serve(const struct driver *driver,
                  bool (*dispatch)(void *context, struct helios_message *message),
                  void (*notified)(void *context, uint64_t word), void *context) {
    const struct helios_server server = {
        .endpoint = driver->endpoint,
        .dispatch = dispatch,
        .notified = notified,
        .context = context,
    };
    enum helios_error status = helios_serve(&server);
    driver_fail(driver, "can't be called any more: %s", helios_rpc_strerror(status));
}
