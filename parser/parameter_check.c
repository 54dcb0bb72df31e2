/* The parameters of MAIL and RCPT: which there are, and the checks of a command's parameters.
 *
 * The grammar of each value is in grammar/. Here is what an automaton cannot or should not do: which command takes
 * what, what is offered, duplicates and conflicts, lengths, 64-bit sizes, and addresses behind an encoding.
 *
 * SPDX-License-Identifier: MIT */
#include "names.h"

#define PARAMETER_ROW(id, keyword, on, extensions, value, adds, rfc)                                                   \
    {extensions, keyword, adds, SMTPWIRE__ON_##on, SMTPWIRE__VALUE_##value},
#define EXTENSION_NAME(id, bit, name, rfc) name,

const struct smtpwire__parameter_row smtpwire__parameter_rows[] = {SMTPWIRE_PARAMETERS(PARAMETER_ROW)};
static const char extension_names[][16] = {SMTPWIRE_EXTENSIONS(EXTENSION_NAME)};

_Static_assert(SMTPWIRE_PARAMETER_COUNT <= 32, "parameters seen are kept as bits");

static const uint8_t keyword_at[256] = {
    [0x24] = SMTPWIRE_PARAMETER_SIZE,        [0x07] = SMTPWIRE_PARAMETER_BODY,
    [0x13] = SMTPWIRE_PARAMETER_SMTPUTF8,    [0x5A] = SMTPWIRE_PARAMETER_AUTH,
    [0xC6] = SMTPWIRE_PARAMETER_RET,         [0xD9] = SMTPWIRE_PARAMETER_ENVID,
    [0xBD] = SMTPWIRE_PARAMETER_NOTIFY,      [0xDD] = SMTPWIRE_PARAMETER_ORCPT,
    [0x0E] = SMTPWIRE_PARAMETER_BY,          [0xB1] = SMTPWIRE_PARAMETER_HOLDFOR,
    [0xCF] = SMTPWIRE_PARAMETER_HOLDUNTIL,   [0xED] = SMTPWIRE_PARAMETER_MT_PRIORITY,
    [0xBB] = SMTPWIRE_PARAMETER_RRVS,        [0xD5] = SMTPWIRE_PARAMETER_REQUIRETLS,
    [0xAD] = SMTPWIRE_PARAMETER_MTRK,        [0xD1] = SMTPWIRE_PARAMETER_SOLICIT,
    [0xA2] = SMTPWIRE_PARAMETER_SUBMITTER,   [0x0A] = SMTPWIRE_PARAMETER_TRANSID,
    [0x25] = SMTPWIRE_PARAMETER_CONPERM,     [0xDC] = SMTPWIRE_PARAMETER_CONNEG,
    [0xE7] = SMTPWIRE_PARAMETER_ALT_ADDRESS, [0xE0] = SMTPWIRE_PARAMETER_XVERP,
    [0xB9] = SMTPWIRE_PARAMETER_PRDR,
};

/* Letters in upper case; no octet that is neither a letter nor a digit nor "-", "," or ";" becomes one of these. */
static inline uint64_t upper_8(uint64_t word) { return word & ~((word & UINT64_C(0x4040404040404040)) >> 1); }

/* word: the first eight octets, of which the keyword's last is not NUL. */
uint16_t smtpwire__keyword_find(uint64_t word, const char *keyword, size_t len)
{
    const uint64_t upper = upper_8(smtpwire__first_of(word, len));
    const unsigned id = keyword_at[SMTPWIRE__HASH(upper)];
    const char *name = smtpwire__parameter_rows[id].keyword;

    if (smtpwire__load_8(name) != upper || (len >= 8 && !smtpwire__equal_nocase(keyword + 8, len - 8, name + 8)))
        return SMTPWIRE_PARAMETER_UNKNOWN;
    return (uint16_t)id;
}

uint16_t smtpwire__parameter_find(const char *keyword, size_t len)
{
    char copy[8] = {0};
    size_t i;
    if (len == 0 || keyword[len - 1] == '\0') /* NULs are what the table has behind its keywords */
        return SMTPWIRE_PARAMETER_UNKNOWN;
    if (len >= 8)
        return smtpwire__keyword_find(smtpwire__load_8(keyword), keyword, len);
    for (i = 0; i < len; i++)
        copy[i] = keyword[i];
    SMTPWIRE__STEPS(len);
    return smtpwire__keyword_find(smtpwire__load_8(copy), keyword, len);
}

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
    smtpwire__value_run(id, 1, value.data, value.len, &accepted);
    return accepted &&
           (id != SMTPWIRE_PARAMETER_SIZE || smtpwire__size_viable(value.data, value.len, UINT64_MAX) == value.len);
}

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

const char *smtpwire_parameter_name(unsigned id)
{
    return id < SMTPWIRE_PARAMETER_COUNT ? smtpwire__parameter_rows[id].keyword : "";
}
const char *smtpwire_extension_name(unsigned id) { return id < SMTPWIRE_EXTENSION_COUNT ? extension_names[id] : ""; }

