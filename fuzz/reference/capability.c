/* A keyword line of an EHLO reply (RFC 5321 section 4.1.1.1), and its parameters by the RFC of each keyword. */
#include "judge.h"
#include "values.h"

#include <string.h>

/* ehlo-line = ehlo-keyword *( SP ehlo-param ), ehlo-keyword = ( ALPHA / DIGIT ) *( ALPHA / DIGIT / "-" ),
 * ehlo-param = 1*( %d33-126 ) */
static int is_alphanumeric(unsigned char o) { return is_ALPHA(o) || is_DIGIT(o); }
static int is_keyword(unsigned char o) { return is_alphanumeric(o) || o == '-'; }
static int is_param(unsigned char o) { return o >= 33 && o <= 126; }
static struct places keyword_octet(struct input *in, struct places from) { return octet(in, from, is_keyword); }
static struct places ehlo_keyword(struct input *in, struct places from)
{
    return repeat(in, octet(in, from, is_alphanumeric), 0, SIZE_MAX, keyword_octet);
}
static struct places param_octet(struct input *in, struct places from) { return octet(in, from, is_param); }
static struct places SP(struct input *in, struct places from) {
    return exact(in, from, " ");
} static struct places SP_ehlo_param(struct input *in, struct places from)
{
    return repeat(in, SP(in, from), 1, SIZE_MAX, param_octet);
}
static struct places params(struct input *in, struct places from)
{
    return repeat(in, from, 0, SIZE_MAX, SP_ehlo_param);
}

/* AUTH *( SP sasl-mech ), sasl-mech = 1*20mech-char (RFC 4954 section 3, RFC 4422 section 3.1) */
static int is_mech_char(unsigned char o) { return (o >= 'A' && o <= 'Z') || is_DIGIT(o) || o == '-' || o == '_'; }
static struct places mech_char(struct input *in, struct places from) { return octet(in, from, is_mech_char); }
static struct places sasl_mech(struct input *in, struct places from) { return repeat(in, from, 1, 20, mech_char); }
static struct places SP_sasl_mech(struct input *in, struct places from) { return sasl_mech(in, SP(in, from)); }
static struct places mechanisms(struct input *in, struct places from)
{
    return repeat(in, from, 0, SIZE_MAX, SP_sasl_mech);
}

/* SIZE [ SP 1*DIGIT ] (RFC 1870 section 3) */
static struct places size(struct input *in, struct places from) { return either(in, from, DIGITS(in, SP(in, from))); }

/* DELIVERBY [ SP deliverby-param ], [ 1*9DIGIT ] *( "," extension-token ), not empty (RFC 2852 section 2) */
static int is_token(unsigned char o) { return is_param(o) && o != ','; }
static struct places token_octet(struct input *in, struct places from) { return octet(in, from, is_token); }
static struct places comma_token(struct input *in, struct places from)
{
    return repeat(in, exact(in, from, ","), 1, SIZE_MAX, token_octet);
}
static struct places deliver_by(struct input *in, struct places from)
{
    struct places space = SP(in, from), time = repeat(in, space, 1, 9, DIGIT);
    struct places some = either(in, time, comma_token(in, space));
    return either(in, from, repeat(in, some, 0, SIZE_MAX, comma_token));
}

/* FUTURERELEASE SP future-release-integer SP date-time (RFC 4865 section 3) */
static struct places future_release(struct input *in, struct places from)
{
    struct places interval = repeat(in, range(in, SP(in, from), '1', '9'), 0, 8, DIGIT);
    return date_time(in, SP(in, interval));
}

/* MT-PRIORITY [ SP 1*20( ALPHA / DIGIT / "-" / "_" / "." ) ] (RFC 6710 section 7) */
static int is_profile(unsigned char o) { return is_keyword(o) || o == '_' || o == '.'; }
static struct places profile_octet(struct input *in, struct places from) { return octet(in, from, is_profile); }
static struct places mt_priority(struct input *in, struct places from)
{
    return either(in, from, repeat(in, SP(in, from), 1, 20, profile_octet));
}

/* NO-SOLICITING [ SP Solicitation-keywords ] (RFC 3865 section 2.2) */
static struct places no_soliciting(struct input *in, struct places from)
{
    return either(in, from, Solicitation_keywords(in, SP(in, from)));
}

