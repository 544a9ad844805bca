// SPDX-License-Identifier: GPL-3.0-only
//
// Interrupt Translation Service (Arm IHI 0069, chapters 5 and 12.19) and LPIs: a device writes the
// number of an event to GITS_TRANSLATER; by its device id the ITS finds a table that says which LPI
// that is and to which CPU it goes (collection n is CPU n).
//
// One ITS is used, the first. All memory is taken at start: room for ITS_DEVICES devices with
// ITS_EVENTS events each. Commands are waited for; one that is not executed turns the ITS off for
// good, and every later request is answered false.
#include "arch/aarch64/gic.h"

#include "arch/aarch64/fault.h"
#include "arch/aarch64/gic_format.h"
#include "arch/aarch64/irq_map.h"
#include "arch/aarch64/sysreg.h"
#include "arch/include/device.h"
#include "arch/include/mmu.h"
#include "arch/include/port.h"
#include "kernel/lock.h"
#include "kernel/memory.h"
#include "kernel/percpu.h"
#include "kernel/physmem.h"
#include "kernel/window.h"

#define GITS_CTLR       0x0000u
#define GITS_TYPER      0x0008u
#define GITS_CBASER     0x0080u
#define GITS_CWRITER    0x0088u
#define GITS_CREADR     0x0090u
#define GITS_BASER      0x0100u
#define GITS_TRANSLATER 0x10040u
#define GITS_SIZE       0x1000u // what is mapped

#define GITS_CTLR_ENABLED   (1u << 0)
#define GITS_CTLR_QUIESCENT (1u << 31)
#define GITS_TYPER_PHYSICAL (1ull << 0)
#define GITS_CREADR_STALLED (1ull << 0)
#define GITS_BASERS         8u

#define GICR_PROPBASER       0x0070u
#define GICR_PENDBASER       0x0078u
#define GICR_CTLR_ENABLELPIS (1u << 0)
#define GICR_TYPER_PLPIS     (1ull << 0)

#define LPI_DISABLED 0xa2u // priority; bit 1 is one
#define LPI_ENABLED  0xa3u

#define CONFIG_SIZE   ((1ull << GIC_LPI_BITS) - GIC_FIRST_LPI)
#define PENDING_SIZE  KERNEL_PAGE_SIZE // 2^GIC_LPI_BITS bits, and more than is read
#define PENDING_ALIGN 0x10000ull

enum {
    ITS_DEVICES = 64,
    ITS_EVENT_BITS = 5,
    ITS_EVENTS = 1 << ITS_EVENT_BITS,
    ITS_COMMANDS = 128,         // a page of them
    ITS_DEVICE_MEMORY = 0x10000 // of a device table, first level excepted
};

// A device with mapped events.
struct its_device {
    uint32_t id;
    uint32_t events; // bit n: event n is in use; 0: the record is free
};

struct its_lpi {
    bool used;
    uint8_t device; // index into devices
    uint8_t event;
    uint64_t target;
};

static struct {
    uintptr_t registers;
    uint64_t translater;
    uint64_t type;
    struct its_command *queue;
    uint32_t write;  // index of the next command
    uint8_t *config; // a byte for each LPI
    uint8_t *tables; // ITTs, one for each record of `devices`
    uint64_t table_size;
    uint64_t *directory; // first level of the device table, or NULL
    uint8_t *device_pages;
    uint32_t device_pages_free;
    uint64_t page_size;
    uint64_t devices_per_page;
    uint64_t device_end; // ids below are possible
    bool snoops;         // hardware looks into caches for the tables
    bool works;
    struct its_device devices[ITS_DEVICES];
    struct its_lpi lpis[IRQ_MAP_LPIS];
} its;

// Guards `its` and its command queue. No other lock is taken while it is held.
static struct lock its_lock;

static uint64_t read64(uintptr_t address) {
    return arch_device_read(DEVICE_MEMORY, address, 8);
}

static void write64(uintptr_t address, uint64_t value) {
    arch_device_write(DEVICE_MEMORY, address, 8, value);
}

// What the CPU wrote there is what the hardware reads.
static void publish(const void *start, uint64_t length) {
    if (its.snoops) {
        AARCH64_DSB("ishst");
    } else {
        arch_cache_maintain(start, length, CACHE_CLEAN);
    }
}

static void *take_memory(uint64_t length, uint64_t alignment) {
    uint64_t physical = physmem_alloc(align_up(length, KERNEL_PAGE_SIZE), alignment);
    return physical != 0 ? arch_direct(physical) : NULL;
}

