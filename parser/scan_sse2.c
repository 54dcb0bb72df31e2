/* Masks of 64 octets with SSE2, which every x86-64 has. See scan.h.
 *
 * SPDX-License-Identifier: MIT */
#include "internal.h"
#include "scan.h"

#ifdef SMTPWIRE__SCAN_SSE2
#include <emmintrin.h>

#define SCAN_NAME(what) smtpwire__scan_##what##_sse2
#define SCAN_TARGET
#include "scan_body.h"

static inline uint64_t sse2_mask(__m128i a, __m128i b, __m128i c, __m128i d)
{
    return (uint64_t)(uint16_t)_mm_movemask_epi8(a) | (uint64_t)(uint16_t)_mm_movemask_epi8(b) << 16 |
           (uint64_t)(uint16_t)_mm_movemask_epi8(c) << 32 | (uint64_t)(uint16_t)_mm_movemask_epi8(d) << 48;
}

static inline uint64_t sse2_equal(const __m128i *v, char octet)
{
    const __m128i wanted = _mm_set1_epi8(octet);
    return sse2_mask(_mm_cmpeq_epi8(v[0], wanted), _mm_cmpeq_epi8(v[1], wanted), _mm_cmpeq_epi8(v[2], wanted),
                     _mm_cmpeq_epi8(v[3], wanted));
}

static inline void sse2_load(const unsigned char *p, __m128i *v)
{
    const __m128i *octets = (const __m128i *)(const void *)p;
    v[0] = _mm_loadu_si128(octets);
    v[1] = _mm_loadu_si128(octets + 1);
    v[2] = _mm_loadu_si128(octets + 2);
    v[3] = _mm_loadu_si128(octets + 3);
}

static inline void smtpwire__scan_block_sse2(const unsigned char *p, struct smtpwire__scan_masks_sse2 *m)
{
    __m128i v[4], least, most;
    sse2_load(p, v);
    m->cr = sse2_equal(v, '\r');
    m->lf = sse2_equal(v, '\n');
    m->dot = sse2_equal(v, '.');
    least = _mm_min_epu8(_mm_min_epu8(v[0], v[1]), _mm_min_epu8(v[2], v[3]));
    most = _mm_or_si128(_mm_or_si128(v[0], v[1]), _mm_or_si128(v[2], v[3]));
    m->any_nul = (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(least, _mm_setzero_si128()));
    m->any_high = (uint64_t)(unsigned)_mm_movemask_epi8(most);
}

static void smtpwire__scan_exact_sse2(const unsigned char *p, struct smtpwire__scan_masks_sse2 *m)
{
    __m128i v[4];
    sse2_load(p, v);
    m->nul = sse2_equal(v, '\0');
    m->high = sse2_mask(v[0], v[1], v[2], v[3]);
}

#define SCAN_WIDTH 16
#include "scan_path.h"

/* Lanes from low to high. */
static inline __m128i sse2_range(__m128i v, char low, char high)
{
    const __m128i from_low = _mm_sub_epi8(v, _mm_set1_epi8(low));
    return _mm_cmpeq_epi8(_mm_min_epu8(from_low, _mm_set1_epi8((char)(high - low))), from_low);
}

static inline void smtpwire__scan_classes_sse2(const unsigned char *p, struct smtpwire__scan_class_masks_sse2 *m)
{
    const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    const __m128i alnum =
        _mm_or_si128(sse2_range(_mm_or_si128(v, _mm_set1_epi8(32)), 'a', 'z'), sse2_range(v, '0', '9'));
    const __m128i hyphen = _mm_cmpeq_epi8(v, _mm_set1_epi8('-'));
    const __m128i plus = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('+')), _mm_cmpeq_epi8(v, _mm_set1_epi8('=')));
    const __m128i other = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('_')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\'')));
    const __m128i atext = _mm_or_si128(_mm_or_si128(alnum, hyphen), _mm_or_si128(plus, other));
    m->atext = (unsigned)_mm_movemask_epi8(atext);
    m->alnum = (unsigned)_mm_movemask_epi8(alnum);
    m->hyphen = (unsigned)_mm_movemask_epi8(hyphen);
    m->dot = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8('.')));
}

#undef SCAN_WIDTH
#undef SCAN_NAME
#undef SCAN_TARGET
#endif
