/* What every fuzz target checks: a failed check stops the process, which the fuzzer takes for a crash. */
#ifndef ORACLE_H
#define ORACLE_H

#include "smtpwire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ORACLE(condition)                                                                                              \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: oracle: %s\n", __FILE__, __LINE__, #condition);                                    \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

/* FNV-1a: cuts and replies come from hashes of the input, so that inputs stay plain octets of the wire. */
static inline uint64_t oracle_hash(uint64_t hash, const void *data, size_t len)
{
    const unsigned char *octets = data;
    size_t i;
    for (i = 0; i < len; i++)
        hash = (hash ^ octets[i]) * UINT64_C(1099511628211);
    return hash;
}

/* A slice lies in the buffer that was pushed, and holds what the input has at that offset. */
static inline void oracle_slice(struct smtpwire_slice slice, const char *buffer, size_t len, uint64_t buffer_at,
                                const char *input, size_t input_len)
{
    size_t inside;
    if (slice.len == 0)
        return;
    ORACLE(slice.data >= buffer && slice.data < buffer + len);
    inside = (size_t)(slice.data - buffer);
    ORACLE(slice.len <= len - inside);
    ORACLE(buffer_at + inside + slice.len <= input_len);
    ORACLE(memcmp(slice.data, input + buffer_at + inside, slice.len) == 0);
}

#endif
