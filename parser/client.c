/* The client's session: which command each reply line that a server sends answers (RFC 5321 section 4.2, RFC 2920
 * section 3.1, RFC 3207).
 *
 * Commands awaiting their reply are kept as runs of equal ones, so that any number of RCPT takes one place. What an
 * EHLO reply offers is kept as a set.
 *
 * SPDX-License-Identifier: MIT */
#include "internal.h"
#include "scan.h"

_Static_assert(sizeof(void *) != 8 || sizeof(struct smtpwire_client) == 256, "its size is part of the ABI");
_Static_assert(sizeof(struct smtpwire_client) <= 256, "its size is part of the ABI");

enum client_phase { CLIENT_REPLIES, CLIENT_TLS /* is being started */, CLIENT_SECURED };

/* Of the reply that is being read: its lines have different codes; nothing awaited it; it is over a limit, which has
 * been told. */
enum reply_flag { REPLY_MISMATCHED = 1, REPLY_UNASKED = 2, REPLY_OVER = 4 };

/* What became of a line. */
enum judged { JUDGED_FATAL, JUDGED_EVENT, JUDGED_UNTOLD };

/* A line of a reply, whole or as far as it came, and what is wrong with it. */
struct reply_reading {
    struct smtpwire_reply reply;
    struct smtpwire_error error;
    unsigned verb; /* what the reply answers */
    int good;
};

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
    smtpwire__line_start(&client->line, options, smtpwire__limit(options, SMTPWIRE_LIMIT_REPLY_LINE));
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
    if (last == SMTPWIRE_VERB_DATA || last == SMTPWIRE_VERB_STARTTLS || last == SMTPWIRE_VERB_AUTH ||
        last == SMTPWIRE_VERB_AUTH_RESPONSE)
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

uint32_t smtpwire_client_due(const struct smtpwire_client *client)
{
    uint32_t due = 0;
    size_t i;
    for (i = 0; i < client->runs; i++)
        due = client->count[i] > UINT32_MAX - due ? UINT32_MAX : due + client->count[i];
    return due;
}

static size_t client_fatal(struct smtpwire_client *c, uint16_t id, uint64_t offset, struct smtpwire_event *event)
{
    if (c->fatal.id == SMTPWIRE_ERROR_NONE) {
        smtpwire__error_set(&c->fatal, id, offset);
        smtpwire__error_unsent(&c->fatal);
    }
    return smtpwire__fatal(&c->fatal, id, offset, event);
}

/* In LMTP each recipient that was accepted gets a reply behind the content. What drops the transaction for the server
 * drops them: RFC 5321 sections 4.1.1.1 and 4.1.1.5, RFC 3207 section 4.2. */
static void count_recipients(struct smtpwire_client *c, unsigned verb, unsigned code)
{
    if (code / 100 != 2)
        return;
    switch (verb) {
    case SMTPWIRE_VERB_RCPT:
        c->recipients++;
        break;
    case SMTPWIRE_VERB_STARTTLS:
        if (code != 220)
            break;
        /* fall through */
    case SMTPWIRE_VERB_EHLO: /* LMTP does not have it and HELO, but an answer of 250 says that it was taken */
    case SMTPWIRE_VERB_HELO:
    case SMTPWIRE_VERB_LHLO:
    case SMTPWIRE_VERB_MAIL:
    case SMTPWIRE_VERB_RSET:
    case SMTPWIRE_VERB_XCLIENT:
        c->recipients = 0;
        break;
    default:
        break;
    }
}

/* What the reply that is being read answers. */
static unsigned answers(const struct smtpwire_client *c)
{
    return c->runs != 0 && (c->reply_flags & REPLY_UNASKED) == 0 ? c->verb[0] : SMTPWIRE_VERB_UNKNOWN;
}

/* The reply to the oldest command is complete. Faults in its lines change nothing of what its code has brought about;
 * but a 220 to STARTTLS has none. */
