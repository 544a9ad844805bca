// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/testing/play.h"

#include <string.h>

#include "userland/bootfs/bootfs.h"
#include "userland/helios/console.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/interfaces/registry.h"
#include "userland/venus/testing/machine.h"

enum {
    BADGE_DEVICE = 1,
    BADGE_REGISTRY = 2,
    BADGE_MANAGER = 3,
    ECAM_BUS = 1 << 20,
    DRIVER_MEMORY_BITS = 25,
    DRIVER_CSPACE_BITS = 12,
    DRIVER_PRIORITY = 31,
    TEXT_BYTES = 200,
    VIRTIO_VENDOR = 0x1af4,
    MSIX_CONTROL = 2, // in the capability
    MSIX_CONTROL_ENABLE = 1 << 15,
    MSIX_CONTROL_MASK = 1 << 14,
};

static struct {
    const struct helios_bootinfo *bootinfo;
    struct venus_registers ecam;
    struct pci_access access;
    uint64_t endpoint;
    uint64_t silence; // Notification
    struct play_device *device;
    struct play_driver *driver;
} play;

// DeviceMemory of whole pages around an address; 0: none.
static uint64_t part_at(uint64_t base, uint64_t length) {
    for (uint32_t i = 0; i < play.bootinfo->device_count; i++) {
        const struct helios_bootinfo_device *range = &play.bootinfo->devices[i];
        uint64_t first = base & ~(HELIOS_PAGE_BYTES - 1);
        uint64_t end = (base + length + HELIOS_PAGE_BYTES - 1) & ~(HELIOS_PAGE_BYTES - 1);
        if (first >= range->base && end <= range->base + range->length &&
            helios_device_memory_split(range->slot, helios_environment.memories[0], first,
                                       end - first)
                    .status == HELIOS_OK) {
            return helios_buffer->caps[0];
        }
    }
    return 0;
}

static volatile void *map_at(uint64_t base, uint64_t length) {
    uint64_t part = part_at(base, length);
    uint64_t address = helios_vm_reserve(length + HELIOS_PAGE_BYTES, HELIOS_PAGE_BYTES);
    uint64_t first = base & ~(HELIOS_PAGE_BYTES - 1);
    for (uint64_t at = first; part != 0 && at < base + length; at += HELIOS_PAGE_BYTES) {
        if (helios_device_memory_allocate(part, helios_environment.memories[0], at, 0).status !=
            HELIOS_OK) {
            return NULL;
        }
        uint64_t page = helios_buffer->caps[0];
        helios_vm_map(page, address + (at - first), HELIOS_MAP_WRITE | HELIOS_MAP_DEVICE);
        helios_drop(page);
    }
    return part == 0 ? NULL : (volatile void *)(uintptr_t)(address + (base - first));
}

void play_begin(const struct helios_bootinfo *bootinfo) {
    if (play.bootinfo != NULL) {
        return;
    }
    play.bootinfo = bootinfo;
    play.endpoint = helios_make(HELIOS_TYPE_ENDPOINT, 0).value;
    play.silence = helios_make(HELIOS_TYPE_NOTIFICATION, 0).value;
    for (uint32_t i = 0; i < bootinfo->device_count; i++) {
        const struct helios_bootinfo_device *range = &bootinfo->devices[i];
        if (range->kind == HELIOS_BOOTINFO_PCI_CONFIG && range->first_bus == 0) {
            play.ecam = venus_mmio(map_at(range->base, ECAM_BUS), ECAM_BUS);
            play.access = pci_ecam(&play.ecam, 0, 0);
        }
    }
}

static uint64_t physical_of(uint64_t bus) {
    for (uint32_t i = 0; i < play.bootinfo->device_count; i++) {
        const struct helios_bootinfo_device *range = &play.bootinfo->devices[i];
        if (range->kind == HELIOS_BOOTINFO_PCI_MEMORY && bus - range->bus_base < range->length) {
            return range->base + (bus - range->bus_base);
        }
    }
    return 0;
}

struct search {
    uint16_t vendor;
    uint16_t ids[2];
    uint32_t number; // of those to pass by
    struct play_device *device;
    bool is_found;
};

static bool visit(void *context, const struct pci_function *function,
                  const struct pci_identity *identity) {
    struct search *search = context;
    bool is_it = identity->vendor == search->vendor &&
                 (identity->device == search->ids[0] || identity->device == search->ids[1]);
    if (!is_it || search->number-- > 0) {
        return true;
    }
    search->device->function = *function;
    search->device->info.vendor = identity->vendor;
    search->device->info.device = identity->device;
    search->device->line = machine_pci_line(function->address >> 3, identity->pin - 1u);
    search->is_found = true;
    return false;
}

