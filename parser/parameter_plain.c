/* The parameters of MAIL and RCPT as they usually are: keywords by their words, values that need no machine. What is
 * taken here the machines (parameter.rl) and checks (parameter_check.c) would take, and say the same of it; anything
 * else is left to them. tests/exhaustive_plain.c compares.
 *
 * SPDX-License-Identifier: MIT */
#include "internal.h"
#include "scan.h"

#ifdef SMTPWIRE__SCAN_SSE2
#include <emmintrin.h>
#endif

#define KEYWORD_LENGTH(id, keyword, on, extensions, value, adds, rfc) sizeof(keyword) - 1,

static const uint8_t keyword_lengths[32] = {SMTPWIRE_PARAMETERS(KEYWORD_LENGTH)};

/* Four octets, and four more, side by side. */
static inline uint64_t two_words(const char *first, const char *second)
{
    uint32_t words[2];
    memcpy(&words[0], first, sizeof words[0]);
    memcpy(&words[1], second, sizeof words[1]);
    return (uint64_t)words[0] << 32 | words[1];
}

/* The same with letters in upper case. */
static inline uint64_t upper_words(const char *first, const char *second)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), low = ones * 0x7F, word = two_words(first, second);
    const uint64_t from_a = (word & low) + ones * (0x80 - 'a'), over_z = (word & low) + ones * (0x7F - 'z');
    return word - ((from_a & ~over_z & ~word & ~low) >> 2);
}

/* Bits of the keywords that are so long. */
static inline uint32_t of_length(size_t len)
{
#ifdef SMTPWIRE__SCAN_SSE2
    const __m128i *lengths = (const __m128i *)(const void *)keyword_lengths;
    const __m128i wanted = _mm_set1_epi8((char)(len < 127 ? len : 127));
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(lengths), wanted)) |
           (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(lengths + 1), wanted)) << 16;
#else
    uint32_t bits = 0;
    unsigned id;
    for (id = 0; id < SMTPWIRE_PARAMETER_COUNT; id++)
        bits |= (uint32_t)(keyword_lengths[id] == len) << id;
    return bits;
#endif
}

uint16_t smtpwire__parameter_find(const char *keyword, size_t len)
{
    const uint64_t ends = len >= 4 ? upper_words(keyword, keyword + len - 4) : 0;
    uint32_t bits = len != 0 ? of_length(len) & ~(UINT32_C(1) << SMTPWIRE_PARAMETER_UNKNOWN) : 0; /* padding is 0 */

    /* The first four octets and the last four are all of up to eight. */
    for (; bits != 0; bits &= bits - 1) {
        const unsigned id = smtpwire__lowest_bit(bits);
        if (len >= 4 &&
            two_words(smtpwire__parameter_rows[id].keyword, smtpwire__parameter_rows[id].keyword + len - 4) != ends)
            continue;
        if ((len >= 4 && len <= 8) || smtpwire__equal_nocase(keyword, len, smtpwire__parameter_rows[id].keyword))
            return (uint16_t)id;
    }
    return SMTPWIRE_PARAMETER_UNKNOWN;
}

#ifndef SMTPWIRE_ONLY_NONE
/* Whether all of it is printable, and neither "=" nor that one. */
static int is_printable_but(const char *text, size_t len, char other)
{
    size_t i = 0;
#ifdef SMTPWIRE__SCAN_SSE2
    const __m128i low = _mm_set1_epi8(33), span = _mm_set1_epi8(126 - 33);
    for (; i < len && len >= 16; i += 16) {
        const char *here = text + (len - i >= 16 ? i : len - 16); /* some of the last may be there twice */
        const __m128i octets = _mm_loadu_si128((const __m128i *)(const void *)here);
        const __m128i from_low = _mm_sub_epi8(octets, low);
        const __m128i good = _mm_cmpeq_epi8(_mm_min_epu8(from_low, span), from_low);
        const __m128i bad =
            _mm_or_si128(_mm_cmpeq_epi8(octets, _mm_set1_epi8(other)), _mm_cmpeq_epi8(octets, _mm_set1_epi8('=')));
        if (_mm_movemask_epi8(_mm_andnot_si128(bad, good)) != 0xFFFF)
            return 0;
    }
#endif
    for (; i < len; i++)
        if (text[i] < 33 || text[i] > 126 || text[i] == other || text[i] == '=')
            break;
    SMTPWIRE__STEPS(i);
    return i >= len;
}

/* esmtp_param in ASCII. */
static int plain_unknown(struct smtpwire_slice keyword, struct smtpwire_slice value)
{
    size_t i;
    for (i = 0; i < keyword.len; i++) {
        const char octet = keyword.data[i], letter = (char)(octet | 0x20);
        if (!((letter >= 'a' && letter <= 'z') || (octet >= '0' && octet <= '9') || (octet == '-' && i != 0)))
            break;
    }
    SMTPWIRE__STEPS(i);
    return i == keyword.len && i != 0 &&
           (value.data == NULL || (value.len != 0 && is_printable_but(value.data, value.len, '=')));
}