/* LIMITS 1*( SP limit-name [ "=" limit-value ] ) (RFC 9422 section 3) */
static int is_limit_name(unsigned char o) { return is_keyword(o) || o == '_'; }
static int is_limit_value(unsigned char o) { return is_param(o) && o != ';'; }
static struct places limit_name_octet(struct input *in, struct places from) { return octet(in, from, is_limit_name); }
static struct places limit_value_octet(struct input *in, struct places from) { return octet(in, from, is_limit_value); }
static struct places SP_limit(struct input *in, struct places from)
{
    struct places name = repeat(in, SP(in, from), 1, SIZE_MAX, limit_name_octet);
    return either(in, name, repeat(in, exact(in, name, "="), 1, SIZE_MAX, limit_value_octet));
}
static struct places limits(struct input *in, struct places from) { return repeat(in, from, 1, SIZE_MAX, SP_limit); }

/* XCLIENT, XFORWARD *( SP attribute ) (Postfix) */
static struct places SP_keyword(struct input *in, struct places from) { return ehlo_keyword(in, SP(in, from)); }
static struct places attributes(struct input *in, struct places from)
{
    return repeat(in, from, 0, SIZE_MAX, SP_keyword);
}

static struct places nothing(struct input *in, struct places from)
{
    (void)in;
    return from;
}

static const struct {
    const char *keyword;
    unsigned id;
    rule *parameters;
} known[] = {
    {"SIZE", SMTPWIRE_CAPABILITY_SIZE, size},
    {"8BITMIME", SMTPWIRE_CAPABILITY_8BITMIME, nothing},
    {"BINARYMIME", SMTPWIRE_CAPABILITY_BINARYMIME, nothing},
    {"CHUNKING", SMTPWIRE_CAPABILITY_CHUNKING, nothing},
    {"PIPELINING", SMTPWIRE_CAPABILITY_PIPELINING, nothing},
    {"DSN", SMTPWIRE_CAPABILITY_DSN, nothing},
    {"STARTTLS", SMTPWIRE_CAPABILITY_STARTTLS, nothing},
    {"AUTH", SMTPWIRE_CAPABILITY_AUTH, mechanisms},
    {"SMTPUTF8", SMTPWIRE_CAPABILITY_SMTPUTF8, nothing},
    {"ENHANCEDSTATUSCODES", SMTPWIRE_CAPABILITY_ENHANCEDSTATUSCODES, nothing},
    {"VRFY", SMTPWIRE_CAPABILITY_VRFY, nothing},
    {"EXPN", SMTPWIRE_CAPABILITY_EXPN, nothing},
    {"HELP", SMTPWIRE_CAPABILITY_HELP, nothing},
    {"ETRN", SMTPWIRE_CAPABILITY_ETRN, nothing},
    {"ATRN", SMTPWIRE_CAPABILITY_ATRN, nothing},
    {"DELIVERBY", SMTPWIRE_CAPABILITY_DELIVERBY, deliver_by},
    {"FUTURERELEASE", SMTPWIRE_CAPABILITY_FUTURERELEASE, future_release},
    {"MT-PRIORITY", SMTPWIRE_CAPABILITY_MT_PRIORITY, mt_priority},
    {"NO-SOLICITING", SMTPWIRE_CAPABILITY_NO_SOLICITING, no_soliciting},
    {"LIMITS", SMTPWIRE_CAPABILITY_LIMITS, limits},
    {"RRVS", SMTPWIRE_CAPABILITY_RRVS, nothing},
    {"REQUIRETLS", SMTPWIRE_CAPABILITY_REQUIRETLS, nothing},
    {"MTRK", SMTPWIRE_CAPABILITY_MTRK, nothing},
    {"SUBMITTER", SMTPWIRE_CAPABILITY_SUBMITTER, nothing},
    {"CONPERM", SMTPWIRE_CAPABILITY_CONPERM, nothing},
    {"CONNEG", SMTPWIRE_CAPABILITY_CONNEG, nothing},
    {"CHECKPOINT", SMTPWIRE_CAPABILITY_CHECKPOINT, nothing},
    {"BURL", SMTPWIRE_CAPABILITY_BURL, params},
    {"XCLIENT", SMTPWIRE_CAPABILITY_XCLIENT, attributes},
    {"XFORWARD", SMTPWIRE_CAPABILITY_XFORWARD, attributes},
    {"XVERP", SMTPWIRE_CAPABILITY_XVERP, nothing},
    {"PRDR", SMTPWIRE_CAPABILITY_PRDR, nothing},
    {"UTF8SMTP", SMTPWIRE_CAPABILITY_UTF8SMTP, nothing},
    {"SEND", SMTPWIRE_CAPABILITY_SEND, nothing},
    {"SOML", SMTPWIRE_CAPABILITY_SOML, nothing},
    {"SAML", SMTPWIRE_CAPABILITY_SAML, nothing},
    {"TURN", SMTPWIRE_CAPABILITY_TURN, nothing},
    {"VERB", SMTPWIRE_CAPABILITY_VERB, nothing},
    {"ONEX", SMTPWIRE_CAPABILITY_ONEX, nothing},
};

