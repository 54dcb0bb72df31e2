/* Dot-stuffing (RFC 5321 section 4.5.2): content into what is sent after 354, as slices of the caller's buffer.
 *
 * A dot that begins a line is doubled by two slices that share it: one ends behind it, the next begins with it. A CR at
 * the end of a buffer is held back until the octet after it tells what it is, and then comes from a static constant. No
 * bare CR and no bare LF ever comes out.
 *
 * Not checked here: the length of lines, octets over 127 (whether 8BITMIME was offered), what the content says.
 *
 * SPDX-License-Identifier: MIT */
#include "internal.h"
#include "scan.h"

static const char end_of_data[] = "\r\n.\r\n"; /* behind a CRLF without its first two octets */

int smtpwire_stuff_init(struct smtpwire_stuff *stuff, const struct smtpwire_options *options)
{
    unsigned kind;
    memset(stuff, 0, sizeof *stuff);
    if (smtpwire_options_check(options) < 0)
        return -1;
    for (kind = 0; kind <= SMTPWIRE_CONTENT_NUL; kind++) {
        stuff->policy[kind] = (uint8_t)smtpwire__policy(options, kind);
        if (stuff->policy[kind] == SMTPWIRE_POLICY_PASS && kind != SMTPWIRE_CONTENT_NUL)
            return -1;
    }
    stuff->scanner = options != NULL ? options->simd : SMTPWIRE_SIMD_DETECT;
    stuff->line_start = 1;
    return 0;
}

/* Refused once is refused for good: what came out before is half a message, and no end may be put behind it. */
static ptrdiff_t refuse_content(struct smtpwire_stuff *stuff, uint16_t id, uint64_t offset,
                                struct smtpwire_error *error)
{
    if (stuff->refused == SMTPWIRE_ERROR_NONE) {
        stuff->refused = id;
        stuff->refused_at = offset;
    }
    if (error != NULL)
        smtpwire__error_set(error, stuff->refused, stuff->refused_at);
    return -1;
}

/* One step of a push. */
struct stuffing {
    const char *data;
    size_t len, at; /* at: octets done with */
    struct smtpwire_slice slice;
    uint16_t fault; /* the octet at data[at] (or the CR before it) is refused */
};

static void yield(struct stuffing *s, const char *data, size_t len)
{
    s->slice.data = data;
    s->slice.len = len;
}

/* A bare octet: refused, or a line ends here. */
static void bare(struct smtpwire_stuff *stuff, struct stuffing *s, unsigned kind, uint16_t fault)
{
    if (stuff->policy[kind] != SMTPWIRE_POLICY_NORMALISE) {
        s->fault = fault;
        return;
    }
    yield(s, end_of_data, 2);
    stuff->line_start = 1;
    stuff->held = 0;
}

/* The octet behind a CR whose buffer is gone. */
static void resume(struct smtpwire_stuff *stuff, struct stuffing *s)
{
    if (s->data[s->at] != '\n') {
        bare(stuff, s, SMTPWIRE_CONTENT_BARE_CR, SMTPWIRE_ERROR_CONTENT_BARE_CR);
        return;
    }
    s->at++;
    yield(s, end_of_data, 2);
    stuff->line_start = 1;
    stuff->held = 0;
}

/* How many octets from i on are no matter for a decision; sets *line to where the last line began, if in them. */
static size_t skip_plain(struct smtpwire_stuff *stuff, const struct stuffing *s, size_t i, size_t *line)
{
    struct smtpwire__scan scan;
    size_t skipped;

    if (s->len - i < SMTPWIRE__SCAN_LEAST)
        return 0;
    memset(&scan, 0, sizeof scan);
    scan.longest = UINT64_MAX; /* lengths are of no interest */
    scan.line_start = i == *line;
    scan.dots = 1;
    skipped = smtpwire__scan_content(smtpwire__scan_choose(&stuff->scanner, s->len - i),
                                     (const unsigned char *)s->data + i, s->len - i, &scan);
    if (skipped != 0)
        *line = scan.line_start ? i + skipped : SIZE_MAX;
    return skipped;
}

/* Octets that go out as they are: up to a dot that is to be doubled, that one included, or to an octet that needs a
 * decision. */
