/* Lines of an EHLO reply: what a server offers (RFC 5321 section 4.1.1.1, and the RFC of each keyword).
 *
 * One machine with an entry for each question: is it an ehlo-line at all; is it, keyword and parameters, what the
 * keyword's RFC says. The first decides between a capability and an error, the second whether its value is taken.
 *
 * SPDX-License-Identifier: MIT */
#include "internal.h"

%%{
    machine smtpwire_capability;
    alphtype unsigned char;
    include core "../grammar/core.rl";
    include common "../grammar/common.rl";
    include date_time "../grammar/date_time.rl";
    include keyword "../grammar/keyword.rl";
    include capability "../grammar/capability.rl";

    # Entered at a label and never at its start, as the machine of address.rl is.
    action labels {
        (void)fentry(lines::every); (void)fentry(lines::known); (void)fentry(lines::spaced);
        (void)fentry(lines::legacy); (void)fentry(lines::number);
    }
    lines := (
        start:        any @labels    -> final,
        every:        ehlo_line      -> final,
        known:        ( known_line ) -> final,
        spaced:       lax_ehlo_line  -> final,
        legacy:       lax_auth       -> final,
        number:       limit_number   -> final
    );

    write data noerror;
}%%

/* Runs the machine from an entry; returns how far it could go, len only if it ends in a final state as well. */
static size_t run_capability(int cs, const char *data, size_t len, int *accepted)
{
    const unsigned char *start = (const unsigned char *)data;
    const unsigned char *p = start, *pe;
    *accepted = 0;
    if (len == 0)
        return 0;
    pe = start + len;
    %% write exec;
    SMTPWIRE__RAN(p - start);
    *accepted = cs >= smtpwire_capability_first_final;
    return (size_t)(p - start);
}

static int is_limit_number(struct smtpwire_slice value)
{
    int accepted;
    run_capability(smtpwire_capability_en_lines_number, value.data, value.len, &accepted);
    return accepted;
}

/* A run of digits at the start, of which there is at least one; -1 if it is over 2^64-1. */
static int read_number(struct smtpwire_slice text, uint64_t *number)
{
    size_t i;
    *number = 0;
    for (i = 0; i < text.len && text.data[i] >= '0'; i++) { /* what follows is a space */
        unsigned digit = (unsigned)(text.data[i] - '0');
        if (*number > (UINT64_MAX - digit) / 10)
            return -1;
        *number = *number * 10 + digit;
    }
    return 0;
}

static int64_t digits(const char *text, size_t count)
{
    struct smtpwire_slice slice = {text, count};
    uint64_t number;
    read_number(slice, &number);
    return (int64_t)number;
}

/* Seconds from 1970-01-01T00:00:00Z to an RFC 3339 date-time that the grammar has accepted. */
static int64_t seconds_of(struct smtpwire_slice text)
{
    const char *t = text.data;
    const int64_t month = digits(t + 5, 2), past_february = month > 2 ? month - 3 : month + 9;
    const int64_t year = digits(t, 4) - (month <= 2) + 400; /* from March to February; 400 keeps it positive */
    const int64_t days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * past_february + 2) / 5 +
                         digits(t + 8, 2) - 1 - 865565; /* days from 0000-03-01, less 400 years, to 1970-01-01 */
    int64_t seconds = days * 86400 + digits(t + 11, 2) * 3600 + digits(t + 14, 2) * 60 + digits(t + 17, 2);
    const char *zone = t + text.len - 6;

    if (t[text.len - 1] != 'Z' && t[text.len - 1] != 'z') {
        int64_t offset = digits(zone + 1, 2) * 3600 + digits(zone + 4, 2) * 60;
        seconds += *zone == '-' ? offset : -offset;
    }
    return seconds;
}