static int same(const unsigned char *data, size_t len, const char *name)
{
    size_t i;
    for (i = 0; i < len; i++)
        if (name[i] == '\0' || (is_ALPHA(data[i]) ? data[i] & 0xDF : data[i]) != (unsigned char)name[i])
            return 0;
    return name[len] == '\0';
}

static const char *const mechanism_names[] = {"PLAIN",         "LOGIN",
                                              "CRAM-MD5",      "DIGEST-MD5",
                                              "SCRAM-SHA-1",   "SCRAM-SHA-1-PLUS",
                                              "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS",
                                              "GSSAPI",        "NTLM",
                                              "EXTERNAL",      "XOAUTH2",
                                              "OAUTHBEARER",   "ANONYMOUS"};

/* The words of the parameters, of which each one counts by itself. */
static void read_words(const unsigned char *data, size_t len, struct reference_capability *capability)
{
    static const char *const limit_names[] = {"MAILMAX", "RCPTMAX", "RCPTDOMAINMAX"};
    size_t at, end, i, equals;
    for (at = 0; at < len; at = end + 1) {
        for (end = at; end < len && data[end] != ' '; end++)
            ;
        if (capability->id == SMTPWIRE_CAPABILITY_AUTH) {
            for (i = 0; i < sizeof mechanism_names / sizeof mechanism_names[0]; i++)
                if (strlen(mechanism_names[i]) == end - at && memcmp(mechanism_names[i], data + at, end - at) == 0)
                    capability->number |= (uint64_t)1 << i;
            continue;
        }
        for (equals = at; equals < end && data[equals] != '='; equals++)
            ;
        for (i = 0; i < 3; i++) {
            /* limit-number = %x31-39 *5DIGIT (RFC 9422 section 4) */
            size_t digits = equals == end ? 0 : end - equals - 1, j;
            if (!same(data + at, equals - at, limit_names[i]))
                continue;
            for (j = 0; j < digits && is_DIGIT(data[equals + 1 + j]); j++)
                ;
            if (digits == 0 || digits > 6 || j < digits || data[equals + 1] == '0')
                capability->flags |= SMTPWIRE_FLAG_BAD_VALUE;
            else if (capability->limit[i] == 0)
                capability->limit[i] = (uint32_t)decimal(data + equals + 1, digits);
        }
    }
}

/* Seconds since 1970: days counted one by one, year by year. */
static int64_t seconds_since_1970(const struct reference_parameter *p)
{
    static const unsigned days_before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    int64_t days = 0;
    unsigned year;
    int leap = p->date[0] % 4 == 0 && (p->date[0] % 100 != 0 || p->date[0] % 400 == 0);
    for (year = 1970; year < p->date[0]; year++)
        days += year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 366 : 365;
    for (year = 1969; year + 1 > p->date[0]; year--) {
        days -= year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 366 : 365;
        if (year == 0)
            break;
    }
    days += days_before[p->date[1] - 1] + (p->date[1] > 2 && leap) + p->date[2] - 1;
    return days * 86400 + p->date[3] * 3600 + p->date[4] * 60 + p->date[5] -
           (p->west ? -1 : 1) * (int64_t)p->date[6] * 60;
}

/* XCLIENT and XFORWARD: attributes of each (Postfix). BURL: "imap", or what begins with "imap://" and goes on (RFC 4468
 * section 3.3). MT-PRIORITY: a profile (RFC 6710 appendices A to C). */