static void pass_run(struct smtpwire_stuff *stuff, struct stuffing *s)
{
    const char *data = s->data;
    const int nul_passes = stuff->policy[SMTPWIRE_CONTENT_NUL] == SMTPWIRE_POLICY_PASS;
    const size_t begin = s->at;
    size_t line = stuff->line_start ? begin : SIZE_MAX; /* where the last line began, if here */
    size_t i = begin + skip_plain(stuff, s, begin, &line);

    for (; i < s->len; i++) {
        const char octet = data[i];
        if (octet == '.' && i == line) {
            stuff->line_start = 0;
            s->at = i;
            yield(s, data + begin, i + 1 - begin);
            return;
        }
        if (octet == '\r' && i + 1 < s->len && data[i + 1] == '\n') {
            line = ++i + 1;
            i += skip_plain(stuff, s, line, &line);
        } else if (octet == '\r' || octet == '\n' || (octet == '\0' && !nul_passes)) {
            break;
        }
    }
    if (i > begin) {
        stuff->line_start = i == line;
        yield(s, data + begin, i - begin);
    }
    s->at = i;
}

/* data[at] was left by pass_run(). */
static void decide(struct smtpwire_stuff *stuff, struct stuffing *s)
{
    const char octet = s->data[s->at];
    if (octet == '\r' && s->at + 1 == s->len) {
        stuff->held = 1;
        s->at++;
    } else if (octet == '\0') {
        s->fault = SMTPWIRE_ERROR_CONTENT_NUL;
    } else {
        if (octet == '\r')
            bare(stuff, s, SMTPWIRE_CONTENT_BARE_CR, SMTPWIRE_ERROR_CONTENT_BARE_CR);
        else
            bare(stuff, s, SMTPWIRE_CONTENT_BARE_LF, SMTPWIRE_ERROR_CONTENT_BARE_LF);
        s->at += s->fault == SMTPWIRE_ERROR_NONE;
    }
}

static void step(struct smtpwire_stuff *stuff, struct stuffing *s)
{
    yield(s, NULL, 0);
    if (stuff->held) {
        resume(stuff, s);
        return;
    }
    pass_run(stuff, s);
    if (s->slice.len == 0)
        decide(stuff, s);
}

ptrdiff_t smtpwire_stuff_push(struct smtpwire_stuff *stuff, const void *data, size_t len, size_t *taken,
                              struct smtpwire_slice *slices, size_t max, struct smtpwire_error *error)
{
    struct stuffing s;
    size_t count = 0;

    *taken = 0;
    if (stuff->refused != SMTPWIRE_ERROR_NONE || stuff->ended)
        return refuse_content(stuff, SMTPWIRE_ERROR_MISUSE, stuff->at, error);
    memset(&s, 0, sizeof s);
    s.data = data;
    s.len = len;
    while (s.at < len && count < max && s.fault == SMTPWIRE_ERROR_NONE) {
        step(stuff, &s);
        if (s.slice.len != 0)
            slices[count++] = s.slice;
    }
    *taken = s.at;
    stuff->at += s.at;
    if (s.fault != SMTPWIRE_ERROR_NONE && count == 0) {
        *taken = 0;
        return refuse_content(stuff, s.fault, stuff->at - stuff->held, error);
    }
    return (ptrdiff_t)count;
}

int smtpwire_stuff_end(struct smtpwire_stuff *stuff, struct smtpwire_slice *slice, struct smtpwire_error *error)
{
    const int bare_cr_at_end = stuff->held && stuff->policy[SMTPWIRE_CONTENT_BARE_CR] != SMTPWIRE_POLICY_NORMALISE;
    size_t skip = stuff->line_start && !stuff->held ? 2 : 0;

    if (stuff->refused != SMTPWIRE_ERROR_NONE || stuff->ended) {
        refuse_content(stuff, SMTPWIRE_ERROR_MISUSE, stuff->at, error);
        return -1;
    }
    if (bare_cr_at_end) {
        refuse_content(stuff, SMTPWIRE_ERROR_CONTENT_BARE_CR, stuff->at - 1, error);
        return -1;
    }
    stuff->ended = 1;
    slice->data = end_of_data + skip;
    slice->len = sizeof end_of_data - 1 - skip;
    return 0;
}
