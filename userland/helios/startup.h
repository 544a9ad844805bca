// SPDX-License-Identifier: MIT
//
// What an ordinary process is told as it starts, and what it says to who manages it.
//
// A process is an ELF program (build/programs.bzl: helios_process) with a main like any other. Its
// start-up code gets the address of a struct helios_startup, a page or more of its own, in the
// first argument register. Everything that the process may use are the capabilities of its CSpace:
// those of enum helios_process_slot, and the ones that it was granted by name.
#ifndef HELIOS_USERLAND_HELIOS_STARTUP_H
#define HELIOS_USERLAND_HELIOS_STARTUP_H

#include <stdint.h>

#include "uapi/layout.h"

#ifdef __cplusplus
extern "C" {
#endif

#define HELIOS_STARTUP_MAGIC   0x5452415453534c48ull // "HLSSTART", little endian
#define HELIOS_STARTUP_VERSION 1

// Slots of a process whose use is fixed. 0 is left Null. What the process was not given is there
// without any right: every use of it is refused.
enum helios_process_slot {
    HELIOS_PROCESS_CSPACE = 1,
    HELIOS_PROCESS_VSPACE = 2,
    HELIOS_PROCESS_TASK = 3,     // of its first thread
    HELIOS_PROCESS_BUFFER = 4,   // Page: that thread's IPC buffer
    HELIOS_PROCESS_LOG = 5,      // Endpoint: takes HELIOS_PROCESS_SAY_TEXT
    HELIOS_PROCESS_REGISTRY = 6, // Endpoint: the registry of services
    HELIOS_PROCESS_MEMORY = 7,   // Memory: all that the process is made of and can have
    HELIOS_PROCESS_MANAGER = 8,  // Endpoint: takes HELIOS_PROCESS_SAY_EXIT
    // CSpace: copies of the Tasks of all threads but the first, for the manager to look at. It may
    // say nothing but "put" (WRITE), and what is there is nobody's but the process's own to lie
    // about.
    HELIOS_PROCESS_TASKS = 9,
    HELIOS_PROCESS_FIRST = 16, // what it was granted, from here on
};

// Labels of the messages that a process sends on its own account. Both are sent (not called), so
// that nobody's answer is waited for; the badge says which process it is.
enum helios_process_say {
    // To the manager, the last that is heard of it. p0: the value that main returned.
    HELIOS_PROCESS_SAY_EXIT = 1,
    // To the log. p0: number of bytes, 1 .. HELIOS_PROCESS_TEXT; p1 ..: the bytes, eight a word,
    // the first one lowest. Lines may come in pieces.
    HELIOS_PROCESS_SAY_TEXT = 2,
};

// Most bytes of one message to the log: all parameters but the first.
#define HELIOS_PROCESS_TEXT 504

#define HELIOS_STARTUP_NAME      40 // bytes of a capability's name, NUL included
#define HELIOS_STARTUP_SEED      32
#define HELIOS_STARTUP_MAX_BYTES 16384

struct helios_startup_capability {
    char name[HELIOS_STARTUP_NAME]; // NUL-terminated
    uint64_t slot;
};

// Addresses are the process's own.
struct helios_startup {
    uint64_t magic;   // HELIOS_STARTUP_MAGIC
    uint32_t version; // HELIOS_STARTUP_VERSION
    uint32_t size;    // bytes, with the arguments and capabilities that follow
    uint64_t ipc_buffer;
    uint64_t image_base; // pages of the program
    uint64_t image_end;
    uint64_t stack_base; // the page below is never mapped
    uint64_t stack_top;
    uint64_t vm_base; // addresses that nobody else uses
    uint64_t vm_end;
    uint64_t user_top; // no address from here on can be mapped
    uint64_t cspace_slots;
    uint64_t timer_hz; // of the counter that helios_now reads
    uint32_t argument_count;
    uint32_t arguments; // where, in bytes from here: addresses of the arguments and a 0, as argv
    uint32_t capability_count;
    uint32_t capabilities; // where: struct helios_startup_capability
    uint8_t seed[HELIOS_STARTUP_SEED];
    char name[32]; // NUL-terminated
};

HELIOS_ASSERT_LAYOUT(sizeof(struct helios_startup_capability) == 48);
HELIOS_ASSERT_LAYOUT(sizeof(struct helios_startup) == 176);

// What this process was started with; NULL in the root task.
extern const struct helios_startup *helios_startup;

// The slot of a capability that was granted under this name; 0: there is none.
uint64_t helios_cap(const char *name);

// The same in a structure that is not this process's own: for tests and tools.
uint64_t helios_startup_cap(const struct helios_startup *startup, const char *name);

// Whether the words of *startup agree with each other and with `bytes`, which are readable and
// which the process sees at `address`.
int helios_startup_valid(const struct helios_startup *startup, uint64_t bytes, uint64_t address);

// Ends the process: says `status` to its manager and never returns.
void helios_exit(int status) __attribute__((noreturn));

// Stops the calling thread for good; somebody destroys it.
void helios_stand_still(void) __attribute__((noreturn));

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_HELIOS_STARTUP_H
