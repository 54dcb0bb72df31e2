/* The parameters of MAIL and RCPT: which there are, and the checks of a command's parameters.
 *
 * The grammar of each value is in grammar/. Here is what an automaton cannot or should not do: which command takes
 * what, what is offered, duplicates and conflicts, lengths, 64-bit sizes, and addresses behind an encoding.
 *
 * SPDX-License-Identifier: MIT */
#include "internal.h"
#include "scan.h"

#ifdef SMTPWIRE__SCAN_SSE2
#include <emmintrin.h>
#endif

enum parameter_on { ON_NOTHING, ON_MAIL = 1, ON_RCPT = 2, ON_MAIL_OR_RCPT = 3 };

#define PARAMETER_ROW(id, keyword, on, extensions, value, adds, rfc)                                                   \
    {extensions, keyword, adds, ON_##on, SMTPWIRE__VALUE_##value},
#define KEYWORD_LENGTH(id, keyword, on, extensions, value, adds, rfc) sizeof(keyword) - 1,
#define EXTENSION_NAME(id, bit, name, rfc) name,

static const struct row {
    uint64_t extensions;
    char keyword[12];
    uint16_t adds;
    uint8_t on, form;
} rows[] = {SMTPWIRE_PARAMETERS(PARAMETER_ROW)};
static const uint8_t keyword_lengths[32] = {SMTPWIRE_PARAMETERS(KEYWORD_LENGTH)};
static const char extension_names[][16] = {SMTPWIRE_EXTENSIONS(EXTENSION_NAME)};

_Static_assert(SMTPWIRE_PARAMETER_COUNT <= 32, "parameters seen are kept as bits");

/* Octets of an encoded value (RFC 3461 section 4.2, RFC 3461 section 4.4, RFC 3865 section 2.2, RFC 1845 section 2). */
enum { ORCPT_MAX = 500, ENVID_MAX = 100, SOLICIT_MAX = 1000, TRANSID_MAX = 80 };

/* A parameter as far as the line's grammar could read it. */
struct reading {
    const struct smtpwire__judged *judged;
    const struct smtpwire_options *options;
    struct smtpwire__finding *first;
    struct smtpwire_slice keyword, value; /* value.data is null where there is no "=" */
    int keyword_ended, value_ended;
    unsigned id;
    uint32_t allowed, open; /* bits of the keywords that this command may have at all, and still */
    int tracked;            /* MTRK was there */
};

const char *smtpwire_parameter_name(unsigned id) { return id < SMTPWIRE_PARAMETER_COUNT ? rows[id].keyword : ""; }
const char *smtpwire_extension_name(unsigned id) { return id < SMTPWIRE_EXTENSION_COUNT ? extension_names[id] : ""; }

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

static inline unsigned lowest_bit(uint32_t bits)
{
#if defined(__GNUC__)
    return (unsigned)__builtin_ctz(bits);
#else
    unsigned i = 0;
    while ((bits >> i & 1) == 0)
        i++;
    return i;
#endif
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
    /* Behind the last keyword, and of UNKNOWN, the lengths are 0. */
    uint32_t bits = of_length(len) & (uint32_t)((UINT64_C(1) << SMTPWIRE_PARAMETER_COUNT) - 2);

    /* The first four octets and the last four are all of up to eight. */
    for (; bits != 0; bits &= bits - 1) {
        const unsigned id = lowest_bit(bits);
        if (len >= 4 && two_words(rows[id].keyword, rows[id].keyword + len - 4) != ends)
            continue;
        if ((len >= 4 && len <= 8) || smtpwire__equal_nocase(keyword, len, rows[id].keyword))
            return (uint16_t)id;
    }
    return SMTPWIRE_PARAMETER_UNKNOWN;
}

int smtpwire__offers(const struct smtpwire_options *options, uint64_t extensions)
{
    return options != NULL && (options->extensions & extensions) != 0;
}

static unsigned on_command(unsigned verb)
{
    return verb == SMTPWIRE_VERB_MAIL ? ON_MAIL : verb == SMTPWIRE_VERB_RCPT ? ON_RCPT : ON_NOTHING;
}

/* Bits of the parameters that a line of this command may have. */
uint32_t smtpwire__parameters_allowed(const struct smtpwire_options *options, unsigned verb)
{
    const unsigned on = on_command(verb);
    uint32_t allowed = 0;
    unsigned id;
    for (id = 0; id < SMTPWIRE_PARAMETER_COUNT; id++)
        if ((rows[id].on & on) != 0 && smtpwire__offers(options, rows[id].extensions))
            allowed |= UINT32_C(1) << id;
    return allowed;
}

/* RFC 3885 section 3.2: what MTRK needs is unique-envid, an ENVID with an "@" in it. */
int smtpwire__is_unique(struct smtpwire_slice envid)
{
    return envid.len != 0 && memchr(envid.data, '@', envid.len) != NULL;
}

/* Bits of those that cannot come behind this one: itself; of HOLDFOR and HOLDUNTIL the other (RFC 4865 section 4.2);
 * MTRK behind an ENVID that is not unique. */
uint32_t smtpwire__parameter_excludes(unsigned id, struct smtpwire_slice value)
{
    const uint32_t bit = UINT32_C(1) << id;
    const uint32_t hold = UINT32_C(1) << SMTPWIRE_PARAMETER_HOLDFOR | UINT32_C(1) << SMTPWIRE_PARAMETER_HOLDUNTIL;
    if (id == SMTPWIRE_PARAMETER_ENVID && !smtpwire__is_unique(value))
        return bit | UINT32_C(1) << SMTPWIRE_PARAMETER_MTRK;
    return (bit & hold) != 0 ? hold : bit;
}

/* Whether a line of this command can have any. */
int smtpwire__takes_parameters(const struct smtpwire_options *options, unsigned verb)
{
    return on_command(verb) == ON_NOTHING || smtpwire__lax(options, SMTPWIRE_LAX_UNKNOWN_PARAMETER) ||
           smtpwire__parameters_allowed(options, verb) != 0;
}

/* RFC 3030 section 3: BINARYMIME can only be used with CHUNKING. */
int smtpwire__offers_binary(const struct smtpwire_options *options)
{
    return smtpwire__offers(options, SMTPWIRE_OFFER(BINARYMIME)) && smtpwire__offers(options, SMTPWIRE_OFFER(CHUNKING));
}

/* What the parameters of the offered extensions add to a command line: the larger of MAIL's and RCPT's sum. */
uint32_t smtpwire__parameters_add(uint64_t offered)
{
    uint32_t mail = 0, rcpt = 0;
    unsigned id;
    for (id = 0; id < SMTPWIRE_PARAMETER_COUNT; id++) {
        if ((offered & rows[id].extensions) == 0)
            continue;
        mail += rows[id].on & ON_MAIL ? rows[id].adds : 0U;
        rcpt += rows[id].on & ON_RCPT ? rows[id].adds : 0U;
    }
    return mail > rcpt ? mail : rcpt;
}

/* Whether all of it stands for itself in xtext. */
static int is_plain_xtext(const char *text, size_t len)
{
    size_t i = 0;
#ifdef SMTPWIRE__SCAN_SSE2
    const __m128i low = _mm_set1_epi8(33), span = _mm_set1_epi8(126 - 33);
    for (; len - i >= 16; i += 16) {
        const __m128i octets = _mm_loadu_si128((const __m128i *)(const void *)(text + i));
        const __m128i from_low = _mm_sub_epi8(octets, low);
        const __m128i good = _mm_cmpeq_epi8(_mm_min_epu8(from_low, span), from_low);
        const __m128i bad =
            _mm_or_si128(_mm_cmpeq_epi8(octets, _mm_set1_epi8('+')), _mm_cmpeq_epi8(octets, _mm_set1_epi8('=')));
        if (_mm_movemask_epi8(_mm_andnot_si128(bad, good)) != 0xFFFF)
            return 0;
    }
#endif
    for (; i < len; i++)
        if (text[i] < 33 || text[i] > 126 || text[i] == '+' || text[i] == '=')
            break;
    SMTPWIRE__STEPS(i);
    return i == len;
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
        return len > 7 && upper_words(text, text + 3) == two_words("RFC8", "822;") && is_plain_xtext(text + 7, len - 7);
    default:
        return 0;
    }
}

