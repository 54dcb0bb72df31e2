/* Masks of 64 octets with AVX2, where the processor has it and the system saves its registers. See scan.h.
 *
 * SPDX-License-Identifier: MIT */
#include "internal.h"
#include "scan.h"

#ifdef SMTPWIRE__SCAN_AVX2
#include <immintrin.h>

#define SCAN_NAME(what) smtpwire__scan_##what##_avx2
#define SCAN_TARGET __attribute__((target("avx2,bmi")))
#define SCAN_VECTOR __m256i
#include "scan_body.h"

SCAN_TARGET static inline __m256i avx2_load(const unsigned char *p)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

SCAN_TARGET static inline uint64_t avx2_mask(__m256i octets) { return (uint32_t)_mm256_movemask_epi8(octets); }

SCAN_TARGET static inline __m256i avx2_equal(const unsigned char *p, unsigned char octet)
{
    return _mm256_cmpeq_epi8(avx2_load(p), _mm256_set1_epi8((char)octet));
}

SCAN_TARGET static inline int smtpwire__scan_any_avx2(__m256i octets) { return _mm256_movemask_epi8(octets) != 0; }

/* Of 32 octets. */
SCAN_TARGET static inline uint64_t avx2_glance(const unsigned char *p, unsigned char dot, __m256i *bad)
{
    const __m256i ends = avx2_equal(p + 1, '\n');
    const __m256i dots = _mm256_and_si256(avx2_equal(p + 2, dot), ends);
    *bad = _mm256_or_si256(_mm256_xor_si256(avx2_equal(p, '\r'), ends), dots);
    return avx2_mask(ends);
}

SCAN_TARGET static inline uint64_t smtpwire__scan_glance_avx2(const unsigned char *p, unsigned char dot, __m256i *bad,
                                                              __m256i *high)
{
    const __m256i a = avx2_load(p), b = avx2_load(p + 32);
    const __m256i nul = _mm256_cmpeq_epi8(_mm256_min_epu8(a, b), _mm256_setzero_si256());
    __m256i bad_a, bad_b;
    const uint64_t ends_a = avx2_glance(p, dot, &bad_a), ends_b = avx2_glance(p + 32, dot, &bad_b);
    *bad = _mm256_or_si256(_mm256_or_si256(bad_a, bad_b), nul);
    *high = _mm256_or_si256(a, b);
    return ends_a | ends_b << 32;
}

SCAN_TARGET static inline uint64_t avx2_equal_64(__m256i a, __m256i b, unsigned behind, char octet)
{
    const __m256i wanted = _mm256_set1_epi8(octet);
    return avx2_mask(_mm256_cmpeq_epi8(a, wanted)) | avx2_mask(_mm256_cmpeq_epi8(b, wanted)) << behind;
}

SCAN_TARGET static inline void smtpwire__scan_exact_avx2(const unsigned char *p, unsigned behind,
                                                         struct smtpwire__scan_masks_avx2 *m)
{
    const __m256i a = avx2_load(p), b = avx2_load(p + behind);
    m->cr = avx2_equal_64(a, b, behind, '\r');
    m->lf = avx2_equal_64(a, b, behind, '\n');
    m->dot = avx2_equal_64(a, b, behind, '.');
    m->nul = avx2_equal_64(a, b, behind, '\0');
    m->high = avx2_mask(a) | avx2_mask(b) << behind;
}

#undef SCAN_NAME
#undef SCAN_TARGET
#undef SCAN_VECTOR
#endif
