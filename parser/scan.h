/* Skips over runs of octets that mean nothing to a machine but themselves, many at a time. A skip may stop anywhere:
 * what it leaves is the machine's own work, so that with SMTPWIRE_SIMD_NONE, which never skips, nothing changes but the
 * time. It reads no octet behind len.
 *
 * There is one body, scan_body.h, over blocks of 64 octets, and for each instruction set what it is made of:
 * scan_sse2.c, scan_avx2.c, scan_neon.c; and scan_swar.c (64-bit words), for everything else. Which of those that are
 * compiled is used is decided by smtpwire__scan_choose() and kept in the caller's object.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SMTPWIRE_SCAN_H
#define SMTPWIRE_SCAN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* SMTPWIRE_SIMD=... of the Makefile leaves out what is not asked for. SWAR counts octets as a little-endian machine
 * does. */
#if !defined(SMTPWIRE_ONLY_NONE)
#if defined(__GNUC__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define SMTPWIRE__SCAN_SWAR 1
#endif
#if defined(SMTPWIRE__SCAN_SWAR) && !defined(SMTPWIRE_ONLY_SWAR)
#if defined(__SSE2__)
#define SMTPWIRE__SCAN_SSE2 1
#if defined(__x86_64__) && defined(__LP64__) && !defined(SMTPWIRE_ONLY_SSE2)
#define SMTPWIRE__SCAN_AVX2 1
#endif
#elif defined(__aarch64__)
#define SMTPWIRE__SCAN_NEON 1
#endif
#endif
#endif

#if defined(SMTPWIRE__SCAN_SSE2)
#include <emmintrin.h>
#elif defined(SMTPWIRE__SCAN_NEON)
#include <arm_neon.h>
#endif

/* Whether it is DETECT or one that is compiled. */
int smtpwire__scan_has(unsigned simd);
/* The one to use for len octets. Where the choice is DETECT it is made, once, when there are octets enough to make up
 * for what asking the processor costs (smtpwire__scan_ask()); until then every processor can do what is used. */
unsigned smtpwire__scan_ask(uint8_t *simd, size_t len);
static inline unsigned smtpwire__scan_choose(uint8_t *simd, size_t len)
{
    return *simd != SMTPWIRE_SIMD_DETECT ? *simd : smtpwire__scan_ask(simd, len);
}

/* Content (grammar/data.rl) from a state start or text on. */
struct smtpwire__scan {
    uint64_t at;        /* offset of the first octet */
    uint64_t line_at;   /* offset of the first octet of the line it is in */
    uint64_t longest;   /* the longest line that has ended; the one it is in may be counted, as far as it is seen */
    uint8_t line_start; /* in and out: at the start of a line; out: 0 where the next octet is a CR, wherever it is */
    uint8_t dots;       /* a dot at the start of a line means something */
    uint8_t eight_bit;  /* out: an octet over 127 was skipped */
    uint8_t alike;      /* in and out: how long lines were with their CRLF that were all of one length; or in how many
                           calls no such are looked for, since none were found; or 0 */
};
enum { SMTPWIRE__SCAN_PAUSE = 8 };

/* Fewer octets than these are not skipped. */
enum { SMTPWIRE__SCAN_LEAST = 32 };

/* Of fewer octets it is not told whether they are text. */
enum { SMTPWIRE__SCAN_TEXT_LEAST = 4 };

#if defined(SMTPWIRE__SCAN_SWAR)
/* Bit 7 of an octet is set if it is set in any that is not printable, or in one above such: it is set in the word where
 * that is over 127, in word + 1 where it is 127, in word - 32 where it is below 32; what is carried or borrowed comes
 * from such an octet. */
static inline uint64_t smtpwire__unprintable(uint64_t word)
{
    return word | (word + UINT64_C(0x0101010101010101)) | (word - UINT64_C(0x2020202020202020));
}

/* The high bit of each octet that is no more than CR, exactly: bit 7 of each is set, so that none borrows from the
 * next.
 */
static inline uint64_t smtpwire__swar_low(uint64_t word)
{
    const uint64_t high = UINT64_C(0x8080808080808080);
    return ~((word | high) - UINT64_C(0x0E0E0E0E0E0E0E0E)) & ~word & high;
}

static inline int smtpwire__scan_short_text(const char *p, size_t len)
{
    uint32_t low, high;
    memcpy(&low, p, sizeof low);
    memcpy(&high, p + (len - 4), sizeof high);
    return (smtpwire__unprintable(low | (uint64_t)high << 32) & UINT64_C(0x8080808080808080)) == 0;
}
#endif

/* Whether all octets are printable ASCII (32 to 126); 0 tells nothing. Lines are short: here is no choice while
 * running, but what every processor that the build is for can do. */
