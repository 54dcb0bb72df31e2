/* The attributes of XCLIENT and XFORWARD (Postfix, README of each; smtpwire.h, SMTPWIRE_ATTRIBUTES): names once each,
 * and values in xtext (RFC 3461 section 4). */
#include "attributes.h"
#include "judge.h"

#include <string.h>

static int is_visible(unsigned char o) { return o >= 33 && o <= 126; }
static struct places visible(struct input *in, struct places from) { return octet(in, from, is_visible); }
static struct places text_value(struct input *in, struct places from) { return repeat(in, from, 1, 255, visible); }
static struct places text_64_value(struct input *in, struct places from) { return repeat(in, from, 1, 64, visible); }
static struct places unavailable(struct input *in, struct places from) { return text(in, from, "[UNAVAILABLE]"); }

static struct places address_value(struct input *in, struct places from)
{
    struct places ends = either(in, unavailable(in, from), IPv4_address_literal(in, from));
    return either(in, ends, IPv6_addr(in, text(in, from, "IPV6:")));
}

static struct places port_value(struct input *in, struct places from)
{
    struct places ends = either(in, unavailable(in, from), number(in, from, 1, 1, 9));
    ends = either(in, ends, either(in, number(in, from, 2, 10, 99), number(in, from, 3, 100, 999)));
    return either(in, ends, either(in, number(in, from, 4, 1000, 9999), number(in, from, 5, 10000, 65535)));
}

static struct places protocol_value(struct input *in, struct places from)
{
    return either(in, text(in, from, "SMTP"), text(in, from, "ESMTP"));
}

static struct places source_value(struct input *in, struct places from)
{
    return either(in, unavailable(in, from), either(in, text(in, from, "LOCAL"), text(in, from, "REMOTE")));
}

static const struct {
    const char *name;
    unsigned id;
    rule *xclient, *xforward;
} known[] = {
    {"NAME", SMTPWIRE_ATTRIBUTE_NAME, text_value, text_value},
    {"ADDR", SMTPWIRE_ATTRIBUTE_ADDR, address_value, text_value},
    {"PORT", SMTPWIRE_ATTRIBUTE_PORT, port_value, port_value},
    {"PROTO", SMTPWIRE_ATTRIBUTE_PROTO, protocol_value, text_64_value},
    {"HELO", SMTPWIRE_ATTRIBUTE_HELO, text_value, text_value},
    {"LOGIN", SMTPWIRE_ATTRIBUTE_LOGIN, text_value, NULL},
    {"DESTADDR", SMTPWIRE_ATTRIBUTE_DESTADDR, address_value, NULL},
    {"DESTPORT", SMTPWIRE_ATTRIBUTE_DESTPORT, port_value, NULL},
    {"IDENT", SMTPWIRE_ATTRIBUTE_IDENT, NULL, text_value},
    {"SOURCE", SMTPWIRE_ATTRIBUTE_SOURCE, NULL, source_value},
};

enum { KNOWN = sizeof known / sizeof known[0] };

/* attribute-value = 1*( %d33-60 / %d62-126 ) (deviations.abnf) */
static int is_value(unsigned char o) { return is_visible(o) && o != '='; }
static struct places value_character(struct input *in, struct places from) { return octet(in, from, is_value); }

/* What the value says: a port's number, or that it is not known. */
static void read_value(struct input *in, struct reference_attribute *a)
{
    struct places begin = place(in, 0);
    if (has_place(text(in, begin, "[UNAVAILABLE]"), in->len)) {
        a->status = SMTPWIRE_STATUS_UNAVAILABLE;
    } else if (has_place(text(in, begin, "[TEMPUNAVAIL]"), in->len)) {
        a->status = SMTPWIRE_STATUS_TEMPUNAVAIL;
    } else if (a->id == SMTPWIRE_ATTRIBUTE_PORT || a->id == SMTPWIRE_ATTRIBUTE_DESTPORT) {
        unsigned char digits[8] = {0};
        ptrdiff_t count = in->len <= 15 ? reference_xtext_decode(in->data, in->len, digits) : 0, i;
        for (i = 0; i < count && i < 5; i++)
            a->port = a->port * 10 + digits[i] - '0';
    }
}

static int is_separator(unsigned char octet, const struct smtpwire_options *options)
{
    return octet == ' ' || (octet == '\t' && options->lax & SMTPWIRE_LAX_HTAB_SEPARATOR);
}

