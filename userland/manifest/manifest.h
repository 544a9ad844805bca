// SPDX-License-Identifier: GPL-3.0-only
//
// What a manifest says of programs: the system's (a stanza for each program, by its name) and a
// driver's (one stanza [driver]). docs/reference/manifests.md is the manual.
#ifndef HELIOS_USERLAND_MANIFEST_MANIFEST_H
#define HELIOS_USERLAND_MANIFEST_MANIFEST_H

#include "userland/manifest/match.h"
#include "userland/manifest/reader.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MANIFEST_NAME_SIZE       32u // NUL included, as all sizes here
#define MANIFEST_FILE_SIZE       64u
#define MANIFEST_ARGUMENTS       128u
#define MANIFEST_LIST            16u // names in a list
#define MANIFEST_MATCHES         16u
#define MANIFEST_PROGRAMS        32u // stanzas of a system manifest
#define MANIFEST_MEMORY_MIN      (128u << 10)
#define MANIFEST_MEMORY_MAX      (1ull << 46)
#define MANIFEST_MEMORY_REST     1ull // "rest": as much as there is
#define MANIFEST_MEMORY_NORMAL   (2ull << 20)
#define MANIFEST_PRIORITY        32u // if none is said
#define MANIFEST_DRIVER_PRIORITY 40u

// A name, and a version where one belongs to it (else 0).
struct manifest_name {
    char name[MANIFEST_NAME_SIZE];
    uint32_t version;
};

struct manifest_list {
    uint32_t count;
    struct manifest_name names[MANIFEST_LIST];
};

struct manifest_program {
    char name[MANIFEST_NAME_SIZE];
    char file[MANIFEST_FILE_SIZE]; // in the boot file system; empty: of a driver
    char arguments[MANIFEST_ARGUMENTS];
    uint64_t memory; // bytes, a power of two; or MANIFEST_MEMORY_REST
    uint32_t priority;
    bool restart;                      // when it has ended by itself
    bool on_demand;                    // not from the start
    struct manifest_list capabilities; // what it is given
    struct manifest_list services;     // what it may look up; "*": everything
    struct manifest_list provides;     // what it may register
    uint32_t match_count;              // of a driver
    struct manifest_match matches[MANIFEST_MATCHES];
};

struct manifest_system {
    uint32_t count;
    struct manifest_program programs[MANIFEST_PROGRAMS];
};

// Reads a system manifest. What is wrong is reported; a stanza without `file` is left out, all else
// that makes sense is there.
void manifest_read_system(const char *file, const void *text, size_t length,
                          struct manifest_report report, struct manifest_system *system);

// Reads a driver's manifest. false: something is wrong (reported), and the driver can't be used.
bool manifest_read_driver(const char *file, const void *text, size_t length,
                          struct manifest_report report, struct manifest_program *driver);

// Splits arguments at blanks, in place: words[0 ..] point into `text`. Returns how many there are,
// at most `most`.
uint32_t manifest_split(char *text, const char **words, uint32_t most);

// Whether a list has a name, or "*".
bool manifest_allows(const struct manifest_list *list, const char *name);

// Finds the ELF section `.helios.manifest` of an ELF64 file; everything in the file is checked.
// false: there is none, or the file is no ELF file.
bool manifest_find_section(const void *elf, size_t length, const char **text, size_t *text_length);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_MANIFEST_MANIFEST_H