/* Whether a keyword may have this value: its form, its grammar, and a size that 64 bits can hold. */
int smtpwire__parameter_fits(unsigned id, struct smtpwire_slice value)
{
    int accepted;
    if (id == SMTPWIRE_PARAMETER_UNKNOWN)
        return 1;
    if (value.data == NULL)
        return rows[id].form != SMTPWIRE__VALUE_REQUIRED;
    if (rows[id].form == SMTPWIRE__VALUE_NONE)
        return 0;
    if (plain_fits(id, value.data, value.len))
        return 1;
    smtpwire__value_run(id, 1, value.data, value.len, &accepted);
    return accepted &&
           (id != SMTPWIRE_PARAMETER_SIZE || smtpwire__size_viable(value.data, value.len, UINT64_MAX) == value.len);
}

/* RFC 3030 section 3. */
int smtpwire__is_binary(struct smtpwire_slice parameters)
{
    struct smtpwire_parameter parameter;
    size_t i = 1;
    /* Without an "=B" it is not there, and nothing needs to be read. */
    while (i < parameters.len && ((parameters.data[i] | 0x20) != 'b' || parameters.data[i - 1] != '='))
        i++;
    if (i >= parameters.len)
        return 0;
    while (smtpwire_parameter_next(&parameters, &parameter))
        if (parameter.id == SMTPWIRE_PARAMETER_BODY && parameter.body == SMTPWIRE_BODY_BINARYMIME)
            return 1;
    return 0;
}