static void take_limit(uint32_t *taken, struct smtpwire_slice value, struct smtpwire_capability *c)
{
    uint64_t number;
    if (!is_limit_number(value)) {
        c->flags |= SMTPWIRE_FLAG_BAD_VALUE;
    } else if (*taken == 0) {
        read_number(value, &number);
        *taken = (uint32_t)number;
        c->has_value = 1;
    }
}

/* RFC 9422 section 3.7: a limit whose value is wrong is as if it were not there; the others hold. */
static void take_limits(struct smtpwire_capability *c)
{
    struct smtpwire_slice rest = c->parameters;
    struct smtpwire_parameter limit;
    while (smtpwire_limit_next(&rest, &limit)) {
        if (smtpwire__equal_nocase(limit.keyword.data, limit.keyword.len, "MAILMAX"))
            take_limit(&c->limits.mail_max, limit.value, c);
        else if (smtpwire__equal_nocase(limit.keyword.data, limit.keyword.len, "RCPTMAX"))
            take_limit(&c->limits.rcpt_max, limit.value, c);
        else if (smtpwire__equal_nocase(limit.keyword.data, limit.keyword.len, "RCPTDOMAINMAX"))
            take_limit(&c->limits.rcpt_domain_max, limit.value, c);
    }
}

static void take_mechanisms(struct smtpwire_capability *c)
{
    struct smtpwire_slice rest = c->parameters, word;
    while (smtpwire_word_next(&rest, &word))
        c->mechanisms |= smtpwire__mechanism_bit(word.data, word.len);
    c->has_value = c->parameters.len != 0;
}

static void take_release(struct smtpwire_capability *c)
{
    struct smtpwire_slice rest = c->parameters, interval, date;
    uint64_t number;
    smtpwire_word_next(&rest, &interval);
    smtpwire_word_next(&rest, &date);
    read_number(interval, &number);
    c->release.interval = (uint32_t)number;
    c->release.until = seconds_of(date);
    c->has_value = 1;
}

static void take_attributes(struct smtpwire_capability *c)
{
    struct smtpwire_slice rest = c->parameters, word;
    while (smtpwire_word_next(&rest, &word))
        c->attributes |= smtpwire__attribute_bit(word, c->id == SMTPWIRE_CAPABILITY_XFORWARD);
}

static void take_burl(struct smtpwire_capability *c)
{
    static const char scheme[] = "IMAP://";
    struct smtpwire_slice rest = c->parameters, word, begin;
    while (smtpwire_word_next(&rest, &word)) {
        begin.data = word.data;
        begin.len = sizeof scheme - 1;
        if (smtpwire__equal_nocase(word.data, word.len, "IMAP"))
            c->burl |= SMTPWIRE_BURL_IMAP;
        else if (word.len > begin.len && smtpwire__equal_nocase(begin.data, begin.len, scheme))
            c->burl |= SMTPWIRE_BURL_SERVER;
    }
}

static void take_profile(struct smtpwire_capability *c)
{
    static const char profiles[][12] = {"", "MIXER", "STANAG4406", "NSEP"};
    uint32_t i;
    for (i = SMTPWIRE_PRIORITY_NSEP; i > SMTPWIRE_PRIORITY_UNKNOWN; i--)
        if (smtpwire__equal_nocase(c->parameters.data, c->parameters.len, profiles[i]))
            c->profile = i;
}

/* The words of keywords whose parameters are words. */
static void take_words(struct smtpwire_capability *c)
{
    if (c->id == SMTPWIRE_CAPABILITY_XCLIENT || c->id == SMTPWIRE_CAPABILITY_XFORWARD)
        take_attributes(c);
    else if (c->id == SMTPWIRE_CAPABILITY_BURL)
        take_burl(c);
    else if (c->id == SMTPWIRE_CAPABILITY_MT_PRIORITY)
        take_profile(c);
    else
        return;
    c->has_value = c->parameters.len != 0;
}