static bool find_function(struct play_device *device, struct search *search) {
    *device = (struct play_device){.info = {.bus = DEVICE_BUS_PCI, .name = "pci"},
                                   .trigger = HELIOS_IRQ_TRIGGER_LEVEL};
    search->device = device;
    if (play.ecam.length == 0) {
        return false;
    }
    pci_scan(&play.access, visit, search);
    if (!search->is_found) {
        return false;
    }
    pci_read_bars(&device->function, device->bars);
    for (uint32_t i = 0; i < PCI_BARS; i++) {
        const struct pci_bar *bar = &device->bars[i];
        if (bar->length != 0 && !bar->is_io) {
            device->extents[device->info.ranges++] = (struct device_extent){
                DEVICE_RANGE_KIND_MEMORY, i, physical_of(bar->address), bar->length};
        }
    }
    device->info.interrupts = 1;
    return true;
}

// The ids of a transitional device are not of its type (VIRTIO 1.2, 4.1.2.1).
static uint16_t transitional_id(enum virtio_type type) {
    switch (type) {
    case VIRTIO_NETWORK:
        return 0x1000;
    case VIRTIO_BLOCK:
        return 0x1001;
    case VIRTIO_ENTROPY:
        return 0x1005;
    default:
        return 0; // there is none
    }
}

static uint32_t mapped_type(uint64_t base) {
    struct virtio_device device;
    uint64_t length = machine_virtio.stride;
    volatile void *at = map_at(base, length);
    struct venus_registers registers = venus_mmio(at, at == NULL ? 0 : length);
    return virtio_open_mmio(&device, &registers) == VIRTIO_OK ? device.type : 0;
}

static bool find_mapped(struct play_device *device, enum virtio_type type, uint32_t number) {
    for (uint32_t i = 0; i < machine_virtio.count; i++) {
        uint64_t base = machine_virtio.base + i * machine_virtio.stride;
        if (mapped_type(base) == (uint32_t)type && number-- == 0) {
            play_place(device, DEVICE_RANGE_KIND_MEMORY, base, machine_virtio.stride,
                       machine_virtio.line + i, machine_virtio.trigger);
            device->info.bus = DEVICE_BUS_VIRTIO_MMIO;
            return true;
        }
    }
    return false;
}

bool play_find_virtio(struct play_device *device, enum virtio_type type, uint32_t number) {
    struct search search = {.vendor = VIRTIO_VENDOR,
                            .ids = {(uint16_t)(0x1040 + type), transitional_id(type)},
                            .number = number};
    return find_function(device, &search) || find_mapped(device, type, search.number);
}

bool play_find_pci(struct play_device *device, uint16_t vendor, uint16_t id, uint32_t number) {
    struct search search = {.vendor = vendor, .ids = {id, id}, .number = number};
    return find_function(device, &search);
}

void play_place(struct play_device *device, enum device_range_kind kind, uint64_t base,
                uint64_t length, uint64_t line, uint32_t trigger) {
    *device = (struct play_device){.info = {.bus = DEVICE_BUS_LEGACY, .ranges = 1, .interrupts = 1},
                                   .extents = {{kind, 0, base, length}},
                                   .line = line,
                                   .trigger = trigger};
}

bool play_find_console(struct play_device *device) {
    const struct helios_bootinfo_console *console = &play.bootinfo->console;
    bool is_port = console->kind == HELIOS_BOOTINFO_CONSOLE_16550_PORT;
    uint32_t trigger = is_port ? 0 : HELIOS_IRQ_TRIGGER_LEVEL;
    for (uint32_t i = 0; i < play.bootinfo->irq_count; i++) {
        if (play.bootinfo->irqs[i].line == console->irq) {
            trigger = play.bootinfo->irqs[i].trigger;
        }
    }
    play_place(device, is_port ? DEVICE_RANGE_KIND_PORTS : DEVICE_RANGE_KIND_MEMORY, console->base,
               console->length, console->irq, trigger);
    device->info.flags = console->reg_shift << 8 | console->io_width;
    device->info.clock_hz = console->clock_hz;
    const char *name = console->kind == HELIOS_BOOTINFO_CONSOLE_PL011 ? "arm,pl011" : "ns16550a";
    memcpy(device->info.compatible, name, strlen(name) + 1);
    return console->irq_valid != 0 && console->kind != HELIOS_BOOTINFO_CONSOLE_NONE;
}

