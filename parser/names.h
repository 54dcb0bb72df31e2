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
        word |= smtpwire__load_4(octets) | (uint64_t)smtpwire__load_4(octets + len - 4) << 8 * (len - 4);
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
 * becomes one of these. Row 0 is no name. Those whose first seven octets are the same stand together. */
struct smtpwire__names {
    const char *rows;
    const uint8_t *lengths;
    const uint8_t *at; /* by a name's hash: its row, or the first of those that begin as it does; 0 is no row */
    size_t width;
    unsigned alike; /* the row behind the last that begins as another does; 0 where no two do */
    unsigned fold;
};

/* Of the first seven octets of a name as a number, of a parameter's keyword the first eight: the factor is one of those
 * that give each another hash. The tables by it are made by tests/hashes.py. */
#define SMTPWIRE__HASH(octets) ((uint8_t)((octets)*UINT64_C(0x804C25D64AFFDCD1) >> 56))

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
    unsigned row = names->at[SMTPWIRE__HASH(word)];

    SMTPWIRE__STEPS(3);
    if (row == 0)
        return 0;
    do {
        const char *there = names->rows + row * names->width;
        const uint64_t begins = smtpwire__load_8(there);
        const size_t used = names->lengths[row], behind = used < 8 ? 0 : used - 8;
        if ((begins & UINT64_MAX >> 8) != word)
            break;
        if (used > len || (used < len && text[used] != ' '))
            continue;
        if (used < 8 || (upper == begins &&
                         smtpwire__in_upper_case(smtpwire__load_8(text + behind), names->fold) ==
                             smtpwire__load_8(there + behind) &&
                         (used <= 16 || smtpwire__in_upper_case(smtpwire__load_8(text + 8), names->fold) ==
                                            smtpwire__load_8(there + 8))))
            return row;
    } while (++row < names->alike);
    return 0;
}

#endif
