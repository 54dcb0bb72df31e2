/* Masks of 64 octets with SSE2, which every x86-64 has. See scan.h.
 *
 * SPDX-License-Identifier: MIT */
#include "server.h"

#ifdef SMTPWIRE__SCAN_SSE2
#include <emmintrin.h>

#define SCAN_NAME(what) smtpwire__scan_##what##_sse2
#define SCAN_TARGET
#define SCAN_VECTOR __m128i
#define SCAN_BSR
#include "scan_body.h"

static inline __m128i sse2_load(const unsigned char *p) { return _mm_loadu_si128((const __m128i *)(const void *)p); }

static inline uint64_t sse2_mask(__m128i octets) { return (unsigned)_mm_movemask_epi8(octets); }

static inline __m128i sse2_equal(const unsigned char *p, unsigned char octet)
{
    return _mm_cmpeq_epi8(sse2_load(p), _mm_set1_epi8((char)octet));
}

static inline int smtpwire__scan_any_sse2(__m128i octets) { return _mm_movemask_epi8(octets) != 0; }

static inline __m128i smtpwire__scan_lesser_sse2(__m128i a, __m128i b) { return _mm_min_epu8(a, b); }

static inline __m128i smtpwire__scan_controls_sse2(__m128i octets)
{
    return _mm_cmpeq_epi8(_mm_min_epu8(octets, _mm_set1_epi8('\r')), octets);
}

/* Of 16 octets. */
static inline uint64_t sse2_glance(const unsigned char *p, __m128i *bad)
{
    const __m128i ends = sse2_equal(p + 1, '\n');
    *bad = _mm_or_si128(_mm_xor_si128(sse2_equal(p, '\r'), ends), *bad);
    return sse2_mask(ends);
}

static inline uint64_t smtpwire__scan_glance_sse2(const unsigned char *p, unsigned char dot, __m128i *bad,
                                                  __m128i *high)
{
    const __m128i a = sse2_load(p), b = sse2_load(p + 16), c = sse2_load(p + 32), d = sse2_load(p + 48);
    uint64_t ends;
    (void)dot; /* with SCAN_BSR lines_of() asks for it */
    *bad = _mm_cmpeq_epi8(_mm_min_epu8(_mm_min_epu8(a, b), _mm_min_epu8(c, d)), _mm_setzero_si128());
    *high = _mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d));
    ends = sse2_glance(p, bad);
    ends |= sse2_glance(p + 16, bad) << 16;
    ends |= sse2_glance(p + 32, bad) << 32;
    ends |= sse2_glance(p + 48, bad) << 48;
    return ends;
}

/* Of 32 octets. */
static inline uint64_t sse2_equal_32(const unsigned char *p, unsigned char octet)
{
    return sse2_mask(sse2_equal(p, octet)) | sse2_mask(sse2_equal(p + 16, octet)) << 16;
}

static inline uint64_t smtpwire__scan_equal_sse2(const unsigned char *p, unsigned char octet)
{
    return sse2_equal_32(p, octet) | sse2_equal_32(p + 32, octet) << 32;
}

static inline void smtpwire__scan_exact_sse2(const unsigned char *p, unsigned behind,
                                             struct smtpwire__scan_masks_sse2 *m)
{
    const unsigned char *q = p + behind;
    m->cr = sse2_equal_32(p, '\r') | sse2_equal_32(q, '\r') << behind;
    m->lf = sse2_equal_32(p, '\n') | sse2_equal_32(q, '\n') << behind;
    m->dot = sse2_equal_32(p, '.') | sse2_equal_32(q, '.') << behind;
    m->nul = sse2_equal_32(p, '\0') | sse2_equal_32(q, '\0') << behind;
    m->high = sse2_mask(sse2_load(p)) | sse2_mask(sse2_load(p + 16)) << 16 |
              (sse2_mask(sse2_load(q)) | sse2_mask(sse2_load(q + 16)) << 16) << behind;
}

#define SCAN_WIDTH 16
#include "scan_path.h"

static inline uint64_t sse2_mask_32(__m128i a, __m128i b) { return sse2_mask(a) | sse2_mask(b) << 16; }

/* No more than CR, with a sign. */
static inline __m128i sse2_low(__m128i v) { return _mm_cmplt_epi8(v, _mm_set1_epi8('\r' + 1)); }

static inline uint64_t smtpwire__scan_low_32_sse2(const unsigned char *p, const unsigned char *q)
{
    return sse2_mask_32(sse2_low(sse2_load(p)), sse2_low(sse2_load(q)));
}

/* Lanes from low to high: what is added makes them the most that there is with a sign. */
static inline __m128i sse2_range(__m128i v, char low, char high)
{
    return _mm_cmpgt_epi8(_mm_add_epi8(v, _mm_set1_epi8((char)(127 - high))),
                          _mm_set1_epi8((char)(126 - (high - low))));
}

static inline __m128i sse2_is(__m128i v, char octet) { return _mm_cmpeq_epi8(v, _mm_set1_epi8(octet)); }

/* Letters and, since they stand side by side, hyphens, dots, "/" and digits. */
static inline __m128i sse2_alnum(__m128i v)
{
    return _mm_or_si128(sse2_range(_mm_or_si128(v, _mm_set1_epi8(32)), 'a', 'z'), sse2_range(v, '-', '9'));
}

/* Other atext than these, and "/". */
static inline __m128i sse2_other(__m128i v)
{
    const __m128i four = sse2_is(_mm_or_si128(v, _mm_set1_epi8(12)), '/'); /* # ' + / */
    return _mm_or_si128(four, _mm_or_si128(sse2_is(v, '_'), sse2_is(v, '=')));
}

static SMTPWIRE__INLINE void smtpwire__scan_classes_sse2(const unsigned char *p, const unsigned char *q,
                                                         struct smtpwire__scan_class_masks_sse2 *m)
{
    const __m128i a = sse2_load(p), b = sse2_load(q), other_a = sse2_other(a), other_b = sse2_other(b);
    m->unusual = (uint32_t)~sse2_mask_32(_mm_or_si128(sse2_alnum(a), other_a), _mm_or_si128(sse2_alnum(b), other_b));
    m->other = sse2_mask_32(other_a, other_b);
    m->hyphen = sse2_mask_32(sse2_is(a, '-'), sse2_is(b, '-'));
    m->dot = sse2_mask_32(sse2_is(a, '.'), sse2_is(b, '.'));
}

#define smtpwire__scan_blank_sse2 smtpwire__blank_command
#include "plain_body.h"

#undef SCAN_WIDTH
#undef SCAN_NAME
#undef SCAN_TARGET
#undef SCAN_VECTOR
#undef SCAN_BSR
#endif
