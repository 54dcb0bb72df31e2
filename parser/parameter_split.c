/* A parameter split into its keyword and its value, which no machine has looked at.
 *
 * SPDX-License-Identifier: MIT */
#include "plain.h"

#ifdef SMTPWIRE__SCAN_SSE2
#include <emmintrin.h>
#endif

#ifndef SMTPWIRE_ONLY_NONE
#define ONES UINT64_C(0x0101010101010101)
#define HIGHS UINT64_C(0x8080808080808080)

/* Bit i stands for octet i of 32. */
struct value_masks {
    uint64_t graphic, equals; /* 33 to 126; "=" */
};

/* Of those of the octets at text, and of those behind them; where they overlap both are the same. */
#ifdef SMTPWIRE__SCAN_SSE2
static inline void value_classes(__m128i low, __m128i high, size_t behind, struct value_masks *m)
{
    /* With a sign 127 + 1 is the least there is. */
    const __m128i one = _mm_set1_epi8(1), space = _mm_set1_epi8(33), equals = _mm_set1_epi8('=');
    m->graphic = (unsigned)_mm_movemask_epi8(_mm_cmpgt_epi8(_mm_add_epi8(low, one), space)) |
                 (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpgt_epi8(_mm_add_epi8(high, one), space)) << behind;
    m->equals = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(low, equals)) |
                (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(high, equals)) << behind;
}

static inline __m128i load_16(const char *text) { return _mm_loadu_si128((const __m128i *)(const void *)text); }
static inline __m128i load_low_8(const char *text) { return _mm_loadl_epi64((const __m128i *)(const void *)text); }

static inline void value_masks_16(const char *text, size_t behind, struct value_masks *m)
{
    value_classes(load_16(text), load_16(text + behind), behind, m);
}

static inline void value_masks_8(const char *text, size_t behind, struct value_masks *m)
{
    value_classes(load_low_8(text), load_low_8(text + behind), behind, m);
}

static inline void value_masks_word(uint64_t word, struct value_masks *m)
{
    value_classes(_mm_set_epi64x(0, (long long)word), _mm_setzero_si128(), 0, m);
}
#else
/* The high bit of each octet, as a bit for each. */
static inline uint64_t bits_of(uint64_t highs) { return (highs >> 7) * UINT64_C(0x0102040810204080) >> 56; }

static inline void value_masks_word(uint64_t word, struct value_masks *m)
{
    const uint64_t low = word & ~HIGHS, other = word ^ ONES * '=';
    m->graphic = bits_of((low + ONES * (128 - 33)) & ~(low + ONES) & ~word & HIGHS);
    m->equals = bits_of(~(((other & ~HIGHS) + ~HIGHS) | other) & HIGHS);
}

static inline void value_masks_8(const char *text, size_t behind, struct value_masks *m)
{
    struct value_masks high;
    value_masks_word(smtpwire__load_8(text), m);
    value_masks_word(smtpwire__load_8(text + behind), &high);
    m->graphic |= high.graphic << behind;
    m->equals |= high.equals << behind;
}

static inline void value_masks_16(const char *text, size_t behind, struct value_masks *m)
{
    struct value_masks high;
    value_masks_8(text, 8, m);
    value_masks_8(text + behind, 8, &high);
    m->graphic |= high.graphic << behind;
    m->equals |= high.equals << behind;
}
#endif

/* Of up to 32 octets; those that are not there are not graphic. Returns the first eight, or as many as there are. */
static inline uint64_t first_masks(const char *text, size_t readable, struct value_masks *m)
{
    uint64_t word = 0;
    size_t i;
    if (readable >= 16) {
        value_masks_16(text, smtpwire__lesser(readable - 16, 16), m);
        return smtpwire__load_8(text);
    }
    if (readable >= 8) {
        value_masks_8(text, readable - 8, m);
        return smtpwire__load_8(text);
    }
    for (i = 0; i < readable; i++)
        word |= (uint64_t)(unsigned char)text[i] << 8 * i;
    value_masks_word(word, m);
    return word;
}

/* What is left of a value, which goes no further than len, behind its first 32 octets: returns where it ends, 0 if an
 * "=" is in it. */
static size_t long_value(const char *text, size_t len, size_t readable)
{
    size_t i;
    for (i = 32;; i += 32) {
        const size_t from = readable - i >= 32 ? i : readable - 32;
        struct value_masks m;
        uint64_t end, signs;
        value_masks_16(text + from, 16, &m);
        end = ~m.graphic >> (i - from); /* behind what is readable is the end, too */
        signs = m.equals >> (i - from);
        if ((signs & (end ^ (end - 1))) != 0)
            return 0;
        if ((uint32_t)end != 0) {
            i += smtpwire__lowest_bit(end);
            SMTPWIRE__STEPS(i / 8);
            return smtpwire__lesser(i, len);
        }
    }
}

const char *smtpwire__split_parameter(const char *text, size_t len, size_t readable,
                                      struct smtpwire_parameter *parameter)
{
    struct value_masks m;
    const uint64_t word = first_masks(text, readable, &m);
    size_t stop, keyword;
    uint64_t end, signs;

    end = ~m.graphic;
    signs = m.equals & (end ^ (end - 1));
    if (len < 32)
        signs &= (UINT64_C(1) << len) - 1; /* what is behind the line may be readable, but means nothing */
    stop = smtpwire__lowest_bit(end);
    if (stop >= 32) {
        stop = long_value(text, len, readable);
        signs &= UINT32_MAX;
    }
    if (stop >= len)
        stop = len;
    else if (text[stop] != ' ')
        return NULL;
    if (signs != smtpwire__isolate_lowest(signs) || (signs == 0 && stop >= 32))
        return NULL;
    keyword = signs != 0 ? smtpwire__lowest_bit(signs) : stop;
    if (keyword == 0 || keyword + 1 == stop)
        return NULL;
    SMTPWIRE__STEPS(4);
    parameter->keyword.data = text;
    parameter->keyword.len = keyword;
    parameter->value.data = signs != 0 ? text + keyword + 1 : NULL;
    parameter->value.len = signs != 0 ? stop - keyword - 1 : 0;
    parameter->id = smtpwire__keyword_find(word, text, keyword);
    return text + stop;
}

int smtpwire__is_esmtp_keyword(const char *keyword, size_t len, size_t readable)
{
    size_t i;
    if (len <= 8 && readable >= 8) {
        const uint64_t word = smtpwire__load_8(keyword) & ~HIGHS, letters = word | ONES * 0x20,
                       hyphens = word ^ ONES * '-';
        const uint64_t good = ((letters + ONES * (128 - 'a')) & ~(letters + ONES * (127 - 'z'))) |
                              ((word + ONES * (128 - '0')) & ~(word + ONES * (127 - '9'))) | ~(hyphens + ONES * 127);
        return smtpwire__first_of(~good & HIGHS, len) == 0 && keyword[0] != '-';
    }
    for (i = 0; i < len; i++) {
        const char octet = keyword[i], letter = (char)(octet | 0x20);
        if (!((letter >= 'a' && letter <= 'z') || (octet >= '0' && octet <= '9') || (octet == '-' && i != 0)))
            break;
    }
    SMTPWIRE__STEPS(i);
    return i == len;
}
#endif
