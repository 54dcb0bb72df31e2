/* The checks of a line or value that are not the grammar's: framing faults inside it, lengths (RFC 5321 section
 * 4.5.3.1), SMTPUTF8 (RFC 6531 section 3.4), registered tags of address literals (RFC 5321 section 4.1.3).
 *
 * A fault that comes first on the wire is the one reported, but a framing fault comes before all others, since the
 * line layer would have reported it before the line was complete: who has no line layer in front looks for one in what
 * was refused.
 *
 * SPDX-License-Identifier: MIT */
#include "internal.h"

void smtpwire__find(struct smtpwire__finding *first, uint16_t id, size_t offset)
{
    if (first->id == SMTPWIRE_ERROR_NONE || offset < first->offset) {
        first->id = id;
        first->offset = offset;
    }
}

/* A gate of the machines: this octet, or the end, is only there with this leniency. Returns whether it is on; if not,
 * the machine is to be left here. */
int smtpwire__lenient(struct smtpwire__marks *marks, const unsigned char *octet, uint32_t bit)
{
    if ((marks->lax & bit) == 0) {
        marks->stopped = octet;
        return 0;
    }
    marks->lenient = 1;
    return 1;
}

int smtpwire__framing_fault(const char *data, size_t len, struct smtpwire_error *error)
{
    static const char octets[] = {'\n', '\r', '\0'};
    static const uint16_t ids[] = {SMTPWIRE_ERROR_BARE_LF, SMTPWIRE_ERROR_BARE_CR, SMTPWIRE_ERROR_NUL};
    uint16_t id = SMTPWIRE_ERROR_NONE;
    size_t i;
    for (i = 0; i < sizeof octets && len != 0; i++) {
        const char *found = memchr(data, octets[i], len);
        SMTPWIRE__STEPS(len / 8);
        if (found == NULL)
            continue;
        id = ids[i];
        len = (size_t)(found - data); /* one behind it does not count */
    }
    if (id == SMTPWIRE_ERROR_NONE)
        return 0;
    smtpwire__error_set(error, id, len);
    return 1;
}

int smtpwire__has_non_ascii(const char *data, size_t len)
{
    uint64_t seen = 0, word;
    size_t i;
    for (i = 0; len - i >= sizeof word; i += sizeof word) {
        memcpy(&word, data + i, sizeof word);
        seen |= word;
    }
    for (; i < len; i++)
        seen |= (uint64_t)(unsigned char)data[i];
    SMTPWIRE__STEPS(len / 8);
    return (seen & UINT64_C(0x8080808080808080)) != 0;
}

size_t smtpwire__ascii_length(const char *data, size_t len)
{
    size_t i = 0;
    while (i < len && (unsigned char)data[i] < 128)
        i++;
    SMTPWIRE__STEPS(i);
    return i;
}

/* The length of a part that the grammar has begun: as it ended, or as far as the grammar could go on. */
static size_t extent(const struct smtpwire_slice *part, const struct smtpwire__judged *judged)
{
    return part->len != 0 ? part->len : (size_t)(judged->data + judged->viable - part->data);
}

static void check_length(struct smtpwire__finding *first, uint16_t id, const char *begin, size_t len, uint32_t limit,
                         const struct smtpwire__judged *judged)
{
    if (len > limit)
        smtpwire__find(first, id, (size_t)(begin - judged->data) + limit);
}

/* A domain, or a route: domains with "@" before and "," between them. */
static void check_domains(struct smtpwire__finding *first, const char *begin, size_t len,
                          const struct smtpwire_options *options, const struct smtpwire__judged *judged)
{
    const uint32_t domain_max = smtpwire__limit(options, SMTPWIRE_LIMIT_DOMAIN);
    const uint32_t label_max = smtpwire__limit(options, SMTPWIRE_LIMIT_LABEL);
    const char *domain = begin, *label = begin;
    size_t i;

    if (len <= label_max && len <= domain_max)
        return;
    for (i = 0; i < len && (first->id == SMTPWIRE_ERROR_NONE || i + (size_t)(begin - judged->data) < first->offset);
         i++) {
        const char *here = begin + i;
        if (*here == '@' || *here == ',')
            domain = label = here + 1;
        else if (*here == '.')
            label = here + 1;
        if ((size_t)(here + 1 - label) > label_max)
            smtpwire__find(first, SMTPWIRE_ERROR_LABEL_TOO_LONG, i + (size_t)(begin - judged->data));
        if ((size_t)(here + 1 - domain) > domain_max)
            smtpwire__find(first, SMTPWIRE_ERROR_DOMAIN_TOO_LONG, i + (size_t)(begin - judged->data));
    }
    SMTPWIRE__STEPS(i);
}

