/* The parameters of MAIL and RCPT as they usually are: keywords by their words, values that need no machine. What is
 * taken here the machines (parameter.rl) and checks (parameter_check.c) would take, and say the same of it; anything
 * else is left to them. tests/exhaustive_plain.c compares.
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
        value_masks_16(text, readable < 32 ? readable - 16 : 16, m);
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

/* Splits what is at text up to a space, or len, and looks its keyword up. Returns where that is; or null, where it is
 * no keyword of visible ASCII, and none with such a value, which may be any behind a keyword that is known. */
static SMTPWIRE__NOINLINE const char *split(const char *text, size_t len, size_t readable,
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
    if ((signs & (signs - 1)) != 0 || (signs == 0 && stop >= 32))
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

/* Eight octets from at on, zeros for what is behind the readable ones, which are eight at least. */
static inline uint64_t word_from(const char *text, size_t readable, size_t at)
{
    if (readable >= at + 8)
        return smtpwire__load_8(text + at);
    return readable > at ? smtpwire__load_8(text + readable - 8) >> 8 * (at + 8 - readable) : 0;
}

/* SIZE=: more digits, as many as 64 bits always hold. Returns what is behind them. */
static SMTPWIRE__NOINLINE size_t long_size(const char *text, size_t readable, uint64_t *size)
{
    size_t i;
    *size = 0;
    for (i = 5; i < readable && i < 5 + 19 && text[i] >= '0' && text[i] <= '9'; i++)
        *size = *size * 10 + (unsigned)(text[i] - '0');
    SMTPWIRE__STEPS(i - 5);
    return i;
}

/* SIZE=: digits. Returns what is behind them, 0 if there are none. */
static inline size_t usual_size(const char *text, size_t readable, uint64_t *size)
{
    const uint64_t digits = word_from(text, readable, 5) ^ ONES * '0';
    const uint64_t others = smtpwire__no_digits(digits);
    unsigned len;
    uint64_t number;
    if (others == 0) {
        const size_t end = long_size(text, readable, &number);
        *size = number; /* which is kept in a register so */
        return end;
    }
    if ((others & 0xFF) != 0)
        return 0;
    len = smtpwire__lowest_bit(others) / 8;
    *size = smtpwire__number_of(digits, len);
    return 5 + len;
}

/* NOTIFY=, but NEVER. Which word it is cannot be foreseen, so there is no branch on it. */
static inline size_t usual_notify(const char *text, size_t len, size_t readable, uint64_t *notify)
{
    size_t at = 7;
    unsigned bits = 0;
    for (;; at++) {
        const uint64_t word = word_from(text, readable, at);
        const unsigned failure = SMTPWIRE__IS_WORD(word, 'F', 'A', 'I', 'L', 'U', 'R', 'E', 0);
        const unsigned success = SMTPWIRE__IS_WORD(word, 'S', 'U', 'C', 'C', 'E', 'S', 'S', 0);
        const unsigned delay = SMTPWIRE__IS_WORD(word, 'D', 'E', 'L', 'A', 'Y', 0, 0, 0);
        const unsigned which =
            failure * SMTPWIRE_NOTIFY_FAILURE | success * SMTPWIRE_NOTIFY_SUCCESS | delay * SMTPWIRE_NOTIFY_DELAY;
        if (which == 0)
            return 0;
        bits |= which;
        at += 7 - 2 * delay;
        if (at >= len || text[at] != ',')
            break;
    }
    *notify = bits;
    return at;
}

static int is_upper_hex(char octet) { return (octet >= '0' && octet <= '9') || (octet >= 'A' && octet <= 'F'); }

#ifdef SMTPWIRE__SCAN_SSE2
static inline uint64_t xchar_mask(const char *text)
{
    const __m128i v = load_16(text);
    const __m128i odd = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('+')), _mm_cmpeq_epi8(v, _mm_set1_epi8('=')));
    const __m128i graphic = _mm_cmpgt_epi8(_mm_add_epi8(v, _mm_set1_epi8(1)), _mm_set1_epi8(33));
    return (unsigned)_mm_movemask_epi8(_mm_andnot_si128(odd, graphic));
}
#endif

