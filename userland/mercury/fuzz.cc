// SPDX-License-Identifier: GPL-3.0-only
//
// Device trees: any bytes, and trees that libfdt makes with any properties. Whatever is found lies
// in the tree and in no address twice around.
#include <stdlib.h>
#include <string.h>

#include "boot/info/devicetree_node.h"
#include "userland/mercury/find.h"

extern "C" {
#include <libfdt.h>
}

namespace {

uint32_t transport[64] = {0x74726976, 2, 2};

struct venus_registers Map(uint64_t base, uint64_t length) {
    return venus_mmio(transport, base % 2 == 0 && length < sizeof transport ? length : 0);
}

void Expect(bool holds) {
    if (!holds) {
        abort();
    }
}

void Look(const uint8_t *tree, size_t size) {
    memset(devs, 0, sizeof devs);
    dev_count = 0;
    find_tree(tree, Map);
    for (uint32_t i = 0; i < dev_count; i++) {
        const struct dev &dev = devs[i];
        Expect(memchr(dev.name, 0, sizeof dev.name) != nullptr);
        Expect(dev.range_count > 0);
        for (uint32_t j = 0; j < dev.range_count; j++) {
            Expect(dev.ranges[j].length != 0);
            Expect(dev.ranges[j].base + dev.ranges[j].length > dev.ranges[j].base);
        }
        const uint8_t *text = reinterpret_cast<const uint8_t *>(dev.identity.compatible);
        Expect(text >= tree && text + dev.identity.compatible_length <= tree + size);
    }
    for (uint32_t device = 0; device < 32; device++) {
        struct find_bridge bridge = {nullptr, nullptr, tree, 0x30000000, 0};
        struct dev_line line;
        find_pci_line(&bridge, device, 1 + device % 4, &line);
    }
}

void Check(const uint8_t *data, size_t size) {
    struct boot_failure failure;
    size_t whole = 0;
    uint8_t *exact = static_cast<uint8_t *>(malloc(size + 8));
    memcpy(exact, data, size);
    if (devicetree_size(exact, size, &whole, &failure) == BOOT_OK) {
        Look(exact, size);
    }
    free(exact);
}

// What the fuzzer's bytes say, one after the other; zeros behind them.
struct Input {
    const uint8_t *data;
    size_t size;

    uint8_t Next() {
        if (size == 0) {
            return 0;
        }
        size--;
        return *data++;
    }
};

const char *const kCells[] = {"#address-cells", "#size-cells",        "#interrupt-cells",
                              "phandle",        "interrupt-parent",   "reg",
                              "ranges",         "interrupts",         "interrupts-extended",
                              "interrupt-map",  "interrupt-map-mask", "interrupt-controller",
                              "device_type"};
const char *const kCompatible[] = {"virtio,mmio", "pci-host-ecam-generic", "arm,gic-v3",
                                   "riscv,plic0", "riscv,aplic"};
const uint32_t kNumbers[] = {0, 1, 2, 3, 4, 0x30000000, 0x1000, 0xffffffff};

void Property(Input &input, void *tree) {
    uint8_t kind = input.Next();
    if (kind % 4 == 3) {
        const char *text = kCompatible[input.Next() % 5];
        fdt_property(tree, "compatible", text, static_cast<int>(strlen(text) + 1));
        return;
    }
    fdt32_t cells[24];
    unsigned count = input.Next() % 25;
    for (unsigned i = 0; i < count; i++) {
        uint8_t number = input.Next();
        cells[i] = cpu_to_fdt32(number < 128 ? kNumbers[number % 8] : number - 128u);
    }
    fdt_property(tree, kCells[kind / 4 % 13], cells, static_cast<int>(4 * count));
}

void Make(Input input) {
    static uint8_t tree[16384];
    unsigned depth = 0;
    fdt_create(tree, sizeof tree);
    fdt_finish_reservemap(tree);
    fdt_begin_node(tree, "");
    while (input.size > 0) {
        switch (input.Next() % 8) {
        case 0:
            depth += fdt_begin_node(tree, "node") == 0 ? 1 : 0;
            break;
        case 1:
            depth -= depth > 0 && fdt_end_node(tree) == 0 ? 1 : 0;
            break;
        default:
            Property(input, tree);
            break;
        }
    }
    for (; depth > 0; depth--) {
        fdt_end_node(tree);
    }
    fdt_end_node(tree);
    if (fdt_finish(tree) == 0) {
        Check(tree, fdt_totalsize(tree));
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Check(data, size);
    Make({data, size});
    return 0;
}