/* The value that begins at at: moves it behind. */
static struct reference_verdict value(const unsigned char *line, size_t len, size_t *at, rule *takes,
                                      const struct smtpwire_options *options, struct reference_attribute *a)
{
    struct reference_verdict verdict = {SMTPWIRE_ERROR_NONE, 0, 0, 0, 0};
    struct places ends;
    struct input in;
    size_t from = *at, end;
    input_begin(&in, line + from, len - from);
    ends = repeat(&in, place(&in, 0), 1, SIZE_MAX, value_character);
    end = ends.count == 0 ? 0 : ends.at[ends.count - 1];
    input_end(&in);
    if (end == 0)
        return fault(SMTPWIRE_ERROR_ARGUMENT_SYNTAX, from);
    *at = from + end;
    a->value = (struct reference_span){1, from, end};
    input_begin(&in, line + from, end);
    in.spelling = options->lax & SMTPWIRE_LAX_XTEXT_LOWER_CASE ? SPELLING_LOWER_XTEXT : SPELLING_XTEXT;
    if (!has_place(takes(&in, place(&in, 0)), end))
        verdict = fault(SMTPWIRE_ERROR_PARAMETER_VALUE, from + in.furthest);
    /* A fault of the value is one before that of the general form. */
    if (verdict.id != SMTPWIRE_ERROR_NONE && verdict.offset == *at && *at < len && !is_separator(line[*at], options))
        verdict.id = SMTPWIRE_ERROR_ARGUMENT_SYNTAX;
    if (verdict.id == SMTPWIRE_ERROR_NONE)
        read_value(&in, a);
    input_end(&in);
    return verdict;
}

static int may_have(size_t i, unsigned verb)
{
    return (verb == SMTPWIRE_VERB_XCLIENT ? known[i].xclient : known[i].xforward) != NULL;
}

/* The name: moves *at behind the longest beginning of one that can still come. KNOWN if it is none that the command
 * has. */
static size_t name(const unsigned char *line, size_t len, size_t *at, unsigned verb, uint32_t seen)
{
    size_t i, which = KNOWN, furthest = *at;
    for (i = 0; i < KNOWN; i++) {
        size_t j = 0;
        while (may_have(i, verb) && known[i].name[j] != '\0' && *at + j < len && is_ALPHA(line[*at + j]) &&
               (line[*at + j] & 0xDF) == known[i].name[j])
            j++;
        if (may_have(i, verb) && known[i].name[j] == '\0' && (*at + j == len || !is_ALPHA(line[*at + j])))
            which = i;
        if ((seen & UINT32_C(1) << i) == 0 || (which == i && *at + j < len && line[*at + j] == '='))
            furthest = *at + j > furthest ? *at + j : furthest;
    }
    *at = furthest;
    return which;
}

static int all_seen(unsigned verb, uint32_t seen)
{
    size_t i;
    for (i = 0; i < KNOWN; i++)
        if (may_have(i, verb) && (seen & UINT32_C(1) << i) == 0)
            return 0;
    return 1;
}

struct reference_verdict attributes_read(const unsigned char *line, size_t len, size_t at,
                                         const struct smtpwire_options *options, struct reference_command *command)
{
    struct reference_verdict verdict;
    uint32_t seen = 0;
    size_t begin = at + 1;
    do {
        struct reference_attribute read = {0};
        size_t from, which;
        if (at == len || !is_separator(line[at], options))
            return fault(SMTPWIRE_ERROR_ARGUMENT_SYNTAX, at);
        from = ++at;
        if (all_seen(command->verb, seen) && (at == len || !is_ALPHA(line[at])))
            return fault(SMTPWIRE_ERROR_ARGUMENT_SYNTAX, at - 1);
        which = name(line, len, &at, command->verb, seen);
        if (which == KNOWN || at == len || line[at] != '=')
            return fault(SMTPWIRE_ERROR_ARGUMENT_SYNTAX, at);
        if (seen & UINT32_C(1) << which)
            return fault(SMTPWIRE_ERROR_PARAMETER_CONFLICT, from);
        seen |= UINT32_C(1) << which;
        read.id = known[which].id;
        read.name = (struct reference_span){1, from, at - from};
        at++;
        verdict =
            value(line, len, &at, command->verb == SMTPWIRE_VERB_XCLIENT ? known[which].xclient : known[which].xforward,
                  options, &read);
        if (verdict.id != SMTPWIRE_ERROR_NONE)
            return verdict;
        command->attribute[command->attributes++] = read;
    } while (at < len);
    command->parameters = (struct reference_span){1, begin, len - begin};
    verdict.offset = len;
    return verdict;
}
