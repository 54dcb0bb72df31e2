/* Masks of 64 octets, eight at a time in a 64-bit word; and the choice between the scanners. See scan.h.
 *
 * SPDX-License-Identifier: MIT */
#include "internal.h"
#include "scan.h"

#if defined(__GNUC__) && !defined(SMTPWIRE_SIMD_NONE) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define SMTPWIRE__SCAN_SWAR 1
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
#endif

#ifdef SMTPWIRE__SCAN_AVX2
#include <cpuid.h>

/* CPUID and XGETBV themselves: the compiler's own test would be a symbol of its library. */
static int has_avx2(void)
{
    unsigned a, b, c, d, low, high;
    if (!__get_cpuid(1, &a, &b, &c, &d) || (c & (1U << 27)) == 0 || (c & (1U << 28)) == 0)
        return 0;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    (void)high;
    return (low & 6) == 6 && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & (1U << 5)) != 0 && (b & (1U << 3)) != 0;
}
#endif

enum smtpwire__scanner smtpwire__scan_choose(void)
{
#if defined(SMTPWIRE__SCAN_AVX2)
    return has_avx2() ? SMTPWIRE__SCANNER_AVX2 : SMTPWIRE__SCANNER_SSE2;
#elif defined(SMTPWIRE__SCAN_SSE2)
    return SMTPWIRE__SCANNER_SSE2;
#elif defined(SMTPWIRE__SCAN_NEON)
    return SMTPWIRE__SCANNER_NEON;
#elif defined(SMTPWIRE__SCAN_SWAR)
    return SMTPWIRE__SCANNER_SWAR;
#else
    return SMTPWIRE__SCANNER_NONE;
#endif
}

size_t smtpwire__scan_content(unsigned scanner, const unsigned char *octets, size_t len, struct smtpwire__scan *scan)
{
    switch (scanner) {
#ifdef SMTPWIRE__SCAN_AVX2
    case SMTPWIRE__SCANNER_AVX2:
        return smtpwire__scan_content_avx2(octets, len, scan);
#endif
#ifdef SMTPWIRE__SCAN_SSE2
    case SMTPWIRE__SCANNER_SSE2:
        return smtpwire__scan_content_sse2(octets, len, scan);
#endif
#ifdef SMTPWIRE__SCAN_NEON
    case SMTPWIRE__SCANNER_NEON:
        return smtpwire__scan_content_neon(octets, len, scan);
#endif
#ifdef SMTPWIRE__SCAN_SWAR
    case SMTPWIRE__SCANNER_SWAR:
        return smtpwire__scan_content_swar(octets, len, scan);
#endif
    default:
        return 0;
    }
}
