// SPDX-License-Identifier: GPL-3.0-only
// Something small to compile for every platform.
#ifndef HELIOS_TOOLCHAINS_TESTS_SUM_H
#define HELIOS_TOOLCHAINS_TESTS_SUM_H

#ifdef __cplusplus
extern "C" {
#endif

/// The sum of the `count` integers at `values`.
int tc_sum(const int *values, unsigned count);

#ifdef __cplusplus
}
#endif

#endif