static inline int smtpwire__scan_text(const char *p, size_t len)
{
#if defined(SMTPWIRE__SCAN_SSE2)
    /* With a sign 127 + 1 is the least there is, and octets over 127 are below 0. */
    const __m128i one = _mm_set1_epi8(1), space = _mm_set1_epi8(32);
    __m128i good, octets;
    size_t i;
    if (len < 8)
        return smtpwire__scan_short_text(p, len);
    if (len < 16) {
        octets = _mm_unpacklo_epi64(_mm_loadl_epi64((const __m128i *)(const void *)p),
                                    _mm_loadl_epi64((const __m128i *)(const void *)(p + len - 8)));
        return _mm_movemask_epi8(_mm_cmpgt_epi8(_mm_add_epi8(octets, one), space)) == 0xFFFF;
    }
    octets = _mm_loadu_si128((const __m128i *)(const void *)(p + len - 16));
    good = _mm_cmpgt_epi8(_mm_add_epi8(octets, one), space);
    octets = _mm_loadu_si128((const __m128i *)(const void *)p);
    good = _mm_and_si128(good, _mm_cmpgt_epi8(_mm_add_epi8(octets, one), space));
    for (i = 32; i < len; i += 16) {
        octets = _mm_loadu_si128((const __m128i *)(const void *)(p + i - 16));
        good = _mm_and_si128(good, _mm_cmpgt_epi8(_mm_add_epi8(octets, one), space));
    }
    return _mm_movemask_epi8(good) == 0xFFFF;
#elif defined(SMTPWIRE__SCAN_NEON)
    const uint8x16_t space = vdupq_n_u8(32), most = vdupq_n_u8(126 - 32);
    uint8x16_t odd;
    size_t i;
    if (len < 8)
        return smtpwire__scan_short_text(p, len);
    if (len < 16) {
        odd = vcombine_u8(vld1_u8((const uint8_t *)p), vld1_u8((const uint8_t *)p + len - 8));
        return vmaxvq_u8(vsubq_u8(odd, space)) <= 126 - 32;
    }
    odd = vcgtq_u8(vsubq_u8(vld1q_u8((const uint8_t *)p + len - 16), space), most);
    for (i = 16; i < len; i += 16)
        odd = vorrq_u8(odd, vcgtq_u8(vsubq_u8(vld1q_u8((const uint8_t *)p + i - 16), space), most));
    return vmaxvq_u8(odd) == 0;
#elif defined(SMTPWIRE__SCAN_SWAR)
    uint64_t word, odd;
    size_t i;
    if (len < 8)
        return smtpwire__scan_short_text(p, len);
    memcpy(&word, p + (len - 8), sizeof word);
    odd = smtpwire__unprintable(word);
    for (i = 8; i < len; i += 8) {
        memcpy(&word, p + i - 8, sizeof word);
        odd |= smtpwire__unprintable(word);
    }
    return (odd & UINT64_C(0x8080808080808080)) == 0;
#else
    (void)p;
    (void)len;
    return 0;
#endif
}

/* Of eight octets, each xored with '0': bit 7 is set where they are no digits. */
static inline uint64_t smtpwire__no_digits(uint64_t octets)
{
    const uint64_t highs = UINT64_C(0x8080808080808080);
    return (((octets & ~highs) + UINT64_C(0x0101010101010101) * (128 - 10)) | octets) & highs;
}

/* What the first of them say, 1 to 8 digits, the lowest octet first. */
static inline uint64_t smtpwire__number_of(uint64_t digits, size_t len)
{
    const uint64_t padded = digits << (64 - 8 * len); /* zeros before it */
    const uint64_t pairs = padded * 10 + (padded >> 8);
    return ((pairs & UINT64_C(0x000000FF000000FF)) * UINT64_C(0x000F424000000064) +
            ((pairs >> 16) & UINT64_C(0x000000FF000000FF)) * UINT64_C(0x0000271000000001)) >>
           32;
}

/* How many octets there are before a space, or in all. */
static inline size_t smtpwire__scan_word(const char *p, size_t len)
{
    size_t i = 0;
#if defined(SMTPWIRE__SCAN_SWAR)
    for (; len - i >= 8; i += 8) {
        uint64_t word;
        memcpy(&word, p + i, sizeof word);
        word ^= UINT64_C(0x2020202020202020);
        word = (word - UINT64_C(0x0101010101010101)) & ~word & UINT64_C(0x8080808080808080);
        if (word != 0) /* the lowest bit is that of a space; what is borrowed comes from one */
            return i + (unsigned)__builtin_ctzll(word) / 8;
    }
#endif
    while (i != len && p[i] != ' ')
        i++;
    return i;
}

size_t smtpwire__scan_content_swar(const unsigned char *octets, size_t len, struct smtpwire__scan *scan);
size_t smtpwire__scan_content_sse2(const unsigned char *octets, size_t len, struct smtpwire__scan *scan);
size_t smtpwire__scan_content_avx2(const unsigned char *octets, size_t len, struct smtpwire__scan *scan);
size_t smtpwire__scan_content_neon(const unsigned char *octets, size_t len, struct smtpwire__scan *scan);

