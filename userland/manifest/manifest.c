// SPDX-License-Identifier: GPL-3.0-only
#include "userland/manifest/manifest.h"

#include <string.h>

enum {
    IN_SYSTEM = 1 << 0,
    IN_DRIVER = 1 << 1,
    IN_BOTH = IN_SYSTEM | IN_DRIVER,
};

static const char system_keys[] =
    "a key: file, arguments, memory, priority, restart, start, capabilities, services or provides";
static const char driver_keys[] =
    "a key: name, match, arguments, memory, priority, restart, services or provides";
static const char name_expected[] = "a name of at most 31 characters";
static const char memory_expected[] = "a size from 128K on: a power of two, with K, M or G";
static const char memory_or_rest[] =
    "\"rest\", or a size from 128K on: a power of two, with K, M or G";

// A stanza that is being read.
struct stanza {
    struct manifest_reader *reader;
    struct manifest_program *program;
    uint32_t where; // IN_SYSTEM or IN_DRIVER
    uint32_t seen;  // bit i: key i was there
    bool good;
};

static void complain(struct stanza *stanza, struct manifest_span found, const char *expected,
                     const char *detail) {
    stanza->good = false;
    manifest_complain(stanza->reader, found, expected, detail);
}

static void read_name(struct stanza *stanza, struct manifest_span value) {
    struct manifest_span word;
    if (!manifest_word(&value, &word) || value.length > 0 ||
        !manifest_copy(word, stanza->program->name, MANIFEST_NAME_SIZE)) {
        complain(stanza, word, name_expected, "");
    }
}

static void read_file(struct stanza *stanza, struct manifest_span value) {
    struct manifest_span word;
    if (!manifest_word(&value, &word) || value.length > 0 || word.text[0] == '/' ||
        !manifest_copy(word, stanza->program->file, MANIFEST_FILE_SIZE)) {
        complain(stanza, word, "a path in the boot file system, at most 63 characters",
                 "without a leading '/'");
    }
}

static void read_arguments(struct stanza *stanza, struct manifest_span value) {
    if (!manifest_copy(value, stanza->program->arguments, MANIFEST_ARGUMENTS)) {
        complain(stanza, value, "at most 127 characters of arguments", "");
    }
}

static bool unit_of(char c, uint64_t *unit) {
    static const char units[] = "KMG";
    const char *at = strchr(units, c);
    if (c == '\0' || at == NULL) {
        return false;
    }
    *unit = 1024ull << (10 * (at - units));
    return true;
}

static bool parse_size(struct manifest_span span, uint64_t *bytes) {
    uint64_t unit = 0;
    uint64_t count = 0;
    if (span.length < 2 || !unit_of(span.text[span.length - 1], &unit)) {
        return false;
    }
    span.length--;
    if (!manifest_number(span, MANIFEST_MEMORY_MAX / unit, &count)) {
        return false;
    }
    *bytes = count * unit;
    return *bytes >= MANIFEST_MEMORY_MIN && (*bytes & (*bytes - 1)) == 0;
}

static void read_memory(struct stanza *stanza, struct manifest_span value) {
    bool is_system = stanza->where == IN_SYSTEM;
    if (is_system && manifest_is(value, "rest")) {
        stanza->program->memory = MANIFEST_MEMORY_REST;
    } else if (!parse_size(value, &stanza->program->memory)) {
        stanza->program->memory = MANIFEST_MEMORY_NORMAL;
        complain(stanza, value, is_system ? memory_or_rest : memory_expected, "");
    }
}

static void read_priority(struct stanza *stanza, struct manifest_span value) {
    uint64_t priority = 0;
    if (!manifest_number(value, 63, &priority)) {
        complain(stanza, value, "a priority from 0 to 63", "");
        return;
    }
    stanza->program->priority = (uint32_t)priority;
}

static void read_restart(struct stanza *stanza, struct manifest_span value) {
    bool always = manifest_is(value, "always");
    if (!always && !manifest_is(value, "never")) {
        complain(stanza, value, "\"always\" or \"never\"", "");
        return;
    }
    stanza->program->restart = always;
}

