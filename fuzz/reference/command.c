/* Command lines: RFC 5321 section 4.1.1, RFC 3207, RFC 2033, RFC 4954, RFC 3030, RFC 1985, RFC 2645. */
#include "judge.h"
#include "parameters.h"

#include <string.h>

static struct reference_span span(size_t from, size_t to)
{
    struct reference_span made = {1, from, to - from};
    return made;
}

/* ---- The commands. Each reads from the end of its name on. ---- */

/* mail = "MAIL FROM:" Reverse-path [ SP Mail-parameters ]; rcpt = "RCPT TO:" Forward-path [ SP Rcpt-parameters ] */
static void mail_or_rcpt(struct input *in, int mail, const struct smtpwire_options *options,
                         struct reference_command *command)
{
    struct places colon = text(in, place(in, 4), mail ? " FROM:" : " TO:"), ends;
    size_t from, to;
    int coded = 0, said;
    if (colon.count == 0) {
        command->verdict = fault(SMTPWIRE_ERROR_ARGUMENT_SYNTAX, in->furthest > 4 ? in->furthest : 4);
        return;
    }
    from = colon.at[0];
    in->utf8 = options->smtputf8 || (mail && options->extensions & SMTPWIRE_OFFER(SMTPUTF8));
    ends = judge(in, from, mail ? Reverse_path : Forward_path, PATH, options, SMTPWIRE_ERROR_ADDRESS_SYNTAX,
                 &command->verdict);
    if (ends.count == 0 || command->verdict.offset < ends.at[0])
        return;
    to = ends.at[0];
    address_parts(in, from, to, 1, &command->address);
    command->flags |= address_flags(in, &command->address);
    command->verdict = parameters_read(in->data, in->len, to, mail, options, command, &coded);
    said = options->smtputf8 || command->flags & SMTPWIRE_FLAG_SMTPUTF8;
    from = first_non_ascii(in->data, in->len);
    if (from < in->len)
        command->flags |= SMTPWIRE_FLAG_UTF8;
    if (said)
        return;
    /* RFC 6531 section 3.4: in MAIL it may come until the line's end, in RCPT the octet itself is wrong. */
    if (!in->utf8 && from <= command->verdict.offset && from < in->len) {
        struct reference_verdict other = command->verdict;
        command->verdict = fault(SMTPWIRE_ERROR_NON_ASCII, from);
        command->verdict.other = other.offset == from ? other.id : 0;
    } else if (command->verdict.offset == in->len && (coded || from < in->len)) {
        unsigned other = command->verdict.id; /* what else is missing at the end */
        command->verdict = fault(SMTPWIRE_ERROR_NON_ASCII, in->len);
        command->verdict.other = other;
    }
}

/* ehlo, lhlo = SP ( Domain / address-literal ), helo = SP Domain */
static void greeting(struct input *in, rule *argument, const struct smtpwire_options *options,
                     struct reference_command *command)
{
    struct places space = text(in, place(in, 4), " "), ends;
    if (space.count == 0) {
        command->verdict = fault(SMTPWIRE_ERROR_ARGUMENT_SYNTAX, 4);
        return;
    }
    ends = judge(in, 5, argument, HOST, options, SMTPWIRE_ERROR_ARGUMENT_SYNTAX, &command->verdict);
    if (command->verdict.offset == in->len && has_place(ends, in->len)) {
        command->verdict.id = SMTPWIRE_ERROR_NONE;
        host_parts(in, 5, in->len, &command->address);
        command->flags |= address_flags(in, &command->address);
    }
}

/* name = String / Mailbox / Path (deviations.abnf) */
static struct places name(struct input *in, struct places from)
{
    return either(in, String(in, from), either(in, Mailbox(in, from), Path(in, from)));
}

static void name_parts(struct input *in, size_t to, struct reference_command *command)
{
    struct places mailbox = Mailbox(in, place(in, 5)), path = Path(in, place(in, 5));
    command->argument = span(5, to);
    if (has_place(mailbox, to) || has_place(path, to))
        address_parts(in, 5, to, has_place(path, to), &command->address);
    command->flags |= address_flags(in, &command->address);
}

