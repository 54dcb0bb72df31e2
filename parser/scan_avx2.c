/* Masks of 64 octets with AVX2, where the processor has it and the system saves its registers. See scan.h.
 *
 * SPDX-License-Identifier: MIT */
#include "server.h"

#ifdef SMTPWIRE__SCAN_AVX2
#include <immintrin.h>

#define SCAN_NAME(what) smtpwire__scan_##what##_avx2
#define SCAN_TARGET __attribute__((target("avx2,bmi,bmi2,lzcnt")))
#define SCAN_VECTOR __m256i
#define SCAN_LZCNT
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

SCAN_TARGET static inline __m256i smtpwire__scan_lesser_avx2(__m256i a, __m256i b) { return _mm256_min_epu8(a, b); }

SCAN_TARGET static inline __m256i smtpwire__scan_controls_avx2(__m256i octets)
{
    return _mm256_cmpeq_epi8(_mm256_min_epu8(octets, _mm256_set1_epi8('\r')), octets);
}

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

SCAN_TARGET static inline uint64_t smtpwire__scan_equal_avx2(const unsigned char *p, unsigned char octet)
{
    return avx2_equal_64(avx2_load(p), avx2_load(p + 32), 32, (char)octet);
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

#define SCAN_WIDTH 32
#include "scan_path.h"

/* A table for VPSHUFB, which looks octets up in their own half: a constant as it is, not made of its half each time. So
 * is one of which the octets are not all the same, where it makes no difference which of two they are. */
#define BOTH_HALVES(...) _mm256_setr_epi8(__VA_ARGS__, __VA_ARGS__)
#define EITHER(a, b) BOTH_HALVES(a, b, b, a, b, b, a, b, b, a, b, b, a, b, b, a)

/* No more than CR, or perhaps SO, with a sign. */
SCAN_TARGET static inline uint64_t avx2_low(__m256i octets)
{
    return avx2_mask(_mm256_cmpgt_epi8(EITHER('\r' + 1, '\r' + 2), octets));
}

SCAN_TARGET static inline uint64_t smtpwire__scan_low_32_avx2(const unsigned char *p, const unsigned char *q)
{
    (void)q;
    return avx2_low(avx2_load(p));
}

/* Each octet's class is a bit that is set both for its low and for its high four bits: digits, letters of the first and
 * of the last columns of ASCII, the other atext of three columns, "-" and ".". Octets over 127 have none: of them
 * VPSHUFB makes 0. */
SCAN_TARGET static inline void smtpwire__scan_classes_avx2(const unsigned char *p, const unsigned char *q,
                                                           struct smtpwire__scan_class_masks_avx2 *m)
{
    enum { DIGIT = 1, FIRST = 2, LAST = 4, HYPHEN = 8, COLUMN_2 = 16, COLUMN_3 = 32, COLUMN_5 = 64, DOT = 128 };
    const __m256i low = BOTH_HALVES(DIGIT | LAST,                            /* 0 P p */
                                    DIGIT | FIRST | LAST | COLUMN_2,         /* 1 A Q ! */
                                    DIGIT | FIRST | LAST,                    /* 2 B R */
                                    DIGIT | FIRST | LAST | COLUMN_2,         /* 3 C S # */
                                    DIGIT | FIRST | LAST | COLUMN_2,         /* 4 D T $ */
                                    DIGIT | FIRST | LAST | COLUMN_2,         /* 5 E U % */
                                    DIGIT | FIRST | LAST | COLUMN_2,         /* 6 F V & */
                                    DIGIT | FIRST | LAST | COLUMN_2,         /* 7 G W ' */
                                    DIGIT | FIRST | LAST,                    /* 8 H X */
                                    DIGIT | FIRST | LAST,                    /* 9 I Y */
                                    FIRST | LAST | COLUMN_2,                 /* J Z * */
                                    FIRST | COLUMN_2,                        /* K + */
                                    FIRST,                                   /* L */
                                    FIRST | HYPHEN | COLUMN_3,               /* M - = */
                                    (char)(FIRST | DOT | COLUMN_5),          /* N . ^ */
                                    FIRST | COLUMN_2 | COLUMN_3 | COLUMN_5); /* O / ? _ */
    const __m256i high = BOTH_HALVES(0, 0, (char)(COLUMN_2 | HYPHEN | DOT), DIGIT | COLUMN_3, FIRST, LAST | COLUMN_5,
                                     FIRST, LAST, 0, 0, 0, 0, 0, 0, 0, 0);
    const __m256i octets = avx2_load(p), none = _mm256_setzero_si256();
    const __m256i column = _mm256_and_si256(_mm256_srli_epi16(octets, 4), EITHER(0x0F, 0x1F)); /* not over 127 */
    const __m256i of = _mm256_and_si256(_mm256_shuffle_epi8(low, octets), _mm256_shuffle_epi8(high, column));
    (void)q;
    m->unusual = avx2_mask(_mm256_cmpeq_epi8(of, none));
    m->other = avx2_mask(_mm256_cmpgt_epi8(of, EITHER(HYPHEN, HYPHEN + 1)));
    m->hyphen = avx2_mask(_mm256_slli_epi16(of, 4));
    m->dot = avx2_mask(of);
}

SCAN_TARGET static inline void smtpwire__scan_blank_avx2(struct smtpwire_command *command)
{
    __m256i *const p = (__m256i *)(void *)command;
    const __m256i zero = _mm256_setzero_si256();
    _Static_assert(sizeof *command == 5 * sizeof *p, "that many stores");
    _mm256_storeu_si256(p, zero);
    _mm256_storeu_si256(p + 1, zero);
    _mm256_storeu_si256(p + 2, zero);
    _mm256_storeu_si256(p + 3, zero);
    _mm256_storeu_si256(p + 4, zero);
}

#include "plain_body.h"

#undef BOTH_HALVES
#undef EITHER
#undef SCAN_WIDTH
#undef SCAN_LZCNT
#undef SCAN_NAME
#undef SCAN_TARGET
#undef SCAN_VECTOR
#endif
