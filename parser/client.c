/* The client's session: which command each reply line that a server sends answers (RFC 5321 section 4.2, RFC 2920
 * section 3.1, RFC 3207).
 *
 * Commands awaiting their reply are kept as runs of equal ones, so that any number of RCPT takes one place. What an
 * EHLO reply offers is kept as a set.
 *
 * SPDX-License-Identifier: MIT */
#include "internal.h"

_Static_assert(sizeof(void *) != 8 || sizeof(struct smtpwire_client) == 256, "its size is part of the ABI");
_Static_assert(sizeof(struct smtpwire_client) <= 256, "its size is part of the ABI");

enum client_phase { CLIENT_REPLIES, CLIENT_TLS /* is being started */, CLIENT_SECURED };

/* Of the reply that is being read: its lines have different codes; nothing awaited it. */
enum reply_flag { REPLY_MISMATCHED = 1, REPLY_UNASKED = 2 };

static void enqueue(struct smtpwire_client *c, unsigned verb, uint32_t count)
{
    c->verb[c->runs] = (uint8_t)verb;
    c->count[c->runs] = count;
    c->runs++;
}

static void dequeue(struct smtpwire_client *c)
{
    c->runs--;
    memmove(c->verb, c->verb + 1, c->runs * sizeof c->verb[0]);
    memmove(c->count, c->count + 1, c->runs * sizeof c->count[0]);
}

static int is_last_chunk(unsigned verb) { return verb == SMTPWIRE_VERB_BDAT_LAST || verb == SMTPWIRE_VERB_BURL_LAST; }

/* RFC 2033 section 4.3: how many replies the last chunk brings is known when those to the recipients are in. */
static void settle_last_chunk(struct smtpwire_client *c)
{
    while (c->runs != 0 && is_last_chunk(c->verb[0]) && !c->counted && smtpwire__is_lmtp(c->line.options)) {
        c->count[0] = c->recipients;
        c->counted = c->recipients != 0;
        c->recipients = 0;
        if (!c->counted)
            dequeue(c);
    }
}

int smtpwire_client_init(struct smtpwire_client *client, const struct smtpwire_options *options)
{
    if (smtpwire_options_check(options) < 0)
        return -1;
    memset(client, 0, sizeof *client);
    smtpwire_line_init(&client->line, options, smtpwire__limit(options, SMTPWIRE_LIMIT_REPLY_LINE));
    client->line.lax_lf = 0;
    enqueue(client, SMTPWIRE_VERB_GREETING, 1);
    return 0;
}

int smtpwire_client_sent(struct smtpwire_client *client, unsigned verb)
{
    struct smtpwire_client *c = client;
    const unsigned last = c->runs != 0 ? c->verb[c->runs - 1] : SMTPWIRE_VERB_UNKNOWN;

    if (c->fatal.id != SMTPWIRE_ERROR_NONE || c->phase == CLIENT_TLS || verb >= SMTPWIRE_VERB_COUNT ||
        verb == SMTPWIRE_VERB_GREETING || verb == SMTPWIRE_VERB_END_OF_DATA)
        return -1;
    if (c->runs != 0 && (last == SMTPWIRE_VERB_DATA || last == SMTPWIRE_VERB_STARTTLS || last == SMTPWIRE_VERB_AUTH ||
                         last == SMTPWIRE_VERB_AUTH_RESPONSE))
        return -1;
    if (c->runs != 0 && last == verb && !is_last_chunk(last) && c->count[c->runs - 1] != UINT32_MAX) {
        c->count[c->runs - 1]++;
        return 0;
    }
    if (c->runs == SMTPWIRE_CLIENT_RUNS)
        return -1;
    enqueue(c, verb, 1);
    settle_last_chunk(c);
    return 0;
}

static size_t client_fatal(struct smtpwire_client *c, uint16_t id, uint64_t offset, struct smtpwire_event *event)
{
    if (c->fatal.id == SMTPWIRE_ERROR_NONE) {
        smtpwire__error_set(&c->fatal, id, offset);
        c->fatal.code = 0; /* nothing is sent to a server */
        memset(c->fatal.enhanced, 0, sizeof c->fatal.enhanced);
    }
    return smtpwire__fatal(&c->fatal, id, offset, event);
}

