/* What is in a path that was accepted, and the first octet over a length limit in one that need not be: RFC 5321
 * section 4.5.3.1, RFC 1035 section 2.3.4. Lengths are in octets. */
#include "address.h"

#include <string.h>

static struct reference_span span(size_t from, size_t to)
{
    struct reference_span made = {1, from, to - from};
    return made;
}

void host_parts(const struct input *in, size_t from, size_t to, struct reference_address *parts)
{
    if (in->data[from] == '[')
        parts->literal = span(from, to);
    else
        parts->domain = span(from, to);
}

/* The "@" behind the local part: behind the quotes if it begins with one, else the first, since no atom has one. */
static size_t at_sign(const struct input *in, size_t from)
{
    size_t at = from;
    if (in->data[at] == '"')
        for (at++; in->data[at] != '"'; at++)
            if (in->data[at] == '\\')
                at++;
    while (in->data[at] != '@')
        at++;
    return at;
}

void address_parts(const struct input *in, size_t from, size_t to, int brackets, struct reference_address *parts)
{
    size_t at = from, end = to, sign;
    if (brackets) {
        parts->path = span(from, to);
        at++;
        end--;
        if (at == end)
            return;                /* <> */
        if (in->data[at] == '@') { /* a route */
            const unsigned char *colon = memchr(in->data + at, ':', end - at);
            size_t colon_at = (size_t)(colon - in->data);
            parts->route = span(at, colon_at);
            at = colon_at + 1;
        }
    }
    if (memchr(in->data + at, '@', end - at) == NULL) {
        parts->local = span(at, end); /* Postmaster */
        return;
    }
    sign = at_sign(in, at);
    parts->local = span(at, sign);
    host_parts(in, sign + 1, end, parts);
}

/* Facts about the domain: digits and dots only, no dot, two hyphens in a row; about the literal's tag. */
static uint32_t host_flags(const struct input *in, const struct reference_address *parts)
{
    uint32_t flags = 0;
    const unsigned char *data = in->data + parts->domain.at;
    size_t i, len = parts->domain.len, plain = 0, dots = 0;
    if (parts->literal.there) {
        const unsigned char *literal = in->data + parts->literal.at;
        int ipv6 = parts->literal.len > 6 && (literal[1] | 32) == 'i' && (literal[2] | 32) == 'p' &&
                   (literal[3] | 32) == 'v' && literal[4] == '6' && literal[5] == ':';
        if (memchr(literal, ':', parts->literal.len) != NULL && !ipv6)
            flags |= SMTPWIRE_FLAG_UNREGISTERED_TAG;
    }
    if (!parts->domain.there)
        return flags;
    for (i = 0; i < len; i++) {
        plain += is_DIGIT(data[i]) || data[i] == '.';
        dots += data[i] == '.' && i + 1 < len; /* the last one is trailing_dot's */
        if (i > 0 && data[i] == '-' && data[i - 1] == '-')
            flags |= SMTPWIRE_FLAG_DOUBLE_HYPHEN;
    }
    if (plain == len)
        flags |= SMTPWIRE_FLAG_NUMERIC_DOMAIN;
    if (dots == 0)
        flags |= SMTPWIRE_FLAG_SINGLE_LABEL;
    return flags;
}

uint32_t address_flags(const struct input *in, const struct reference_address *parts)
{
    uint32_t flags = host_flags(in, parts);
    if (parts->path.there && parts->path.len == 2)
        flags |= SMTPWIRE_FLAG_NULL_PATH;
    if (parts->local.there && !parts->domain.there && !parts->literal.there)
        flags |= SMTPWIRE_FLAG_POSTMASTER;
    if (parts->local.there && in->data[parts->local.at] == '"')
        flags |= SMTPWIRE_FLAG_QUOTED | (parts->local.len == 2 ? SMTPWIRE_FLAG_EMPTY_LOCAL : 0);
    if (parts->route.there)
        flags |= SMTPWIRE_FLAG_ROUTE;
    return flags;
}

static size_t limit_of(const struct smtpwire_options *options, unsigned limit)
{
    static const size_t standard[] = {64, 255, 63, 256}; /* RFC 5321 sections 4.5.3.1.1 to 3, RFC 1035 section 2.3.4 */
    return options->limit[limit] != 0 ? options->limit[limit] : standard[limit];
}

/* Keeps the lesser offset and the id that goes with it; of two limits at one octet either may be told. */
static void first_fault(struct reference_verdict *first, struct reference_verdict found)
{
    if (found.offset < first->offset)
        *first = found;
    else if (found.offset == first->offset)
        first->other = found.id;
}

/* Octets from to to - 1 were read as one thing with a limit. */
static void measure(size_t from, size_t to, size_t limit, unsigned id, struct reference_verdict *first)
{
    struct reference_verdict found = {id, 0, from + limit, 0, 0};
    if (to - from > limit)
        first_fault(first, found);
}

struct reference_verdict host_too_long(struct input *in, size_t from, const struct smtpwire_options *options)
{
    struct reference_verdict first = {SMTPWIRE_ERROR_NONE, 0, SIZE_MAX, 0, 0};
    size_t to = reach(in, from, host), label = from, at;
    measure(from, to, limit_of(options, SMTPWIRE_LIMIT_DOMAIN), SMTPWIRE_ERROR_DOMAIN_TOO_LONG, &first);
    if (from < to && in->data[from] != '[')
        for (at = from; at <= to; at++)
            if (at == to || in->data[at] == '.') {
                measure(label, at, limit_of(options, SMTPWIRE_LIMIT_LABEL), SMTPWIRE_ERROR_LABEL_TOO_LONG, &first);
                label = at + 1;
            }
    return first;
}

struct reference_verdict mailbox_too_long(struct input *in, size_t from, const struct smtpwire_options *options)
{
    struct reference_verdict first = {SMTPWIRE_ERROR_NONE, 0, SIZE_MAX, 0, 0};
    size_t to = reach(in, from, Local_part);
    measure(from, to, limit_of(options, SMTPWIRE_LIMIT_LOCAL_PART), SMTPWIRE_ERROR_LOCAL_PART_TOO_LONG, &first);
    if (to < in->len && in->data[to] == '@' && reach(in, from, Mailbox) > to)
        first_fault(&first, host_too_long(in, to + 1, options));
    return first;
}

struct reference_verdict path_too_long(struct input *in, size_t from, const struct smtpwire_options *options)
{
    struct reference_verdict first = {SMTPWIRE_ERROR_NONE, 0, SIZE_MAX, 0, 0};
    size_t at = from + 1, to = reach(in, from, Forward_path);
    if (to == from)
        return first;
    while (at < in->len && in->data[at] == '@') {
        first_fault(&first, host_too_long(in, at + 1, options));
        at = reach(in, at + 1, Domain);
        if (at >= in->len || (in->data[at] != ',' && in->data[at] != ':'))
            break;
        at++;
        if (in->data[at - 1] == ':')
            break;
    }
    if (at == from + 1 || in->data[at - 1] == ':')
        first_fault(&first, mailbox_too_long(in, at, options));
    measure(from, to, limit_of(options, SMTPWIRE_LIMIT_PATH), SMTPWIRE_ERROR_PATH_TOO_LONG, &first);
    return first;
}