// The device's Endpoint ---------------------------------------------------------------------------

static enum helios_error on_describe(void *context, const struct helios_request *request,
                                     struct device_info *result) {
    (void)context;
    (void)request;
    *result = play.device->info;
    return HELIOS_OK;
}

static enum helios_error on_range(void *context, const struct helios_request *request,
                                  uint32_t index, struct device_extent *result) {
    (void)context;
    (void)request;
    if (index >= play.device->info.ranges) {
        return HELIOS_ERROR_RANGE;
    }
    *result = play.device->extents[index];
    return HELIOS_OK;
}

static enum helios_error give(uint32_t index, struct device_extent *result, uint64_t *part) {
    if (index >= play.device->info.ranges) {
        return HELIOS_ERROR_RANGE;
    }
    *result = play.device->extents[index];
    if (play.device->parts[index] == 0 && result->kind == DEVICE_RANGE_KIND_PORTS) {
        struct helios_answer issued =
            helios_io_control_issue(HELIOS_INIT_IO_CONTROL, result->base, result->length);
        play.device->parts[index] = issued.status == HELIOS_OK ? helios_buffer->caps[0] : 0;
    } else if (play.device->parts[index] == 0) {
        play.device->parts[index] = part_at(result->base, result->length);
    }
    *part = play.device->parts[index];
    return *part == 0 ? HELIOS_ERROR_UNSUPPORTED : HELIOS_OK;
}

static enum helios_error on_memory(void *context, const struct helios_request *request,
                                   uint32_t index, struct device_extent *result, uint64_t *memory) {
    (void)context;
    (void)request;
    return give(index, result, memory);
}

static enum helios_error on_ports(void *context, const struct helios_request *request,
                                  uint32_t index, struct device_extent *result, uint64_t *ports) {
    (void)context;
    (void)request;
    return give(index, result, ports);
}

static bool use_message(struct play_device *device, uint64_t *handler) {
    struct pci_msix msix;
    if (device->function.access == NULL || !pci_find_msix(&device->function, device->bars, &msix)) {
        return false;
    }
    struct helios_answer issued =
        helios_irq_control_issue_msi(HELIOS_INIT_IRQ_CONTROL, device->function.address, 0);
    if (issued.status != HELIOS_OK) {
        return false;
    }
    device->handler = *handler = helios_buffer->caps[0];
    uint64_t at = physical_of(device->bars[msix.bar].address) + msix.offset;
    uint64_t bytes = msix.entries * 16ull;
    struct venus_registers table = venus_mmio(map_at(at, bytes), bytes);
    pci_set_command(&device->function, PCI_COMMAND_MEMORY, 0);
    pci_msix_set(&table, 0, issued.value, (uint32_t)issued.found);
    pci_msix_enable(&device->function, &msix, true);
    return true;
}

static enum helios_error on_interrupt(void *context, const struct helios_request *request,
                                      uint32_t index, uint32_t *result, uint64_t *handler) {
    (void)context;
    (void)request;
    if (index != 0) {
        return HELIOS_ERROR_RANGE;
    }
    *result = 0;
    if (use_message(play.device, handler)) {
        return HELIOS_OK;
    }
    if (play.device->function.access != NULL) {
        pci_use_line(&play.device->function);
    }
    struct helios_answer issued = helios_irq_control_issue(
        HELIOS_INIT_IRQ_CONTROL, play.device->line, play.device->trigger, 0);
    play.device->handler = *handler = helios_buffer->caps[0];
    return issued.status;
}

static enum helios_error on_config_read(void *context, const struct helios_request *request,
                                        uint32_t offset, uint32_t width, uint32_t *result) {
    (void)context;
    (void)request;
    *result = pci_read(&play.device->function, offset, width);
    return HELIOS_OK;
}

static enum helios_error on_config_write(void *context, const struct helios_request *request,
                                         uint32_t offset, uint32_t width, uint32_t value) {
    (void)context;
    (void)request;
    pci_write(&play.device->function, offset, width, value);
    return HELIOS_OK;
}

static const struct device_ops device_ops = {
    .describe = on_describe,
    .range = on_range,
    .memory = on_memory,
    .ports = on_ports,
    .interrupt = on_interrupt,
    .config_read = on_config_read,
    .config_write = on_config_write,
};