static void read_word(const unsigned char *data, size_t len, struct reference_capability *capability)
{
    static const struct {
        const char *name;
        unsigned id, number;
    } words[] = {
        {"NAME", SMTPWIRE_CAPABILITY_XCLIENT, 1 << SMTPWIRE_ATTRIBUTE_NAME},
        {"ADDR", SMTPWIRE_CAPABILITY_XCLIENT, 1 << SMTPWIRE_ATTRIBUTE_ADDR},
        {"PORT", SMTPWIRE_CAPABILITY_XCLIENT, 1 << SMTPWIRE_ATTRIBUTE_PORT},
        {"PROTO", SMTPWIRE_CAPABILITY_XCLIENT, 1 << SMTPWIRE_ATTRIBUTE_PROTO},
        {"HELO", SMTPWIRE_CAPABILITY_XCLIENT, 1 << SMTPWIRE_ATTRIBUTE_HELO},
        {"LOGIN", SMTPWIRE_CAPABILITY_XCLIENT, 1 << SMTPWIRE_ATTRIBUTE_LOGIN},
        {"DESTADDR", SMTPWIRE_CAPABILITY_XCLIENT, 1 << SMTPWIRE_ATTRIBUTE_DESTADDR},
        {"DESTPORT", SMTPWIRE_CAPABILITY_XCLIENT, 1 << SMTPWIRE_ATTRIBUTE_DESTPORT},
        {"NAME", SMTPWIRE_CAPABILITY_XFORWARD, 1 << SMTPWIRE_ATTRIBUTE_NAME},
        {"ADDR", SMTPWIRE_CAPABILITY_XFORWARD, 1 << SMTPWIRE_ATTRIBUTE_ADDR},
        {"PORT", SMTPWIRE_CAPABILITY_XFORWARD, 1 << SMTPWIRE_ATTRIBUTE_PORT},
        {"PROTO", SMTPWIRE_CAPABILITY_XFORWARD, 1 << SMTPWIRE_ATTRIBUTE_PROTO},
        {"HELO", SMTPWIRE_CAPABILITY_XFORWARD, 1 << SMTPWIRE_ATTRIBUTE_HELO},
        {"IDENT", SMTPWIRE_CAPABILITY_XFORWARD, 1 << SMTPWIRE_ATTRIBUTE_IDENT},
        {"SOURCE", SMTPWIRE_CAPABILITY_XFORWARD, 1 << SMTPWIRE_ATTRIBUTE_SOURCE},
        {"IMAP", SMTPWIRE_CAPABILITY_BURL, SMTPWIRE_BURL_IMAP},
        {"MIXER", SMTPWIRE_CAPABILITY_MT_PRIORITY, SMTPWIRE_PRIORITY_MIXER},
        {"STANAG4406", SMTPWIRE_CAPABILITY_MT_PRIORITY, SMTPWIRE_PRIORITY_STANAG4406},
        {"NSEP", SMTPWIRE_CAPABILITY_MT_PRIORITY, SMTPWIRE_PRIORITY_NSEP},
    };
    size_t i;
    for (i = 0; i < sizeof words / sizeof words[0]; i++)
        if (words[i].id == capability->id && same(data, len, words[i].name))
            capability->number |= words[i].number;
    if (capability->id == SMTPWIRE_CAPABILITY_BURL && len > 7 && same(data, 7, "IMAP://"))
        capability->number |= SMTPWIRE_BURL_SERVER;
}