static void answered(struct smtpwire_client *c, unsigned code)
{
    const unsigned verb = answers(c);

    if ((c->reply_flags & REPLY_UNASKED) == 0 && --c->count[0] == 0) {
        dequeue(c);
        c->counted = 0;
    }
    if ((c->reply_flags & REPLY_MISMATCHED) == 0)
        count_recipients(c, verb, code);
    if (verb == SMTPWIRE_VERB_DATA && code == 354 && (!smtpwire__is_lmtp(c->line.options) || c->recipients != 0)) {
        enqueue(c, SMTPWIRE_VERB_END_OF_DATA, smtpwire__is_lmtp(c->line.options) ? c->recipients : 1);
        c->recipients = 0;
    } else if (verb == SMTPWIRE_VERB_STARTTLS && code == 220)
        c->phase = CLIENT_TLS;
    c->reply_lines = c->reply_octets = c->reply_status = 0;
    settle_last_chunk(c);
}

/* Whether a server that answers so awaits content or TLS now, or does not, cannot be known. */
static int is_undecided(const struct smtpwire_client *c, const struct smtpwire_reply *reply)
{
    const unsigned verb = answers(c);
    return reply->last && (c->reply_flags & REPLY_MISMATCHED) != 0 &&
           (verb == SMTPWIRE_VERB_DATA || verb == SMTPWIRE_VERB_STARTTLS);
}

static int is_extended_hello(unsigned verb) { return verb == SMTPWIRE_VERB_EHLO || verb == SMTPWIRE_VERB_LHLO; }

/* RFC 2034 section 4: all replies but the greeting and those to HELO and EHLO have an enhanced status code. */
static int has_status(unsigned verb)
{
    return verb != SMTPWIRE_VERB_GREETING && verb != SMTPWIRE_VERB_HELO && !is_extended_hello(verb);
}

/* The first line of a good reply to a greeting forgets what was offered before, the others tell what is now. */
static void note_offer(struct smtpwire_client *c, const struct reply_reading *r)
{
    const struct smtpwire_slice *text = &r->reply.text;
    struct smtpwire_capability capability;

    if (r->reply.code / 100 != 2)
        return;
    if (c->reply_lines == 0) {
        if (is_extended_hello(r->verb) || r->verb == SMTPWIRE_VERB_HELO || r->verb == SMTPWIRE_VERB_XCLIENT)
            memset(&c->capabilities, 0, sizeof c->capabilities);
    } else if (is_extended_hello(r->verb) && r->good && text->len != 0 &&
               smtpwire_capability_parse(text->data, text->len, c->line.options, &capability, NULL) == 0) {
        smtpwire_capabilities_add(&c->capabilities, &capability);
    }
}

/* How many digits two different codes have in common before they part. */
static unsigned common_digits(unsigned a, unsigned b) { return a / 100 != b / 100 ? 0 : a / 10 != b / 10 ? 1 : 2; }

/* A fault that is found when the line is good so far, else the one before stands. */
static void refuse_line(struct reply_reading *r, uint16_t id, uint64_t offset)
{
    if (r->good)
        smtpwire__error_set(&r->error, id, offset);
    r->good = 0;
}

/* The limits of a reply that one line more, of whole octets, may break. Returns whether it is over them. */
static int check_limits(const struct smtpwire_client *c, size_t whole, struct reply_reading *r)
{
    const struct smtpwire_options *options = c->line.options;
    const uint32_t total = smtpwire__limit(options, SMTPWIRE_LIMIT_REPLY_TOTAL);
    const uint32_t room = c->reply_octets < total ? total - c->reply_octets : 0;

    if (c->reply_lines >= smtpwire__limit(options, SMTPWIRE_LIMIT_REPLY_LINES)) {
        refuse_line(r, SMTPWIRE_ERROR_REPLY_TOO_LONG, c->line.at);
        return 1;
    }
    if (whole > room) {
        refuse_line(r, SMTPWIRE_ERROR_REPLY_TOO_LONG, c->line.at + room);
        return 1;
    }
    if (is_extended_hello(r->verb) && r->reply.code / 100 == 2 &&
        c->reply_lines > smtpwire__limit(options, SMTPWIRE_LIMIT_EHLO_KEYWORDS))
        refuse_line(r, SMTPWIRE_ERROR_TOO_MANY_KEYWORDS, c->line.at);
    return 0;
}

