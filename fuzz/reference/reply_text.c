/* What some replies say to machines: the host of a greeting (RFC 5321 sections 4.2 and 4.1.1.1), a forward path in the
 * text of 251 and 551 (sections 3.4 and 4.2.2), the challenge of a 334 (RFC 4954 section 4); deviations.abnf. */
#include "judge.h"
#include "values.h"

#include <string.h>

static int is_text(unsigned char o) { return o == 9 || (o >= 32 && o != 127); }
static int is_unbracketed(unsigned char o) { return is_text(o) && o != '<' && o != '>'; }
static struct places text_octet(struct input *in, struct places from) { return octet(in, from, is_text); }
static struct places unbracketed(struct input *in, struct places from) { return octet(in, from, is_unbracketed); }

static size_t last_of(struct places ends, size_t otherwise)
{
    return ends.count == 0 ? otherwise : ends.at[ends.count - 1];
}

/* In ASCII: in->utf8 is 0. greeting-text = ( ascii-domain / address-literal ) [ SP textstring ], ehlo-text =
 * ascii-domain [ SP textstring ] */
static void greeting(struct input *in, rule *who, const struct smtpwire_options *options,
                     struct reference_reply_text *reply)
{
    struct places ends = judge(in, 0, who, HOST, options, SMTPWIRE_ERROR_ADDRESS_SYNTAX, &reply->verdict);
    size_t to = last_of(ends, 0), text_at;
    if (ends.count == 0 || reply->verdict.offset != to)
        return;
    text_at = to + 1;
    if (to < in->len) {
        if (in->data[to] != ' ')
            return;
        ends = repeat(in, place(in, text_at), 1, SIZE_MAX, text_octet);
        reply->verdict = fault(SMTPWIRE_ERROR_REPLY_SYNTAX, last_of(ends, text_at));
        if (!has_place(ends, in->len))
            return;
        reply->text = (struct reference_span){1, text_at, in->len - text_at};
    }
    reply->verdict.id = SMTPWIRE_ERROR_NONE;
    host_parts(in, 0, to, &reply->address);
    reply->flags = address_flags(in, &reply->address);
}

/* forward-text = *unbracketed Forward-path *unbracketed */
static void forward(struct input *in, const struct smtpwire_options *options, struct reference_reply_text *reply)
{
    size_t from = last_of(repeat(in, place(in, 0), 0, SIZE_MAX, unbracketed), 0), to;
    struct places ends;
    in->furthest = from;
    reply->verdict = fault(SMTPWIRE_ERROR_REPLY_SYNTAX, from);
    if (from == in->len || in->data[from] != '<')
        return;
    ends = judge(in, from, Path, PATH, options, SMTPWIRE_ERROR_ADDRESS_SYNTAX, &reply->verdict);
    to = last_of(ends, 0);
    if (ends.count == 0 || reply->verdict.offset < to)
        return;
    ends = repeat(in, place(in, to), 0, SIZE_MAX, unbracketed);
    reply->verdict = fault(SMTPWIRE_ERROR_REPLY_SYNTAX, last_of(ends, to));
    if (!has_place(ends, in->len))
        return;
    reply->verdict.id = SMTPWIRE_ERROR_NONE;
    address_parts(in, from, to, 1, &reply->address);
    reply->flags = address_flags(in, &reply->address);
    if (to - from > first_non_ascii(in->data + from, to - from))
        reply->flags |= SMTPWIRE_FLAG_UTF8;
}

static void challenge(struct input *in, struct reference_reply_text *reply)
{
    struct places ends = either(in, place(in, 0), base64(in, place(in, 0)));
    reply->verdict = fault(has_place(ends, in->len) ? SMTPWIRE_ERROR_NONE : SMTPWIRE_ERROR_AUTH_SYNTAX, in->furthest);
    if (reply->verdict.id == SMTPWIRE_ERROR_NONE && in->len != 0)
        reply->text = (struct reference_span){1, 0, in->len};
}

static void read_text(enum reference_text kind, const void *data, size_t len, const struct smtpwire_options *options,
                      struct reference_reply_text *reply)
{
    struct input in;
    memset(reply, 0, sizeof *reply);
    input_begin(&in, data, len);
    in.any_tag = (options->lax & SMTPWIRE_LAX_UNREGISTERED_TAG) != 0;
    in.lax = options->lax & ADDRESS_LENIENCIES;
    if (framing(data, len, &reply->verdict)) {
        input_end(&in);
        return;
    }
    switch (kind) {
    case REFERENCE_GREETING:
        greeting(&in, host, options, reply);
        break;
    case REFERENCE_EHLO_GREETING:
        greeting(&in, Domain, options, reply);
        break;
    case REFERENCE_FORWARD_TEXT:
        in.utf8 = options->smtputf8;
        forward(&in, options, reply);
        break;
    default:
        challenge(&in, reply);
        break;
    }
    input_end(&in);
}

/* What is valid without leniencies means what it means without them. */
void reference_reply_text(enum reference_text kind, const void *data, size_t len,
                          const struct smtpwire_options *options, struct reference_reply_text *reply)
{
    struct smtpwire_options strict = *options;
    strict.lax &= ~(uint32_t)ADDRESS_LENIENCIES;
    read_text(kind, data, len, &strict, reply);
    if (reply->verdict.id == SMTPWIRE_ERROR_NONE || strict.lax == options->lax)
        return;
    read_text(kind, data, len, options, reply);
    if (reply->verdict.id == SMTPWIRE_ERROR_NONE)
        reply->flags |= SMTPWIRE_FLAG_LENIENT;
}
