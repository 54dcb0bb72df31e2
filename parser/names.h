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

/* A name in capital letters, digits and "-", with zeros behind it; no other octet becomes one of these. */
struct smtpwire__name {
    char name[21];
    uint8_t length;
    uint8_t behind; /* bits of its first eight octets that are none of it */
    uint8_t id;
};
#define SMTPWIRE__NAME_FITS(id, text, ...) _Static_assert(sizeof(text) <= 21, "a name and a NUL");
#define SMTPWIRE__NAME(id, text)                                                                                       \
    {                                                                                                                  \
        text, sizeof(text) - 1, (uint8_t)(sizeof(text) > 8 ? 0 : 8 * (9 - sizeof(text))), id                           \
    }

/* Row 0 is no name. Those whose first four octets are the same stand together. */
struct smtpwire__names {
    const struct smtpwire__name *rows;
    const uint8_t *at; /* by a name's hash: its row, or the first of those that begin as it does; 0 is no row */
    unsigned alike;    /* the row behind the last that begins as another does; 0 where no two do */
    unsigned fold;
};

/* Of the first four octets of a name as a number, with spaces behind it, of a parameter's keyword the first eight: the
 * factor is one of those that give each another hash. The tables by it are made by tests/hashes.py. */
#define SMTPWIRE__HASH(octets) ((uint8_t)((octets)*UINT64_C(0xA8C24D4244EF7FEB) >> 56))

/* Whether the text has what is behind the first eight octets of a name of more, too; it has no fewer octets. */
static SMTPWIRE__INLINE int smtpwire__ends_so(const struct smtpwire__name *name, size_t used, const char *text,
                                              unsigned fold)
{
    return smtpwire__in_upper_case(smtpwire__load_8(text + used - 8), fold) ==
               smtpwire__load_8(name->name + used - 8) &&
           (used <= 16 ||
            smtpwire__in_upper_case(smtpwire__load_8(text + 8), fold) == smtpwire__load_8(name->name + 8));
}

/* The name that the text is up to its first space, or all of it; null if there is none. Where a name ends is
 * the table's to say: the text is not looked through for it. */
static SMTPWIRE__INLINE const struct smtpwire__name *smtpwire__find_name(const struct smtpwire__names *names,
                                                                         const char *text, size_t len)
{
    const uint64_t octets = SMTPWIRE__MOSTLY(len >= 8) ? smtpwire__load_8(text) : smtpwire__few_octets(text, len);
    const uint64_t upper = smtpwire__in_upper_case(octets, names->fold);
    unsigned row = names->at[SMTPWIRE__HASH((uint64_t)(uint32_t)upper)];

    SMTPWIRE__STEPS(3);
    if (row == 0)
        return NULL;
    do {
        const struct smtpwire__name *there = &names->rows[row];
        const size_t used = there->length;
        if ((upper ^ smtpwire__load_8(there->name)) << there->behind == 0 &&
            (used <= 8 || (used <= len && smtpwire__ends_so(there, used, text, names->fold))) &&
            (used >= len || text[used] == ' '))
            return there;
    } while (++row < names->alike);
    return NULL;
}

#endif