/* How many octets from i on are xchar. */
static inline size_t xchars(const char *text, size_t readable, size_t i)
{
#ifdef SMTPWIRE__SCAN_SSE2
    for (;; i += 32) {
        /* Where fewer are left the loads are of the last 16, and what is not readable is none. */
        const size_t last = readable - 16, low = smtpwire__lesser(i, last), high = smtpwire__lesser(i + 16, last);
        const uint64_t good = xchar_mask(text + low) >> (i - low) | xchar_mask(text + high) << 32 >> (32 + i - high);
        if ((uint32_t)good != UINT32_MAX)
            return i + smtpwire__lowest_bit(~good);
    }
#else
    while (i != readable && text[i] > ' ' && text[i] <= '~' && text[i] != '+' && text[i] != '=')
        i++;
    return i;
#endif
}

/* ORCPT=rfc822; and xtext of ASCII. Of the readable octets there are 16. */
static inline size_t usual_orcpt(const char *text, size_t len, size_t readable)
{
    enum { TYPE = 13 };
    size_t i = TYPE;
    if (len < TYPE || !SMTPWIRE__IS_WORD(word_from(text, readable, 5), '=', 'R', 'F', 'C', '8', '2', '2', ';'))
        return 0;
    for (;;) {
        i = xchars(text, readable, i);
        if (i >= len || text[i] != '+')
            break;
        if (len - i < 3 || text[i + 1] < '2' || text[i + 1] > '7' || !is_upper_hex(text[i + 2]) ||
            (text[i + 1] == '7' && text[i + 2] == 'F'))
            return 0;
        i += 3;
    }
    SMTPWIRE__STEPS(i / 8);
    return i == TYPE ? 0 : smtpwire__lesser(i, len);
}

/* What a parameter must be for a command to have it. */
struct terms {
    unsigned on; /* enum smtpwire__on */
    uint64_t offered;
    uint32_t seen;                          /* bits of those that cannot come any more */
    const struct smtpwire_options *options; /* null: a size may be any */
};
static const struct terms any_terms = {SMTPWIRE__ON_MAIL_OR_RCPT, UINT64_MAX, 0, NULL};

/* Two columns of the table, which compilers look into. */
#define ROW_ON(id, keyword, on, extensions, value, adds, rfc) SMTPWIRE__ON_##on,
#define ROW_EXTENSIONS(id, keyword, on, extensions, value, adds, rfc) extensions,
static const uint8_t row_on[] = {SMTPWIRE_PARAMETERS(ROW_ON)};
static const uint64_t row_extensions[] = {SMTPWIRE_PARAMETERS(ROW_EXTENSIONS)};

static SMTPWIRE__INLINE int is_allowed(const struct terms *t, unsigned id)
{
    return (row_on[id] & t->on) != 0 && (row_extensions[id] & t->offered) != 0 && (t->seen >> id & 1) == 0;
}

static inline int is_small(const struct smtpwire_options *options, uint64_t size)
{
    return options == NULL || options->message_max == 0 || size <= options->message_max;
}

/* Reads what is at text up to a space, or len, and returns where it ends; 0 if it is not usual, or not allowed. *p is
 * filled in but for its keyword and value, of which keyword is where the first ends. */
static SMTPWIRE__INLINE size_t usual_parameter(const struct terms *t, const char *text, size_t len, size_t readable,
                                               struct smtpwire_parameter *p, size_t *keyword)
{
    uint64_t word, number = 0;
    size_t stop;