static void read_start(struct stanza *stanza, struct manifest_span value) {
    bool on_demand = manifest_is(value, "demand");
    if (!on_demand && !manifest_is(value, "boot")) {
        complain(stanza, value, "\"boot\" or \"demand\"", "");
        return;
    }
    stanza->program->on_demand = on_demand;
}

// Names, each with a number behind it if it has a version.
static void read_list(struct stanza *stanza, struct manifest_span value,
                      struct manifest_list *list) {
    struct manifest_span word;
    while (manifest_word(&value, &word)) {
        uint64_t version = 0;
        if (list->count > 0 && manifest_number(word, 0xffffffff, &version)) {
            list->names[list->count - 1].version = (uint32_t)version;
            continue;
        }
        if (list->count == MANIFEST_LIST) {
            complain(stanza, word, "at most 16 names", "");
            return;
        }
        struct manifest_name *name = &list->names[list->count];
        if (!manifest_copy(word, name->name, MANIFEST_NAME_SIZE)) {
            complain(stanza, word, name_expected, "");
            continue;
        }
        name->version = 0;
        list->count++;
    }
}

static void read_capabilities(struct stanza *stanza, struct manifest_span value) {
    read_list(stanza, value, &stanza->program->capabilities);
}

static void read_services(struct stanza *stanza, struct manifest_span value) {
    read_list(stanza, value, &stanza->program->services);
}

static void read_provides(struct stanza *stanza, struct manifest_span value) {
    read_list(stanza, value, &stanza->program->provides);
}

static void read_matches(struct stanza *stanza, struct manifest_span value) {
    struct manifest_program *program = stanza->program;
    struct manifest_span word;
    while (manifest_word(&value, &word)) {
        const char *expected = "";
        if (program->match_count == MANIFEST_MATCHES) {
            complain(stanza, word, "at most 16 matches", "");
            return;
        }
        if (manifest_read_match(word, &program->matches[program->match_count], &expected)) {
            program->match_count++;
        } else {
            complain(stanza, word, expected, "");
        }
    }
}

static const struct key {
    const char *name;
    uint32_t where;
    void (*read)(struct stanza *stanza, struct manifest_span value);
} keys[] = {
    {"name", IN_DRIVER, read_name},
    {"match", IN_DRIVER, read_matches},
    {"file", IN_SYSTEM, read_file},
    {"arguments", IN_BOTH, read_arguments},
    {"memory", IN_BOTH, read_memory},
    {"priority", IN_BOTH, read_priority},
    {"restart", IN_BOTH, read_restart},
    {"start", IN_SYSTEM, read_start},
    {"capabilities", IN_SYSTEM, read_capabilities},
    {"services", IN_BOTH, read_services},
    {"provides", IN_BOTH, read_provides},
};

static void read_entry(struct stanza *stanza, const struct manifest_line *line) {
    for (uint32_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (!(keys[i].where & stanza->where) || !manifest_is(line->name, keys[i].name)) {
            continue;
        }
        if (stanza->seen & 1u << i) {
            complain(stanza, line->name, "each key once in a stanza", "the first one counts");
            return;
        }
        stanza->seen |= 1u << i;
        keys[i].read(stanza, line->value);
        return;
    }
    complain(stanza, line->name, stanza->where == IN_SYSTEM ? system_keys : driver_keys, "");
}

static void begin(struct manifest_program *program, uint32_t where) {
    memset(program, 0, sizeof *program);
    program->memory = MANIFEST_MEMORY_NORMAL;
    program->priority = where == IN_DRIVER ? MANIFEST_DRIVER_PRIORITY : MANIFEST_PRIORITY;
    program->restart = where == IN_DRIVER;
}

static bool is_taken(const struct manifest_system *system, struct manifest_span name) {
    for (uint32_t i = 0; i < system->count; i++) {
        if (manifest_is(name, system->programs[i].name)) {
            return true;
        }
    }
    return false;
}

