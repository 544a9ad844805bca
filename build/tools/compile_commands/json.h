// SPDX-License-Identifier: GPL-3.0-only
//
// Reads JSON (RFC 8259) as a stream of values, and writes its strings.
#ifndef HELIOS_BUILD_TOOLS_COMPILE_COMMANDS_JSON_H
#define HELIOS_BUILD_TOOLS_COMPILE_COMMANDS_JSON_H

#include "build/tools/util/util.h"

#ifdef __cplusplus
extern "C" {
#endif

// A place in a document. Zero the rest; `next` points at text that ends with a NUL. After an error
// all functions return false and do nothing.
struct json {
    const char *next;
    bool failed;
};

// Enters an object or array: `open` is '{' or '['.
bool json_enter(struct json *json, char open);

// Whether the array that we are in has another element, which is then next.
bool json_element(struct json *json);

// Whether the object that we are in has another member. *key (replaced) gets its name; its value is
// next.
bool json_member(struct json *json, struct buffer *key);

// Reads a string into *text (replaced).
bool json_string(struct json *json, struct buffer *text);

// Skips a value of any kind.
bool json_skip(struct json *json);

// Appends the text as a JSON string.
void json_quote(const char *text, struct buffer *out);

#ifdef __cplusplus
}
#endif

#endif
