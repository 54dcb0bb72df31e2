/* The parameters of MAIL and RCPT: which there are, and the checks of a command's parameters.
 *
 * The grammar of each value is in grammar/. Here is what an automaton cannot or should not do: which command takes
 * what, what is offered, duplicates and conflicts, lengths, 64-bit sizes, and addresses behind an encoding.
 *
 * SPDX-License-Identifier: MIT */
#include "internal.h"

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
static const uint8_t keyword_lengths[] = {SMTPWIRE_PARAMETERS(KEYWORD_LENGTH)};
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
    unsigned on, id;
};

const char *smtpwire_parameter_name(unsigned id) { return id < SMTPWIRE_PARAMETER_COUNT ? rows[id].keyword : ""; }
const char *smtpwire_extension_name(unsigned id) { return id < SMTPWIRE_EXTENSION_COUNT ? extension_names[id] : ""; }

/* Up to eight octets of which the first four and the last four are text's, letters in upper case. */
static uint64_t upper_word(const char *first, const char *last)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), low = ones * 0x7F;
    uint32_t words[2];
    uint64_t word, from_a, over_z;

    memcpy(&words[0], first, sizeof words[0]);
    memcpy(&words[1], last, sizeof words[1]);
    word = (uint64_t)words[0] << 32 | words[1];
    from_a = (word & low) + ones * (0x80 - 'a');
    over_z = (word & low) + ones * (0x7F - 'z');
    return word - ((from_a & ~over_z & ~word & ~low) >> 2);
}