static void fault(const struct reading *r, uint16_t id, const char *at)
{
    smtpwire__find(r->first, id, (size_t)(at - r->judged->data));
}

/* encoded: the address in r's value, of which the grammar took viable octets. */
static void check_address(const struct reading *r, struct smtpwire_slice encoded, size_t viable, int unicode)
{
    const enum smtpwire__utf8 utf8 = r->judged->utf8;
    size_t good;
    int accepted, non_ascii;

    encoded.len = viable;
    good = smtpwire__address_encoded(r->id, unicode, r->options, utf8, encoded, &accepted, &non_ascii);
    if (non_ascii && utf8 == SMTPWIRE__UTF8_FORBIDDEN)
        fault(r, SMTPWIRE_ERROR_NON_ASCII, encoded.data + good);
    else if (good < encoded.len || (!accepted && r->value_ended))
        fault(r, SMTPWIRE_ERROR_PARAMETER_VALUE, encoded.data + good);
    else if (non_ascii && utf8 == SMTPWIRE__UTF8_WITH_PARAMETER && r->judged->accepted)
        fault(r, SMTPWIRE_ERROR_NON_ASCII, r->judged->data + r->judged->len); /* SMTPUTF8 could still have come */
}

/* ---- one value ---- */

size_t smtpwire__longest_value(unsigned id)
{
    return id == SMTPWIRE_PARAMETER_ENVID     ? ENVID_MAX
           : id == SMTPWIRE_PARAMETER_ORCPT   ? ORCPT_MAX
           : id == SMTPWIRE_PARAMETER_SOLICIT ? SOLICIT_MAX
           : id == SMTPWIRE_PARAMETER_TRANSID ? TRANSID_MAX
                                              : SIZE_MAX;
}

static void check_body(const struct reading *r)
{
    const struct smtpwire_slice *value = &r->value;
    if (value->len != 0 && (value->data[0] | 0x20) == 'b' && !smtpwire__offers_binary(r->options))
        fault(r, SMTPWIRE_ERROR_PARAMETER_VALUE, value->data);
}

/* An ENVID that is not unique behind MTRK: its "@" is missing at the end, or where there is room for nothing else. */
static void check_envid(const struct reading *r)
{
    const struct smtpwire_slice *value = &r->value;
    if (!r->tracked || smtpwire__is_unique(*value))
        return;
    if (value->len >= ENVID_MAX)
        fault(r, SMTPWIRE_ERROR_PARAMETER_VALUE, value->data + ENVID_MAX - 1);
    else if (r->value_ended)
        fault(r, SMTPWIRE_ERROR_PARAMETER_VALUE, value->data + value->len);
}

/* digits of the value are some. RFC 1870 section 6.1: a size over the server's limit is told here already. */
static void check_size(const struct reading *r, size_t digits)
{
    const uint64_t limit = r->options->message_max != 0 ? r->options->message_max : UINT64_MAX;
    const size_t good = smtpwire__size_viable(r->value.data, digits, limit);

    if (good < digits)
        fault(r, limit == UINT64_MAX ? SMTPWIRE_ERROR_SIZE_TOO_LARGE : SMTPWIRE_ERROR_MESSAGE_TOO_LARGE,
              r->value.data + good);
}