// Reads the entries of one stanza; *line is its head, and then the next stanza's or the end.
static void read_stanza(struct stanza *stanza, struct manifest_line *line) {
    begin(stanza->program, stanza->where);
    *line = manifest_next(stanza->reader);
    while (line->kind == MANIFEST_ENTRY) {
        read_entry(stanza, line);
        *line = manifest_next(stanza->reader);
    }
}

// Reads a program's stanza to the next free place, and keeps it if it can be used.
static void read_program(struct manifest_reader *reader, struct manifest_line *line,
                         struct manifest_system *system) {
    struct manifest_span name = line->name;
    struct manifest_program unused;
    bool has_room = system->count < MANIFEST_PROGRAMS;
    struct stanza stanza = {reader, has_room ? &system->programs[system->count] : &unused,
                            IN_SYSTEM, 0, true};
    bool taken = is_taken(system, name);
    read_stanza(&stanza, line);
    if (!has_room) {
        manifest_complain(reader, name, "at most 32 programs", "this one is left out");
    } else if (taken) {
        manifest_complain(reader, name, "each program once", "the first one counts");
    } else if (!manifest_copy(name, stanza.program->name, MANIFEST_NAME_SIZE)) {
        manifest_complain(reader, name, name_expected, "");
    } else if (stanza.program->file[0] == '\0') {
        manifest_complain(reader, name, "\"file = PATH\" in this stanza", "it is left out");
    } else {
        system->count++;
    }
}

void manifest_read_system(const char *file, const void *text, size_t length,
                          struct manifest_report report, struct manifest_system *system) {
    struct manifest_reader reader;
    manifest_reader_init(&reader, file, text, length, report);
    system->count = 0;
    struct manifest_line line = manifest_next(&reader);
    while (line.kind != MANIFEST_END) {
        if (line.kind == MANIFEST_STANZA) {
            read_program(&reader, &line, system);
        } else {
            manifest_complain(&reader, line.name, "\"[PROGRAM]\" before its keys", "");
            line = manifest_next(&reader);
        }
    }
}

static void check_driver(struct stanza *stanza) {
    struct manifest_span end = {"", 0, stanza->reader->line, 1};
    if (stanza->program->name[0] == '\0') {
        complain(stanza, end, "\"name = NAME\" in [driver]", "");
    }
    if (stanza->program->match_count == 0) {
        complain(stanza, end, "\"match = DEVICE...\" in [driver]", "");
    }
}

bool manifest_read_driver(const char *file, const void *text, size_t length,
                          struct manifest_report report, struct manifest_program *driver) {
    struct manifest_reader reader;
    manifest_reader_init(&reader, file, text, length, report);
    struct stanza stanza = {&reader, driver, IN_DRIVER, 0, true};
    begin(driver, IN_DRIVER);
    struct manifest_line line = manifest_next(&reader);
    if (line.kind != MANIFEST_STANZA || !manifest_is(line.name, "driver")) {
        complain(&stanza, line.name, "\"[driver]\"", "");
        return false;
    }
    read_stanza(&stanza, &line);
    if (line.kind == MANIFEST_STANZA) {
        complain(&stanza, line.name, "no second stanza", "");
    }
    check_driver(&stanza);
    return stanza.good;
}

bool manifest_allows(const struct manifest_list *list, const char *name) {
    for (uint32_t i = 0; i < list->count; i++) {
        if (strcmp(list->names[i].name, "*") == 0 || strcmp(list->names[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

uint32_t manifest_split(char *text, const char **words, uint32_t most) {
    uint32_t count = 0;
    while (*text != '\0' && count < most) {
        while (*text == ' ' || *text == '\t') {
            *text++ = '\0';
        }
        if (*text == '\0') {
            break;
        }
        words[count++] = text;
        while (*text != '\0' && *text != ' ' && *text != '\t') {
            text++;
        }
    }
    return count;
}
