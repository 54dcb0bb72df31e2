/* Values of ESMTP parameters. Deviations are in grammar/abnf/deviations.abnf: no null elements in NOTIFY, no padding in
 * MTRK, no control character in xtext. */
#include "coded.h"
#include "values.h"

#include <string.h>

struct places DIGITS(struct input *in, struct places from) {
    return repeat(in, from, 1, SIZE_MAX, DIGIT);
}

uint64_t
decimal(const unsigned char *data, size_t len)
{
    uint64_t value = 0;
    while (len-- > 0)
        value = value * 10 + (uint64_t)(*data++ - '0');
    return value;
}

/* RFC 1870 section 3: size-value = 1*20DIGIT */
static struct places size_value(struct input *in, struct places from) { return repeat(in, from, 1, 20, DIGIT); }

/* RFC 6152 section 2; RFC 3030 section 3 */
static struct places body_value(struct input *in, struct places from)
{
    return either(in, text(in, from, "7BIT"), text(in, from, "8BITMIME"));
}

static struct places body_or_binary(struct input *in, struct places from)
{
    return either(in, body_value(in, from), text(in, from, "BINARYMIME"));
}

/* RFC 4954 section 5: the value stands for a Mailbox or <> */
static struct places auth_value(struct input *in, struct places from)
{
    return either(in, Mailbox(in, from), text(in, from, "<>"));
}

/* RFC 3461 section 4.3 */
static struct places ret_value(struct input *in, struct places from)
{
    return either(in, text(in, from, "FULL"), text(in, from, "HDRS"));
}

static int is_printable_ASCII(unsigned char o) { return o >= 32 && o <= 126; }
static int is_no_control(unsigned char o) { return o >= 32 && o != 127; }
static struct places printable(struct input *in, struct places from) { return octet(in, from, is_printable_ASCII); }
static struct places no_control(struct input *in, struct places from) { return octet(in, from, is_no_control); }

/* RFC 3461 section 4.4: xtext of printable US-ASCII */
static struct places envid_value(struct input *in, struct places from)
{
    return repeat(in, from, 0, SIZE_MAX, printable);
}

/* RFC 3461 section 4.1 */
static struct places notify_list_element(struct input *in, struct places from)
{
    struct places ends = either(in, text(in, from, "SUCCESS"), text(in, from, "FAILURE"));
    return either(in, ends, text(in, from, "DELAY"));
}

static struct places comma_notify_list_element(struct input *in, struct places from)
{
    return notify_list_element(in, exact(in, from, ","));
}

static struct places notify_value(struct input *in, struct places from)
{
    struct places list = repeat(in, notify_list_element(in, from), 0, SIZE_MAX, comma_notify_list_element);
    return either(in, list, text(in, from, "NEVER"));
}

/* RFC 3461 section 4.2: addr-type is an atom of RFC 822 section 3.3, any CHAR but specials, SPACE and CTLs. "=" cannot
 * stand in an esmtp-value. */
static int is_addr_type(unsigned char o) { return o > 32 && o < 127 && strchr("()<>@,;:\\\".[]=", o) == NULL; }
static struct places addr_type_octet(struct input *in, struct places from) { return octet(in, from, is_addr_type); }

/* original-recipient-address = addr-type ";" xtext, or utf-8-type-addr (RFC 6533 section 3), which stands for a Mailbox
 */
static struct places orcpt_value(struct input *in, struct places from)
{
    enum spelling spelling = in->spelling;
    struct places type, utf8_type, ends;
    int utf8 = in->utf8;
    in->spelling = SPELLING_PLAIN;
    type = repeat(in, from, 1, SIZE_MAX, addr_type_octet);
    utf8_type = text(in, from, "utf-8");
    if (utf8_type.count != 0)
        type = without(in, type, utf8_type.at[0]);
    type = exact(in, type, ";");
    utf8_type = exact(in, utf8_type, ";");
    in->spelling = spelling;
    ends = repeat(in, type, 0, SIZE_MAX, no_control);
    in->spelling = SPELLING_UNITEXT;
    in->utf8 = 1;
    ends = either(in, ends, Mailbox(in, utf8_type));
    in->utf8 = utf8;
    in->spelling = spelling;
    return ends;
}

/* RFC 2852 section 4: by-value = by-time ";" by-mode [ by-trace ], by-time = [ "-" / "+" ] 1*9DIGIT; over zero with R
 */
