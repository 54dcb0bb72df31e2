/* Command lines: RFC 5321 section 4.1.1, RFC 3207, RFC 2033, RFC 4954, RFC 3030, RFC 1985, RFC 2645. */
#include "attributes.h"
#include "judge.h"
#include "parameters.h"

#include <stdlib.h>
#include <string.h>

static struct reference_span span(size_t from, size_t to)
{
    struct reference_span made = {1, from, to - from};
    return made;
}

/* ---- The commands. Each reads from the end of its name on. ---- */

static int is_blank(unsigned char octet) { return octet == ' ' || octet == '\t'; }

/* SP "FROM:" or SP "TO:"; space_after_colon: and spaces. The place where the path begins, or 0. */
static size_t path_begin(struct input *in, int mail)
{
    struct places colon = text(in, separator(in, place(in, 4)), mail ? "FROM:" : "TO:");
    size_t at = colon.count == 0 ? 0 : colon.at[0];
    while (at != 0 && in->lax & SMTPWIRE_LAX_SPACE_AFTER_COLON && at < in->len && in->data[at] == ' ')
        in->furthest = ++at;
    return at;
}

/* Reads the path; returns where it ends, or 0 if that is where the line's fault is. */
static size_t path(struct input *in, size_t from, int mail, const struct smtpwire_options *options,
                   struct reference_command *command)
{
    int brackets = from < in->len && in->data[from] == '<';
    int bare = !brackets && in->lax & SMTPWIRE_LAX_MISSING_BRACKETS;
    rule *address = mail ? (bare ? Bare_from : Reverse_path) : (bare ? Bare_to : Forward_path);
    struct places ends =
        judge(in, from, address, bare ? MAILBOX : PATH, options, SMTPWIRE_ERROR_ADDRESS_SYNTAX, &command->verdict);
    size_t to = ends.count == 0 ? 0 : ends.at[ends.count - 1];
    if (to == 0 || command->verdict.offset < to)
        return 0;
    /* Without a bracket it ends where a blank or the line's end is, whatever the blank is worth. */
    if (bare && (command->verdict.offset > to || (to < in->len && !is_blank(in->data[to]))))
        return 0;
    address_parts(in, from, to, brackets, &command->address);
    return to;
}

/* mail = "MAIL FROM:" Reverse-path [ SP Mail-parameters ]; rcpt = "RCPT TO:" Forward-path [ SP Rcpt-parameters ] */
static void mail_or_rcpt(struct input *in, int mail, const struct smtpwire_options *options,
                         struct reference_command *command)
{
    size_t from = path_begin(in, mail), to;
    int coded = 0, said;
    if (from == 0) {
        command->verdict = fault(SMTPWIRE_ERROR_ARGUMENT_SYNTAX, in->furthest > 4 ? in->furthest : 4);
        return;
    }
    in->utf8 = options->smtputf8 || (mail && options->extensions & SMTPWIRE_OFFER(SMTPUTF8));
    to = path(in, from, mail, options, command);
    if (to == 0)
        return;
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
        command->verdict.third = other.offset == from ? other.other : 0;
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
    struct places space = separator(in, place(in, 4)), ends;
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
    struct places space = separator(in, place(in, 4)), ends, with;
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
    with = text(in, separator(in, ends), "SMTPUTF8");
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
    return either(in, from, repeat(in, separator(in, from), 1, SIZE_MAX, printable));
}

/* RFC 1985 section 5: SP ( [ "@" ] Domain / "#" 1*%d33-126 ) */
static struct places etrn(struct input *in, struct places from)
{
    struct places space = separator(in, from), at = either(in, space, text(in, space, "@"));
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
    struct places list = repeat(in, atrn_domain(in, separator(in, from)), 0, SIZE_MAX, comma_atrn_domain);
    return either(in, from, list);
}

/* RFC 4954 section 8: SP sasl-mech [ SP initial-response ]; sasl-mech in any case (deviations.abnf) */
static int is_mechanism(unsigned char o) { return is_ALPHA(o) || is_DIGIT(o) || o == '-' || o == '_'; }
static struct places mechanism(struct input *in, struct places from) { return octet(in, from, is_mechanism); }
static struct places auth(struct input *in, struct places from)
{
    struct places mech = repeat(in, separator(in, from), 1, 20, mechanism), space = separator(in, mech);
    return either(in, mech, either(in, base64(in, space), exact(in, space, "=")));
}