    if (readable < 8)
        return 0;
    SMTPWIRE__STEPS(4);
    word = smtpwire__load_8(text);
    if ((t->on & SMTPWIRE__ON_MAIL) != 0 && SMTPWIRE__IS_WORD(word, 'S', 'I', 'Z', 'E', '=', 0, 0, 0)) {
        stop = usual_size(text, readable, &number);
        if (!is_allowed(t, SMTPWIRE_PARAMETER_SIZE) || !is_small(t->options, number))
            return 0;
        *keyword = 4;
        p->id = SMTPWIRE_PARAMETER_SIZE;
        p->size = number;
    } else if ((t->on & SMTPWIRE__ON_MAIL) != 0 && SMTPWIRE__IS_WORD(word, 'B', 'O', 'D', 'Y', '=', 0, 0, 0)) {
        const uint64_t value = word_from(text, readable, 5);
        const int is_8bit = SMTPWIRE__IS_WORD(value, '8', 'B', 'I', 'T', 'M', 'I', 'M', 'E');
        if ((!is_8bit && !SMTPWIRE__IS_WORD(value, '7', 'B', 'I', 'T', 0, 0, 0, 0)) ||
            !is_allowed(t, SMTPWIRE_PARAMETER_BODY))
            return 0;
        stop = is_8bit ? 13 : 9;
        *keyword = 4;
        p->id = SMTPWIRE_PARAMETER_BODY;
        p->body = is_8bit ? SMTPWIRE_BODY_8BITMIME : SMTPWIRE_BODY_7BIT;
    } else if ((t->on & SMTPWIRE__ON_RCPT) != 0 && SMTPWIRE__IS_WORD(word, 'N', 'O', 'T', 'I', 'F', 'Y', '=', 0)) {
        stop = usual_notify(text, len, readable, &number);
        if (!is_allowed(t, SMTPWIRE_PARAMETER_NOTIFY))
            return 0;
        *keyword = 6;
        p->id = SMTPWIRE_PARAMETER_NOTIFY;
        p->notify = (uint8_t)number;
    } else if ((t->on & SMTPWIRE__ON_RCPT) != 0 && SMTPWIRE__IS_WORD(word, 'O', 'R', 'C', 'P', 'T', '=', 0, 0) &&
               readable >= 16) {
        stop = usual_orcpt(text, len, readable);
        if (!is_allowed(t, SMTPWIRE_PARAMETER_ORCPT))
            return 0;
        *keyword = 5;
        p->id = SMTPWIRE_PARAMETER_ORCPT;
        p->orcpt.type.data = text + 6;
        p->orcpt.type.len = 6;
        p->orcpt.address.data = text + 13;
        p->orcpt.address.len = stop - 13;
    } else {
        return 0;
    }
    return stop <= len && (stop == len || text[stop] == ' ') ? stop : 0;
}

/* Whether what no table has, which is graphic, begins with a letter or digit and has nothing but these and "-". */
static inline int is_esmtp_keyword(const char *keyword, size_t len, size_t readable)
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

/* The value of a parameter that split() found: one that its machine takes, behind a keyword that is known. */
static int unusual_value(const struct smtpwire_parameter *p)
{
    int accepted;
    if (p->value.data == NULL)
        return smtpwire__parameter_rows[p->id].form != SMTPWIRE__VALUE_REQUIRED;
    if (smtpwire__parameter_rows[p->id].form == SMTPWIRE__VALUE_NONE)
        return 0;
    smtpwire__value_run(p->id, 0, p->value.data, p->value.len, &accepted);
    return accepted;
}

/* Takes the parameter that ends at stop off *parameters. */
static inline int take(struct smtpwire_slice *parameters, const char *stop)
{
    const char *const end = parameters->data + parameters->len;
    stop += stop != end;
    parameters->data = stop;
    parameters->len = (size_t)(end - stop);
    return 1;
}

/* What is known is read from its value, and that by others. */
static int is_split_only(const struct smtpwire_parameter *p, size_t readable)
{
    if (p->id == SMTPWIRE_PARAMETER_UNKNOWN)
        return is_esmtp_keyword(p->keyword.data, p->keyword.len, readable);
    return p->value.data == NULL && unusual_value(p);
}

static SMTPWIRE__NOINLINE int take_split(struct smtpwire_slice *parameters, struct smtpwire_parameter *p)
{
    const size_t len = parameters->len;
    const char *const stop = split(parameters->data, len, len, p);
    if (stop != NULL && is_split_only(p, len))
        return take(parameters, stop);
    return smtpwire__parameter_machine(parameters, p);
}