/* vrfy, expn = SP name [ SP "SMTPUTF8" ] (RFC 6531 section 3.7.4.2) */
static void vrfy_or_expn(struct input *in, const struct smtpwire_options *options, struct reference_command *command)
{
    int offered = (options->extensions & SMTPWIRE_OFFER(SMTPUTF8)) != 0, non_ascii;
    struct places space = text(in, place(in, 4), " "), ends, with;
    size_t furthest, local;
    enum measure measure = NOTHING;
    if (space.count == 0) {
        command->verdict = fault(SMTPWIRE_ERROR_ARGUMENT_SYNTAX, 4);
        return;
    }
    in->utf8 = options->smtputf8 || offered;
    local = reach(in, 5, Local_part);
    if (in->len > 5 && in->data[5] == '<')
        measure = PATH;
    else if (local < in->len && in->data[local] == '@' && reach(in, 5, Mailbox) > local)
        measure = MAILBOX;
    ends = judge(in, 5, name, measure, options, SMTPWIRE_ERROR_ARGUMENT_SYNTAX, &command->verdict);
    if (command->verdict.id != SMTPWIRE_ERROR_ARGUMENT_SYNTAX)
        return;
    furthest = in->furthest;
    with = text(in, text(in, ends, " "), "SMTPUTF8");
    command->verdict.offset = offered ? in->furthest : furthest;
    if (has_place(with, in->len) && !offered) {
        command->verdict = fault(SMTPWIRE_ERROR_PARAMETER_UNKNOWN, in->len - 8);
        return;
    }
    if (!has_place(with, in->len) && !has_place(ends, in->len))
        return;
    if (has_place(with, in->len))
        command->flags |= SMTPWIRE_FLAG_SMTPUTF8;
    name_parts(in, in->len - (has_place(with, in->len) ? 9 : 0), command);
    non_ascii = first_non_ascii(in->data, in->len) < in->len;
    command->verdict = fault(SMTPWIRE_ERROR_NONE, in->len);
    if (non_ascii && !options->smtputf8 && !has_place(with, in->len))
        command->verdict.id = SMTPWIRE_ERROR_NON_ASCII;
    if (non_ascii)
        command->flags |= SMTPWIRE_FLAG_UTF8;
}

static int is_printable(unsigned char o) { return o >= 32 && o <= 126; }
static int is_visible(unsigned char o) { return o >= 33 && o <= 126; }
static struct places printable(struct input *in, struct places from) { return octet(in, from, is_printable); }
static struct places visible(struct input *in, struct places from) { return octet(in, from, is_visible); }

/* [ SP 1*%d32-126 ] (deviations.abnf) */
static struct places free_text(struct input *in, struct places from)
{
    return either(in, from, repeat(in, text(in, from, " "), 1, SIZE_MAX, printable));
}

/* RFC 1985 section 5: SP ( [ "@" ] Domain / "#" 1*%d33-126 ) */
static struct places etrn(struct input *in, struct places from)
{
    struct places space = text(in, from, " "), at = either(in, space, text(in, space, "@"));
    return either(in, ascii_domain(in, at), repeat(in, text(in, space, "#"), 1, SIZE_MAX, visible));
}

/* RFC 2645 section 5.2.1: [ SP atrn-domain *( "," atrn-domain ) ], of two labels at least */
static struct places dot_label(struct input *in, struct places from) { return ascii_label(in, exact(in, from, ".")); }
static struct places atrn_domain(struct input *in, struct places from)
{
    return repeat(in, ascii_label(in, from), 1, SIZE_MAX, dot_label);
}
static struct places comma_atrn_domain(struct input *in, struct places from)
{
    return atrn_domain(in, exact(in, from, ","));
}
static struct places atrn(struct input *in, struct places from)
{
    struct places list = repeat(in, atrn_domain(in, text(in, from, " ")), 0, SIZE_MAX, comma_atrn_domain);
    return either(in, from, list);
}

/* RFC 4954 section 8: SP sasl-mech [ SP initial-response ]; sasl-mech in any case (deviations.abnf) */
static int is_mechanism(unsigned char o) { return is_ALPHA(o) || is_DIGIT(o) || o == '-' || o == '_'; }
static struct places mechanism(struct input *in, struct places from) { return octet(in, from, is_mechanism); }
static struct places auth(struct input *in, struct places from)
{
    struct places mech = repeat(in, text(in, from, " "), 1, 20, mechanism), space = text(in, mech, " ");
    return either(in, mech, either(in, base64(in, space), exact(in, space, "=")));
}

/* RFC 3030 section 2: SP chunk-size [ SP end-marker ] */
static struct places bdat(struct input *in, struct places from)
{
    struct places size = DIGITS(in, text(in, from, " "));
    return either(in, size, text(in, text(in, size, " "), "LAST"));
}