static void check_value(const struct reading *r)
{
    struct smtpwire_slice value = r->value, address = value;
    const char *semicolon;
    int accepted;
    size_t viable = smtpwire__value_run(r->id, smtpwire__lax(r->options, SMTPWIRE_LAX_XTEXT_LOWER_CASE), value.data,
                                        value.len, &accepted);

    if (viable < value.len || (!accepted && r->value_ended))
        fault(r, SMTPWIRE_ERROR_PARAMETER_VALUE, value.data + viable);
    if (value.len > smtpwire__longest_value(r->id))
        fault(r, SMTPWIRE_ERROR_PARAMETER_VALUE, value.data + smtpwire__longest_value(r->id));
    switch (r->id) {
    case SMTPWIRE_PARAMETER_SIZE:
        check_size(r, viable);
        break;
    case SMTPWIRE_PARAMETER_BODY:
        check_body(r);
        break;
    case SMTPWIRE_PARAMETER_ENVID:
        check_envid(r);
        break;
    case SMTPWIRE_PARAMETER_AUTH:
    case SMTPWIRE_PARAMETER_SUBMITTER:
    case SMTPWIRE_PARAMETER_ALT_ADDRESS:
        check_address(r, address, viable, 0);
        break;
    case SMTPWIRE_PARAMETER_ORCPT:
        semicolon = viable != 0 ? memchr(value.data, ';', viable) : NULL;
        if (semicolon == NULL || !smtpwire__equal_nocase(value.data, (size_t)(semicolon - value.data), "UTF-8"))
            break;
        address.data = semicolon + 1;
        check_address(r, address, viable - (size_t)(address.data - value.data), 1);
        break;
    default:
        break;
    }
}