static void read_value(const unsigned char *data, size_t len, struct reference_capability *capability)
{
    size_t i, from;
    switch (capability->id) {
    case SMTPWIRE_CAPABILITY_XCLIENT:
    case SMTPWIRE_CAPABILITY_XFORWARD:
    case SMTPWIRE_CAPABILITY_BURL:
    case SMTPWIRE_CAPABILITY_MT_PRIORITY:
        for (from = i = 0; i < len; from = ++i) {
            while (i < len && data[i] != ' ')
                i++;
            read_word(data + from, i - from, capability);
        }
        capability->has_value = len > 0;
        break;
    case SMTPWIRE_CAPABILITY_SIZE:
        for (i = 0; i < len; i++) {
            if (capability->number > (UINT64_MAX - (data[i] - '0')) / 10) {
                capability->number = 0;
                capability->flags |= SMTPWIRE_FLAG_BAD_VALUE;
                return;
            }
            capability->number = capability->number * 10 + data[i] - '0';
        }
        capability->has_value = len > 0;
        break;
    case SMTPWIRE_CAPABILITY_DELIVERBY:
        for (i = 0; i < len && is_DIGIT(data[i]); i++)
            ;
        capability->number = decimal(data, i);
        capability->has_value = i > 0;
        break;
    case SMTPWIRE_CAPABILITY_FUTURERELEASE: {
        struct reference_parameter date = {0};
        for (i = 0; data[i] != ' '; i++)
            ;
        capability->number = decimal(data, i);
        date_read(data + i + 1, len - i - 1, &date);
        capability->until = seconds_since_1970(&date);
        capability->has_value = 1;
        break;
    }
    default:
        break;
    }
}

/* Where the keyword's parameters are: as its RFC has them or not, what they say. */
static void read_parameters(struct input *in, struct reference_capability *capability)
{
    size_t end = capability->keyword.len, which, longest = SIZE_MAX;
    const unsigned char *data = in->data + capability->parameters.at;
    struct places ends;
    for (which = 0; which < sizeof known / sizeof known[0]; which++)
        if (same(in->data, end, known[which].keyword))
            break;
    if (which == sizeof known / sizeof known[0])
        return;
    capability->id = known[which].id;
    if (capability->id == SMTPWIRE_CAPABILITY_NO_SOLICITING)
        longest = 1000; /* RFC 3865 section 2.2 */
    /* AUTH= counts as AUTH and a space. */
    if (end < in->len && in->data[end] == '=')
        ends = mechanisms(in, sasl_mech(in, exact(in, place(in, end), "=")));
    else
        ends = known[which].parameters(in, place(in, end));
    if (!has_place(ends, in->len) || capability->parameters.len > longest)
        capability->flags |= SMTPWIRE_FLAG_BAD_VALUE;
    if (capability->id == SMTPWIRE_CAPABILITY_AUTH ||
        (capability->id == SMTPWIRE_CAPABILITY_LIMITS && has_place(ends, in->len))) {
        read_words(data, capability->parameters.len, capability);
        if (capability->id == SMTPWIRE_CAPABILITY_AUTH)
            capability->has_value = capability->parameters.there;
        else
            capability->has_value = capability->limit[0] + capability->limit[1] + capability->limit[2] != 0;
    } else if ((capability->flags & SMTPWIRE_FLAG_BAD_VALUE) == 0) {
        read_value(data, capability->parameters.len, capability);
    }
}

void reference_capability(const void *text_, size_t len, const struct smtpwire_options *options,
                          struct reference_capability *capability)
{
    const unsigned char *data = text_;
    struct places keyword, ends;
    struct input in;
    size_t end;
    memset(capability, 0, sizeof *capability);
    if (framing(data, len, &capability->verdict))
        return;
    input_begin(&in, data, len);
    keyword = ehlo_keyword(&in, place(&in, 0));
    ends = params(&in, keyword);
    /* lax-ehlo-line and lax-auth of deviations.abnf: the one has spaces at its end, the other not. */
    if (options->lax & SMTPWIRE_LAX_CAPABILITY_SPACE)
        ends = repeat(&in, ends, 0, SIZE_MAX, SP);
    if (options->lax & SMTPWIRE_LAX_AUTH_EQUALS)
        ends = either(&in, ends, mechanisms(&in, sasl_mech(&in, text(&in, place(&in, 0), "AUTH="))));
    capability->verdict =
        fault(has_place(ends, len) ? SMTPWIRE_ERROR_NONE : SMTPWIRE_ERROR_CAPABILITY_SYNTAX, in.furthest);
    if (capability->verdict.id == SMTPWIRE_ERROR_NONE) {
        while (in.data[in.len - 1] == ' ')
            in.len--;
        for (end = 0; end < in.len && is_keyword(data[end]); end++)
            ;
        capability->keyword = (struct reference_span){1, 0, end};
        if (end < in.len)
            capability->parameters = (struct reference_span){1, end + 1, in.len - end - 1};
        else
            capability->parameters = (struct reference_span){0, end, 0};
        read_parameters(&in, capability);
    }
    input_end(&in);
}
