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
#define ZEROS UINT64_C(0x3030303030303030)

/* Eight octets from at on, zeros for what is behind the readable ones, which are eight at least. */
static inline uint64_t word_from(const char *text, size_t readable, size_t at)
{
    if (readable >= at + 8)
        return smtpwire__load_8(text + at);
    return readable > at ? smtpwire__load_8(text + readable - 8) >> 8 * (at + 8 - readable) : 0;
}

/* SIZE=: what is behind the digits, and what they say. */
struct long_size {
    size_t end;
    uint64_t number;
};

/* Of more digits, as many as 64 bits always hold. */
static SMTPWIRE__NOINLINE struct long_size long_size(const char *text, size_t readable)
{
    struct long_size size = {5, 0};
    for (; size.end < readable && size.end < 5 + 19 && text[size.end] >= '0' && text[size.end] <= '9'; size.end++)
        size.number = size.number * 10 + (unsigned)(text[size.end] - '0');
    SMTPWIRE__STEPS(size.end - 5);
    return size;
}

/* The value, whose digits, if they are fewer than eight, are counted alone until somebody asks for the number. */
struct size {
    const char *text;
    size_t readable, len;
    uint64_t digits;
    int is_long;
};

static inline struct size usual_size(const char *text, size_t readable)
{
    struct size size = {.text = text, .readable = readable, .digits = word_from(text, readable, 5) ^ ZEROS};
    const uint64_t others = smtpwire__no_digits(size.digits);
    size.is_long = others == 0;
    size.len = size.is_long ? long_size(text, readable).end - 5 : smtpwire__lowest_bit(others) / 8;
    return size;
}

/* There is a digit. */
static inline uint64_t size_number(const struct size *size)
{
    return size->is_long ? long_size(size->text, size->readable).number : smtpwire__number_of(size->digits, size->len);
}

struct notify_word {
    uint64_t fold, word;
    size_t len;
    unsigned notify;
};

/* By the lowest bits of their first letters. Which word it is cannot be foreseen, so there is no branch on it. */
#define NOTIFY_WORD(len, notify, ...)                                                                                  \
    {                                                                                                                  \
        SMTPWIRE__FOLDS(__VA_ARGS__), SMTPWIRE__WORD(__VA_ARGS__), len, notify                                         \
    }
#define NO_WORD                                                                                                        \
    {                                                                                                                  \
        0, 1, 0, 0                                                                                                     \
    }
static const struct notify_word notify_words[8] = {
    NO_WORD,
    NO_WORD,
    NO_WORD,
    NOTIFY_WORD(7, SMTPWIRE_NOTIFY_SUCCESS, 'S', 'U', 'C', 'C', 'E', 'S', 'S', 0),
    NOTIFY_WORD(5, SMTPWIRE_NOTIFY_DELAY, 'D', 'E', 'L', 'A', 'Y', 0, 0, 0),
    NO_WORD,
    NOTIFY_WORD(7, SMTPWIRE_NOTIFY_FAILURE, 'F', 'A', 'I', 'L', 'U', 'R', 'E', 0),
    NO_WORD,
};

/* NOTIFY=, but NEVER. Returns what is behind it, or 0. */
static inline size_t usual_notify(const char *text, size_t len, size_t readable, unsigned *notify)
{
    size_t at = 7;
    unsigned bits = 0;
    for (;; at++) {
        const uint64_t word = word_from(text, readable, at);
        const struct notify_word *const w = &notify_words[word & 7];
        if ((word & w->fold) != w->word)
            return 0;
        bits |= w->notify;
        at += w->len;
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
    const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)text);
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
    size_t orcpt_max;
    uint64_t offered;
    uint32_t seen;                          /* bits of those that cannot come any more */
    const struct smtpwire_options *options; /* null: a size may be any */
};
static const struct terms any_terms = {SMTPWIRE__ON_MAIL_OR_RCPT, SIZE_MAX - 6, UINT64_MAX, 0, NULL};

