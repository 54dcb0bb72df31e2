/* The list of parameters (RFC 5321 section 4.1.2): esmtp-param *( SP esmtp-param ), esmtp-param = esmtp-keyword [ "="
 * esmtp-value ]. Read from left to right: the first fault is told. */
#include "parameters.h"

#include <string.h>

enum takes { NO_VALUE, VALUE, PERHAPS };

/* Which command has a parameter, which extension brings it, and whether it has a value. */
static const struct {
    const char *keyword;
    unsigned id;
    int mail, rcpt;
    enum takes takes;
    uint64_t extensions;
} known[] = {
    {"SIZE", SMTPWIRE_PARAMETER_SIZE, 1, 0, VALUE, SMTPWIRE_OFFER(SIZE)}, /* RFC 1870 section 3 */
    {"BODY", SMTPWIRE_PARAMETER_BODY, 1, 0, VALUE,
     SMTPWIRE_OFFER(EIGHTBITMIME) | SMTPWIRE_OFFER(BINARYMIME)}, /* RFC 6152 section 2, RFC 3030 section 3 */
    {"SMTPUTF8", SMTPWIRE_PARAMETER_SMTPUTF8, 1, 0, NO_VALUE, SMTPWIRE_OFFER(SMTPUTF8)}, /* RFC 6531 section 3.1 */
    {"AUTH", SMTPWIRE_PARAMETER_AUTH, 1, 0, VALUE, SMTPWIRE_OFFER(AUTH)},                /* RFC 4954 section 5 */
    {"RET", SMTPWIRE_PARAMETER_RET, 1, 0, VALUE, SMTPWIRE_OFFER(DSN)},                   /* RFC 3461 section 4 */
    {"ENVID", SMTPWIRE_PARAMETER_ENVID, 1, 0, VALUE,
     SMTPWIRE_OFFER(DSN) | SMTPWIRE_OFFER(MTRK)}, /* RFC 3885 section 2 */
    {"NOTIFY", SMTPWIRE_PARAMETER_NOTIFY, 0, 1, VALUE, SMTPWIRE_OFFER(DSN)},
    {"ORCPT", SMTPWIRE_PARAMETER_ORCPT, 0, 1, VALUE, SMTPWIRE_OFFER(DSN) | SMTPWIRE_OFFER(MTRK)},
    {"BY", SMTPWIRE_PARAMETER_BY, 1, 0, VALUE, SMTPWIRE_OFFER(DELIVERBY)},               /* RFC 2852 section 4 */
    {"HOLDFOR", SMTPWIRE_PARAMETER_HOLDFOR, 1, 0, VALUE, SMTPWIRE_OFFER(FUTURERELEASE)}, /* RFC 4865 section 3 */
    {"HOLDUNTIL", SMTPWIRE_PARAMETER_HOLDUNTIL, 1, 0, VALUE, SMTPWIRE_OFFER(FUTURERELEASE)},
    {"MT-PRIORITY", SMTPWIRE_PARAMETER_MT_PRIORITY, 1, 0, VALUE, SMTPWIRE_OFFER(MT_PRIORITY)}, /* RFC 6710 section 3 */
    {"RRVS", SMTPWIRE_PARAMETER_RRVS, 0, 1, VALUE, SMTPWIRE_OFFER(RRVS)}, /* RFC 7293 section 3.1 */
    {"REQUIRETLS", SMTPWIRE_PARAMETER_REQUIRETLS, 1, 0, NO_VALUE, SMTPWIRE_OFFER(REQUIRETLS)}, /* RFC 8689 section 2 */
    {"MTRK", SMTPWIRE_PARAMETER_MTRK, 1, 0, VALUE, SMTPWIRE_OFFER(MTRK)},                      /* RFC 3885 section 3 */
    {"SOLICIT", SMTPWIRE_PARAMETER_SOLICIT, 1, 0, VALUE, SMTPWIRE_OFFER(NO_SOLICITING)},    /* RFC 3865 section 2.3 */
    {"SUBMITTER", SMTPWIRE_PARAMETER_SUBMITTER, 1, 0, VALUE, SMTPWIRE_OFFER(SUBMITTER)},    /* RFC 4405 section 3 */
    {"TRANSID", SMTPWIRE_PARAMETER_TRANSID, 1, 0, VALUE, SMTPWIRE_OFFER(CHECKPOINT)},       /* RFC 1845 section 2 */
    {"CONPERM", SMTPWIRE_PARAMETER_CONPERM, 1, 0, NO_VALUE, SMTPWIRE_OFFER(CONPERM)},       /* RFC 4141 section 4.2 */
    {"CONNEG", SMTPWIRE_PARAMETER_CONNEG, 0, 1, NO_VALUE, SMTPWIRE_OFFER(CONNEG)},          /* RFC 4141 section 5.2 */
    {"ALT-ADDRESS", SMTPWIRE_PARAMETER_ALT_ADDRESS, 1, 1, VALUE, SMTPWIRE_OFFER(UTF8SMTP)}, /* RFC 5336 section 3.4 */
    {"XVERP", SMTPWIRE_PARAMETER_XVERP, 1, 0, PERHAPS, SMTPWIRE_OFFER(XVERP)},              /* Postfix VERP_README */
    {"PRDR", SMTPWIRE_PARAMETER_PRDR, 1, 0, NO_VALUE, SMTPWIRE_OFFER(PRDR)},                /* Exim */
};