static struct places alone(struct input *in, struct places from)
{
    (void)in;
    return from;
}

/* What the parts of a line that was accepted by one of the rules above are. */
static void simple_parts(const struct input *in, struct reference_command *command)
{
    size_t at = command->name.len + 1, space;
    const unsigned char *found;
    if (at > in->len)
        return;
    if (command->verb != SMTPWIRE_VERB_BDAT)
        command->argument = span(at, in->len);
    found = memchr(in->data + at, ' ', in->len - at);
    space = found == NULL ? in->len : (size_t)(found - in->data);
    if (command->verb == SMTPWIRE_VERB_AUTH && found != NULL) {
        command->argument = span(at, space);
        command->initial = span(space + 1, in->len);
    }
    if (command->verb == SMTPWIRE_VERB_BDAT) {
        command->chunk_size = decimal(in->data + at, space - at);
        command->last = found != NULL;
    }
    if (command->verb == SMTPWIRE_VERB_ETRN && in->data[at] != '#') {
        command->address.domain = span(at + (in->data[at] == '@'), in->len);
        command->flags |= address_flags(in, &command->address);
    }
}

/* A chunk of 2^63 octets or more (smtpwire_server_push): the digit that makes it so. */
static size_t chunk_overflow(const struct input *in)
{
    uint64_t size = 0;
    size_t at;
    for (at = 5; at < in->len && is_DIGIT(in->data[at]); at++) {
        unsigned digit = in->data[at] - '0';
        if (size > ((uint64_t)INT64_MAX - digit) / 10)
            return at;
        size = size * 10 + digit;
    }
    return SIZE_MAX;
}

static void simple(struct input *in, rule *argument, const struct smtpwire_options *options,
                   struct reference_command *command)
{
    struct places ends = argument(in, place(in, command->name.len));
    struct reference_verdict over = {SMTPWIRE_ERROR_NONE, 0, SIZE_MAX, 0};
    size_t at = command->name.len + 1;
    unsigned syntax = command->verb == SMTPWIRE_VERB_BDAT ? SMTPWIRE_ERROR_CHUNK_SIZE : SMTPWIRE_ERROR_ARGUMENT_SYNTAX;
    if (command->verb == SMTPWIRE_VERB_ETRN && at < in->len && in->data[at] != '#')
        over = host_too_long(in, at + (in->data[at] == '@'), options);
    command->verdict = fault(syntax, in->furthest > command->name.len ? in->furthest : command->name.len);
    if (command->verb == SMTPWIRE_VERB_BDAT && chunk_overflow(in) < command->verdict.offset) {
        command->verdict = fault(SMTPWIRE_ERROR_MESSAGE_TOO_LARGE, chunk_overflow(in));
    } else if (over.offset < command->verdict.offset) {
        command->verdict = over;
    } else if (has_place(ends, in->len)) {
        command->verdict.id = SMTPWIRE_ERROR_NONE;
        simple_parts(in, command);
    }
}

static const struct {
    const char *name;
    unsigned verb;
} verbs[] = {
    {"EHLO", SMTPWIRE_VERB_EHLO},       {"HELO", SMTPWIRE_VERB_HELO},         {"MAIL", SMTPWIRE_VERB_MAIL},
    {"RCPT", SMTPWIRE_VERB_RCPT},       {"DATA", SMTPWIRE_VERB_DATA},         {"RSET", SMTPWIRE_VERB_RSET},
    {"NOOP", SMTPWIRE_VERB_NOOP},       {"QUIT", SMTPWIRE_VERB_QUIT},         {"VRFY", SMTPWIRE_VERB_VRFY},
    {"EXPN", SMTPWIRE_VERB_EXPN},       {"HELP", SMTPWIRE_VERB_HELP},         {"STARTTLS", SMTPWIRE_VERB_STARTTLS},
    {"LHLO", SMTPWIRE_VERB_LHLO},       {"AUTH", SMTPWIRE_VERB_AUTH},         {"BDAT", SMTPWIRE_VERB_BDAT},
    {"ETRN", SMTPWIRE_VERB_ETRN},       {"ATRN", SMTPWIRE_VERB_ATRN},         {"BURL", SMTPWIRE_VERB_BURL},
    {"XCLIENT", SMTPWIRE_VERB_XCLIENT}, {"XFORWARD", SMTPWIRE_VERB_XFORWARD}, {"TURN", SMTPWIRE_VERB_TURN},
    {"SEND", SMTPWIRE_VERB_SEND},       {"SOML", SMTPWIRE_VERB_SOML},         {"SAML", SMTPWIRE_VERB_SAML},
};