/* notify_esmtp_value, but NEVER. */
static int is_plain_notify(const char *text, size_t len)
{
    static const char words[][8] = {"SUCCESS", "FAILURE", "DELAY"};
    for (;;) {
        const unsigned which = len < 5 ? 2 : (text[0] | 0x20) == 's' ? 0 : (text[0] | 0x20) == 'f' ? 1 : 2;
        const size_t size = which == 2 ? 5 : 7;
        if (len < size || upper_words(text, text + size - 4) != two_words(words[which], words[which] + size - 4))
            return 0;
        if (len == size)
            return 1;
        if (text[size] != ',')
            return 0;
        text += size + 1;
        len -= size + 1;
    }
}

/* The values that are usual, which need no machine; 0 tells nothing. */
static int plain_fits(unsigned id, const char *text, size_t len)
{
    size_t i;
    switch (id) {
    case SMTPWIRE_PARAMETER_SIZE: /* a number that 64 bits hold */
        for (i = 0; i < len && text[i] >= '0' && text[i] <= '9'; i++)
            ;
        SMTPWIRE__STEPS(i);
        return i == len && len != 0 && len < 20;
    case SMTPWIRE_PARAMETER_BODY:
        return len == 8 ? upper_words(text, text + 4) == two_words("8BIT", "MIME")
                        : len == 4 && upper_words(text, text) == two_words("7BIT", "7BIT");
    case SMTPWIRE_PARAMETER_NOTIFY:
        return is_plain_notify(text, len);
    case SMTPWIRE_PARAMETER_ORCPT:
        return len > 7 && upper_words(text, text + 3) == two_words("RFC8", "822;") &&
               is_printable_but(text + 7, len - 7, '+') /* xtext */;
    default:
        return 0;
    }
}

#else
static int plain_fits(unsigned id, const char *text, size_t len) { return (void)id, (void)text, (void)len, 0; }
#endif

/* Whether a keyword may have this value: its form, its grammar, and a size that 64 bits can hold. */
int smtpwire__parameter_fits(unsigned id, struct smtpwire_slice value)
{
    int accepted;
    if (id == SMTPWIRE_PARAMETER_UNKNOWN)
        return 1;
    if (value.data == NULL)
        return smtpwire__parameter_rows[id].form != SMTPWIRE__VALUE_REQUIRED;
    if (smtpwire__parameter_rows[id].form == SMTPWIRE__VALUE_NONE)
        return 0;
    if (plain_fits(id, value.data, value.len))
        return 1;
    smtpwire__value_run(id, 1, value.data, value.len, &accepted);
    return accepted &&
           (id != SMTPWIRE_PARAMETER_SIZE || smtpwire__size_viable(value.data, value.len, UINT64_MAX) == value.len);
}

#ifndef SMTPWIRE_ONLY_NONE
/* The same where it is good; 0 also where more than its grammar and a number must be looked at. */
static int plain_value(const struct smtpwire__plain *plain, unsigned id, struct smtpwire_slice value)
{
    const struct smtpwire_options *options = plain->options;
    const char first = (char)(value.len != 0 ? value.data[0] | 0x20 : 0);
    int accepted = value.len != 0 && value.len <= smtpwire__longest_value(id) && plain_fits(id, value.data, value.len);

    if (id == SMTPWIRE_PARAMETER_SIZE && accepted)
        return options == NULL || options->message_max == 0 ||
               smtpwire__size_viable(value.data, value.len, options->message_max) == value.len;
    if (accepted)
        return 1;
    if (value.len == 0 || value.len > smtpwire__longest_value(id) || id == SMTPWIRE_PARAMETER_SIZE ||
        id == SMTPWIRE_PARAMETER_AUTH || id == SMTPWIRE_PARAMETER_SUBMITTER || id == SMTPWIRE_PARAMETER_ALT_ADDRESS ||
        (id == SMTPWIRE_PARAMETER_BODY && first == 'b') || /* BINARYMIME */
        (id == SMTPWIRE_PARAMETER_ORCPT && first == 'u'))  /* utf-8 */
        return 0;
    smtpwire__value_run(id, 0, value.data, value.len, &accepted);
    return accepted;
}

/* Which of up to 16 octets, of len from text on, are a space, and which "=". Returns how many were looked at. */
static inline size_t find_separators(const char *text, size_t len, unsigned *spaces, unsigned *equals)
{
    size_t i;
#ifdef SMTPWIRE__SCAN_SSE2
    const __m128i space = _mm_set1_epi8(' '), equal = _mm_set1_epi8('=');
    if (len >= 16) {
        const __m128i octets = _mm_loadu_si128((const __m128i *)(const void *)text);
        *spaces = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(octets, space));
        *equals = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(octets, equal));
        return 16;
    }
    if (len >= 8) { /* the first eight, and the last eight */
        const __m128i octets = _mm_unpacklo_epi64(_mm_loadl_epi64((const __m128i *)(const void *)text),
                                                  _mm_loadl_epi64((const __m128i *)(const void *)(text + len - 8)));
        const unsigned s = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(octets, space));
        const unsigned e = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(octets, equal));
        *spaces = (s & 0xFF) | s >> 8 << (len - 8);
        *equals = (e & 0xFF) | e >> 8 << (len - 8);
        return len;
    }