enum { KNOWN = sizeof known / sizeof known[0] };

static int same_letter(unsigned char a, unsigned char b)
{
    return a == b || (is_ALPHA(a) && is_ALPHA(b) && (a | 32) == (b | 32));
}

/* How many octets of the keyword there are at the beginning of data; all of them if it is spelled with more behind it.
 */
static int begins(const unsigned char *data, size_t len, const char *keyword)
{
    size_t i;
    for (i = 0; i < len; i++)
        if (keyword[i] == '\0' || !same_letter(data[i], (unsigned char)keyword[i]))
            return 0;
    return 1;
}

static int is_separator(unsigned char octet, const struct smtpwire_options *options)
{
    return octet == ' ' || (octet == '\t' && (options->lax & SMTPWIRE_LAX_HTAB_SEPARATOR) != 0);
}

static int may_have(size_t i, int mail, const struct smtpwire_options *options)
{
    return (mail ? known[i].mail : known[i].rcpt) && known[i].extensions & options->extensions;
}

static size_t lookup(const unsigned char *data, size_t len)
{
    size_t i;
    for (i = 0; i < KNOWN; i++)
        if (strlen(known[i].keyword) == len && begins(data, len, known[i].keyword))
            return i;
    return KNOWN;
}

/* esmtp-value = 1*( %d33-60 / %d62-126 / UTF8-non-ascii ) (RFC 6531 section 3.3) */
static int is_value(unsigned char o) { return o >= 33 && o <= 126 && o != '='; }
static struct places value_character(struct input *in, struct places from)
{
    return either(in, octet(in, from, is_value), UTF8_non_ascii(in, from));
}
static struct places esmtp_value(struct input *in, struct places from)
{
    return repeat(in, from, 1, SIZE_MAX, value_character);
}

static struct reference_verdict fault(unsigned id, size_t offset)
{
    struct reference_verdict verdict = {id, 0, offset, 0, 0};
    return verdict;
}

/* Given twice; HOLDFOR with HOLDUNTIL (RFC 4865 section 3); MTRK with an ENVID that is not unique (RFC 3885
 * section 3.2). */
static int conflicts(const struct reference_command *command, unsigned id)
{
    uint32_t excludes = UINT32_C(1) << id, hold = UINT32_C(1) << SMTPWIRE_PARAMETER_HOLDFOR;
    hold |= UINT32_C(1) << SMTPWIRE_PARAMETER_HOLDUNTIL;
    if ((excludes & hold) != 0)
        excludes = hold;
    if (id == SMTPWIRE_PARAMETER_MTRK && command->not_unique)
        return 1;
    return (command->seen & excludes) != 0;
}

