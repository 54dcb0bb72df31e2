/* The parameters of MAIL and RCPT: which there are, and the checks of a command's parameters.
 *
 * The grammar of each value is in grammar/. Here is what an automaton cannot or should not do: which command takes
 * what, what is offered, duplicates and conflicts, lengths, 64-bit sizes, and addresses behind an encoding.
 *
 * SPDX-License-Identifier: MIT */
#include "internal.h"

#define PARAMETER_ROW(id, keyword, on, extensions, value, adds, rfc)                                                   \
    {extensions, keyword, adds, SMTPWIRE__ON_##on, SMTPWIRE__VALUE_##value},
#define EXTENSION_NAME(id, bit, name, rfc) name,

const struct smtpwire__parameter_row smtpwire__parameter_rows[] = {SMTPWIRE_PARAMETERS(PARAMETER_ROW)};
static const char extension_names[][16] = {SMTPWIRE_EXTENSIONS(EXTENSION_NAME)};

_Static_assert(SMTPWIRE_PARAMETER_COUNT <= 32, "parameters seen are kept as bits");

/* An address in 64 + 1 + 255 octets; no limit lets through more of one that is encoded. */
enum { ADDRESS_MAX = 320 };

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

const char *smtpwire_parameter_name(unsigned id)
{
    return id < SMTPWIRE_PARAMETER_COUNT ? smtpwire__parameter_rows[id].keyword : "";
}
const char *smtpwire_extension_name(unsigned id) { return id < SMTPWIRE_EXTENSION_COUNT ? extension_names[id] : ""; }

/* Whether a line of this command can have any. */
int smtpwire__takes_parameters(const struct smtpwire_options *options, unsigned verb)
{
    const unsigned on = smtpwire__parameter_on(verb);
    unsigned id;
    if (on == SMTPWIRE__ON_NOTHING || smtpwire__lax(options, SMTPWIRE_LAX_UNKNOWN_PARAMETER))
        return 1;
    for (id = 0; id < SMTPWIRE_PARAMETER_COUNT; id++)
        if ((smtpwire__parameter_rows[id].on & on) != 0 &&
            smtpwire__offers(options, smtpwire__parameter_rows[id].extensions))
            return 1;
    return 0;
}

/* What the parameters of the offered extensions add to a command line: the larger of MAIL's and RCPT's sum. */
uint32_t smtpwire__parameters_add(uint64_t offered)
{
    uint32_t mail = 0, rcpt = 0;
    unsigned id;
    for (id = 0; id < SMTPWIRE_PARAMETER_COUNT; id++) {
        if ((offered & smtpwire__parameter_rows[id].extensions) == 0)
            continue;
        mail += smtpwire__parameter_rows[id].on & SMTPWIRE__ON_MAIL ? smtpwire__parameter_rows[id].adds : 0U;
        rcpt += smtpwire__parameter_rows[id].on & SMTPWIRE__ON_RCPT ? smtpwire__parameter_rows[id].adds : 0U;
    }
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

/* ---- addresses behind an encoding: xtext, and what RFC 6533 section 3 has for UTF-8 ---- */

struct decoding {
    const struct smtpwire_options *options;
    char text[ADDRESS_MAX];
    size_t len;
    unsigned attribute; /* enum smtpwire__attribute_kind; NOTHING: it is an address of a parameter */
    int null_path;      /* "<>" may stand for the address (RFC 4954 section 5) */
    int ascii;          /* it is in ASCII (RFC 5336 section 3.1) */
    int unicode;        /* \x{HEX} instead of +HH */
};

/* How much of the first len octets of text some address begins with. */
static size_t address_viable(const struct decoding *d, size_t len, int *accepted)
{
    if (d->attribute != SMTPWIRE__ATTRIBUTE_NOTHING)
        return smtpwire__attribute_viable(d->attribute, d->text, len, accepted);
    if (!d->null_path || len == 0 || d->text[0] != '<')
        return smtpwire__mailbox_viable(d->text, len, d->options,
                                        d->ascii ? SMTPWIRE__UTF8_FORBIDDEN : SMTPWIRE__UTF8_ALLOWED, accepted);
    *accepted = len == 2 && d->text[1] == '>';
    return len == 1 ? 1 : d->text[1] != '>' ? 1 : 2;
}

size_t smtpwire__put_utf8(uint32_t point, char *out)
{
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    if (point < 0x800) {
        out[0] = (char)(0xC0 | point >> 6);
        out[1] = (char)(0x80 | (point & 63));
        return 2;
    }
    if (point < 0x10000) {
        out[0] = (char)(0xE0 | point >> 12);
        out[1] = (char)(0x80 | (point >> 6 & 63));
        out[2] = (char)(0x80 | (point & 63));
        return 3;
    }
    out[0] = (char)(0xF0 | point >> 18);
    out[1] = (char)(0x80 | (point >> 12 & 63));
    out[2] = (char)(0x80 | (point >> 6 & 63));
    out[3] = (char)(0x80 | (point & 63));
    return 4;
}

/* Decodes one unit at text into out; returns how long it is on the wire, 0 if it is cut off. */
static size_t decode_unit(const struct decoding *d, const char *text, size_t len, char out[4], size_t *count)
{
    const char *brace;
    uint32_t point = 0;
    size_t i;

    *count = 1;
    if (!d->unicode)
        return smtpwire__xtext_unit(text, len, out);
    if (text[0] != '\\') {
        out[0] = text[0];
        return 1;
    }
    brace = memchr(text, '}', len);
    if (brace == NULL)
        return 0;
    for (i = 3; text + i < brace; i++)
        point = point * 16 + smtpwire__hex(text[i]);
    *count = smtpwire__put_utf8(point, out);
    return (size_t)(brace + 1 - text);
}

/* Whether some octet from low to high could follow the first len ones. */
static int any_follows(struct decoding *d, size_t len, unsigned low, unsigned high)
{
    unsigned octet;
    int accepted;
    for (octet = low; len < ADDRESS_MAX && octet <= high; octet++) {
        d->text[len] = (char)octet;
        if (octet >= 32 && octet != 127 && address_viable(d, len + 1, &accepted) == len + 1)
            return 1;
    }
    return 0;
}

/* Whether the character that hex stands for, or one that its digits begin, could follow the first len octets. */
static int point_follows(struct decoding *d, size_t len, const char *digit, size_t digits)
{
    static const char special[][3] = {"20", "2B", "3D", "5C"};
    size_t i;
    if ((digits == 0 || digit[0] != '0') && any_follows(d, len, 0xC3, 0xC3))
        return 1;
    for (i = 0; i < SMTPWIRE__COUNT(special); i++) {
        unsigned octet;
        size_t same = 0;
        while (same < digits && same < 2 && (special[i][same] | 0x20) == (digit[same] | 0x20))
            same++;
        octet = smtpwire__hex(special[i][0]) * 16 + smtpwire__hex(special[i][1]);
        if (same == digits && any_follows(d, len, octet, octet))
            return 1;
    }
    return 0;
}

/* How much of a unit that is cut off (ended: 0), or cannot stand behind the first len octets, could. */
SMTPWIRE__SMALL static size_t unit_viable(struct decoding *d, size_t len, const char *unit, size_t size, int ended)
{
    size_t digits, count;
    if (unit[0] != (d->unicode ? '\\' : '+'))
        return 0;
    if (!d->unicode) {
        unsigned high = size > 1 ? smtpwire__hex(unit[1]) * 16U : 0;
        if (!any_follows(d, len, 32, 255))
            return 0;
        return size > 1 && any_follows(d, len, high, high + 15U) ? 2 : 1;
    }
    if (!point_follows(d, len, unit, 0))
        return 0;
    if (size <= 3)
        return size;
    count = size - (ended ? 4 : 3);
    for (digits = 0; digits < count && point_follows(d, len, unit + 3, digits + 1); digits++)
        ;
    return digits + 3;
}

/* Decodes whole units up to the one that holds octet stop of the text, or that has no room; returns where it ended. */
SMTPWIRE__SMALL static size_t decode(struct decoding *d, struct smtpwire_slice value, size_t stop, size_t *unit_size)
{
    size_t at = 0, count;
    char octets[4];

    for (d->len = 0; at < value.len; at += *unit_size) {
        *unit_size = decode_unit(d, value.data + at, value.len - at, octets, &count);
        if (*unit_size == 0 || d->len + count > stop)
            break;
        memcpy(d->text + d->len, octets, count);
        d->len += count;
    }
    SMTPWIRE__STEPS(at);
    return at;
}

/* Decodes the value and checks it as an address; returns how much of it is viable. */
SMTPWIRE__SMALL static size_t encoded_viable(struct decoding *d, struct smtpwire_slice value, int *accepted)
{
    size_t size = 0, end = decode(d, value, ADDRESS_MAX, &size), viable = address_viable(d, d->len, accepted);

    if (viable < d->len) {
        end = decode(d, value, viable, &size);
        return end + unit_viable(d, d->len, value.data + end, size, 1);
    }
    if (end == value.len)
        return end;
    return size != 0 ? end : end + unit_viable(d, d->len, value.data + end, value.len - end, 0);
}

/* How much of xtext some value of an attribute begins with, and whether it is one. max: octets when decoded. */
size_t smtpwire__attribute_encoded(unsigned kind, size_t max, struct smtpwire_slice xtext, int *accepted)
{
    struct decoding d;
    size_t size = 0, viable, end;

    smtpwire__zero(&d, sizeof d);
    d.attribute = kind;
    viable = encoded_viable(&d, xtext, accepted);
    end = decode(&d, xtext, max, &size);
    if (end < viable && (size != 0 || d.len == max)) { /* the next octet is one too many */
        *accepted = 0;
        return end;
    }
    return viable;
}

/* encoded: the address in r's value, of which the grammar took viable octets. */
static void check_address(const struct reading *r, struct smtpwire_slice encoded, size_t viable, int unicode)
{
    const enum smtpwire__utf8 utf8 = r->judged->utf8;
    struct decoding d;
    size_t good, good_ascii;
    int accepted, accepted_ascii;

    d.options = r->options;
    d.attribute = SMTPWIRE__ATTRIBUTE_NOTHING;
    d.null_path = r->id == SMTPWIRE_PARAMETER_AUTH;
    d.ascii = r->id == SMTPWIRE_PARAMETER_ALT_ADDRESS;
    d.unicode = unicode;
    encoded.len = viable;
    good = encoded_viable(&d, encoded, &accepted);
    if (good < encoded.len || (!accepted && r->value_ended))
        fault(r, SMTPWIRE_ERROR_PARAMETER_VALUE, encoded.data + good);
    else if (!unicode && utf8 == SMTPWIRE__UTF8_WITH_PARAMETER && r->judged->accepted &&
             smtpwire__has_non_ascii(d.text, d.len))
        fault(r, SMTPWIRE_ERROR_NON_ASCII, r->judged->data + r->judged->len);
    if (unicode || d.ascii || utf8 != SMTPWIRE__UTF8_FORBIDDEN)
        return;
    /* No SMTPUTF8 can come: it is wrong where an address in ASCII could not go on. */
    d.ascii = 1;
    good_ascii = encoded_viable(&d, encoded, &accepted_ascii);
    if (good_ascii < good || (accepted && !accepted_ascii))
        fault(r, SMTPWIRE_ERROR_NON_ASCII, encoded.data + good_ascii);
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

/* ---- one parameter, and all of them ---- */

/* Whether this command takes it and an extension that it belongs to is offered. */
static int allowed(const struct reading *r, unsigned id)
{
    return (smtpwire__parameter_rows[id].on & r->on) != 0 &&
           smtpwire__offers(r->options, smtpwire__parameter_rows[id].extensions);
}

int smtpwire__parameter_allowed(const struct smtpwire_options *options, unsigned verb, unsigned id)
{
    return (smtpwire__parameter_rows[id].on & smtpwire__parameter_on(verb)) != 0 &&
           smtpwire__offers(options, smtpwire__parameter_rows[id].extensions);
}

enum smtpwire__form smtpwire__parameter_form(unsigned id)
{
    return (enum smtpwire__form)smtpwire__parameter_rows[id].form;
}

/* A keyword that a fault cut off: whether one that is allowed begins so. */
static int begins_keyword(const struct reading *r)
{
    unsigned id;
    for (id = 0; id < SMTPWIRE_PARAMETER_COUNT; id++) {
        size_t len = 0;
        while (len < r->keyword.len &&
               smtpwire__equal_nocase(&r->keyword.data[len], 1, (char[]){smtpwire__parameter_rows[id].keyword[len], 0}))
            len++;
        if (allowed(r, id) && len == r->keyword.len)
            return 1;
    }
    return 0;
}

static void check_parameter(const struct reading *r, uint32_t *seen)
{
    const int lax = smtpwire__lax(r->options, SMTPWIRE_LAX_UNKNOWN_PARAMETER);
    const char *keyword_end = r->keyword.data + r->keyword.len;
    const uint32_t bit = smtpwire__parameter_bits(r->id);

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
    const char *stop = text, *equals;

    while (stop < end && *stop != ' ' && *stop != '\t')
        stop++;
    SMTPWIRE__STEPS(2 * (stop - text));
    equals = memchr(text, '=', (size_t)(stop - text));
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
    uint32_t seen = 0;

    if (text == NULL)
        return;
    end = judged->data + judged->viable;
    smtpwire__zero(&reading, sizeof reading);
    reading.judged = judged;
    reading.options = options;
    reading.first = first;
    reading.on = marks->verb == SMTPWIRE_VERB_MAIL ? SMTPWIRE__ON_MAIL : SMTPWIRE__ON_RCPT;
    while (text < end) {
        text = read_parameter(&reading, text, end);
        check_parameter(&reading, &seen);
    }
}