/* Whether what VRFY asks for is, up to an octet over 127 that is wrong there, no local part yet: a String can be
 * longer, and the "@" comes too late to tell. */
static int is_string(const struct smtpwire__judged *judged, const struct smtpwire__marks *marks)
{
    const struct smtpwire_address *address = marks->address;
    return (marks->verb == SMTPWIRE_VERB_VRFY || marks->verb == SMTPWIRE_VERB_EXPN) && address->path.data == NULL &&
           judged->utf8 == SMTPWIRE__UTF8_FORBIDDEN && smtpwire__has_non_ascii(address->local.data, address->local.len);
}

static void check_lengths(struct smtpwire__finding *first, const struct smtpwire__judged *judged,
                          const struct smtpwire__marks *marks, const struct smtpwire_options *options)
{
    const struct smtpwire_address *address = marks->address;

    if (address->path.data != NULL)
        check_length(first, SMTPWIRE_ERROR_PATH_TOO_LONG, address->path.data, extent(&address->path, judged),
                     smtpwire__limit(options, SMTPWIRE_LIMIT_PATH), judged);
    if (address->route.data != NULL)
        check_domains(first, address->route.data, extent(&address->route, judged), options, judged);
    if (address->local.data != NULL && (address->local.len != 0 || judged->open_local) && !is_string(judged, marks))
        check_length(first, SMTPWIRE_ERROR_LOCAL_PART_TOO_LONG, address->local.data, extent(&address->local, judged),
                     smtpwire__limit(options, SMTPWIRE_LIMIT_LOCAL_PART), judged);
    if (address->domain.data != NULL)
        check_domains(first, address->domain.data, extent(&address->domain, judged), options, judged);
    if (address->literal.data != NULL)
        check_length(first, SMTPWIRE_ERROR_DOMAIN_TOO_LONG, address->literal.data, extent(&address->literal, judged),
                     smtpwire__limit(options, SMTPWIRE_LIMIT_DOMAIN), judged);
}

/* The grammar takes every General-address-literal; only those whose tag is registered are good. */
static void check_tag(struct smtpwire__finding *first, const struct smtpwire__judged *judged,
                      const struct smtpwire__marks *marks, uint16_t syntax)
{
    const struct smtpwire_slice *literal = &marks->address->literal;
    size_t len, good;
    if (literal->data == NULL || (judged->accepted && !marks->unregistered_tag))
        return;
    len = extent(literal, judged);
    good = smtpwire__registered_literal(literal->data, len, marks->lax);
    if (good < len)
        smtpwire__find(first, memchr(literal->data, ':', len) != NULL ? SMTPWIRE_ERROR_UNREGISTERED_TAG : syntax,
                       (size_t)(literal->data - judged->data) + good);
}

static void check_utf8(struct smtpwire__finding *first, const struct smtpwire__judged *judged)
{
    if (judged->utf8 == SMTPWIRE__UTF8_ALLOWED || !smtpwire__has_non_ascii(judged->data, judged->len))
        return;
    if (judged->utf8 == SMTPWIRE__UTF8_FORBIDDEN)
        smtpwire__find(first, SMTPWIRE_ERROR_NON_ASCII, smtpwire__ascii_length(judged->data, judged->len));
    else if (judged->accepted)
        smtpwire__find(first, SMTPWIRE_ERROR_NON_ASCII, judged->len); /* the parameter could still have come */
}

/* A space behind an address or a name begins a parameter. Where nothing that is offered could follow, it is the space
 * that is wrong, unless a keyword does follow: then that is unknown. Behind a name that is SMTPUTF8 alone; any other
 * word is an argument too many. */