/* Whether a parameter of this command may begin with these octets: 1 if so, -1 if only those do that conflict. */
static int viable(const unsigned char *data, size_t len, int mail, const struct smtpwire_options *options,
                  const struct reference_command *command)
{
    int found = 0;
    size_t i;
    if (options->lax & SMTPWIRE_LAX_UNKNOWN_PARAMETER)
        return 1;
    for (i = 0; i < KNOWN && found != 1; i++)
        if (may_have(i, mail, options) && begins(data, len, known[i].keyword))
            found = conflicts(command, known[i].id) ? -1 : 1;
    return found;
}

static void shift(struct reference_span *span, size_t by) { span->at += span->there ? by : 0; }

/* The value from at to end of a parameter that is known. */
static struct reference_verdict known_value(const unsigned char *line, size_t at, size_t end,
                                            const struct smtpwire_options *options, int utf8,
                                            struct reference_parameter *p, int *non_ascii)
{
    struct reference_verdict verdict;
    struct input in;
    input_begin(&in, line + at, end - at);
    in.utf8 = utf8;
    in.any_tag = (options->lax & SMTPWIRE_LAX_UNREGISTERED_TAG) != 0;
    verdict = value_read(&in, p->id, options, p, non_ascii);
    if (verdict.id == SMTPWIRE_ERROR_PARAMETER_VALUE && !utf8) {
        struct reference_verdict with_utf8;
        struct reference_parameter ignored = *p;
        int ignored_too;
        in.utf8 = 1;
        in.furthest = 0;
        with_utf8 = value_read(&in, p->id, options, &ignored, &ignored_too);
        if (with_utf8.id == SMTPWIRE_ERROR_NONE || with_utf8.offset > verdict.offset)
            verdict.id = SMTPWIRE_ERROR_NON_ASCII;
    }
    input_end(&in);
    verdict.offset += at;
    verdict.until += verdict.until != 0 ? at : 0;
    shift(&p->fraction, at);
    shift(&p->first, at);
    shift(&p->second, at);
    return verdict;
}

enum { ENVID_MOST = 100 }; /* RFC 3461 section 4.4 */

/* Behind a keyword: nothing, or "=" and a value. Moves *at behind it. */
static struct reference_verdict value_of(const unsigned char *line, size_t len, size_t *at, size_t which,
                                         const struct smtpwire_options *options, int utf8,
                                         struct reference_command *command, struct reference_parameter *p,
                                         int *non_ascii)
{
    struct reference_verdict verdict = {SMTPWIRE_ERROR_NONE, 0, 0, 0, 0};
    struct places ends;
    struct input in;
    size_t from = *at + 1, end, general, room;
    if (*at == len || is_separator(line[*at], options))
        return which < KNOWN && known[which].takes == VALUE ? fault(SMTPWIRE_ERROR_PARAMETER_VALUE, *at) : verdict;
    if (which < KNOWN && known[which].takes == NO_VALUE)
        return fault(SMTPWIRE_ERROR_PARAMETER_VALUE, *at);
    input_begin(&in, line + from, len - from);
    ends = esmtp_value(&in, place(&in, 0));
    end = from + (ends.count == 0 ? 0 : ends.at[ends.count - 1]);
    general = from + in.furthest;
    input_end(&in);
    p->value = (struct reference_span){1, from, end - from};
    *at = end;
    /* A fault before the general form's is the value's. */
    if (which < KNOWN && general > from)
        verdict = known_value(line, from, general, options, utf8, p, non_ascii);
    room = general - from < ENVID_MOST ? general - from : ENVID_MOST;
    if (p->id == SMTPWIRE_PARAMETER_ENVID && memchr(line + from, '@', room) == NULL) {
        const int ended = end != from && (end == len || is_separator(line[end], options));
        const size_t missing = room == ENVID_MOST ? from + ENVID_MOST - 1 : general;
        command->not_unique = 1;
        if (command->seen & UINT32_C(1) << SMTPWIRE_PARAMETER_MTRK && (ended || room == ENVID_MOST) &&
            (verdict.id == SMTPWIRE_ERROR_NONE || verdict.offset > missing))
            return fault(SMTPWIRE_ERROR_PARAMETER_VALUE, missing);
    }
    if (verdict.id != SMTPWIRE_ERROR_NONE && verdict.offset < general) {
        if (verdict.until >= general)
            verdict.other = SMTPWIRE_ERROR_PARAMETER_SYNTAX;
        return verdict;
    }
    if (end == from || (end < len && !is_separator(line[end], options)))
        return fault(SMTPWIRE_ERROR_PARAMETER_SYNTAX, general);
    return verdict;
}

