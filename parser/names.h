/* Looking names up in tables, eight octets at a time. The tables are made from those in smtpwire.h.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SMTPWIRE_NAMES_H
#define SMTPWIRE_NAMES_H

#include "internal.h"
#include "scan.h"

/* Up to seven octets as smtpwire__load_8() has eight, with spaces behind them. */
static inline uint64_t smtpwire__few_octets(const char *octets, size_t len)
{
    const unsigned char *p = (const unsigned char *)octets;
    uint64_t word = UINT64_C(0x2020202020202020) << 8 * len;
    if (len >= 4) { /* octets that are read twice are the same */
        const uint32_t low = p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
        p += len - 4;
        word |= low | (uint64_t)(p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24)
                          << 8 * (len - 4);
    } else if (len != 0) {
        word |= p[0] | (uint64_t)p[len / 2] << 8 * (len / 2) | (uint64_t)p[len - 1] << 8 * (len - 1);
    }
    return word;
}

enum { SMTPWIRE__ANY_CASE = 0x40, SMTPWIRE__UPPER_CASE = 0 };

/* Octets that have the bit fold, which letters have, become upper case. */
static inline uint64_t smtpwire__in_upper_case(uint64_t word, unsigned fold)
{
    return word & ~((word & fold * UINT64_C(0x0101010101010101)) >> 1);
}

/* A table of names of 24 octets at most in capital letters, digits and "-", with zeros behind them; no other octet
 * becomes one of these. hashes: of each name, SMTPWIRE__NAME_HASH; as many as vectors can be read of, of fewer than 64
 * names. Found are those from first to count - 1. */
struct smtpwire__names {
    const char *rows;
    const uint8_t *lengths, *hashes;
    size_t width;
    unsigned first, count, fold;
};

/* Of the first seven octets of a name as a number: the factor is one of those that give each name another hash, but
 * for mechanisms that begin alike. */
#define SMTPWIRE__HASH(octets) ((uint8_t)((octets)*UINT64_C(0x804C25D64AFFDCD1) >> 56))
#define SMTPWIRE__NAME_OCTET(name, i)                                                                                  \
    ((uint64_t)(sizeof(name) > (i) ? (name)[sizeof(name) > (i) ? (i) : 0] : 0) << 8 * (i))
#define SMTPWIRE__NAME_HASH(name)                                                                                      \
    SMTPWIRE__HASH(SMTPWIRE__NAME_OCTET(name, 0) | SMTPWIRE__NAME_OCTET(name, 1) | SMTPWIRE__NAME_OCTET(name, 2) |     \
                   SMTPWIRE__NAME_OCTET(name, 3) | SMTPWIRE__NAME_OCTET(name, 4) | SMTPWIRE__NAME_OCTET(name, 5) |     \
                   SMTPWIRE__NAME_OCTET(name, 6))

/* Which rows have the hash. */
static inline uint64_t smtpwire__rows_of(const uint8_t *hashes, unsigned count, uint8_t hash)
{
    uint64_t rows = 0;
    unsigned i;
#ifdef SMTPWIRE__SCAN_SSE2
    const __m128i wanted = _mm_set1_epi8((char)hash);
#pragma GCC unroll 4
    for (i = 0; i < count; i += 16) {
        const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(hashes + i));
        rows |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, wanted)) << i;
    }
#else
    for (i = 0; i < count; i++)
        rows |= (uint64_t)(hashes[i] == hash) << i;
#endif
    return rows;
}

/* The row of the name that the text is up to its first space, or all of it; 0 if there is none. Where a name ends is
 * the table's to say: the text is not looked through for it. */
static SMTPWIRE__INLINE unsigned smtpwire__find_name(const struct smtpwire__names *names, const char *text, size_t len)
{
    const uint64_t octets = len < 8 ? smtpwire__few_octets(text, len) : smtpwire__load_8(text);
    const uint64_t upper = smtpwire__in_upper_case(octets, names->fold);
    /* Bit 7 of an octet is set where it is a space; what is borrowed comes from one. Seven octets where there is none.
     */
    const uint64_t zero = octets ^ UINT64_C(0x2020202020202020);
    const uint64_t spaces = (zero - UINT64_C(0x0101010101010101)) & ~zero & UINT64_C(0x8080808080808080);
    const uint64_t word = upper & (spaces ^ (spaces - 1)) >> 8;
    uint64_t found = smtpwire__rows_of(names->hashes, names->count, SMTPWIRE__HASH(word));

    SMTPWIRE__STEPS(3);
    for (found &= (UINT64_C(1) << names->count) - (UINT64_C(1) << names->first); found != 0; found &= found - 1) {
        const unsigned row = smtpwire__lowest_bit(found);
        const char *there = names->rows + row * names->width;
        const size_t used = names->lengths[row], behind = used < 8 ? 0 : used - 8;
        if (used > len || (used < len && text[used] != ' '))
            continue;
        if (used < 8 ? word == smtpwire__load_8(there)
                     : upper == smtpwire__load_8(there) &&
                           smtpwire__in_upper_case(smtpwire__load_8(text + behind), names->fold) ==
                               smtpwire__load_8(there + behind) &&
                           (used <= 16 || smtpwire__in_upper_case(smtpwire__load_8(text + 8), names->fold) ==
                                              smtpwire__load_8(there + 8)))
            return row;
    }
    return 0;
}

#endif
