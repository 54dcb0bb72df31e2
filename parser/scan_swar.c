/* Masks of 64 octets, eight at a time in a 64-bit word, for what has nothing better. See scan.h.
 *
 * SPDX-License-Identifier: MIT */
#include "internal.h"
#include "scan.h"

#ifdef SMTPWIRE__SCAN_SWAR
#define SCAN_NAME(what) smtpwire__scan_##what##_swar
#define SCAN_TARGET
#include "scan_body.h"

#define SWAR_LOW UINT64_C(0x7F7F7F7F7F7F7F7F)
#define SWAR_ONES UINT64_C(0x0101010101010101)

/* The high bits of eight octets as the low eight of a number: the multiplication brings each to its place. */
static inline uint64_t swar_gather(uint64_t high) { return (high >> 7) * UINT64_C(0x0102040810204080) >> 56; }

/* The high bit of each octet that is zero, exactly. */
static inline uint64_t swar_zero(uint64_t word) { return ~(((word & SWAR_LOW) + SWAR_LOW) | word | SWAR_LOW); }

static inline void smtpwire__scan_block_swar(const unsigned char *p, struct smtpwire__scan_masks_swar *m)
{
    unsigned i;
    memset(m, 0, sizeof *m);
    for (i = 0; i < 64; i += 8) {
        uint64_t word, dot;
        memcpy(&word, p + i, sizeof word);
        m->any_high |= word & ~SWAR_LOW;
        /* Most words have nothing below 14: bit 7 of each octet is set, so that no octet borrows from the next. */
        if ((~((word | ~SWAR_LOW) - SWAR_ONES * 14) & ~word & ~SWAR_LOW) != 0) {
            m->cr |= swar_gather(swar_zero(word ^ SWAR_ONES * '\r')) << i;
            m->lf |= swar_gather(swar_zero(word ^ SWAR_ONES * '\n')) << i;
            m->any_nul |= swar_zero(word);
        }
        dot = swar_zero(word ^ SWAR_ONES * '.');
        if (dot != 0)
            m->dot |= swar_gather(dot) << i;
    }
}

static void smtpwire__scan_exact_swar(const unsigned char *p, struct smtpwire__scan_masks_swar *m)
{
    unsigned i;
    m->nul = m->high = 0;
    for (i = 0; i < 64; i += 8) {
        uint64_t word;
        memcpy(&word, p + i, sizeof word);
        m->nul |= swar_gather(swar_zero(word)) << i;
        m->high |= swar_gather(word & ~SWAR_LOW) << i;
    }
}

#undef SCAN_NAME
#undef SCAN_TARGET
#endif