static void *take_zeroed(uint64_t length, uint64_t alignment) {
    void *memory = take_memory(length, alignment);
    if (memory != NULL) {
        memory_zero(memory, length);
        arch_cache_maintain(memory, length, CACHE_CLEAN);
    }
    return memory;
}

// Writes a register that says where a table is, cached if the hardware can, and takes down if it
// can't.
static void set_table(uintptr_t address, uint64_t value, unsigned cache_shift) {
    write64(address, value | GIC_CACHED << cache_shift | GIC_SHARE_INNER);
    if ((read64(address) & GIC_SHARE_MASK) != GIC_SHARE_INNER) {
        write64(address, value | GIC_NOT_CACHED << cache_shift);
        its.snoops = false;
    }
}

static void set_baser(uintptr_t address, const void *table, uint64_t flags, uint64_t pages) {
    uint64_t size_code = its.page_size == 0x1000 ? 0 : its.page_size == 0x4000 ? 1 : 2;
    set_table(address,
              GITS_VALID | flags | arch_direct_physical(table) | size_code << 8 | (pages - 1),
              GITS_CACHE_SHIFT);
}

// A table in two levels reaches further with little memory; where the ITS knows only flat ones, ids
// end where the memory ends.
static bool make_device_table(uintptr_t address) {
    write64(address, GITS_BASER_INDIRECT);
    uint64_t baser = read64(address);
    its.page_size = gits_baser_page_size(baser);
    its.devices_per_page = its.page_size / (gic_field(baser, GITS_BASER_ENTRY_SIZE) + 1);
    uint64_t pages = ITS_DEVICE_MEMORY / its.page_size;
    bool is_indirect = (baser & GITS_BASER_INDIRECT) != 0;
    its.device_pages = is_indirect ? take_memory(ITS_DEVICE_MEMORY, its.page_size)
                                   : take_zeroed(ITS_DEVICE_MEMORY, its.page_size);
    its.directory = is_indirect ? take_zeroed(its.page_size, its.page_size) : NULL;
    if (its.device_pages == NULL || (is_indirect && its.directory == NULL)) {
        return false;
    }
    if (is_indirect) {
        its.device_pages_free = (uint32_t)pages;
        its.device_end = its.page_size / sizeof(uint64_t) * its.devices_per_page;
        set_baser(address, its.directory, GITS_BASER_INDIRECT, 1);
    } else {
        its.device_end = pages * its.devices_per_page;
        set_baser(address, its.device_pages, 0, pages);
    }
    uint64_t ids = 2ull << gic_field(its.type, GITS_TYPER_DEVICE_BITS);
    its.device_end = its.device_end < ids ? its.device_end : ids;
    return true;
}

// One page is room for more CPUs than there can be.
static bool make_collection_table(uintptr_t address) {
    write64(address, 0);
    its.page_size = gits_baser_page_size(read64(address));
    void *table = take_zeroed(its.page_size, its.page_size);
    if (table != NULL) {
        set_baser(address, table, 0, 1);
    }
    return table != NULL;
}

static bool make_its_tables(void) {
    bool done = true;
    uintptr_t devices = 0;
    for (unsigned n = 0; n < GITS_BASERS; n++) {
        uintptr_t address = its.registers + GITS_BASER + 8 * n;
        uint64_t type = gic_field(read64(address), GITS_BASER_TYPE);
        if (type == GITS_TYPE_COLLECTIONS) {
            done = done && make_collection_table(address);
        } else if (type == GITS_TYPE_DEVICES) {
            devices = address;
        }
    }
    // Last, because page_size stays that of the device table.
    return done && devices != 0 && make_device_table(devices);
}

static bool make_queue(void) {
    its.queue = take_zeroed(ITS_COMMANDS * sizeof(struct its_command), KERNEL_PAGE_SIZE);
    its.table_size = align_up(ITS_EVENTS * (gic_field(its.type, GITS_TYPER_ENTRY_SIZE) + 1), 256);
    its.tables = take_memory(ITS_DEVICES * its.table_size, KERNEL_PAGE_SIZE);
    if (its.queue == NULL || its.tables == NULL) {
        return false;
    }
    set_table(its.registers + GITS_CBASER, GITS_VALID | arch_direct_physical(its.queue),
              GITS_CACHE_SHIFT);
    write64(its.registers + GITS_CWRITER, 0);
    return true;
}