static enum helios_error on_register(void *context, const struct helios_request *request,
                                     uint64_t service, uint64_t id, uint32_t version,
                                     const char *name) {
    (void)context;
    (void)request;
    (void)version;
    (void)name;
    play.driver->service = service;
    play.driver->id = id;
    return HELIOS_OK;
}

static const struct registry_ops registry_ops = {.register_ = on_register};

static bool dispatch(uint32_t flags, struct helios_message *message) {
    switch (message->capability) {
    case BADGE_DEVICE:
        return device_dispatch(&device_ops, NULL, message);
    case BADGE_REGISTRY:
        return registry_dispatch(&registry_ops, NULL, message);
    default:
        play.driver->end = helios_process_event_of(flags, message);
        return false;
    }
}

// Until the driver has registered, or ended.
static void serve(void) {
    struct helios_message message;
    uint32_t flags = helios_recv(play.endpoint, 0, &message);
    for (;;) {
        bool has_answer = dispatch(flags, &message);
        bool is_over = play.driver->service != 0 || play.driver->end.end != HELIOS_PROCESS_NOTHING;
        if (is_over && has_answer) {
            helios_reply(HELIOS_CADDR_UNDEF, message);
        }
        if (is_over) {
            return;
        }
        flags = has_answer ? helios_reply_recv(play.endpoint, &message)
                           : helios_recv(play.endpoint, 0, &message);
    }
}

static bool find_file(const char *name, struct bootfs_file *file) {
    struct bootfs fs;
    struct tar_error error;
    const struct helios_bootinfo_module *module = &play.bootinfo->modules[0];
    return bootfs_open(&fs, (const void *)(uintptr_t)module->address, module->length, &error) &&
           bootfs_find(&fs, name, file);
}

bool play_start(struct play_driver *driver, const char *file, struct play_device *device) {
    *driver = (struct play_driver){.device = device};
    play.driver = driver;
    play.device = device;
    struct bootfs_file program;
    if (!find_file(file, &program)) {
        helios_printf("play: no %s\n", file);
        return false;
    }
    const struct helios_spawn_capability capabilities[] = {
        {.name = "device",
         .capability = play.endpoint,
         .rights = HELIOS_RIGHT_ALL,
         .badge = BADGE_DEVICE},
    };
    const struct helios_spawn_config config = {
        .elf = program.data,
        .elf_size = program.size,
        .name = "driver",
        .arguments = device->argument_count != 0 ? device->arguments : NULL,
        .argument_count = device->argument_count,
        .capability_count = 1,
        .capabilities = capabilities,
        .memory_bits = DRIVER_MEMORY_BITS,
        .cspace_bits = DRIVER_CSPACE_BITS,
        .priority = DRIVER_PRIORITY,
        .manager = play.endpoint,
        .badge = BADGE_MANAGER,
        // Nothing that takes text: it goes to the kernel's console, and nobody has to listen.
        .log = play.silence,
        .registry = play.endpoint,
        .registry_badge = BADGE_REGISTRY,
    };
    if (helios_spawn(&config, &driver->process) != HELIOS_OK) {
        char text[TEXT_BYTES];
        helios_spawn_describe(text, sizeof(text), &driver->process);
        helios_printf("play: %s: %s\n", file, text);
        return false;
    }
    serve();
    return driver->service != 0;
}

bool play_hold(struct play_device *device, bool is_held) {
    const struct pci_function *function = &device->function;
    if (function->access == NULL) {
        return false;
    }
    uint32_t at = pci_find_capability(function, PCI_CAPABILITY_MSIX, 0) + MSIX_CONTROL;
    uint32_t control = at == MSIX_CONTROL ? 0 : pci_read(function, at, 2);
    if ((control & MSIX_CONTROL_ENABLE) == 0) {
        pci_set_command(function, is_held ? PCI_COMMAND_NO_LINE : 0,
                        is_held ? 0 : PCI_COMMAND_NO_LINE);
        return true;
    }
    control &= ~(uint32_t)MSIX_CONTROL_MASK;
    pci_write(function, at, 2, is_held ? control | MSIX_CONTROL_MASK : control);
    return true;
}

void play_stop(struct play_driver *driver) {
    struct play_device *device = driver->device;
    helios_process_destroy(&driver->process);
    helios_drop(driver->service);
    for (uint32_t i = 0; i < device->info.ranges; i++) {
        if (device->parts[i] != 0) {
            helios_drop(device->parts[i]);
        }
    }
    if (device->handler != 0) {
        helios_drop(device->handler);
    }
}