static void check_space(struct smtpwire__finding *first, const struct smtpwire__judged *judged,
                        const struct smtpwire__marks *marks, const struct smtpwire_options *options)
{
    const int names = marks->verb == SMTPWIRE_VERB_VRFY || marks->verb == SMTPWIRE_VERB_EXPN;
    size_t space;

    if (marks->ended == NULL || (names ? smtpwire__offers(options, SMTPWIRE_OFFER(SMTPUTF8))
                                       : smtpwire__takes_parameters(options, marks->verb)))
        return;
    space = (size_t)(smtpwire__text(marks->ended) - judged->data);
    if (judged->viable > space + 1 && (!names || judged->accepted))
        smtpwire__find(first, SMTPWIRE_ERROR_PARAMETER_UNKNOWN, space + 1);
    else if (judged->viable > space)
        smtpwire__find(first, names ? SMTPWIRE_ERROR_ARGUMENT_SYNTAX : SMTPWIRE_ERROR_PARAMETER_SYNTAX, space);
}

SMTPWIRE__SMALL int smtpwire__check(const struct smtpwire__judged *judged, const struct smtpwire__marks *marks,
                                    const struct smtpwire_options *options, uint16_t syntax,
                                    struct smtpwire_error *error)
{
    struct smtpwire__finding first = {SMTPWIRE_ERROR_NONE, 0};

    if (!judged->accepted)
        smtpwire__find(&first, syntax, judged->viable);
    check_lengths(&first, judged, marks, options);
    check_utf8(&first, judged);
    check_space(&first, judged, marks, options);
    if (marks->verb == SMTPWIRE_VERB_XCLIENT || marks->verb == SMTPWIRE_VERB_XFORWARD)
        smtpwire__check_attributes(&first, judged, marks, options);
    else
        smtpwire__check_parameters(&first, judged, marks, options);
    if (!smtpwire__lax(options, SMTPWIRE_LAX_UNREGISTERED_TAG))
        check_tag(&first, judged, marks, syntax);
    if (first.id == SMTPWIRE_ERROR_NONE)
        return 0;
    smtpwire__error_set(error, first.id, first.offset);
    return -1;
}

uint32_t smtpwire__domain_flags(const char *data, size_t size)
{
    const size_t len = size - (data[size - 1] == '.'); /* trailing_dot: it adds no label */
    uint32_t flags = SMTPWIRE_FLAG_SINGLE_LABEL | SMTPWIRE_FLAG_NUMERIC_DOMAIN;
    char before = 0;
    size_t i;

    SMTPWIRE__STEPS(len);
    for (i = 0; i < len; before = data[i++]) {
        if (data[i] == '.')
            flags &= ~(uint32_t)SMTPWIRE_FLAG_SINGLE_LABEL;
        else if (data[i] < '0' || data[i] > '9')
            flags &= ~(uint32_t)SMTPWIRE_FLAG_NUMERIC_DOMAIN;
        if (data[i] == '-' && before == '-')
            flags |= SMTPWIRE_FLAG_DOUBLE_HYPHEN;
    }
    return flags;
}

uint32_t smtpwire__address_flags(const struct smtpwire__marks *marks)
{
    const struct smtpwire_address *address = marks->address;
    uint32_t flags = 0;

    if (address->path.len != 0 && address->local.len == 0)
        flags |= SMTPWIRE_FLAG_NULL_PATH;
    if (address->local.len != 0 && address->domain.len == 0 && address->literal.len == 0)
        flags |= SMTPWIRE_FLAG_POSTMASTER;
    if (address->local.len != 0 && marks->quoted)
        flags |= address->local.len == 2 ? SMTPWIRE_FLAG_QUOTED | SMTPWIRE_FLAG_EMPTY_LOCAL : SMTPWIRE_FLAG_QUOTED;
    if (address->route.len != 0)
        flags |= SMTPWIRE_FLAG_ROUTE;
    if (address->domain.len != 0)
        flags |= smtpwire__domain_flags(address->domain.data, address->domain.len);
    if (address->literal.len != 0 && marks->unregistered_tag)
        flags |= SMTPWIRE_FLAG_UNREGISTERED_TAG;
    if (marks->lenient)
        flags |= SMTPWIRE_FLAG_LENIENT;
    return flags;
}
