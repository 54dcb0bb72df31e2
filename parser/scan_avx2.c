/* Masks of 64 octets with AVX2, where the processor has it and the system saves its registers. See scan.h.
 *
 * SPDX-License-Identifier: MIT */
#include "internal.h"
#include "scan.h"

#ifdef SMTPWIRE__SCAN_AVX2
#include <immintrin.h>

#define SCAN_NAME(what) smtpwire__scan_##what##_avx2
#define SCAN_TARGET __attribute__((target("avx2,bmi")))
#include "scan_body.h"

SCAN_TARGET static inline uint64_t avx2_equal(__m256i a, __m256i b, char octet)
{
    const __m256i wanted = _mm256_set1_epi8(octet);
    return (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(a, wanted)) |
           (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(b, wanted)) << 32;
}

SCAN_TARGET static inline __m256i avx2_load(const unsigned char *p)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

SCAN_TARGET static inline void smtpwire__scan_block_avx2(const unsigned char *p, struct smtpwire__scan_masks_avx2 *m)
{
    const __m256i a = avx2_load(p), b = avx2_load(p + 32);
    m->cr = avx2_equal(a, b, '\r');
    m->lf = avx2_equal(a, b, '\n');
    m->dot = avx2_equal(a, b, '.');
    m->any_nul = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_min_epu8(a, b), _mm256_setzero_si256()));
    m->any_high = (uint32_t)_mm256_movemask_epi8(_mm256_or_si256(a, b));
}

SCAN_TARGET static void smtpwire__scan_exact_avx2(const unsigned char *p, struct smtpwire__scan_masks_avx2 *m)
{
    const __m256i a = avx2_load(p), b = avx2_load(p + 32);
    m->nul = avx2_equal(a, b, '\0');
    m->high = (uint64_t)(uint32_t)_mm256_movemask_epi8(a) | (uint64_t)(uint32_t)_mm256_movemask_epi8(b) << 32;
}

#undef SCAN_NAME
#undef SCAN_TARGET
#endif