// LPI tables: the configuration is common to all CPUs, each has its own pending bits.
static bool make_lpi_tables(void) {
    its.config = take_memory(CONFIG_SIZE, KERNEL_PAGE_SIZE);
    if (its.config == NULL) {
        return false;
    }
    __builtin_memset(its.config, LPI_DISABLED, CONFIG_SIZE);
    arch_cache_maintain(its.config, CONFIG_SIZE, CACHE_CLEAN);
    for (uint32_t i = 0; i < percpu_count(); i++) {
        void *pending = take_zeroed(PENDING_SIZE, PENDING_ALIGN);
        if (pending == NULL) {
            return false;
        }
        percpu_get(i)->arch.lpi_pending = arch_direct_physical(pending);
    }
    return true;
}

static uint64_t target_of(const struct percpu *cpu) {
    uint64_t type = read64(cpu->arch.redistributor + GICR_TYPER);
    return gits_target(its.type, type, cpu->arch.redistributor_physical);
}

// A command that is executed by the next run().
static void put(struct its_command command) {
    its.queue[its.write] = command;
    publish(&its.queue[its.write], sizeof(command));
    its.write = (its.write + 1) % ITS_COMMANDS;
}

// Bits 19..5 of CWRITER and CREADR count bytes of whole commands.
static bool run(void) {
    if (!its.works) {
        return false;
    }
    uint64_t end = its.write * sizeof(struct its_command);
    write64(its.registers + GITS_CWRITER, end);
    for (unsigned i = 0; i < GIC_PATIENCE; i++) {
        uint64_t at = read64(its.registers + GITS_CREADR);
        if (at == end) {
            return true;
        }
        if ((at & GITS_CREADR_STALLED) != 0) {
            break;
        }
        arch_relax();
    }
    its.works = false;
    return false;
}

// Redistributors whose LPIs firmware turned on may not let go of firmware's tables.
static bool start_lpis(const struct percpu *cpu) {
    uintptr_t base = cpu->arch.redistributor;
    gic_write32(base + GICR_CTLR, gic_read32(base + GICR_CTLR) & ~GICR_CTLR_ENABLELPIS);
    if ((gic_read32(base + GICR_CTLR) & GICR_CTLR_ENABLELPIS) != 0) {
        return false;
    }
    set_table(base + GICR_PROPBASER, arch_direct_physical(its.config) | (GIC_LPI_BITS - 1),
              GICR_CACHE_SHIFT);
    set_table(base + GICR_PENDBASER, cpu->arch.lpi_pending | GICR_PENDING_TABLE_ZERO,
              GICR_CACHE_SHIFT);
    gic_write32(base + GICR_CTLR, gic_read32(base + GICR_CTLR) | GICR_CTLR_ENABLELPIS);
    return true;
}

static bool map_collection(const struct percpu *cpu) {
    put(its_map_collection(cpu->index, target_of(cpu)));
    put(its_sync(target_of(cpu)));
    return run();
}

static bool has_lpis(const struct percpu *cpu) {
    return cpu->arch.redistributor != 0 &&
           gic_field(gic_distributor_type(), GICD_TYPER_ID_BITS) + 1 >= GIC_LPI_BITS &&
           (read64(cpu->arch.redistributor + GICR_TYPER) & GICR_TYPER_PLPIS) != 0;
}

bool its_init_cpu(void) {
    struct percpu *cpu = arch_percpu();
    lock_acquire(&its_lock);
    cpu->arch.takes_lpis = its.works && has_lpis(cpu) && start_lpis(cpu) && map_collection(cpu);
    lock_release(&its_lock);
    return cpu->arch.takes_lpis;
}

static bool stop_its(void) {
    uintptr_t control = its.registers + GITS_CTLR;
    gic_write32(control, gic_read32(control) & ~GITS_CTLR_ENABLED);
    return gic_wait(control, GITS_CTLR_QUIESCENT, GITS_CTLR_QUIESCENT);
}

static bool is_usable(void) {
    return (its.type & GITS_TYPER_PHYSICAL) != 0 &&
           gic_field(its.type, GITS_TYPER_EVENT_BITS) + 1 >= ITS_EVENT_BITS;
}

uint32_t its_init(const struct helios_boot *boot) {
    const struct helios_boot_intc *record = gic_record(boot, HELIOS_INTC_GIC_ITS, 0);
    if (record == NULL || !has_lpis(arch_percpu())) {
        return 0;
    }
    its.registers = window_map(record->base, GITS_SIZE, MMU_DEVICE | MMU_WRITE);
    // Some firmware names an ITS that the machine was made without.
    if (its.registers == 0 || aarch64_probe(its.registers + GITS_CTLR) > UINT32_MAX) {
        return 0;
    }
    its.translater = record->base + GITS_TRANSLATER;
    its.type = read64(its.registers + GITS_TYPER);
    its.snoops = true;
    its.works = is_usable() && stop_its() && make_its_tables() && make_queue() && make_lpi_tables();
    if (its.works) {
        gic_write32(its.registers + GITS_CTLR,
                    gic_read32(its.registers + GITS_CTLR) | GITS_CTLR_ENABLED);
    }
    return its_init_cpu() ? IRQ_MAP_LPIS : 0;
}

