// SPDX-License-Identifier: GPL-3.0-only
//
// The invariant checker (testing/audit/check.h) for unit tests, the fuzzer and the explorer.
//
// Every function returns the empty string if all is well, else a line that names the first thing
// that is not.
#ifndef HELIOS_TESTING_AUDIT_AUDIT_H
#define HELIOS_TESTING_AUDIT_AUDIT_H

#include <string>

#include "testing/audit/check.h"

inline std::string audit_said(const char *finding) {
    return finding != nullptr ? finding : "";
}

inline std::string audit_ring(const object *object) {
    return audit_said(audit_check_ring(object));
}

inline std::string audit_cspace(const cspace *cspace) {
    return audit_said(audit_check_cspace(cspace));
}

inline std::string audit_machine(percpu *cpu, const object *root = nullptr) {
    return audit_said(audit_check_machine(cpu, root));
}

inline std::string audit_cpus(const object *root) {
    return audit_said(audit_check_cpus(root));
}

#endif // HELIOS_TESTING_AUDIT_AUDIT_H