static struct places by_value(struct input *in, struct places from)
{
    struct places sign = either(in, exact(in, from, "-"), exact(in, from, "+"));
    struct places time = repeat(in, either(in, from, sign), 1, 9, DIGIT), mode = none(), trace;
    size_t i, at;
    for (i = 0; i < time.count; i++) {
        struct places behind = exact(in, place(in, time.at[i]), ";");
        int over_zero = 0;
        for (at = 0; at < time.at[i]; at++)
            over_zero |= in->data[at] >= '1' && in->data[at] <= '9';
        mode = either(in, mode, text(in, behind, "N"));
        if (over_zero && in->data[0] != '-')
            mode = either(in, mode, text(in, behind, "R"));
    }
    trace = text(in, mode, "T");
    return either(in, mode, trace);
}

/* RFC 4865 section 3: future-release-integer = %x31-39 *8DIGIT */
static struct places holdfor_value(struct input *in, struct places from)
{
    return repeat(in, range(in, from, '1', '9'), 0, 8, DIGIT);
}

/* RFC 6710 section 7: priority-value = ( [ "-" ] NZDIGIT ) / "0" */
static struct places priority_value(struct input *in, struct places from)
{
    return either(in, range(in, either(in, from, exact(in, from, "-")), '1', '9'), exact(in, from, "0"));
}

/* RFC 4648 section 4 */
static int is_base64(unsigned char o) { return is_ALPHA(o) || is_DIGIT(o) || o == '+' || o == '/'; }
static struct places base64_char(struct input *in, struct places from) { return octet(in, from, is_base64); }
static struct places base64_quad(struct input *in, struct places from) { return repeat(in, from, 4, 4, base64_char); }

/* RFC 4954 section 8: base64 = base64-terminal / ( 1*( 4base64-char ) [ base64-terminal ] ), base64-terminal =
 * ( 2base64-char "==" ) / ( 3base64-char "=" ) */
static struct places base64_terminal(struct input *in, struct places from)
{
    return either(in, exact(in, repeat(in, from, 2, 2, base64_char), "=="),
                  exact(in, repeat(in, from, 3, 3, base64_char), "="));
}

struct places base64(struct input *in, struct places from)
{
    return either(in, base64_terminal(in, from),
                  optional(in, repeat(in, from, 1, SIZE_MAX, base64_quad), base64_terminal));
}

/* RFC 3885 section 3: mtrk-certifier [ ":" mtrk-timeout ], the certifier without the padding that esmtp-value excludes
 */
static struct places mtrk_value(struct input *in, struct places from)
{
    struct places certifier = either(in, repeat(in, from, 1, SIZE_MAX, base64_quad),
                                     repeat(in, repeat(in, from, 0, SIZE_MAX, base64_quad), 2, 3, base64_char));
    return either(in, certifier, repeat(in, exact(in, certifier, ":"), 1, 9, DIGIT));
}

/* RFC 3865 section 2.2: word = ALPHA *wordchar; Solicitation-keywords = word *( "," word ) */
static int is_wordchar(unsigned char o)
{
    return is_ALPHA(o) || is_DIGIT(o) || (o != '\0' && strchr(".-_:", o) != NULL);
}
static struct places wordchar(struct input *in, struct places from) { return octet(in, from, is_wordchar); }
static struct places word(struct input *in, struct places from)
{
    return repeat(in, octet(in, from, is_ALPHA), 0, SIZE_MAX, wordchar);
}
static struct places comma_word(struct input *in, struct places from) { return word(in, exact(in, from, ",")); }
struct places Solicitation_keywords(struct input *in, struct places from)
{
    return repeat(in, word(in, from), 0, SIZE_MAX, comma_word);
}

/* RFC 1845 section 2: transid-atom is any CHAR but SPACE, CTLs, tspecials (RFC 1521 section 4) and "." */
static int is_transid(unsigned char o) { return o > 32 && o < 127 && strchr("()<>@,;:\\\"/[]?=.", o) == NULL; }
static struct places transid_octet(struct input *in, struct places from) { return octet(in, from, is_transid); }
static struct places transid_atom(struct input *in, struct places from)
{
    return repeat(in, from, 1, SIZE_MAX, transid_octet);
}
static struct places dot_transid_atom(struct input *in, struct places from)
{
    return transid_atom(in, exact(in, from, "."));
}
static struct places transid_token(struct input *in, struct places from)
{
    return repeat(in, transid_atom(in, from), 0, SIZE_MAX, dot_transid_atom);
}
static struct places transid_value(struct input *in, struct places from)
{
    return exact(in, transid_token(in, exact(in, transid_token(in, exact(in, from, "<")), "@")), ">");
}

/* Postfix VERP_README: two delimiters */
static int is_delimiter(unsigned char o) { return o > 32 && o < 127 && o != '=' && !is_ALPHA(o) && !is_DIGIT(o); }
static struct places xverp_value(struct input *in, struct places from)
{
    return octet(in, octet(in, from, is_delimiter), is_delimiter);
}

/* The rule, whether it is spelled in xtext, and the longest value (RFC 3461 sections 4.2 and 4.4, RFC 3865 section 2.3,
 * RFC 1845 section 2). */