/* RFC 3030 section 2: SP chunk-size [ SP end-marker ] */
static struct places bdat(struct input *in, struct places from)
{
    struct places size = DIGITS(in, separator(in, from));
    return either(in, size, text(in, separator(in, size), "LAST"));
}

/* RFC 4468 section 3.5: SP absolute-URI [ SP end-marker ] */
static struct places burl(struct input *in, struct places from)
{
    struct places uri = absolute_URI(in, separator(in, from));
    return either(in, uri, text(in, separator(in, uri), "LAST"));
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
    int two = command->verb == SMTPWIRE_VERB_AUTH || command->verb == SMTPWIRE_VERB_BDAT ||
              command->verb == SMTPWIRE_VERB_BURL;
    if (at > in->len)
        return;
    for (space = at; space < in->len && !(two && (in->data[space] == ' ' || in->data[space] == '\t')); space++)
        ;
    if (command->verb != SMTPWIRE_VERB_BDAT)
        command->argument = span(at, space);
    if (command->verb == SMTPWIRE_VERB_AUTH && space < in->len)
        command->initial = span(space + 1, in->len);
    if (command->verb == SMTPWIRE_VERB_BURL)
        command->last = space < in->len;
    if (command->verb == SMTPWIRE_VERB_BDAT) {
        command->chunk_size = decimal(in->data + at, space - at);
        command->last = space < in->len;
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
    struct reference_verdict over = {SMTPWIRE_ERROR_NONE, 0, SIZE_MAX, 0, 0};
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

/* The names that are in smtpwire.h's table and are commands; its other rows name what no client writes. */
static const struct {
    const char *name;
    unsigned verb;
    int implemented;
} verbs[] = {
#define VERB_ROW_(id, name, implemented) {name, SMTPWIRE_VERB_##id, implemented},
    SMTPWIRE_VERBS(VERB_ROW_)
#undef VERB_ROW_
};

/* The name: a letter or digit, then also hyphens. Names are not case-sensitive (RFC 5321 section 2.4). */
static int read_name(struct input *in, struct reference_command *command)
{
    size_t len = 0, i, j;
    int implemented = 0;
    while (len < in->len && (is_ALPHA(in->data[len]) || is_DIGIT(in->data[len]) || (len > 0 && in->data[len] == '-')))
        len++;
    if (len > 0)
        command->name = span(0, len);
    for (i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        for (j = 0; j < len && (is_ALPHA(in->data[j]) ? in->data[j] & 0xDF : in->data[j]) == verbs[i].name[j]; j++)
            ;
        if (len > 0 && j == len && verbs[i].name[j] == '\0') {
            command->verb = verbs[i].verb;
            implemented = verbs[i].implemented;
        }
    }
    return implemented;
}

/* What stands behind the space that follows the name. */
static void rest(const struct input *in, struct reference_command *command)
{
    size_t at = command->name.len;
    if (at > 0 && at < in->len && in->data[at] == ' ')
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
    case SMTPWIRE_VERB_BURL:
        simple(in, burl, options, command);
        break;
    case SMTPWIRE_VERB_XCLIENT:
    case SMTPWIRE_VERB_XFORWARD:
        command->verdict = attributes_read(in->data, in->len, command->name.len, options, command);
        break;
    default: /* data, rset, quit, starttls: nothing follows */
        simple(in, alone, options, command);
        break;
    }
}

/* A command in no table, or one that is not implemented (RFC 5321 section 4.2.4): with unknown_command it is taken if
 * its name is followed by a space or by nothing. */
static void unknown(struct input *in, const struct smtpwire_options *options, struct reference_command *command)
{
    size_t at = command->name.len;
    command->verdict = fault(command->verb == SMTPWIRE_VERB_UNKNOWN ? SMTPWIRE_ERROR_COMMAND_UNKNOWN
                                                                    : SMTPWIRE_ERROR_COMMAND_NOT_IMPLEMENTED,
                             0);
    rest(in, command);
    if ((options->lax & SMTPWIRE_LAX_UNKNOWN_COMMAND) == 0 || at == 0 || (at < in->len && in->data[at] != ' '))
        return;
    command->verdict.id = SMTPWIRE_ERROR_NONE;
    if (first_non_ascii(in->data, in->len) < in->len)
        command->flags |= SMTPWIRE_FLAG_EIGHT_BIT;
}

/* Whether this server has a command that is implemented: RFC 2033 section 4.1, LHLO in LMTP and nowhere else, there
 * instead of EHLO and HELO; BURL, XCLIENT and XFORWARD where they are offered. */
static int has(unsigned verb, const struct smtpwire_options *options)
{
    switch (verb) {
    case SMTPWIRE_VERB_EHLO:
    case SMTPWIRE_VERB_HELO:
        return !options->lmtp;
    case SMTPWIRE_VERB_LHLO:
        return options->lmtp;
    case SMTPWIRE_VERB_BURL:
        return (options->extensions & SMTPWIRE_OFFER(BURL)) != 0;
    case SMTPWIRE_VERB_XCLIENT:
        return (options->extensions & SMTPWIRE_OFFER(XCLIENT)) != 0;
    case SMTPWIRE_VERB_XFORWARD:
        return (options->extensions & SMTPWIRE_OFFER(XFORWARD)) != 0;
    default:
        return 1;
    }
}

/* One line, without trailing_space. */
static int read_line(const void *line, size_t len, const struct smtpwire_options *options,
                     struct reference_command *command)
{
    struct input in;
    int implemented;
    memset(command, 0, offsetof(struct reference_command, parameter));
    input_begin(&in, line, len);
    in.any_tag = (options->lax & SMTPWIRE_LAX_UNREGISTERED_TAG) != 0;
    in.lax = options->lax;
    implemented = read_name(&in, command);
    if (framing(line, len, &command->verdict)) {
        input_end(&in);
        return 0;
    }
    if (!implemented) {
        unknown(&in, options, command);
    } else if (!has(command->verb, options)) {
        command->verdict = fault(SMTPWIRE_ERROR_COMMAND_NOT_IMPLEMENTED, 0);
        rest(&in, command);
    } else {
        arguments(&in, options, command);
    }
    input_end(&in);
    return command->verdict.id == SMTPWIRE_ERROR_NONE;
}

/* trailing_space: blanks behind a whole command might be its end, so they are no fault; what follows them is. */
static void move_behind_blanks(const unsigned char *line, size_t len, const struct smtpwire_options *options,
                               struct reference_command *command)
{
    struct reference_command *prefix = malloc(sizeof *prefix);
    size_t from = command->name.len, to, first = command->verdict.offset; /* what goes behind it is not whole */
    if (prefix == NULL)
        abort();
    while (from < len && from <= first) {
        for (to = from; to < len && is_blank(line[to]); to++)
            ;
        if (to > from && to > command->verdict.offset && read_line(line, from, options, prefix))
            command->verdict = fault(command->verb == SMTPWIRE_VERB_BDAT ? SMTPWIRE_ERROR_CHUNK_SIZE
                                     : command->verb == SMTPWIRE_VERB_MAIL || command->verb == SMTPWIRE_VERB_RCPT
                                         ? SMTPWIRE_ERROR_PARAMETER_SYNTAX
                                         : SMTPWIRE_ERROR_ARGUMENT_SYNTAX,
                                     to);
        from = to > from ? to : from + 1;
    }
    free(prefix);
}

void reference_command(const void *line, size_t len, const struct smtpwire_options *options,
                       struct reference_command *command)
{
    const unsigned char *octets = line;
    struct smtpwire_options strict = *options;
    size_t end = len;
    int implemented;
    /* What is valid without leniencies means what it means without them. */
    strict.lax &= ~(uint32_t)(ADDRESS_LENIENCIES | LINE_LENIENCIES);
    if (read_line(line, len, &strict, command) || strict.lax == options->lax)
        return;
    implemented =
        command->verb != SMTPWIRE_VERB_UNKNOWN && command->verdict.id != SMTPWIRE_ERROR_COMMAND_NOT_IMPLEMENTED;
    /* Of a command that is not known only a space or nothing may follow the name (smtpwire_command_parse). */
    while (implemented && options->lax & SMTPWIRE_LAX_TRAILING_SPACE && end > 0 && is_blank(octets[end - 1]))
        end--;
    if (read_line(line, len, options, command) || (end < len && read_line(line, end, options, command))) {
        command->flags |= SMTPWIRE_FLAG_LENIENT;
        return;
    }
    read_line(line, len, options, command);
    if (implemented && options->lax & SMTPWIRE_LAX_TRAILING_SPACE)
        move_behind_blanks(octets, len, options, command);
}
