// SPDX-License-Identifier: GPL-3.0-only
//
// For tests: builds flattened device trees with libfdt's sequential writer.
#ifndef HELIOS_BOOT_INFO_DEVICETREE_BUILDER_H
#define HELIOS_BOOT_INFO_DEVICETREE_BUILDER_H

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

extern "C" {
#include <libfdt.h>
}

class TreeBuilder {
  public:
    // Starts the root node; `reservations` go to the reservation block.
    explicit TreeBuilder(std::initializer_list<std::pair<uint64_t, uint64_t>> reservations = {}) {
        Check(fdt_create(buffer_.data(), static_cast<int>(buffer_.size())));
        for (const auto &[base, length] : reservations) {
            Check(fdt_add_reservemap_entry(buffer_.data(), base, length));
        }
        Check(fdt_finish_reservemap(buffer_.data()));
        Begin("");
    }

    TreeBuilder &Begin(const std::string &name) {
        Check(fdt_begin_node(buffer_.data(), name.c_str()));
        return *this;
    }
    TreeBuilder &End() {
        Check(fdt_end_node(buffer_.data()));
        return *this;
    }
    TreeBuilder &Cells(const std::string &name, std::initializer_list<uint32_t> cells) {
        std::vector<uint8_t> bytes;
        for (uint32_t cell : cells) {
            for (int shift = 24; shift >= 0; shift -= 8) {
                bytes.push_back(static_cast<uint8_t>(cell >> shift));
            }
        }
        return bytes.empty() ? Flag(name) : Raw(name, bytes.data(), bytes.size());
    }
    TreeBuilder &Text(const std::string &name, const std::string &text) {
        return Raw(name, text.c_str(), text.size() + 1);
    }
    TreeBuilder &Raw(const std::string &name, const void *data, size_t size) {
        Check(fdt_property(buffer_.data(), name.c_str(), data, static_cast<int>(size)));
        return *this;
    }
    TreeBuilder &Flag(const std::string &name) {
        return Raw(name, "", 0);
    }
    // #address-cells and #size-cells.
    TreeBuilder &Bus(uint32_t address, uint32_t size) {
        return Cells("#address-cells", {address}).Cells("#size-cells", {size});
    }

    // Ends the root node. The result is an allocation of exactly the tree's size.
    TreeBuilder &Finish() {
        End();
        Check(fdt_finish(buffer_.data()));
        size_ = fdt_totalsize(buffer_.data());
        Replace(std::vector<uint8_t>(buffer_.begin(), buffer_.begin() + static_cast<long>(size_)));
        return *this;
    }
    void Replace(const std::vector<uint8_t> &bytes) {
        size_ = bytes.size();
        exact_ = std::make_unique<uint8_t[]>(size_);
        std::copy(bytes.begin(), bytes.end(), exact_.get());
    }

    const void *fdt() const {
        return exact_.get();
    }
    size_t size() const {
        return size_;
    }
    std::vector<uint8_t> bytes() const {
        return {exact_.get(), exact_.get() + size_};
    }

  private:
    static void Check(int code) {
        ASSERT_EQ(code, 0) << fdt_strerror(code);
    }

    std::vector<uint8_t> buffer_ = std::vector<uint8_t>(1 << 18);
    std::unique_ptr<uint8_t[]> exact_;
    size_t size_ = 0;
};

#endif // HELIOS_BOOT_INFO_DEVICETREE_BUILDER_H