/* RFC 2034 section 4: all lines of a reply have the same enhanced status code, that of the first one, or none. */
static void compare_status(struct smtpwire_client *c, struct smtpwire_reply *reply)
{
    const uint16_t *status = reply->enhanced;
    const uint32_t this_line =
        status[0] != 0 ? 2 + status[1] * UINT32_C(1000) + status[2] : 1; /* the class is the code's */

    if (c->reply_status == 0)
        c->reply_status = this_line;
    else if (c->reply_status != this_line)
        reply->flags |= SMTPWIRE_FLAG_STATUS_MISMATCH;
}

static uint32_t add_octets(uint32_t sum, size_t more)
{
    return more > UINT32_MAX - sum ? UINT32_MAX : sum + (uint32_t)more;
}

static void tell_line(const struct smtpwire_client *c, const char *line, const struct smtpwire__frame *frame,
                      struct reply_reading *r, struct smtpwire_event *event)
{
    smtpwire__event(event, r->good ? SMTPWIRE_REPLY : SMTPWIRE_ERROR, c->line.at, frame->whole);
    event->line.data = line;
    event->line.len = frame->content;
    if (!r->good) {
        memset(r->reply.enhanced, 0, sizeof r->reply.enhanced);
        memset(&r->reply.text, 0, sizeof r->reply.text);
        r->reply.flags = 0;
        smtpwire__error_unsent(&r->error);
        event->error = r->error;
    }
    event->reply = r->reply;
    event->reply.verb = (uint16_t)r->verb;
}

/* Judges a line, whole or as far as it came. Of a reply over its limits only the line that goes over them is told, and
 * the last one. */
static enum judged client_line(struct smtpwire_client *c, const char *line, const struct smtpwire__frame *frame,
                               enum smtpwire__framed framed, struct smtpwire_event *event)
{
    struct reply_reading r;
    int over, read;

    r.verb = answers(c);
    read = smtpwire__reply_parse(line, frame->content, c->line.options, has_status(r.verb), &r.reply, &r.error);
    r.good = read == 0;
    if (!r.good)
        r.error.offset += c->line.at;
    if (framed == SMTPWIRE__FRAMED_FAULT) {
        r.good = 0;
        r.error = frame->error;
    }
    if (read == -2) {
        client_fatal(c, r.error.id, r.error.offset, event);
        return JUDGED_FATAL;
    }
    if (c->reply_lines != 0 && c->code != r.reply.code) {
        c->reply_flags |= REPLY_MISMATCHED;
        refuse_line(&r, SMTPWIRE_ERROR_REPLY_MISMATCH, c->line.at + common_digits(c->code, r.reply.code));
    }
    if (is_undecided(c, &r.reply)) {
        client_fatal(c, SMTPWIRE_ERROR_REPLY_MISMATCH, c->line.at, event);
        return JUDGED_FATAL;
    }
    over = check_limits(c, frame->whole, &r);
    if (!r.good && r.verb == SMTPWIRE_VERB_STARTTLS && r.reply.code == 220) {
        client_fatal(c, r.error.id, r.error.offset, event);
        return JUDGED_FATAL;
    }
    if (r.good)
        compare_status(c, &r.reply);
    note_offer(c, &r);
    if (c->reply_lines == 0)
        c->code = r.reply.code;
    c->reply_lines = add_octets(c->reply_lines, 1);
    c->reply_octets = add_octets(c->reply_octets, frame->whole);
    if ((c->reply_flags & REPLY_OVER) != 0 && !r.reply.last)
        return JUDGED_UNTOLD;
    if (over)
        c->reply_flags |= REPLY_OVER;
    tell_line(c, line, frame, &r, event);
    if (r.reply.last)
        answered(c, c->code);
    return JUDGED_EVENT;
}

/* Whether anything awaits a reply is judged at its first octet: what is sent later, it cannot answer. Only a 421 may
 * come unasked (RFC 5321 section 3.8). */