static const struct {
    rule *value;
    size_t longest;
    unsigned id;
    int xtext;
} values[] = {
    {size_value, SIZE_MAX, SMTPWIRE_PARAMETER_SIZE, 0},
    {body_value, SIZE_MAX, SMTPWIRE_PARAMETER_BODY, 0},
    {auth_value, SIZE_MAX, SMTPWIRE_PARAMETER_AUTH, 1},
    {ret_value, SIZE_MAX, SMTPWIRE_PARAMETER_RET, 0},
    {envid_value, 100, SMTPWIRE_PARAMETER_ENVID, 1},
    {notify_value, SIZE_MAX, SMTPWIRE_PARAMETER_NOTIFY, 0},
    {orcpt_value, 500, SMTPWIRE_PARAMETER_ORCPT, 1},
    {by_value, SIZE_MAX, SMTPWIRE_PARAMETER_BY, 0},
    {holdfor_value, SIZE_MAX, SMTPWIRE_PARAMETER_HOLDFOR, 0},
    {date_time_UTC, SIZE_MAX, SMTPWIRE_PARAMETER_HOLDUNTIL, 0},
    {priority_value, SIZE_MAX, SMTPWIRE_PARAMETER_MT_PRIORITY, 0},
    {rrvs_value, SIZE_MAX, SMTPWIRE_PARAMETER_RRVS, 0},
    {mtrk_value, SIZE_MAX, SMTPWIRE_PARAMETER_MTRK, 0},
    {Solicitation_keywords, 1000, SMTPWIRE_PARAMETER_SOLICIT, 0},
    {Mailbox, SIZE_MAX, SMTPWIRE_PARAMETER_SUBMITTER, 1},
    {transid_value, 80, SMTPWIRE_PARAMETER_TRANSID, 0},
    {Mailbox, SIZE_MAX, SMTPWIRE_PARAMETER_ALT_ADDRESS, 1},
    {xverp_value, SIZE_MAX, SMTPWIRE_PARAMETER_XVERP, 0},
};

static int is_mailbox(unsigned id)
{
    return id == SMTPWIRE_PARAMETER_AUTH || id == SMTPWIRE_PARAMETER_SUBMITTER || id == SMTPWIRE_PARAMETER_ALT_ADDRESS;
}

/* ORCPT of the type utf-8 (RFC 6533 section 3) */
static int is_utf8_type(const struct input *in)
{
    static const char type[] = "utf-8;";
    size_t i;
    for (i = 0; i < 6; i++)
        if (i >= in->len || (in->data[i] | (is_ALPHA(in->data[i]) ? 32 : 0)) != type[i])
            return 0;
    return 1;
}

/* SIZE over a limit: the digit that makes it so, SIZE_MAX where none does. */
static size_t size_over(const struct input *in, uint64_t most)
{
    uint64_t size = 0;
    size_t at;
    for (at = 0; at < in->len && at < 20 && is_DIGIT(in->data[at]); at++) {
        unsigned digit = in->data[at] - '0';
        if (size > most / 10 || size * 10 > most - (digit < most ? digit : most) || digit > most)
            return at;
        size = size * 10 + digit;
    }
    return SIZE_MAX;
}

static struct reference_span part(size_t from, size_t to)
{
    struct reference_span made = {1, from, to - from};
    return made;
}