int smtpwire__plain_parameter(struct smtpwire_slice *parameters, struct smtpwire_parameter *p)
{
    const char *const text = parameters->data;
    size_t keyword;
    const size_t stop = usual_parameter(&any_terms, text, parameters->len, parameters->len, p, &keyword);

    if (stop == 0)
        return smtpwire__blank_parameter(p), take_split(parameters, p); /* something may be in it */
    p->keyword.data = text;
    p->keyword.len = keyword;
    p->value.data = text + keyword + 1;
    p->value.len = stop - keyword - 1;
    return take(parameters, text + stop);
}

/* Of those whose value is not usual: whether nothing but its grammar and its length must be looked at. */
static int is_plain_but_for_value(const struct smtpwire_parameter *p)
{
    const uint32_t others =
        UINT32_C(1) << SMTPWIRE_PARAMETER_SIZE | UINT32_C(1) << SMTPWIRE_PARAMETER_AUTH |
        UINT32_C(1) << SMTPWIRE_PARAMETER_SUBMITTER | UINT32_C(1) << SMTPWIRE_PARAMETER_ALT_ADDRESS |
        UINT32_C(1) << SMTPWIRE_PARAMETER_BODY /* BINARYMIME */ | UINT32_C(1) << SMTPWIRE_PARAMETER_MTRK /* ENVID */;
    return (others >> p->id & 1) == 0 &&
           (p->id != SMTPWIRE_PARAMETER_ORCPT || p->value.data == NULL || (p->value.data[0] | 0x20) != 'u') /* utf-8 */;
}

/* A parameter of a command that is not usual; returns where it ends, or null. */
static SMTPWIRE__NOINLINE const char *plain_split(struct terms *t, const char *text, size_t len, size_t readable,
                                                  struct smtpwire_command *command)
{
    struct smtpwire_parameter p;
    const char *stop = split(text, len, readable, &p);

    if (stop == NULL)
        return NULL;
    if (p.id == SMTPWIRE_PARAMETER_UNKNOWN)
        return smtpwire__lax(t->options, SMTPWIRE_LAX_UNKNOWN_PARAMETER) &&
                       is_esmtp_keyword(p.keyword.data, p.keyword.len, readable)
                   ? stop
                   : NULL;
    if (!is_allowed(t, p.id) || !is_plain_but_for_value(&p) || p.value.len > smtpwire__longest_value(p.id) ||
        !unusual_value(&p))
        return NULL;
    t->seen |= smtpwire__parameter_excludes(p.id, p.value);
    if (p.id == SMTPWIRE_PARAMETER_SMTPUTF8)
        command->flags |= SMTPWIRE_FLAG_SMTPUTF8;
    return stop;
}

static SMTPWIRE__INLINE int read_parameters(unsigned on, const char *text, const char *end, const char *readable,
                                            const struct smtpwire_options *options, uint64_t offered,
                                            struct smtpwire_command *command)
{
    uint32_t seen = 0;

    for (;; text++) {
        struct terms t = {on, offered, seen, options};
        struct smtpwire_parameter p;
        size_t keyword;
        const size_t len = (size_t)(end - text),
                     stop = usual_parameter(&t, text, len, (size_t)(readable - text), &p, &keyword);
        if (stop != 0) {
            if (p.id == SMTPWIRE_PARAMETER_ORCPT && stop - keyword - 1 > SMTPWIRE__ORCPT_MAX)
                return 0;
            seen |= UINT32_C(1) << p.id;
            text += stop;
        } else {
            text = plain_split(&t, text, len, (size_t)(readable - text), command);
            if (text == NULL)
                return 0;
            seen = t.seen;
        }
        if (text == end)
            return 1;
    }
}

int smtpwire__plain_parameters(const char *text, const char *end, const char *readable,
                               const struct smtpwire_options *options, uint64_t offered,
                               struct smtpwire_command *command)
{
    if (*text++ != ' ')
        return 0;
    command->parameters.data = text;
    command->parameters.len = (size_t)(end - text);
    return command->verb == SMTPWIRE_VERB_MAIL
               ? read_parameters(SMTPWIRE__ON_MAIL, text, end, readable, options, offered, command)
               : read_parameters(SMTPWIRE__ON_RCPT, text, end, readable, options, offered, command);
}
#endif
