// SPDX-License-Identifier: GPL-3.0-only
//
// qemu_test: boots an image in QEMU and reports what the guest's tests say, case by case.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build/tools/qemu_test/expect.h"
#include "build/tools/qemu_test/protocol.h"

// Left of Bazel's time for the test, to write the results.
#define MARGIN_S 10

static const char usage[] =
    "usage: qemu_test CONFIG [OPTIONS]\n"
    "Boots the image, runs the guest's test cases and writes JUnit XML to $XML_OUTPUT_FILE.\n"
    "\n"
    "  --expect SCRIPT    follow a script instead of the test protocol\n"
    "  --picture FILE     a PNG file that the script's `screen` may name; more than one can be\n"
    "                     given\n"
    "  --disk FILE        drive \"data\" is a copy of the file, which the guest may write to\n"
    "  --peer             network \"peer\": one that answers (build/tools/qemu_test/peer.h)\n"
    "  --name NAME        the name of the suite (default: $TEST_TARGET)\n"
    "  --boot-timeout S   from power-on to ready; default wait of a script (default 120)\n"
    "  --case-timeout S   for one case (default 60)\n";

struct arguments {
    const char *script;
    struct strings pictures;
    const char *name;
    uint64_t boot_s;
    uint64_t case_s;
    struct qemu_options options;
};

// Takes "--NAME VALUE" or "--NAME=VALUE". *value is NULL if the value is missing.
static bool own_option(char *const *args, size_t *index, const char *name, const char **value) {
    const char *arg = args[*index];
    size_t length = strlen(name);
    if (strncmp(arg, name, length) != 0 || (arg[length] != '\0' && arg[length] != '=')) {
        return false;
    }
    *value = arg[length] == '=' ? arg + length + 1 : args[++*index];
    *index += *value != NULL ? 1 : 0;
    return true;
}

static bool seconds_parse(const char *option, const char *value, uint64_t *seconds,
                          struct error *err) {
    return (value != NULL && number_parse(value, 1, 100000, seconds)) ||
           error_set(err, "%s needs a number of seconds", option);
}

static bool argument_read(char *const *args, size_t *index, struct arguments *arguments,
                          struct error *err) {
    const char *value;
    if (own_option(args, index, "--expect", &value)) {
        arguments->script = value;
        return value != NULL || error_set(err, "--expect needs a file");
    }
    if (own_option(args, index, "--picture", &value)) {
        if (value == NULL) {
            return error_set(err, "--picture needs a file");
        }
        strings_add(&arguments->pictures, value);
        return true;
    }
    if (own_option(args, index, "--disk", &value)) {
        arguments->options.disk = value;
        return value != NULL || error_set(err, "--disk needs a file");
    }
    if (strcmp(args[*index], "--peer") == 0) {
        (*index)++;
        return arguments->options.net = true;
    }
    if (own_option(args, index, "--name", &value)) {
        arguments->name = value;
        return value != NULL || error_set(err, "--name needs a name");
    }
    if (own_option(args, index, "--boot-timeout", &value)) {
        return seconds_parse("--boot-timeout", value, &arguments->boot_s, err);
    }
    if (own_option(args, index, "--case-timeout", &value)) {
        return seconds_parse("--case-timeout", value, &arguments->case_s, err);
    }
    return qemu_options_read(&arguments->options, QEMU_OPTIONS_TEST, args, index, err);
}

static bool arguments_read(char *const *args, const struct qemu_config *config,
                           struct arguments *arguments, struct error *err) {
    if (!qemu_options_defaults(&arguments->options, QEMU_OPTIONS_TEST, config, err)) {
        return false;
    }
    for (size_t i = 0; args[i] != NULL;) {
        if (!argument_read(args, &i, arguments, err)) {
            return false;
        }
    }
    return true;
}

static int64_t total_deadline(const struct qemu_options *options) {
    uint64_t seconds = options->timeout;
    uint64_t bazel;
    const char *text = getenv("TEST_TIMEOUT");
    if (text != NULL && number_parse(text, 1, 1000000, &bazel)) {
        bazel = bazel > 2 * MARGIN_S ? bazel - MARGIN_S : bazel;
        seconds = seconds == 0 || bazel < seconds ? bazel : seconds;
    }
    return seconds == 0 ? -1 : clock_ms() + (int64_t)seconds * 1000;
}

static bool results_write(const struct report *report, const char *suite, struct error *err) {
    const char *path = getenv("XML_OUTPUT_FILE");
    struct buffer xml = {0};
    report_xml(report, suite, &xml);
    report_print(report);
    bool ok = path == NULL || file_write(path, xml.data, xml.size, err);
    buffer_free(&xml);
    return ok;
}

static bool tests_run(const struct qemu_config *config, struct arguments *arguments,
                      struct report *report, struct error *err) {
    struct test_filter filter;
    struct script script = {0};
    struct guest guest = {.config = config, .options = &arguments->options};
    struct test_limits limits = {
        .boot_ms = (int64_t)arguments->boot_s * 1000,
        .case_ms = (int64_t)arguments->case_s * 1000,
        .deadline = total_deadline(&arguments->options),
    };
    bool ok =
        test_filter_from_environment(&filter, err) &&
        (arguments->script == NULL || script_read(arguments->script, config, &arguments->options,
                                                  &arguments->pictures, &script, err));
    if (ok && arguments->script != NULL) {
        script_run(&script, &guest, &filter, &limits, report);
    } else if (ok) {
        arguments->options.no_reboot = true; // a guest that resets has ended
        protocol_run(&guest, &filter, &limits, report);
    }
    guest_free(&guest);
    script_free(&script);
    return ok;
}

static int run(const struct qemu_config *config, struct arguments *arguments) {
    struct error err = {0};
    struct report report = {0};
    int status = 2;
    if (tests_run(config, arguments, &report, &err) &&
        results_write(&report, arguments->name, &err)) {
        status = report_failures(&report) > 0 ? 1 : 0;
    } else {
        fprintf(stderr, "qemu_test: %s\n", err.text);
    }
    report_free(&report);
    return status;
}

int main(int argc, char **argv) {
    struct error err = {0};
    struct qemu_config config = {0};
    struct arguments arguments = {
        .name = getenv("TEST_TARGET"),
        .boot_s = 120,
        .case_s = 60,
    };
    int status = 2;
    signal(SIGPIPE, SIG_IGN);
    arguments.name = arguments.name != NULL ? arguments.name : "qemu_test";
    qemu_options_init(&arguments.options);
    if (argc < 2) {
        fprintf(stderr, "%s%s", usage, qemu_options_help);
    } else if (!qemu_config_read(argv[1], &config, &err) ||
               !arguments_read(argv + 2, &config, &arguments, &err)) {
        fprintf(stderr, "qemu_test: %s\n", err.text);
    } else if (arguments.options.help) {
        printf("%s%s", usage, qemu_options_help);
        status = 0;
    } else {
        status = run(&config, &arguments);
    }
    strings_free(&arguments.pictures);
    qemu_options_free(&arguments.options);
    qemu_config_free(&config);
    return status;
}