// Makes sure that the device table has an entry for this id.
static bool reach_device(uint32_t id) {
    if (id >= its.device_end) {
        return false;
    }
    uint64_t *entry = its.directory != NULL ? &its.directory[id / its.devices_per_page] : NULL;
    if (entry == NULL || *entry != 0) {
        return true;
    }
    if (its.device_pages_free == 0) {
        return false;
    }
    uint8_t *page = its.device_pages + --its.device_pages_free * its.page_size;
    memory_zero(page, its.page_size);
    arch_cache_maintain(page, its.page_size, CACHE_CLEAN);
    *entry = GITS_VALID | arch_direct_physical(page);
    publish(entry, sizeof(*entry));
    return true;
}

// The record of this device, or a free one; ITS_DEVICES if there is none.
static unsigned find_device(uint32_t id) {
    unsigned unused = ITS_DEVICES;
    for (unsigned i = ITS_DEVICES; i-- > 0;) {
        if (its.devices[i].events == 0) {
            unused = i;
        } else if (its.devices[i].id == id) {
            return i;
        }
    }
    return unused;
}

static void set_config(uint32_t irq, uint8_t value) {
    its.config[irq] = value;
    publish(&its.config[irq], 1);
}

static bool map_event(unsigned index, uint32_t id, uint32_t irq, const struct percpu *cpu) {
    struct its_device *device = &its.devices[index];
    unsigned event = (unsigned)__builtin_ctz(~device->events);
    if (device->events == 0) {
        uint8_t *table = its.tables + index * its.table_size;
        memory_zero(table, its.table_size);
        publish(table, its.table_size);
        put(its_map_device(id, arch_direct_physical(table), ITS_EVENT_BITS));
    }
    set_config(irq, LPI_DISABLED);
    put(its_map_event(id, event, GIC_FIRST_LPI + irq, cpu->index));
    put(its_on_event(ITS_INV, id, event));
    put(its_sync(target_of(cpu)));
    if (!run()) {
        return false;
    }
    device->id = id;
    device->events |= 1u << event;
    its.lpis[irq] = (struct its_lpi){
        .used = true,
        .device = (uint8_t)index,
        .event = (uint8_t)event,
        .target = target_of(cpu),
    };
    return true;
}

static void unmap_event(uint32_t irq) {
    struct its_lpi *lpi = &its.lpis[irq];
    if (!lpi->used) {
        return;
    }
    struct its_device *device = &its.devices[lpi->device];
    set_config(irq, LPI_DISABLED);
    put(its_on_event(ITS_INV, device->id, lpi->event));
    put(its_on_event(ITS_DISCARD, device->id, lpi->event));
    device->events &= ~(1u << lpi->event);
    if (device->events == 0) {
        put(its_unmap_device(device->id));
    }
    put(its_sync(lpi->target));
    lpi->used = false;
    run();
}

bool its_configure(uint32_t irq, uint32_t device, const struct percpu *cpu, uint64_t *address,
                   uint32_t *data) {
    lock_acquire(&its_lock);
    unmap_event(irq);
    unsigned index = find_device(device);
    bool done = its.works && cpu->arch.takes_lpis && index < ITS_DEVICES &&
                ~its.devices[index].events != 0 && reach_device(device) &&
                map_event(index, device, irq, cpu);
    if (done) {
        *address = its.translater;
        *data = its.lpis[irq].event;
    }
    lock_release(&its_lock);
    return done;
}

void its_release(uint32_t irq) {
    lock_acquire(&its_lock);
    unmap_event(irq);
    lock_release(&its_lock);
}

// Has something done about one LPI, if it is mapped.
static void tell(uint32_t irq, enum its_opcode opcode) {
    const struct its_lpi *lpi = &its.lpis[irq];
    if (lpi->used) {
        put(its_on_event(opcode, its.devices[lpi->device].id, lpi->event));
        put(its_sync(lpi->target));
        run();
    }
}

void its_set_enabled(uint32_t irq, bool on) {
    lock_acquire(&its_lock);
    set_config(irq, on ? LPI_ENABLED : LPI_DISABLED);
    tell(irq, ITS_INV);
    lock_release(&its_lock);
}

void its_retrigger(uint32_t irq) {
    lock_acquire(&its_lock);
    tell(irq, ITS_INT);
    lock_release(&its_lock);
}