/* What a value that was accepted says. */
static void read_accepted(const struct input *in, struct reference_parameter *p)
{
    const unsigned char *data = in->data, *mark;
    size_t sign = data[0] == '-' || data[0] == '+', at;
    p->negative = data[0] == '-';
    switch (p->id) {
    case SMTPWIRE_PARAMETER_SIZE:
    case SMTPWIRE_PARAMETER_HOLDFOR:
        p->number = decimal(data, in->len);
        break;
    case SMTPWIRE_PARAMETER_MT_PRIORITY:
        p->number = decimal(data + sign, in->len - sign);
        break;
    case SMTPWIRE_PARAMETER_BODY:
        p->number = data[0] == '7'   ? SMTPWIRE_BODY_7BIT
                    : data[0] == '8' ? SMTPWIRE_BODY_8BITMIME
                                     : SMTPWIRE_BODY_BINARYMIME;
        break;
    case SMTPWIRE_PARAMETER_RET:
        p->number = (data[0] | 32) == 'f' ? SMTPWIRE_RET_FULL : SMTPWIRE_RET_HDRS;
        break;
    case SMTPWIRE_PARAMETER_NOTIFY:
        for (at = 0; at < in->len; at++)
            if (at == 0 || data[at - 1] == ',')
                p->number |= (data[at] | 32) == 's'   ? SMTPWIRE_NOTIFY_SUCCESS
                             : (data[at] | 32) == 'f' ? SMTPWIRE_NOTIFY_FAILURE
                             : (data[at] | 32) == 'd' ? SMTPWIRE_NOTIFY_DELAY
                                                      : 0;
        break;
    case SMTPWIRE_PARAMETER_BY:
        mark = memchr(data, ';', in->len);
        at = (size_t)(mark - data);
        p->number = decimal(data + sign, at - sign);
        p->mode = data[at + 1] & 0xDF;
        p->trace = at + 3 == in->len;
        break;
    case SMTPWIRE_PARAMETER_HOLDUNTIL:
        date_read(data, in->len, p);
        break;
    case SMTPWIRE_PARAMETER_RRVS:
        mark = memchr(data, ';', in->len);
        at = mark == NULL ? in->len : (size_t)(mark - data);
        date_read(data, at, p);
        p->mode = mark == NULL ? 0 : mark[1] & 0xDF;
        break;
    case SMTPWIRE_PARAMETER_ORCPT:
    case SMTPWIRE_PARAMETER_MTRK:
        mark = memchr(data, p->id == SMTPWIRE_PARAMETER_MTRK ? ':' : ';', in->len);
        at = mark == NULL ? in->len : (size_t)(mark - data);
        p->first = part(0, at);
        if (mark != NULL)
            p->second = part(at + 1, in->len);
        p->utf8 = p->id == SMTPWIRE_PARAMETER_ORCPT && is_utf8_type(in);
        break;
    default:
        break;
    }
}

struct reference_verdict value_read(struct input *in, unsigned id, const struct smtpwire_options *options,
                                    struct reference_parameter *parameter, int *non_ascii)
{
    struct reference_verdict verdict = {.id = SMTPWIRE_ERROR_NONE};
    struct places ends;
    size_t i, over = SIZE_MAX, until = 0, large = SIZE_MAX, larger = SIZE_MAX;
    int utf8 = in->utf8;
    rule *value = NULL;

    for (i = 0; i < sizeof values / sizeof values[0]; i++)
        if (values[i].id == id) {
            value = values[i].value;
            if (values[i].xtext)
                in->spelling = options->lax & SMTPWIRE_LAX_XTEXT_LOWER_CASE ? SPELLING_LOWER_XTEXT : SPELLING_XTEXT;
            over = values[i].longest;
        }
    /* RFC 3030 section 3: BINARYMIME only with CHUNKING */
    if (id == SMTPWIRE_PARAMETER_BODY && options->extensions & SMTPWIRE_OFFER(BINARYMIME) &&
        options->extensions & SMTPWIRE_OFFER(CHUNKING))
        value = body_or_binary;
    if (id == SMTPWIRE_PARAMETER_SIZE) {
        /* message_max may be told where it is set (RFC 1870 section 6.1); 2^64 and more is told apart. */
        large = options->message_max != 0 ? size_over(in, options->message_max) : SIZE_MAX;
        larger = size_over(in, UINT64_MAX);
    }
    in->raw_utf8 = utf8;
    if (id == SMTPWIRE_PARAMETER_ALT_ADDRESS)
        in->utf8 = 0;
    ends = value(in, place(in, 0));
    if (is_mailbox(id))
        over = coded_too_long(in, 0, value, options, &until);
    in->utf8 = utf8;
    if (id == SMTPWIRE_PARAMETER_ORCPT && is_utf8_type(in)) {
        size_t coded;
        in->spelling = SPELLING_UNITEXT;
        in->utf8 = 1;
        coded = coded_too_long(in, 6, Mailbox, options, &until);
        in->utf8 = utf8;
        until = coded < over ? until : 0;
        over = coded < over ? coded : over;
    }
    verdict.offset = in->furthest;
    if (over < verdict.offset || !has_place(ends, in->len))
        verdict.id = SMTPWIRE_ERROR_PARAMETER_VALUE;
    if (over < verdict.offset) {
        verdict.offset = over;
        verdict.until = until;
    }
    if (large < verdict.offset) {
        verdict.offset = large;
        verdict.id = SMTPWIRE_ERROR_MESSAGE_TOO_LARGE;
    }
    if (larger < verdict.offset) {
        verdict.offset = larger;
        verdict.id = SMTPWIRE_ERROR_SIZE_TOO_LARGE;
    }
    *non_ascii = 0;
    if (verdict.id == SMTPWIRE_ERROR_NONE) {
        read_accepted(in, parameter);
        for (i = 0; i < in->len && is_mailbox(id); i++)
            *non_ascii |= in->data[i] == '+' && in->data[i + 1] >= '8';
        for (i = 0; i < in->len; i++)
            *non_ascii |= in->data[i] > 127;
    }
    return verdict;
}
