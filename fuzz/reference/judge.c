/* Faults of one address, in a line or alone: RFC 5321 sections 2.3.8, 4.1.2, 4.1.3 and 4.5.3.1, RFC 6531 section 3.5.
 */
#include "judge.h"

#include <string.h>

struct reference_verdict fault(unsigned id, size_t offset)
{
    struct reference_verdict verdict = {id, 0, offset, 0, 0};
    return verdict;
}

/* RFC 5321 sections 2.3.8 and 4.1.2: CR, LF and NUL are in no line; they are told before all else. */
int framing(const unsigned char *data, size_t len, struct reference_verdict *verdict)
{
    size_t i;
    for (i = 0; i < len; i++)
        if (data[i] == '\0' || data[i] == '\n' || data[i] == '\r') {
            *verdict = fault(data[i] == '\0'   ? SMTPWIRE_ERROR_NUL
                             : data[i] == '\n' ? SMTPWIRE_ERROR_BARE_LF
                                               : SMTPWIRE_ERROR_BARE_CR,
                             i);
            return 1;
        }
    return 0;
}

size_t first_non_ascii(const unsigned char *data, size_t len)
{
    size_t i;
    for (i = 0; i < len && data[i] < 128; i++)
        ;
    return i;
}

/* A literal with a tag that is not registered (RFC 5321 section 4.1.3): the fault is in what follows its bracket, and
 * there a tag and its colon can be read. */
static int is_unregistered(const struct input *in, size_t at, rule *address, size_t furthest)
{
    struct input other = *in;
    size_t i, open;
    int is_one = 0;
    other.blocks = NULL;
    other.any_tag = 1;
    address(&other, place(&other, at));
    for (i = furthest; other.furthest > furthest && i-- > at && !is_one;) {
        struct places colon;
        if (other.data[i] != '[')
            continue;
        open = i + 1;
        colon = tag_colon(&other, place(&other, open));
        is_one = colon.count != 0 && colon.at[0] > furthest && reach(&other, at, address) >= colon.at[0];
    }
    input_end(&other);
    return is_one;
}

/* With UTF-8 it would go further (RFC 6531 section 3.5). */
static int is_non_ascii(const struct input *in, size_t at, rule *address, size_t furthest)
{
    struct input other = *in;
    other.blocks = NULL;
    other.utf8 = 1;
    address(&other, place(&other, at));
    input_end(&other);
    return other.furthest > furthest;
}

static struct reference_verdict too_long(struct input *in, size_t at, enum measure measure,
                                         const struct smtpwire_options *options)
{
    struct reference_verdict none = {SMTPWIRE_ERROR_NONE, 0, SIZE_MAX, 0, 0};
    return measure == PATH      ? path_too_long(in, at, options)
           : measure == MAILBOX ? mailbox_too_long(in, at, options)
           : measure == HOST    ? host_too_long(in, at, options)
                                : none;
}

/* An octet may be wrong and over a limit, or over two. */
static void also(struct reference_verdict *verdict, struct reference_verdict over)
{
    if (over.offset != verdict->offset)
        return;
    verdict->other = over.id;
    verdict->third = over.other;
}

struct places judge(struct input *in, size_t at, rule *address, enum measure measure,
                    const struct smtpwire_options *options, unsigned syntax, struct reference_verdict *verdict)
{
    struct places ends = address(in, place(in, at));
    size_t furthest = in->furthest > at ? in->furthest : at;
    struct reference_verdict over = too_long(in, at, measure, options);

    if (over.offset < furthest) {
        *verdict = over;
    } else if (!in->any_tag && is_unregistered(in, at, address, furthest)) {
        *verdict = fault(SMTPWIRE_ERROR_UNREGISTERED_TAG, furthest);
        /* An octet may be both of such a tag and over a limit. */
        in->any_tag = 1;
        over = too_long(in, at, measure, options);
        in->any_tag = 0;
        also(verdict, over);
    } else if (!in->utf8 && is_non_ascii(in, at, address, furthest)) {
        *verdict = fault(SMTPWIRE_ERROR_NON_ASCII, furthest);
        /* And both over 127 and over a limit. */
        in->utf8 = 1;
        over = too_long(in, at, measure, options);
        in->utf8 = 0;
        also(verdict, over);
    } else {
        *verdict = fault(syntax, furthest);
    }
    return ends;
}

static void read_address(enum reference_value kind, const void *data, size_t len,
                         const struct smtpwire_options *options, struct reference_address *address, uint32_t *flags,
                         struct reference_verdict *verdict)
{
    static rule *const rules[] = {Reverse_path, Forward_path, Mailbox, host};
    static const enum measure measures[] = {PATH, PATH, MAILBOX, HOST};
    struct input in;
    struct places ends;
    memset(address, 0, sizeof *address);
    *flags = 0;
    if (framing(data, len, verdict))
        return;
    input_begin(&in, data, len);
    in.utf8 = options->smtputf8;
    in.any_tag = (options->lax & SMTPWIRE_LAX_UNREGISTERED_TAG) != 0;
    in.lax = options->lax & ADDRESS_LENIENCIES;
    ends = judge(&in, 0, rules[kind], measures[kind], options, SMTPWIRE_ERROR_ADDRESS_SYNTAX, verdict);
    if (verdict->offset == len && has_place(ends, len)) {
        verdict->id = SMTPWIRE_ERROR_NONE;
        if (kind == REFERENCE_DOMAIN)
            host_parts(&in, 0, len, address);
        else
            address_parts(&in, 0, len, kind != REFERENCE_MAILBOX, address);
        *flags = address_flags(&in, address) | (first_non_ascii(data, len) < len ? SMTPWIRE_FLAG_UTF8 : 0);
    }
    input_end(&in);
}

/* What is valid without leniencies means what it means without them. */
void reference_address(enum reference_value kind, const void *data, size_t len, const struct smtpwire_options *options,
                       struct reference_address *address, uint32_t *flags, struct reference_verdict *verdict)
{
    struct smtpwire_options strict = *options;
    strict.lax &= ~(uint32_t)ADDRESS_LENIENCIES;
    read_address(kind, data, len, &strict, address, flags, verdict);
    if (verdict->id == SMTPWIRE_ERROR_NONE || strict.lax == options->lax)
        return;
    read_address(kind, data, len, options, address, flags, verdict);
    if (verdict->id == SMTPWIRE_ERROR_NONE)
        *flags |= SMTPWIRE_FLAG_LENIENT;
}