#endif
    *spaces = *equals = 0;
    for (i = 0; i < len && i < 16; i++) {
        *spaces |= (unsigned)(text[i] == ' ') << i;
        *equals |= (unsigned)(text[i] == '=') << i;
    }
    return i;
}

/* Splits what is at text up to a space or end, and returns where that is. A value that has "=" in it is none: it is
 * left empty. */
static inline const char *split(const char *text, const char *end, struct smtpwire_slice *keyword,
                                struct smtpwire_slice *value)
{
    const char *at = text, *stop = end, *equals = NULL;
    unsigned spaces = 0, signs, several = 0;

    while (spaces == 0 && at < end) {
        const size_t looked = find_separators(at, (size_t)(end - at), &spaces, &signs);
        signs &= (spaces - 1) & ~spaces; /* those before the first space */
        several |= equals != NULL ? signs : signs & (signs - 1);
        if (equals == NULL && signs != 0)
            equals = at + smtpwire__lowest_bit(signs);
        if (spaces != 0)
            stop = at + smtpwire__lowest_bit(spaces);
        at += looked;
    }
    SMTPWIRE__STEPS((stop - text) / 8); /* 16 at a time */
    keyword->data = text;
    keyword->len = (size_t)((equals != NULL ? equals : stop) - text);
    value->data = equals != NULL ? equals + 1 : NULL;
    value->len = equals != NULL && several == 0 ? (size_t)(stop - equals - 1) : 0;
    return stop;
}

/* Takes a parameter off *parameters that is known and whose value is good, or that no table has, but for what it means.
 * What is none of that is for the machine to read: 0. */
int smtpwire__known_parameter(struct smtpwire_slice *parameters, struct smtpwire_parameter *parameter)
{
    const char *const end = parameters->data + parameters->len;
    struct smtpwire_slice keyword, value;
    const char *stop = split(parameters->data, end, &keyword, &value);
    const uint16_t id = smtpwire__parameter_find(keyword.data, keyword.len);

    if (id == SMTPWIRE_PARAMETER_UNKNOWN
            ? !plain_unknown(keyword, value)
            : (value.data != NULL && value.len == 0) || !smtpwire__parameter_fits(id, value))
        return 0;
    parameter->keyword = keyword;
    parameter->value = value;
    parameter->id = id;
    stop += stop != end;
    parameters->data = stop;
    parameters->len = (size_t)(end - stop);
    return 1;
}

static int plain_form(const struct smtpwire__plain *plain, unsigned id, struct smtpwire_slice value)
{
    const unsigned form = smtpwire__parameter_rows[id].form;
    if (value.data == NULL)
        return form != SMTPWIRE__VALUE_REQUIRED;
    return form != SMTPWIRE__VALUE_NONE && plain_value(plain, id, value);
}

/* seen: bits of those that cannot come any more. Of MTRK, which says something of ENVID, nothing is said here. */
static int plain_known(const struct smtpwire__plain *plain, unsigned on, unsigned id, struct smtpwire_slice value,
                       uint32_t seen)
{
    const struct smtpwire__parameter_row *row = &smtpwire__parameter_rows[id];
    return (row->on & on) != 0 && (plain->offered & row->extensions) != 0 && (seen >> id & 1) == 0 &&
           id != SMTPWIRE_PARAMETER_MTRK && plain_form(plain, id, value);
}

int smtpwire__plain_parameters(const struct smtpwire__plain *plain, unsigned verb, struct smtpwire_command *command)
{
    const char *text = command->parameters.data, *const end = text + command->parameters.len;
    const unsigned on = smtpwire__parameter_on(verb);
    const int lax = smtpwire__lax(plain->options, SMTPWIRE_LAX_UNKNOWN_PARAMETER);
    struct smtpwire_slice keyword, value;
    uint32_t seen = 0;

    for (;;) {
        const char *stop = split(text, end, &keyword, &value);
        const unsigned id = smtpwire__parameter_find(keyword.data, keyword.len);
        if (id == SMTPWIRE_PARAMETER_UNKNOWN ? !lax || !plain_unknown(keyword, value)
                                             : !plain_known(plain, on, id, value, seen))
            return 0;
        if (id != SMTPWIRE_PARAMETER_UNKNOWN)
            seen |= smtpwire__parameter_excludes(id, value);
        if (id == SMTPWIRE_PARAMETER_SMTPUTF8)
            command->flags |= SMTPWIRE_FLAG_SMTPUTF8;
        if (stop == end)
            return 1;
        text = stop + 1;
    }
}
#else
int smtpwire__known_parameter(struct smtpwire_slice *parameters, struct smtpwire_parameter *parameter)
{
    return (void)parameters, (void)parameter, 0;
}
#endif