/* In LMTP each recipient that was accepted gets a reply behind the content. */
static void count_recipients(struct smtpwire_client *c, unsigned verb, unsigned code)
{
    if (code / 100 != 2)
        return;
    if (verb == SMTPWIRE_VERB_RCPT)
        c->recipients++;
    else if (verb == SMTPWIRE_VERB_MAIL || verb == SMTPWIRE_VERB_LHLO || verb == SMTPWIRE_VERB_RSET ||
             verb == SMTPWIRE_VERB_XCLIENT)
        c->recipients = 0;
}

/* What the reply that is being read answers. */
static unsigned answers(const struct smtpwire_client *c)
{
    return c->runs != 0 && (c->reply_flags & REPLY_UNASKED) == 0 ? c->verb[0] : SMTPWIRE_VERB_UNKNOWN;
}

/* The reply to the oldest command is complete. Faults in its lines change nothing of what its code has brought about.
 */
static void answered(struct smtpwire_client *c, unsigned code)
{
    const unsigned verb = answers(c);

    if ((c->reply_flags & REPLY_UNASKED) == 0 && c->runs != 0 && --c->count[0] == 0) {
        dequeue(c);
        c->counted = 0;
    }
    count_recipients(c, verb, (c->reply_flags & REPLY_MISMATCHED) != 0 ? 0 : code);
    if (verb == SMTPWIRE_VERB_DATA && code == 354 && (!smtpwire__is_lmtp(c->line.options) || c->recipients != 0)) {
        enqueue(c, SMTPWIRE_VERB_END_OF_DATA, smtpwire__is_lmtp(c->line.options) ? c->recipients : 1);
        c->recipients = 0;
    } else if (verb == SMTPWIRE_VERB_STARTTLS && code == 220)
        c->phase = CLIENT_TLS;
    c->code = 0;
    c->reply_flags = 0;
    settle_last_chunk(c);
}

/* Whether a server that answers so awaits content or TLS now, or does not, cannot be known. */
static int is_undecided(const struct smtpwire_client *c, const struct smtpwire_reply *reply)
{
    const unsigned verb = answers(c);
    return reply->last && (c->reply_flags & REPLY_MISMATCHED) != 0 &&
           (verb == SMTPWIRE_VERB_DATA || verb == SMTPWIRE_VERB_STARTTLS);
}

/* The first line of a good reply to a greeting forgets what was offered before, the others tell what is now. The text
 * is what follows the separator: an enhanced status code does not belong there (RFC 2034 section 3). */
static void note_offer(struct smtpwire_client *c, const struct smtpwire_reply *reply, const char *line, size_t len,
                       int good)
{
    const unsigned verb = answers(c);
    const int extended = verb == SMTPWIRE_VERB_EHLO || verb == SMTPWIRE_VERB_LHLO;
    struct smtpwire_capability capability;

    if (reply->code / 100 != 2)
        return;
    if (c->code == 0) {
        if (extended || verb == SMTPWIRE_VERB_HELO || verb == SMTPWIRE_VERB_XCLIENT)
            memset(&c->capabilities, 0, sizeof c->capabilities);
    } else if (extended && good && len > 4 &&
               smtpwire_capability_parse(line + 4, len - 4, c->line.options, &capability, NULL) == 0) {
        smtpwire_capabilities_add(&c->capabilities, &capability);
    }
}

/* How many digits two different codes have in common before they part. */
static unsigned common_digits(unsigned a, unsigned b) { return a / 100 != b / 100 ? 0 : a / 10 != b / 10 ? 1 : 2; }

/* Judges a line, whole or as far as it came; returns 0 for FATAL. */
static int client_line(struct smtpwire_client *c, const char *line, const struct smtpwire__frame *frame,
                       enum smtpwire__framed framed, struct smtpwire_event *event)
{
    struct smtpwire_reply reply;
    struct smtpwire_error error;
    int good = smtpwire_reply_parse(line, frame->content, c->line.options, &reply, &error) == 0;
    const unsigned verb = answers(c);

