// SPDX-License-Identifier: GPL-3.0-only
//
// The variable store of EDK II: the flash contents in which the firmware keeps its variables, here
// edited from outside to enrol Secure Boot keys.
//
// Sources: UEFI Platform Initialization Specification 1.8, volume 3, section 3.2.1 (firmware volume
// header); EDK II, MdeModulePkg/Include/Guid/VariableFormat.h (store and variable headers); UEFI
// Specification 2.10, section 32.4.1 (signature lists) and 32.3 (PK, KEK, db).
#ifndef HELIOS_BUILD_TOOLS_EFIVARS_STORE_H
#define HELIOS_BUILD_TOOLS_EFIVARS_STORE_H

#include "build/tools/util/util.h"

#ifdef __cplusplus
extern "C" {
#endif

// A GUID in the byte order of UEFI's structures.
struct efi_guid {
    uint8_t bytes[16];
};

extern const struct efi_guid efi_global_variable;    // vendor of PK and KEK
extern const struct efi_guid efi_image_security;     // vendor of db
extern const struct efi_guid efi_secure_boot_enable; // vendor of SecureBootEnable

#define EFI_NON_VOLATILE       0x01u
#define EFI_BOOTSERVICE_ACCESS 0x02u
#define EFI_RUNTIME_ACCESS     0x04u
#define EFI_TIME_BASED_AUTH    0x20u

// A store inside an image of the flash.
struct efi_store {
    struct buffer *flash;
    size_t next; // where the next variable goes
    size_t end;  // of the store
};

// Finds the store in the flash image. Errors: no volume header, wrong checksum or size, not the
// format for authenticated variables, variables that run out of the store.
bool efi_store_open(struct efi_store *store, struct buffer *flash, struct error *err);

// Adds a variable, with a fixed time of signing if it is an authenticated one. Errors: it exists,
// the store is full. The name is ASCII.
bool efi_store_add(struct efi_store *store, const char *name, const struct efi_guid *vendor,
                   uint32_t attributes, const struct buffer *data, struct error *err);

// Appends a signature list with one X.509 certificate (DER) to *out.
void efi_signature_list(const struct buffer *certificate, struct buffer *out);

// Reads a certificate, PEM (the first one in the file) or DER, as DER.
bool efi_certificate_read(const char *path, struct buffer *der, struct error *err);

#ifdef __cplusplus
}
#endif

#endif
