/* The choice between the scanners that are compiled. See scan.h.
 *
 * SPDX-License-Identifier: MIT */
#include "internal.h"
#include "scan.h"

#ifdef SMTPWIRE__SCAN_AVX2
#include <cpuid.h>

/* CPUID, as seldom as may be, and XGETBV themselves: the compiler's own test would be a symbol of its library. Leaf 1
 * tells whether there is AVX and whether the system has turned its registers on, leaf 7 whether there is BMI1, AVX2 and
 * BMI2, the first of the extended ones, which every x86-64 has, whether there is LZCNT. */
static int has_avx2(void)
{
    enum { AVX = 1U << 27 | 1U << 28, NEEDED = 1U << 3 | 1U << 5 | 1U << 8, LZCNT = 1U << 5 };
    unsigned a, b, c, d, low, high;
    if (__get_cpuid_max(0, NULL) < 7)
        return 0;
    __cpuid(1, a, b, c, d);
    if ((c & AVX) != AVX)
        return 0;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    (void)high;
    __cpuid_count(7, 0, a, b, c, d);
    if ((low & 6) != 6 || (b & NEEDED) != NEEDED)
        return 0;
    __cpuid(0x80000001U, a, b, c, d);
    return (c & LZCNT) != 0;
}
#endif

/* What every processor that the build is for can do. */
static unsigned scan_baseline(void)
{
#if defined(SMTPWIRE__SCAN_SSE2)
    return SMTPWIRE_SIMD_SSE2;
#elif defined(SMTPWIRE__SCAN_NEON)
    return SMTPWIRE_SIMD_NEON;
#elif defined(SMTPWIRE__SCAN_SWAR)
    return SMTPWIRE_SIMD_SWAR;
#else
    return SMTPWIRE_SIMD_NONE;
#endif
}

unsigned smtpwire_simd_detect(void)
{
#ifdef SMTPWIRE__SCAN_AVX2
    if (has_avx2())
        return SMTPWIRE_SIMD_AVX2;
#endif
    return scan_baseline();
}

int smtpwire__scan_has(unsigned simd)
{
    switch (simd) {
    case SMTPWIRE_SIMD_DETECT:
    case SMTPWIRE_SIMD_NONE:
#ifdef SMTPWIRE__SCAN_SWAR
    case SMTPWIRE_SIMD_SWAR:
#endif
#ifdef SMTPWIRE__SCAN_SSE2
    case SMTPWIRE_SIMD_SSE2:
#endif
#ifdef SMTPWIRE__SCAN_AVX2
    case SMTPWIRE_SIMD_AVX2:
#endif
#ifdef SMTPWIRE__SCAN_NEON
    case SMTPWIRE_SIMD_NEON:
#endif
        return 1;
    default:
        return 0;
    }
}

unsigned smtpwire__scan_ask(uint8_t *simd, size_t len)
{
    enum { WORTH_ASKING = 16384 };
    if (len < WORTH_ASKING)
        return scan_baseline();
    *simd = (uint8_t)smtpwire_simd_detect();
    return *simd;
}