/* The name: a letter or digit, then also hyphens. Names are not case-sensitive (RFC 5321 section 2.4). */
static void read_name(struct input *in, struct reference_command *command)
{
    size_t len = 0, i, j;
    while (len < in->len && (is_ALPHA(in->data[len]) || is_DIGIT(in->data[len]) || (len > 0 && in->data[len] == '-')))
        len++;
    if (len > 0)
        command->name = span(0, len);
    for (i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        for (j = 0; j < len && (in->data[j] & 0xDF) == verbs[i].name[j]; j++)
            ;
        if (j == len && verbs[i].name[j] == '\0')
            command->verb = verbs[i].verb;
    }
}

/* What stands behind the space that follows the name. */
static void rest(const struct input *in, struct reference_command *command)
{
    size_t at = command->name.len;
    if (at > 0 && at < in->len && in->data[at] == ' ' && at + 1 < in->len)
        command->argument = span(at + 1, in->len);
}

static void arguments(struct input *in, const struct smtpwire_options *options, struct reference_command *command)
{
    switch (command->verb) {
    case SMTPWIRE_VERB_EHLO:
    case SMTPWIRE_VERB_LHLO:
        greeting(in, ascii_host, options, command);
        break;
    case SMTPWIRE_VERB_HELO:
        greeting(in, ascii_domain, options, command);
        break;
    case SMTPWIRE_VERB_MAIL:
    case SMTPWIRE_VERB_RCPT:
        mail_or_rcpt(in, command->verb == SMTPWIRE_VERB_MAIL, options, command);
        break;
    case SMTPWIRE_VERB_VRFY:
    case SMTPWIRE_VERB_EXPN:
        vrfy_or_expn(in, options, command);
        break;
    case SMTPWIRE_VERB_NOOP:
    case SMTPWIRE_VERB_HELP:
        simple(in, free_text, options, command);
        break;
    case SMTPWIRE_VERB_AUTH:
        simple(in, auth, options, command);
        break;
    case SMTPWIRE_VERB_BDAT:
        simple(in, bdat, options, command);
        break;
    case SMTPWIRE_VERB_ETRN:
        simple(in, etrn, options, command);
        break;
    case SMTPWIRE_VERB_ATRN:
        simple(in, atrn, options, command);
        break;
    default: /* data, rset, quit, starttls: nothing follows */
        simple(in, alone, options, command);
        break;
    }
}

void reference_command(const void *line, size_t len, const struct smtpwire_options *options,
                       struct reference_command *command)
{
    struct input in;
    memset(command, 0, offsetof(struct reference_command, parameter));
    input_begin(&in, line, len);
    in.any_tag = (options->lax & SMTPWIRE_LAX_UNREGISTERED_TAG) != 0;
    read_name(&in, command);
    if (framing(line, len, &command->verdict)) {
        input_end(&in);
        return;
    }
    switch (command->verb) {
    case SMTPWIRE_VERB_UNKNOWN: /* RFC 5321 section 4.2.4 */
        command->verdict = fault(SMTPWIRE_ERROR_COMMAND_UNKNOWN, 0);
        rest(&in, command);
        break;
    case SMTPWIRE_VERB_BURL:
    case SMTPWIRE_VERB_XCLIENT:
    case SMTPWIRE_VERB_XFORWARD:
    case SMTPWIRE_VERB_TURN:
    case SMTPWIRE_VERB_SEND:
    case SMTPWIRE_VERB_SOML:
    case SMTPWIRE_VERB_SAML:
        command->verdict = fault(SMTPWIRE_ERROR_COMMAND_NOT_IMPLEMENTED, 0);
        rest(&in, command);
        break;
    default:
        /* RFC 2033 section 4.1: LHLO in LMTP and nowhere else, there instead of EHLO and HELO. */
        if (options->lmtp ? command->verb == SMTPWIRE_VERB_EHLO || command->verb == SMTPWIRE_VERB_HELO
                          : command->verb == SMTPWIRE_VERB_LHLO) {
            command->verdict = fault(SMTPWIRE_ERROR_COMMAND_NOT_IMPLEMENTED, 0);
            rest(&in, command);
        } else {
            arguments(&in, options, command);
        }
        break;
    }
    input_end(&in);
}