/* Behind SP. */
static struct reference_verdict parameter_read(const unsigned char *line, size_t len, size_t *at, int mail,
                                               const struct smtpwire_options *options, int utf8,
                                               struct reference_command *command, int *non_ascii)
{
    struct reference_parameter read = {0}, *p = &read;
    struct reference_verdict verdict;
    size_t from = *at, which;
    int begun;
    while (*at < len && (is_ALPHA(line[*at]) || is_DIGIT(line[*at]) || (*at > from && line[*at] == '-')))
        ++*at;
    if (*at == from)
        return fault(SMTPWIRE_ERROR_PARAMETER_SYNTAX, from);
    begun = viable(line + from, *at - from, mail, options, command);
    if (begun == -1 && (*at == len || is_separator(line[*at], options) || line[*at] == '=') &&
        lookup(line + from, *at - from) == KNOWN)
        begun = 0; /* a whole keyword that is none */
    if (begun != 1)
        return fault(begun == 0 ? SMTPWIRE_ERROR_PARAMETER_UNKNOWN : SMTPWIRE_ERROR_PARAMETER_CONFLICT, from);
    if (*at < len && !is_separator(line[*at], options) && line[*at] != '=')
        return fault(SMTPWIRE_ERROR_PARAMETER_SYNTAX, *at);
    which = lookup(line + from, *at - from);
    if (which < KNOWN ? !may_have(which, mail, options) : (options->lax & SMTPWIRE_LAX_UNKNOWN_PARAMETER) == 0)
        return fault(SMTPWIRE_ERROR_PARAMETER_UNKNOWN, from);
    p->keyword = (struct reference_span){1, from, *at - from};
    p->id = which < KNOWN ? known[which].id : SMTPWIRE_PARAMETER_UNKNOWN;
    if (which < KNOWN && conflicts(command, p->id))
        return fault(SMTPWIRE_ERROR_PARAMETER_CONFLICT, from);
    verdict = value_of(line, len, at, which, options, utf8, command, p, non_ascii);
    if (verdict.id != SMTPWIRE_ERROR_NONE)
        return verdict;
    if (command->count < REFERENCE_PARAMETERS)
        command->parameter[command->count] = read;
    command->count++;
    command->seen |= UINT32_C(1) << p->id;
    return verdict;
}

struct reference_verdict parameters_read(const unsigned char *line, size_t len, size_t at, int mail,
                                         const struct smtpwire_options *options, struct reference_command *command,
                                         int *non_ascii)
{
    struct reference_verdict verdict = {SMTPWIRE_ERROR_NONE, 0, len, 0, 0};
    int utf8 = options->smtputf8 || (mail && options->extensions & SMTPWIRE_OFFER(SMTPUTF8));
    size_t begin = at;
    while (at < len) {
        int coded = 0;
        if (!is_separator(line[at], options))
            return fault(SMTPWIRE_ERROR_PARAMETER_SYNTAX, at);
        at++;
        if (viable(line, 0, mail, options, command) != 1 && (at == len || !(is_ALPHA(line[at]) || is_DIGIT(line[at]))))
            return fault(SMTPWIRE_ERROR_PARAMETER_SYNTAX, at - 1);
        verdict = parameter_read(line, len, &at, mail, options, utf8, command, &coded);
        if (verdict.id != SMTPWIRE_ERROR_NONE)
            return verdict;
        *non_ascii |= coded;
        command->parameters = (struct reference_span){1, begin + 1, at - begin - 1};
        if (command->seen & UINT32_C(1) << SMTPWIRE_PARAMETER_SMTPUTF8)
            command->flags |= SMTPWIRE_FLAG_SMTPUTF8;
    }
    if (command->seen & UINT32_C(1) << SMTPWIRE_PARAMETER_MTRK &&
        (command->seen & UINT32_C(1) << SMTPWIRE_PARAMETER_ENVID) == 0)
        return fault(SMTPWIRE_ERROR_PARAMETER_CONFLICT, len);
    verdict.offset = len;
    return verdict;
}