/* Two columns of the table, which compilers look into. */
#define ROW_ON(id, keyword, on, extensions, value, adds, rfc) SMTPWIRE__ON_##on,
#define ROW_EXTENSIONS(id, keyword, on, extensions, value, adds, rfc) extensions,
static const uint8_t row_on[] = {SMTPWIRE_PARAMETERS(ROW_ON)};
static const uint64_t row_extensions[] = {SMTPWIRE_PARAMETERS(ROW_EXTENSIONS)};

static SMTPWIRE__INLINE int is_allowed(const struct terms *t, unsigned id)
{
    return (row_on[id] & t->on) != 0 && (row_extensions[id] & t->offered) != 0 && (t->seen >> id & 1) == 0;
}

static inline int is_small(const struct smtpwire_options *options, const struct size *size)
{
    return options == NULL || options->message_max == 0 || size_number(size) <= options->message_max;
}

struct usual {
    size_t keyword, end;
    uint32_t bit; /* as in seen */
};
static const struct usual not_usual = {0, 0, 0};

/* Reads what is at text up to a space, or len; *p gets what its value says. */
static SMTPWIRE__INLINE struct usual usual_parameter(const struct terms *t, const char *text, size_t len,
                                                     size_t readable, struct smtpwire_parameter *p)
{
    struct usual u = not_usual;
    uint64_t word;
    unsigned notify;

    if (readable < 8)
        return not_usual;
    SMTPWIRE__STEPS(4);
    word = smtpwire__load_8(text);
    if ((t->on & SMTPWIRE__ON_MAIL) != 0 && SMTPWIRE__IS_WORD(word, 'S', 'I', 'Z', 'E', '=', 0, 0, 0)) {
        const struct size size = usual_size(text, readable);
        if (size.len == 0 || !is_allowed(t, SMTPWIRE_PARAMETER_SIZE) || !is_small(t->options, &size))
            return not_usual;
        u.keyword = 4;
        u.end = 5 + size.len;
        u.bit = UINT32_C(1) << SMTPWIRE_PARAMETER_SIZE;
        p->id = SMTPWIRE_PARAMETER_SIZE;
        p->size = size_number(&size);
    } else if ((t->on & SMTPWIRE__ON_MAIL) != 0 && SMTPWIRE__IS_WORD(word, 'B', 'O', 'D', 'Y', '=', 0, 0, 0)) {
        const uint64_t value = word_from(text, readable, 5);
        const int is_8bit = SMTPWIRE__IS_WORD(value, '8', 'B', 'I', 'T', 'M', 'I', 'M', 'E');
        if ((!is_8bit && !SMTPWIRE__IS_WORD(value, '7', 'B', 'I', 'T', 0, 0, 0, 0)) ||
            !is_allowed(t, SMTPWIRE_PARAMETER_BODY))
            return not_usual;
        u.keyword = 4;
        u.end = is_8bit ? 13 : 9;
        u.bit = UINT32_C(1) << SMTPWIRE_PARAMETER_BODY;
        p->id = SMTPWIRE_PARAMETER_BODY;
        p->body = is_8bit ? SMTPWIRE_BODY_8BITMIME : SMTPWIRE_BODY_7BIT;
    } else if ((t->on & SMTPWIRE__ON_RCPT) != 0 && SMTPWIRE__IS_WORD(word, 'N', 'O', 'T', 'I', 'F', 'Y', '=', 0)) {
        u.end = usual_notify(text, len, readable, &notify);
        if (u.end == 0 || !is_allowed(t, SMTPWIRE_PARAMETER_NOTIFY))
            return not_usual;
        u.keyword = 6;
        u.bit = UINT32_C(1) << SMTPWIRE_PARAMETER_NOTIFY;
        p->id = SMTPWIRE_PARAMETER_NOTIFY;
        p->notify = (uint8_t)notify;
    } else if ((t->on & SMTPWIRE__ON_RCPT) != 0 && SMTPWIRE__IS_WORD(word, 'O', 'R', 'C', 'P', 'T', '=', 0, 0) &&
               readable >= 16) {
        u.end = usual_orcpt(text, len, readable);
        if (u.end == 0 || !is_allowed(t, SMTPWIRE_PARAMETER_ORCPT) || u.end > 6 + t->orcpt_max)
            return not_usual;
        u.keyword = 5;
        u.bit = UINT32_C(1) << SMTPWIRE_PARAMETER_ORCPT;
        p->id = SMTPWIRE_PARAMETER_ORCPT;
        p->orcpt.type.data = text + 6;
        p->orcpt.type.len = 6;
        p->orcpt.address.data = text + 13;
        p->orcpt.address.len = u.end - 13;
    } else {
        return not_usual;
    }
    if (u.end > len || (u.end != len && text[u.end] != ' '))
        return not_usual;
    return u;
}