/* The value of a line that is as its keyword's RFC says. */
static void take_value(struct smtpwire_capability *c)
{
    uint64_t number;
    const int digit = c->parameters.len != 0 && c->parameters.data[0] >= '0' && c->parameters.data[0] <= '9';

    if (c->id == SMTPWIRE_CAPABILITY_FUTURERELEASE)
        take_release(c);
    else if (c->id == SMTPWIRE_CAPABILITY_LIMITS)
        take_limits(c);
    else if (c->id == SMTPWIRE_CAPABILITY_NO_SOLICITING && c->parameters.len > 1000) /* RFC 3865 section 2.2 */
        c->flags |= SMTPWIRE_FLAG_BAD_VALUE;
    else
        take_words(c);
    if (!digit)
        return;
    if (c->id == SMTPWIRE_CAPABILITY_SIZE && read_number(c->parameters, &number) < 0) {
        c->flags |= SMTPWIRE_FLAG_BAD_VALUE;
    } else if (c->id == SMTPWIRE_CAPABILITY_SIZE) {
        c->size = number;
        c->has_value = 1;
    } else if (c->id == SMTPWIRE_CAPABILITY_DELIVERBY) {
        read_number(c->parameters, &number);
        c->deliver_by = (uint32_t)number;
        c->has_value = 1;
    }
}

/* Cuts an accepted line at its separator, if it has one. */
static void split_words(const char *text, size_t len, char separator, struct smtpwire_capability *c)
{
    const char *end = memchr(text, separator, len);
    c->keyword.data = text;
    c->keyword.len = end != NULL ? (size_t)(end - text) : len;
    if (end != NULL) {
        c->parameters.data = end + 1;
        c->parameters.len = len - c->keyword.len - 1;
    }
}

/* Is it a line that the options accept, and how long is the longest prefix that begins one? legacy: it is one with AUTH=. */
static size_t judge_line(const char *text, size_t len, const struct smtpwire_options *options, int *good, int *legacy)
{
    size_t viable = run_capability(smtpwire__lax(options, SMTPWIRE_LAX_CAPABILITY_SPACE)
                                       ? smtpwire_capability_en_lines_spaced
                                       : smtpwire_capability_en_lines_every,
                                   text, len, good);
    size_t other;
    *legacy = 0;
    if (!*good && smtpwire__lax(options, SMTPWIRE_LAX_AUTH_EQUALS)) {
        other = run_capability(smtpwire_capability_en_lines_legacy, text, len, legacy);
        viable = other > viable ? other : viable;
        *good = *legacy;
    }
    return viable;
}

int smtpwire__capability_machine(const char *text, size_t len, const struct smtpwire_options *options,
                                 struct smtpwire_capability *capability, struct smtpwire_error *error)
{
    struct smtpwire_capability *c = capability;
    struct smtpwire_error ignored, *e = error != NULL ? error : &ignored;
    int good, known, legacy = 0;
    size_t viable = judge_line(text, len, options, &good, &legacy);

    memset(c, 0, sizeof *c);
    if (!good) {
        if (!smtpwire__framing_fault(text, len, e))
            smtpwire__error_set(e, SMTPWIRE_ERROR_CAPABILITY_SYNTAX, viable);
        e->code = 0;
        memset(e->enhanced, 0, sizeof e->enhanced);
        return -1;
    }
    while (text[len - 1] == ' ') /* there only where capability_space allows it */
        len--;
    split_words(text, len, legacy ? '=' : ' ', c);
    c->id = smtpwire__capability_find(c->keyword.data, c->keyword.len);
    if (c->id == SMTPWIRE_CAPABILITY_AUTH)
        take_mechanisms(c);
    run_capability(smtpwire_capability_en_lines_known, text, len, &known);
    if (known)
        take_value(c);
    else if (c->id != SMTPWIRE_CAPABILITY_UNKNOWN && !legacy)
        c->flags |= SMTPWIRE_FLAG_BAD_VALUE;
    return 0;
}