static int is_unexpected(struct smtpwire_client *c, const char *line, size_t len)
{
    if (c->line.looked == 0 && c->reply_lines == 0)
        c->reply_flags = c->runs == 0 ? REPLY_UNASKED : 0;
    return (c->reply_flags & REPLY_UNASKED) != 0 &&
           (line[0] != '4' || (len > 1 && line[1] != '2') || (len > 2 && line[2] != '1'));
}

/* One line at most. */
static size_t push_line(struct smtpwire_client *c, const char *text, size_t len, enum judged *judged,
                        struct smtpwire_event *event)
{
    struct smtpwire__frame frame;
    enum smtpwire__framed framed;
    const size_t skipped = smtpwire__line_skip(&c->line, text, len);

    *judged = JUDGED_EVENT;
    len -= skipped;
    c->line.left = len;
    if (c->reply_lines != 0)
        c->reply_octets = add_octets(c->reply_octets, skipped);
    if (c->phase == CLIENT_TLS) {
        if (len != 0)
            return client_fatal(c, SMTPWIRE_ERROR_STARTTLS_RESIDUE, c->line.at, event);
        return smtpwire__more(event, SMTPWIRE_INSIDE_TLS, c->line.at, skipped);
    }
    if (len == 0)
        return smtpwire__more(event,
                              c->line.skipping      ? SMTPWIRE_INSIDE_SKIPPED
                              : c->reply_lines != 0 ? SMTPWIRE_INSIDE_REPLY
                                                    : SMTPWIRE_INSIDE_NOTHING,
                              c->line.at, skipped);
    text += skipped;
    if (is_unexpected(c, text, len))
        return client_fatal(c, SMTPWIRE_ERROR_REPLY_UNEXPECTED, c->line.at, event);
    framed = smtpwire__line_find(&c->line, text, len, &frame);
    if (framed == SMTPWIRE__FRAMED_MORE)
        return smtpwire__more(event, SMTPWIRE_INSIDE_LINE, c->line.at, skipped);
    *judged = client_line(c, text, &frame, framed, event);
    if (*judged == JUDGED_FATAL)
        return skipped;
    if (framed == SMTPWIRE__FRAMED_FAULT)
        smtpwire__line_refuse(&c->line, text, &frame);
    smtpwire__line_done(&c->line, len, frame.whole);
    return skipped + frame.whole;
}

size_t smtpwire_client_push(struct smtpwire_client *client, const void *data, size_t len, struct smtpwire_event *event)
{
    struct smtpwire_client *c = client;
    const char *text = data;
    enum judged judged;
    size_t taken;

    if (c->fatal.id != SMTPWIRE_ERROR_NONE)
        return client_fatal(c, c->fatal.id, 0, event);
    if (len < c->line.left)
        return client_fatal(c, SMTPWIRE_ERROR_MISUSE, c->line.at, event);
    taken = push_line(c, text, len, &judged, event);
    while (judged == JUDGED_UNTOLD)
        taken += push_line(c, text + taken, len - taken, &judged, event);
    return taken;
}

int smtpwire_client_tls_started(struct smtpwire_client *client, size_t held)
{
    struct smtpwire_client *c = client;
    const int implicit = c->line.at == 0 && c->phase == CLIENT_REPLIES; /* nothing was said, so the greeting is due */
    struct smtpwire_event ignored;

    if (c->fatal.id != SMTPWIRE_ERROR_NONE || (c->phase != CLIENT_TLS && !implicit))
        return -1;
    if (held != 0 || c->line.left != 0) { /* what was shown stays left until it is done with */
        client_fatal(c, SMTPWIRE_ERROR_STARTTLS_RESIDUE, c->line.at, &ignored);
        return -1;
    }
    c->phase = CLIENT_SECURED;
    memset(&c->capabilities, 0, sizeof c->capabilities);
    return 0;
}

const struct smtpwire_capabilities *smtpwire_client_capabilities(const struct smtpwire_client *client)
{
    return &client->capabilities;
}