/* Bits of the parameters that a line of this command may have. */
uint32_t smtpwire__parameters_allowed(const struct smtpwire_options *options, unsigned verb)
{
    const unsigned on = smtpwire__parameter_on(verb);
    uint32_t allowed = 0;
    unsigned id;
    for (id = 0; id < SMTPWIRE_PARAMETER_COUNT; id++)
        if ((smtpwire__parameter_rows[id].on & on) != 0 &&
            smtpwire__offers(options, smtpwire__parameter_rows[id].extensions))
            allowed |= UINT32_C(1) << id;
    return allowed;
}

/* RFC 3885 section 3.2: what MTRK needs is unique-envid, an ENVID with an "@" in it, where there is room for one. */
int smtpwire__is_unique(struct smtpwire_slice envid)
{
    const size_t len = smtpwire__lesser(envid.len, SMTPWIRE__ENVID_MAX);
    return len != 0 && memchr(envid.data, '@', len) != NULL;
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
    return smtpwire__parameter_on(verb) == SMTPWIRE__ON_NOTHING ||
           smtpwire__lax(options, SMTPWIRE_LAX_UNKNOWN_PARAMETER) || smtpwire__parameters_allowed(options, verb) != 0;
}

/* RFC 3030 section 3: BINARYMIME can only be used with CHUNKING. */
int smtpwire__offers_binary(const struct smtpwire_options *options)
{
    return smtpwire__offers(options, SMTPWIRE_OFFER(BINARYMIME)) && smtpwire__offers(options, SMTPWIRE_OFFER(CHUNKING));
}

/* What the parameters of the offered extensions add to a command line: the larger of MAIL's and RCPT's sum. */
#define ADDS(command, on, extensions, adds)                                                                            \
    +(uint32_t)((SMTPWIRE__ON_##on & SMTPWIRE__ON_##command) != 0) * ((offered & (extensions)) != 0) * (adds)
#define MAIL_ADDS(id, keyword, on, extensions, value, adds, rfc) ADDS(MAIL, on, extensions, adds)
#define RCPT_ADDS(id, keyword, on, extensions, value, adds, rfc) ADDS(RCPT, on, extensions, adds)
uint32_t smtpwire__parameters_add(uint64_t offered)
{
    const uint32_t mail = 0 SMTPWIRE_PARAMETERS(MAIL_ADDS), rcpt = 0 SMTPWIRE_PARAMETERS(RCPT_ADDS);
    return mail > rcpt ? mail : rcpt;
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
    int accepted, non_ascii = 0;

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
    if (value->len >= SMTPWIRE__ENVID_MAX)
        fault(r, SMTPWIRE_ERROR_PARAMETER_VALUE, value->data + SMTPWIRE__ENVID_MAX - 1);
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

/* ---- one parameter, and all of them ---- */

enum smtpwire__form smtpwire__parameter_form(unsigned id)
{
    return (enum smtpwire__form)smtpwire__parameter_rows[id].form;
}

/* A keyword that a fault cut off: bits of those that begin so. */
static uint32_t beginning(struct smtpwire_slice keyword)
{
    uint32_t found = 0;
    unsigned id;
    for (id = SMTPWIRE_PARAMETER_UNKNOWN + 1; id < SMTPWIRE_PARAMETER_COUNT; id++) {
        size_t len = 0;
        while (len < keyword.len &&
               smtpwire__equal_nocase(&keyword.data[len], 1, (char[]){smtpwire__parameter_rows[id].keyword[len], 0}))
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
        if (smtpwire__parameter_rows[r->id].form == SMTPWIRE__VALUE_REQUIRED)
            fault(r, SMTPWIRE_ERROR_PARAMETER_VALUE, keyword_end);
    } else if (smtpwire__parameter_rows[r->id].form == SMTPWIRE__VALUE_NONE) {
        fault(r, SMTPWIRE_ERROR_PARAMETER_VALUE, keyword_end);
    } else {
        check_value(r);
    }
}

/* Reads the parameter at text, which goes no further than end; returns where the next one begins. */
static const char *read_parameter(struct reading *r, const char *text, const char *end)
{
    const char *stop = text + smtpwire__scan_word(text, (size_t)(end - text));
    const char *const tab = memchr(text, '\t', (size_t)(stop - text)), *equals;

    stop = tab != NULL ? tab : stop;
    equals = memchr(text, '=', (size_t)(stop - text));
    SMTPWIRE__STEPS((stop - text) / 2); /* each of three looks at eight at a time, or more */
    r->value_ended = stop < end || r->judged->accepted;
    r->keyword_ended = equals != NULL || r->value_ended;
    r->keyword.data = text;
    r->keyword.len = (size_t)((equals != NULL ? equals : stop) - text);
    r->value.data = equals != NULL ? equals + 1 : NULL;
    r->value.len = equals != NULL ? (size_t)(stop - equals - 1) : 0;
    r->id = smtpwire__parameter_find(r->keyword.data, r->keyword.len);
    return stop < end ? stop + 1 : end;
}

SMTPWIRE__SMALL void smtpwire__check_parameters(struct smtpwire__finding *first, const struct smtpwire__judged *judged,
                                                const struct smtpwire__marks *marks,
                                                const struct smtpwire_options *options)
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
