// SPDX-License-Identifier: GPL-3.0-only
//
// Drivers: the programs in drivers/ of the boot file system, by the manifests in them.
#include <string.h>

#include "userland/mercury/devices.h"
#include "userland/mercury/mercury.h"
#include "userland/mercury/resources.h"

enum {
    DRIVERS = 32,
    TEXT = 300,
};

static struct manifest_program drivers[DRIVERS];
static uint32_t driver_count;

static void tell(void *context, const struct manifest_error *error) {
    char text[TEXT];
    (void)context;
    manifest_format_error(text, sizeof text, error);
    say("%s", text);
}

// Reads the manifest in an ELF file. false: there is none that makes sense, which was said.
static bool read_manifest(const struct bootfs_file *file, struct manifest_program *driver) {
    const char *text = NULL;
    size_t length = 0;
    struct manifest_report report = {tell, NULL};
    if (!manifest_find_section(file->data, file->size, &text, &length)) {
        say("%s: it has no manifest", file->name);
        return false;
    }
    if (!manifest_read_driver(file->name, text, length, report, driver)) {
        say("%s: it is left out", file->name);
        return false;
    }
    size_t name = strlen(file->name);
    if (name >= sizeof driver->file) {
        say("%s: its name is too long", file->name);
        return false;
    }
    memcpy(driver->file, file->name, name + 1);
    return true;
}

static uint32_t score(const struct manifest_program *driver, const struct dev *dev) {
    uint32_t best = 0;
    for (uint32_t i = 0; i < driver->match_count; i++) {
        uint32_t one = manifest_match_score(&driver->matches[i], &dev->identity);
        best = one > best ? one : best;
    }
    return best;
}

static void match(struct dev *dev) {
    uint32_t best = 0;
    for (uint32_t i = 0; i < driver_count; i++) {
        uint32_t one = score(&drivers[i], dev);
        if (one > best) {
            best = one;
            dev->driver = (int32_t)i;
        }
    }
}

static struct proc *start(uint32_t index) {
    struct manifest_program program = drivers[devs[index].driver];
    if (program.arguments[0] == '\0') {
        dev_arguments(&devs[index], program.arguments, sizeof program.arguments);
    }
    return proc_start(&program, (int)index);
}

static void read_all(void) {
    struct bootfs_file file;
    uint64_t cursor = 0;
    while (bootfs_next(&resources.files, "drivers/", &cursor, &file)) {
        if (driver_count == DRIVERS) {
            say("%s: there are more than %u drivers", file.name, DRIVERS);
        } else if (read_manifest(&file, &drivers[driver_count])) {
            driver_count++;
        }
    }
}

void drivers_begin(void) {
    dev_find_legacy();
    dev_find_tree();
    dev_find_pci();
    read_all();
    for (uint32_t i = 0; i < dev_count; i++) {
        match(&devs[i]);
    }
    for (uint32_t i = 0; i < dev_count; i++) {
        if (devs[i].driver >= 0) {
            start(i);
        }
    }
    if (dev_left_out != 0) {
        say("there are more than %u devices; %u are left out", DEV_COUNT, dev_left_out);
    }
    say("%u devices, %u drivers", dev_count, driver_count);
}

// The place of a driver among those that are known, by its file; a new one if there is room.
static int32_t place_of(const char *file) {
    for (uint32_t i = 0; i < driver_count; i++) {
        if (strcmp(drivers[i].file, file) == 0) {
            return (int32_t)i;
        }
    }
    return driver_count < DRIVERS ? (int32_t)driver_count : -1;
}

static int32_t load(const char *name) {
    struct manifest_program driver;
    struct bootfs_file file;
    int32_t place = place_of(name);
    if (!bootfs_find(&resources.files, name, &file)) {
        say("there is no file \"%s\"", name);
        return -1;
    }
    if (place < 0 || !read_manifest(&file, &driver)) {
        return -1;
    }
    drivers[place] = driver;
    driver_count += (uint32_t)place == driver_count ? 1 : 0;
    return place;
}

int32_t drivers_device(const char *name) {
    const struct proc *proc = proc_named(name);
    if (proc != NULL) {
        return proc->device;
    }
    for (uint32_t i = 0; i < dev_count; i++) {
        const struct dev *dev = &devs[i];
        if (dev->driver >= 0 && dev->process == 0 && strcmp(drivers[dev->driver].name, name) == 0) {
            return (int32_t)i;
        }
    }
    return -1;
}

// Ends who drives a device, if anybody does. Returns how often that was started anew.
static uint32_t end_driver(const struct dev *dev) {
    struct proc *proc = proc_find(dev->process);
    uint32_t restarts = 0;
    if (proc != NULL) {
        restarts = proc->restarts;
        proc_end(proc, PROC_KILLED, 0);
    }
    return restarts;
}

static struct proc *start_again(uint32_t index, uint32_t restarts) {
    struct proc *next = start(index);
    if (next != NULL) {
        next->restarts = restarts;
    }
    return next;
}

struct proc *drivers_replace(uint32_t index, const char *file) {
    struct dev *dev = &devs[index];
    const int32_t old = dev->driver;
    if (file[0] != '\0') {
        int32_t driver = load(file);
        if (driver < 0 || score(&drivers[driver], dev) == 0) {
            say("%s: it is no driver of %s", file, dev->name);
            return NULL;
        }
        dev->driver = driver;
    }
    uint32_t restarts = end_driver(dev) + 1;
    struct proc *next = start_again(index, restarts);
    if (next == NULL && dev->driver != old) {
        say("%s: %s drives it again", dev->name, drivers[old].file);
        dev->driver = old;
        start_again(index, restarts);
    }
    return next;
}

void devices_take(const struct proc *proc) {
    if (proc->device >= 0) {
        devs[proc->device].process = proc->id;
        dev_enable(&devs[proc->device]);
    }
}

bool devices_forget(struct proc *proc) {
    if (proc->device < 0) {
        return true;
    }
    devs[proc->device].process = 0;
    return dev_disable(&devs[proc->device]);
}