uint16_t smtpwire__parameter_find(const char *keyword, size_t len)
{
    uint64_t ends = len >= 4 ? upper_word(keyword, keyword + len - 4) : 0;
    unsigned id;
    for (id = SMTPWIRE_PARAMETER_UNKNOWN + 1; id < SMTPWIRE_PARAMETER_COUNT; id++) {
        if (keyword_lengths[id] != len ||
            (len >= 4 && upper_word(rows[id].keyword, rows[id].keyword + len - 4) != ends))
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

/* Whether a line of this command can have any. */
int smtpwire__takes_parameters(const struct smtpwire_options *options, unsigned verb)
{
    const unsigned on = on_command(verb);
    unsigned id;
    if (on == ON_NOTHING || smtpwire__lax(options, SMTPWIRE_LAX_UNKNOWN_PARAMETER))
        return 1;
    for (id = 0; id < SMTPWIRE_PARAMETER_COUNT; id++)
        if ((rows[id].on & on) != 0 && smtpwire__offers(options, rows[id].extensions))
            return 1;
    return 0;
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

/* RFC 3030 section 3: BINARYMIME is a value only where it is offered, and needs CHUNKING. */
static void check_body(const struct reading *r)
{
    const struct smtpwire_slice *value = &r->value;
    if (value->len == 0 || (value->data[0] != 'B' && value->data[0] != 'b'))
        return;
    if (!smtpwire__offers(r->options, SMTPWIRE_OFFER(BINARYMIME)))
        fault(r, SMTPWIRE_ERROR_PARAMETER_VALUE, value->data);
    else if (!smtpwire__offers(r->options, SMTPWIRE_OFFER(CHUNKING)) &&
             smtpwire__equal_nocase(value->data, value->len, "BINARYMIME"))
        fault(r, SMTPWIRE_ERROR_PARAMETER_CONFLICT, r->keyword.data);
}

/* digits of the value are some. RFC 1870 section 6.1: a size over the server's limit is told here already. */
static void check_size(const struct reading *r, size_t digits)
{
    const uint64_t limit = r->options != NULL && r->options->message_max != 0 ? r->options->message_max : UINT64_MAX;
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
    int accepted;

    if (value.len == 0 || value.len > smtpwire__longest_value(id))
        return 0;
    switch (id) {
    case SMTPWIRE_PARAMETER_AUTH:
    case SMTPWIRE_PARAMETER_SUBMITTER:
    case SMTPWIRE_PARAMETER_ALT_ADDRESS:
        return 0;
    case SMTPWIRE_PARAMETER_BODY: /* BINARYMIME */
        if ((value.data[0] | 0x20) == 'b')
            return 0;
        break;
    case SMTPWIRE_PARAMETER_ORCPT: /* utf-8 */
        if ((value.data[0] | 0x20) == 'u')
            return 0;
        break;
    case SMTPWIRE_PARAMETER_SIZE:
        if (smtpwire__size_viable(value.data, value.len,
                                  options != NULL && options->message_max != 0 ? options->message_max : UINT64_MAX) !=
            value.len)
            return 0;
        break;
    default:
        break;
    }
    smtpwire__value_run(id, 0, value.data, value.len, &accepted);
    return accepted;
}

/* ---- one parameter, and all of them ---- */

/* Whether this command takes it and an extension that it belongs to is offered. */
static int allowed(const struct reading *r, unsigned id)
{
    return (rows[id].on & r->on) != 0 && smtpwire__offers(r->options, rows[id].extensions);
}

int smtpwire__parameter_allowed(const struct smtpwire_options *options, unsigned verb, unsigned id)
{
    return (rows[id].on & on_command(verb)) != 0 && smtpwire__offers(options, rows[id].extensions);
}

enum smtpwire__form smtpwire__parameter_form(unsigned id) { return (enum smtpwire__form)rows[id].form; }

/* A keyword that a fault cut off: whether one that is allowed begins so. */
static int begins_keyword(const struct reading *r)
{
    unsigned id;
    for (id = 0; id < SMTPWIRE_PARAMETER_COUNT; id++) {
        size_t len = 0;
        while (len < r->keyword.len &&
               smtpwire__equal_nocase(&r->keyword.data[len], 1, (char[]){rows[id].keyword[len], 0}))
            len++;
        if (allowed(r, id) && len == r->keyword.len)
            return 1;
    }
    return 0;
}

/* What must not have been seen before: of HOLDFOR and HOLDUNTIL both (RFC 4865 section 4.2: only one of the two). */
static uint32_t bits_of(unsigned id)
{
    const uint32_t hold = UINT32_C(1) << SMTPWIRE_PARAMETER_HOLDFOR | UINT32_C(1) << SMTPWIRE_PARAMETER_HOLDUNTIL;
    const uint32_t bit = UINT32_C(1) << id;
    return (bit & hold) != 0 ? hold : bit;
}

static void check_parameter(const struct reading *r, uint32_t *seen)
{
    const int lax = smtpwire__lax(r->options, SMTPWIRE_LAX_UNKNOWN_PARAMETER);
    const char *keyword_end = r->keyword.data + r->keyword.len;
    const uint32_t bit = bits_of(r->id);

    if (!r->keyword_ended) {
        if (!lax && !begins_keyword(r))
            fault(r, SMTPWIRE_ERROR_PARAMETER_UNKNOWN, r->keyword.data);
        return;
    }
    if (r->id == SMTPWIRE_PARAMETER_UNKNOWN && lax)
        return;
    if (!allowed(r, r->id)) {
        fault(r, SMTPWIRE_ERROR_PARAMETER_UNKNOWN, r->keyword.data);
        return;
    }
    if ((*seen & bit) != 0)
        fault(r, SMTPWIRE_ERROR_PARAMETER_CONFLICT, r->keyword.data);
    *seen |= bit;
    if (r->value.data == NULL) {
        if (rows[r->id].form == SMTPWIRE__VALUE_REQUIRED)
            fault(r, SMTPWIRE_ERROR_PARAMETER_VALUE, keyword_end);
    } else if (rows[r->id].form == SMTPWIRE__VALUE_NONE) {
        fault(r, SMTPWIRE_ERROR_PARAMETER_VALUE, keyword_end);
    } else {
        check_value(r);
    }
}

/* Splits what is at text up to a space or end, and returns where that is. A value that has "=" in it is none: it is
 * left empty. */
const char *smtpwire__split(const char *text, const char *end, struct smtpwire_slice *keyword,
                            struct smtpwire_slice *value)
{
    const char *stop = memchr(text, ' ', (size_t)(end - text)), *equals;

    if (stop == NULL)
        stop = end;
    SMTPWIRE__STEPS(2 * (stop - text));
    equals = memchr(text, '=', (size_t)(stop - text));
    keyword->data = text;
    keyword->len = (size_t)((equals != NULL ? equals : stop) - text);
    value->data = equals != NULL ? equals + 1 : NULL;
    value->len = equals != NULL ? (size_t)(stop - equals - 1) : 0;
    if (value->len != 0 && memchr(value->data, '=', value->len) != NULL)
        value->len = 0;
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
        const uint32_t bit = bits_of(id);
        if ((rows[id].on & on) == 0 || (plain->offered & rows[id].extensions) == 0 || (seen & bit) != 0)
            return 0;
        if (value.data == NULL ? rows[id].form == SMTPWIRE__VALUE_REQUIRED
                               : rows[id].form == SMTPWIRE__VALUE_NONE || !plain_value(plain, id, value))
            return 0;
        seen |= bit;
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
    uint32_t seen = 0;

    if (text == NULL)
        return;
    end = judged->data + judged->viable;
    smtpwire__zero(&reading, sizeof reading);
    reading.judged = judged;
    reading.options = options;
    reading.first = first;
    reading.on = marks->verb == SMTPWIRE_VERB_MAIL ? ON_MAIL : ON_RCPT;
    /* What comes behind a fault is not looked at: it would be work for nothing. */
    while (text < end && (first->id == SMTPWIRE_ERROR_NONE || (size_t)(text - judged->data) <= first->offset)) {
        text = read_parameter(&reading, text, end);
        check_parameter(&reading, &seen);
    }
}
