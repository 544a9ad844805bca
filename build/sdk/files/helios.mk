# SPDX-License-Identifier: MIT
#
# What a Makefile includes: flags to compile and link with for $(ARCH), and rules for ELF programs.
# Needs clang and lld; CC and LD may name others of them.
HELIOS := $(abspath $(dir $(lastword $(MAKEFILE_LIST))))
ARCH ?= x86_64
ifeq ($(origin CC),default)
CC := clang
endif
ifeq ($(origin LD),default)
LD := ld.lld
endif

HELIOS_MACHINE_x86_64 :=
HELIOS_MACHINE_aarch64 :=
HELIOS_MACHINE_riscv64 := -march=rv64gc -mabi=lp64d -mcmodel=medany
HELIOS_CFLAGS := --target=$(ARCH)-unknown-none-elf $(HELIOS_MACHINE_$(ARCH)) -std=gnu11 -O2 -g \
	-ffreestanding -nostdlibinc -fno-pic -fno-common -fno-stack-protector \
	-fno-asynchronous-unwind-tables -fno-omit-frame-pointer \
	-I$(HELIOS)/include -I$(HELIOS)/include/$(ARCH)
HELIOS_LDFLAGS := -static -z norelro -z noexecstack -z max-page-size=4096 -z separate-code \
	--build-id=none -T $(HELIOS)/lib/$(ARCH)/program.lds
HELIOS_LIBS := $(HELIOS)/lib/$(ARCH)/libhelios.a

# $(call helios_root,OUT,OBJECTS) and $(call helios_process,OUT,OBJECTS) link a root task, which has
# helios_main, and an ordinary process, which has main.
helios_link = $(LD) $(HELIOS_LDFLAGS) -o $(1) --whole-archive $(HELIOS)/lib/$(ARCH)/$(3).a \
	--no-whole-archive $(2) $(HELIOS_LIBS)
helios_root = $(call helios_link,$(1),$(2),root)
helios_process = $(call helios_link,$(1),$(2),process)

# $(call helios_ipc,NAME) makes NAME.h, NAME.c, NAME_client.c and NAME_server.c of NAME.ipc.
helios_ipc = $(HELIOS)/bin/ipcgen --file $(1).ipc $(1).h --out $(1)

# $(call helios_manifest,FILE.manifest,OUT.c) checks a driver's manifest and makes a C file of it, to be
# linked with the driver.
helios_manifest = $(HELIOS)/bin/helios-manifest $(1) $(1) $(2)

# $(call helios_system,OUT,PATH=FILE ...) makes OUT.efi and OUT.img of the system's own root task and
# Mercury, with these files beside them.
helios_system = $(HELIOS)/bin/helios-image $(ARCH) $(HELIOS)/system/$(ARCH)/init $(1) \
	etc/system=$(HELIOS)/system/etc/system bin/mercury=$(HELIOS)/system/$(ARCH)/mercury $(2)