/* The same where it is good; 0 also where more than its grammar and a number must be looked at. */
static int plain_value(const struct smtpwire__plain *plain, unsigned id, struct smtpwire_slice value)
{
    const struct smtpwire_options *options = plain->options;
    const char first = (char)(value.len != 0 ? value.data[0] | 0x20 : 0);
    int accepted = value.len != 0 && value.len <= smtpwire__longest_value(id) && plain_fits(id, value.data, value.len);

    if (id == SMTPWIRE_PARAMETER_SIZE && accepted)
        return options->message_max == 0 ||
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

/* ---- one parameter, and all of them ---- */

enum smtpwire__form smtpwire__parameter_form(unsigned id) { return (enum smtpwire__form)rows[id].form; }

/* A keyword that a fault cut off: bits of those that begin so. */
static uint32_t beginning(struct smtpwire_slice keyword)
{
    uint32_t found = 0;
    unsigned id;
    for (id = SMTPWIRE_PARAMETER_UNKNOWN + 1; id < SMTPWIRE_PARAMETER_COUNT; id++) {
        size_t len = 0;
        while (len < keyword.len && smtpwire__equal_nocase(&keyword.data[len], 1, (char[]){rows[id].keyword[len], 0}))
            len++;
        if (len == keyword.len)
            found |= UINT32_C(1) << id;
    }
    return found;
}

/* A keyword is wrong at its first octet as soon as none begins so that can come there. */
static void check_parameter(struct reading *r)
{
    const int lax = smtpwire__lax(r->options, SMTPWIRE_LAX_UNKNOWN_PARAMETER);
    const char *keyword_end = r->keyword.data + r->keyword.len;
    const uint32_t meant = r->keyword_ended ? UINT32_C(1) << r->id : beginning(r->keyword);

    if (lax && (!r->keyword_ended || r->id == SMTPWIRE_PARAMETER_UNKNOWN))
        return;
    if ((meant & r->open) == 0)
        fault(r, (meant & r->allowed) != 0 ? SMTPWIRE_ERROR_PARAMETER_CONFLICT : SMTPWIRE_ERROR_PARAMETER_UNKNOWN,
              r->keyword.data);
    if (!r->keyword_ended || (meant & r->allowed) == 0)
        return;
    r->open &= ~smtpwire__parameter_excludes(r->id, r->value);
    r->tracked |= r->id == SMTPWIRE_PARAMETER_MTRK;
    if (r->value.data == NULL) {
        if (rows[r->id].form == SMTPWIRE__VALUE_REQUIRED)
            fault(r, SMTPWIRE_ERROR_PARAMETER_VALUE, keyword_end);
    } else if (rows[r->id].form == SMTPWIRE__VALUE_NONE) {
        fault(r, SMTPWIRE_ERROR_PARAMETER_VALUE, keyword_end);
    } else {
        check_value(r);
    }
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
const char *smtpwire__split(const char *text, const char *end, struct smtpwire_slice *keyword,
                            struct smtpwire_slice *value)
{
    const char *at = text, *stop = end, *equals = NULL;
    unsigned spaces = 0, signs, several = 0;

    while (spaces == 0 && at < end) {
        const size_t looked = find_separators(at, (size_t)(end - at), &spaces, &signs);
        signs &= (spaces - 1) & ~spaces; /* those before the first space */
        several |= equals != NULL ? signs : signs & (signs - 1);
        if (equals == NULL && signs != 0)
            equals = at + lowest_bit(signs);
        if (spaces != 0)
            stop = at + lowest_bit(spaces);
        at += looked;
    }
    SMTPWIRE__STEPS(stop - text);
    keyword->data = text;
    keyword->len = (size_t)((equals != NULL ? equals : stop) - text);
    value->data = equals != NULL ? equals + 1 : NULL;
    value->len = equals != NULL && several == 0 ? (size_t)(stop - equals - 1) : 0;
    return stop;
}

int smtpwire__plain_parameters(const struct smtpwire__plain *plain, unsigned verb, struct smtpwire_command *command)
{
    const char *text = command->parameters.data, *const end = text + command->parameters.len;
    const unsigned on = on_command(verb);
    struct smtpwire_slice keyword, value;
    uint32_t seen = 0;

    for (;;) {
        const char *stop = smtpwire__split(text, end, &keyword, &value);
        const unsigned id = smtpwire__parameter_find(keyword.data, keyword.len);
        if ((rows[id].on & on) == 0 || (plain->offered & rows[id].extensions) == 0 || (seen >> id & 1) != 0)
            return 0;
        if (value.data == NULL ? rows[id].form == SMTPWIRE__VALUE_REQUIRED
                               : rows[id].form == SMTPWIRE__VALUE_NONE || !plain_value(plain, id, value))
            return 0;
        if (id == SMTPWIRE_PARAMETER_MTRK) /* it says something of ENVID */
            return 0;
        seen |= smtpwire__parameter_excludes(id, value);
        if (id == SMTPWIRE_PARAMETER_SMTPUTF8)
            command->flags |= SMTPWIRE_FLAG_SMTPUTF8;
        if (stop == end)
            return 1;
        text = stop + 1;
    }
}

/* Reads the parameter at text, which goes no further than end; returns where the next one begins. */
static const char *read_parameter(struct reading *r, const char *text, const char *end)
{
    const char *stop = text, *equals = NULL;

    for (; stop < end && *stop != ' ' && *stop != '\t'; stop++)
        if (*stop == '=' && equals == NULL)
            equals = stop;
    SMTPWIRE__STEPS(stop - text);
    r->value_ended = stop < end || r->judged->accepted;
    r->keyword_ended = equals != NULL || r->value_ended;
    r->keyword.data = text;
    r->keyword.len = (size_t)((equals != NULL ? equals : stop) - text);
    r->value.data = equals != NULL ? equals + 1 : NULL;
    r->value.len = equals != NULL ? (size_t)(stop - equals - 1) : 0;
    r->id = smtpwire__parameter_find(r->keyword.data, r->keyword.len);
    return stop < end ? stop + 1 : end;
}

void smtpwire__check_parameters(struct smtpwire__finding *first, const struct smtpwire__judged *judged,
                                const struct smtpwire__marks *marks, const struct smtpwire_options *options)
{
    const char *text = marks->parameters.data, *end;
    struct reading reading;

    if (text == NULL)
        return;
    end = judged->data + judged->viable;
    smtpwire__zero(&reading, sizeof reading);
    reading.judged = judged;
    reading.options = options;
    reading.first = first;
    reading.allowed = reading.open = smtpwire__parameters_allowed(options, marks->verb);
    /* What comes behind a fault is not looked at: it would be work for nothing. */
    while (text < end && (first->id == SMTPWIRE_ERROR_NONE || (size_t)(text - judged->data) <= first->offset)) {
        text = read_parameter(&reading, text, end);
        check_parameter(&reading);
    }
    if (judged->accepted && reading.tracked && (reading.open >> SMTPWIRE_PARAMETER_ENVID & 1) != 0)
        fault(&reading, SMTPWIRE_ERROR_PARAMETER_CONFLICT, end); /* RFC 3885 section 3.2: it could still have come */
    /* A space behind the last one that can come is wrong itself. */
    if (text == end && reading.open == 0 && (text[-1] == ' ' || text[-1] == '\t') &&
        !smtpwire__lax(options, SMTPWIRE_LAX_UNKNOWN_PARAMETER))
        fault(&reading, SMTPWIRE_ERROR_PARAMETER_SYNTAX, text - 1);
}