    error.offset += c->line.at;
    if (framed == SMTPWIRE__FRAMED_FAULT) {
        good = 0;
        error = frame->error;
    }
    if (reply.code == 0) {
        client_fatal(c, error.id, error.offset, event);
        return 0;
    }
    if (c->code != 0 && c->code != reply.code) {
        c->reply_flags |= REPLY_MISMATCHED;
        if (good)
            smtpwire__error_set(&error, SMTPWIRE_ERROR_REPLY_MISMATCH, c->line.at + common_digits(c->code, reply.code));
        good = 0;
    }
    if (is_undecided(c, &reply)) {
        client_fatal(c, SMTPWIRE_ERROR_REPLY_MISMATCH, c->line.at, event);
        return 0;
    }
    smtpwire__event(event, good ? SMTPWIRE_REPLY : SMTPWIRE_ERROR, c->line.at, frame->whole);
    event->line.data = line;
    event->line.len = frame->content;
    event->reply = reply;
    event->reply.verb = (uint16_t)verb;
    if (!good) {
        memset(event->reply.enhanced, 0, sizeof reply.enhanced);
        memset(&event->reply.text, 0, sizeof reply.text);
        event->reply.flags = 0;
        error.code = 0;
        memset(error.enhanced, 0, sizeof error.enhanced);
        event->error = error;
    }
    note_offer(c, &reply, line, frame->content, good);
    if (c->code == 0)
        c->code = reply.code;
    if (reply.last)
        answered(c, c->code);
    return 1;
}

/* Whether anything awaits a reply is judged at its first octet: what is sent later, it cannot answer. Only a 421 may
 * come unasked (RFC 5321 section 3.8). */
static int is_unexpected(struct smtpwire_client *c, const char *line, size_t len)
{
    if (c->line.looked == 0 && c->code == 0)
        c->reply_flags = c->runs == 0 ? REPLY_UNASKED : 0;
    return (c->reply_flags & REPLY_UNASKED) != 0 &&
           ((len > 0 && line[0] != '4') || (len > 1 && line[1] != '2') || (len > 2 && line[2] != '1'));
}

size_t smtpwire_client_push(struct smtpwire_client *client, const void *data, size_t len, struct smtpwire_event *event)
{
    struct smtpwire_client *c = client;
    const char *text = data;
    struct smtpwire__frame frame;
    enum smtpwire__framed framed;
    size_t skipped;

    if (c->fatal.id != SMTPWIRE_ERROR_NONE)
        return client_fatal(c, c->fatal.id, 0, event);
    if (len < c->line.left)
        return client_fatal(c, SMTPWIRE_ERROR_MISUSE, c->line.at, event);
    if (c->line.at + len > c->shown)
        c->shown = c->line.at + len;
    skipped = smtpwire__line_skip(&c->line, text, len);
    len -= skipped;
    c->line.left = len;
    if (c->phase == CLIENT_TLS && !c->line.skipping) {
        if (len != 0)
            return client_fatal(c, SMTPWIRE_ERROR_STARTTLS_RESIDUE, c->line.at, event);
        return smtpwire__more(event, SMTPWIRE_INSIDE_TLS, c->line.at, skipped);
    }
    if (len == 0)
        return smtpwire__more(event,
                              c->line.skipping ? SMTPWIRE_INSIDE_SKIPPED
                              : c->code != 0   ? SMTPWIRE_INSIDE_REPLY
                                               : SMTPWIRE_INSIDE_NOTHING,
                              c->line.at, skipped);
    text += skipped;
    if (is_unexpected(c, text, len))
        return client_fatal(c, SMTPWIRE_ERROR_REPLY_UNEXPECTED, c->line.at, event);
    framed = smtpwire__line_find(&c->line, text, len, &frame);
    if (framed == SMTPWIRE__FRAMED_MORE)
        return smtpwire__more(event, SMTPWIRE_INSIDE_LINE, c->line.at, skipped);
    if (!client_line(c, text, &frame, framed, event))
        return skipped;
    if (framed == SMTPWIRE__FRAMED_FAULT)
        smtpwire__line_refuse(&c->line, text, &frame);
    smtpwire__line_done(&c->line, len, frame.whole);
    return skipped + frame.whole;
}

int smtpwire_client_tls_started(struct smtpwire_client *client, size_t held)
{
    struct smtpwire_client *c = client;
    const int implicit =
        c->line.at == 0 && c->runs != 0 && c->verb[0] == SMTPWIRE_VERB_GREETING && c->phase == CLIENT_REPLIES;
    struct smtpwire_event ignored;

    if (c->fatal.id != SMTPWIRE_ERROR_NONE || (c->phase != CLIENT_TLS && !implicit))
        return -1;
    if (held != 0 || c->shown > c->line.at) {
        client_fatal(c, SMTPWIRE_ERROR_STARTTLS_RESIDUE, c->line.at, &ignored);
        return -1;
    }
    c->phase = CLIENT_REPLIES;
    c->phase = CLIENT_SECURED;
    memset(&c->capabilities, 0, sizeof c->capabilities);
    return 0;
}

const struct smtpwire_capabilities *smtpwire_client_capabilities(const struct smtpwire_client *client)
{
    return &client->capabilities;
}