/* The value of a parameter that was split: one that its machine takes, behind a keyword that is known. */
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

/* Takes the parameter that ends there off *parameters. */
static inline int take(struct smtpwire_slice *parameters, const char *text, size_t len, size_t end)
{
    const size_t next = end + (end != len);
    parameters->data = text + next;
    parameters->len = len - next;
    return 1;
}

/* What is known is read from its value, and that by others. */
static int is_split_only(const struct smtpwire_parameter *p, size_t readable)
{
    if (p->id == SMTPWIRE_PARAMETER_UNKNOWN)
        return smtpwire__is_esmtp_keyword(p->keyword.data, p->keyword.len, readable);
    return p->value.data == NULL && unusual_value(p);
}

static SMTPWIRE__NOINLINE int take_split(struct smtpwire_slice *parameters, struct smtpwire_parameter *p)
{
    const size_t len = parameters->len;
    const char *const stop = smtpwire__split_parameter(parameters->data, len, len, p);
    if (stop != NULL && is_split_only(p, len))
        return take(parameters, parameters->data, len, (size_t)(stop - parameters->data));
    return smtpwire__parameter_machine(parameters, p);
}

int smtpwire__plain_parameter(struct smtpwire_slice *parameters, struct smtpwire_parameter *p)
{
    const char *const text = parameters->data;
    const size_t len = parameters->len;
    const struct usual u = usual_parameter(&any_terms, text, len, len, p);

    if (u.end == 0)
        return smtpwire__blank_parameter(p), take_split(parameters, p); /* something may be in it */
    p->keyword.data = text;
    p->keyword.len = u.keyword;
    p->value.data = text + u.keyword + 1;
    p->value.len = u.end - u.keyword - 1;
    return take(parameters, text, len, u.end);
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
    const char *stop = smtpwire__split_parameter(text, len, readable, &p);

    if (stop == NULL)
        return NULL;
    if (p.id == SMTPWIRE_PARAMETER_UNKNOWN)
        return smtpwire__lax(t->options, SMTPWIRE_LAX_UNKNOWN_PARAMETER) &&
                       smtpwire__is_esmtp_keyword(p.keyword.data, p.keyword.len, readable)
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
        const struct terms t = {on, SMTPWIRE__ORCPT_MAX, offered, seen, options};
        struct smtpwire_parameter p; /* which nobody asks for */
        const size_t len = (size_t)(end - text);
        const struct usual u = usual_parameter(&t, text, len, (size_t)(readable - text), &p);
        if (u.end != 0) {
            seen |= u.bit;
            text += u.end;
        } else {
            struct terms in_memory = t; /* which it is here alone */
            text = plain_split(&in_memory, text, len, (size_t)(readable - text), command);
            if (text == NULL)
                return 0;
            seen = in_memory.seen;
        }
        if (text == end)
            return 1;
    }
}

static SMTPWIRE__INLINE int read_all(const char *text, const char *end, const char *readable,
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

int smtpwire__plain_parameters(const char *text, const char *end, const char *readable,
                               const struct smtpwire_options *options, uint64_t offered,
                               struct smtpwire_command *command)
{
    return read_all(text, end, readable, options, offered, command);
}

/* The same code once more, for what is called for every such line. */
int smtpwire__command_parameters(const char *line, size_t len, const struct smtpwire_options *options,
                                 struct smtpwire_command *command, struct smtpwire_error *error, size_t path)
{
    const char *const readable = line + smtpwire__readable(options, len);
    return read_all(line + path, line + len, readable, options, smtpwire__offered(options), command)
               ? 0
               : smtpwire__command_unusual(line, len, options, command, error);
}
#endif