/* How many octets can be skipped: lines whole and in part, but no CR that is the last octet or has no LF behind it, no
 * LF without a CR before it, no NUL, and where dots mean something none that begins a line. */
static inline size_t smtpwire__scan_content(unsigned simd, const unsigned char *octets, size_t len,
                                            struct smtpwire__scan *scan)
{
    switch (simd) {
#ifdef SMTPWIRE__SCAN_AVX2
    case SMTPWIRE_SIMD_AVX2:
        return smtpwire__scan_content_avx2(octets, len, scan);
#endif
#ifdef SMTPWIRE__SCAN_SSE2
    case SMTPWIRE_SIMD_SSE2:
        return smtpwire__scan_content_sse2(octets, len, scan);
#endif
#ifdef SMTPWIRE__SCAN_NEON
    case SMTPWIRE_SIMD_NEON:
        return smtpwire__scan_content_neon(octets, len, scan);
#endif
#ifdef SMTPWIRE__SCAN_SWAR
    case SMTPWIRE_SIMD_SWAR:
        return smtpwire__scan_content_swar(octets, len, scan);
#endif
    default:
        (void)octets;
        (void)len;
        (void)scan;
        return 0;
    }
}

#ifdef SMTPWIRE__SCAN_SSE2
/* Bits of the 16 octets that are not over CR. */
static inline unsigned smtpwire__scan_low(const char *data)
{
    const __m128i over = _mm_subs_epu8(_mm_loadu_si128((const __m128i *)(const void *)data), _mm_set1_epi8('\r'));
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(over, _mm_setzero_si128()));
}

static inline uint64_t smtpwire__scan_low_64(const char *data)
{
    return (uint64_t)smtpwire__scan_low(data) | (uint64_t)smtpwire__scan_low(data + 16) << 16 |
           (uint64_t)smtpwire__scan_low(data + 32) << 32 | (uint64_t)smtpwire__scan_low(data + 48) << 48;
}
#endif

/* How many octets there are before one that is no more than CR, or in all. Counts its steps. */
static inline size_t smtpwire__scan_over_cr(const char *data, size_t len)
{
    size_t i = 0, begin;
#ifdef SMTPWIRE__SCAN_SSE2
    for (; len - i >= 16; i += 16) {
        const unsigned low = smtpwire__scan_low(data + i);
        if (low != 0) {
            SMTPWIRE__STEPS((i + 16) / 8);
            return i + (unsigned)__builtin_ctz(low);
        }
    }
#elif defined(SMTPWIRE__SCAN_SWAR)
    for (; len - i >= 8; i += 8) {
        uint64_t word, low;
        memcpy(&word, data + i, sizeof word);
        low = smtpwire__swar_low(word);
        if (low != 0) {
            SMTPWIRE__STEPS((i + 8) / 8);
            return i + ((unsigned)__builtin_ctzll(low) >> 3);
        }
    }
#endif
    begin = i;
    while (i != len && (unsigned char)data[i] > '\r')
        i++;
    SMTPWIRE__STEPS(begin / 8 + (i - begin));
    return i;
}

/* The same of the first 128 octets of a line, most of which end within 64. */
static inline size_t smtpwire__scan_line_start(const char *data, size_t len)
{
    size_t i = 0;
#ifdef SMTPWIRE__SCAN_SSE2
    if (len >= 64) {
        const uint64_t low = smtpwire__scan_low_64(data);
        i = low != 0 ? (size_t)__builtin_ctzll(low) : 64;
        SMTPWIRE__STEPS(i / 8);
        if (low != 0)
            return i;
    }
#endif
    return i + smtpwire__scan_over_cr(data + i, smtpwire__lesser(len, 128) - i);
}

/* line.c: looks for the end of the line that starts at data. Nothing is taken: smtpwire__line_done() says what was. */
static inline enum smtpwire__framed smtpwire__line_find(struct smtpwire_line *line, const char *data, size_t len,
                                                        struct smtpwire__frame *frame)
{
#ifdef SMTPWIRE__SCAN_SSE2
    /* Most lines are seen as a whole, are shorter, and end well: no branch for each 16 octets. */
    if (len > 64 && line->looked == 0 && line->cap > 64) {
        const uint64_t low = smtpwire__scan_low_64(data);
        const size_t i = low != 0 ? (size_t)__builtin_ctzll(low) : 64;
        SMTPWIRE__STEPS(i / 8);
        if (low != 0 && data[i] == '\r' && data[i + 1] == '\n') {
            line->looked = (uint32_t)(i + 1);
            frame->content = i;
            frame->whole = i + 2;
            return SMTPWIRE__FRAMED_LINE;
        }
        line->looked = (uint32_t)i;
    }
#endif
    return smtpwire__line_find_on(line, data, len, frame);
}

#endif
