/* Words through the push functions, at every cut, each in the place that it has in a session: a command line behind
 * EHLO, or behind MAIL and RCPT where it needs them, a line of a SASL exchange, a line of a reply, content, a chunk.
 * What follows must be understood again: NOOP behind a command, the next reply behind a reply.
 *
 * SPDX-License-Identifier: MIT
 */
#include "judge_push.h"

#include "exhaustive.h"

#include <ctype.h>
#include <strings.h>

enum { STREAM = 4096, LONGEST_CHUNK = 64 };

enum stage { AWAITED, IN_CHUNK, BEHIND, DONE, WRONG };

/* One session while it is fed; it is copied for every cut. */
struct pushed {
    bool is_client, is_data;
    union {
        struct smtpwire_server server;
        struct smtpwire_client client;
        struct smtpwire_data data;
    } session;
    uint64_t base; /* offset of the word's first octet */
    uint64_t next; /* offset of what follows it, and its event */
    unsigned kind;
    enum stage stage;
    struct judge_verdict verdict;
    unsigned verdict_kind;
    uint64_t delivered, sum; /* octets of content, and a sum over them and their places */
    struct smtpwire_end end;
};

struct word {
    char stream[STREAM];
    size_t len;      /* of the stream: the word and what follows it */
    size_t cuttable; /* cuts behind it are not made */
    bool is_content; /* which machines read in parts; a line is whole when they come to it */
};

static void append(struct word *word, const char *octets, size_t len)
{
    if (word->len + len > sizeof word->stream)
        abort();
    memcpy(word->stream + word->len, octets, len);
    word->len += len;
}

static void append_text(struct word *word, const char *text) { append(word, text, strlen(text)); }

static struct word line_of(const char *octets, size_t len, const struct smtpwire_options *options)
{
    struct word word = {.len = 0};
    append(&word, octets, len);
    append_text(&word, (options->lax & SMTPWIRE_LAX_BARE_LF_COMMAND) != 0 ? "\n" : "\r\n");
    word.cuttable = word.len;
    return word;
}

/* ---- Events --------------------------------------------------------------------------------------------------- */

static void refuse_all(struct pushed *p, const struct smtpwire_event *event)
{
    uint32_t i;
    for (i = 0; i < event->replies; i++)
        if (smtpwire_server_replied(&p->session.server, 554) != 0)
            p->stage = WRONG;
}

static void take_verdict(struct pushed *p, const struct smtpwire_event *event)
{
    const bool refused = event->kind == SMTPWIRE_ERROR || event->kind == SMTPWIRE_FATAL;
    p->verdict_kind = event->kind;
    p->verdict.accepted = !refused;
    if (refused || event->kind == SMTPWIRE_END)
        p->verdict.id = event->error.id;
    if (p->verdict.id != SMTPWIRE_ERROR_NONE)
        p->verdict.offset = event->error.offset - p->base;
    p->verdict.end = event->at + event->len - p->base;
    p->stage = event->kind == SMTPWIRE_FATAL ? DONE : BEHIND;
}

static void handle_content(struct pushed *p, const struct smtpwire_event *event)
{
    size_t i;
    for (i = 0; i < event->content.len; i++) {
        p->delivered++;
        p->sum = p->sum * 31 + (unsigned char)event->content.data[i];
    }
}

static void handle_server(struct pushed *p, const struct smtpwire_event *event)
{
    if (event->kind == SMTPWIRE_CONTENT && p->stage == IN_CHUNK) {
        handle_content(p, event);
        return;
    }
    if (event->kind == SMTPWIRE_END && p->stage == IN_CHUNK) {
        p->end = event->end;
        if (p->verdict_kind == SMTPWIRE_END)
            take_verdict(p, event);
        p->stage = BEHIND;
    } else if (p->stage == AWAITED) {
        take_verdict(p, event);
        if (event->kind == SMTPWIRE_COMMAND && event->command.verb == SMTPWIRE_VERB_BDAT)
            p->stage = IN_CHUNK;
    } else if (p->stage == BEHIND && event->kind == p->kind && event->command.verb == SMTPWIRE_VERB_NOOP &&
               event->at == p->next) {
        p->stage = DONE;
    } else {
        p->stage = WRONG;
    }
    if (event->kind != SMTPWIRE_FATAL)
        refuse_all(p, event);
}

/* The first line is the verdict's; a reply that it begins goes on with one line more, and the next reply follows. */
static void handle_client(struct pushed *p, const struct smtpwire_event *event)
{
    if (p->stage == AWAITED) {
        take_verdict(p, event);
    } else if (p->stage == BEHIND && event->at == p->next) {
        if (event->kind != SMTPWIRE_REPLY || event->reply.verb != SMTPWIRE_VERB_NOOP || !event->reply.last)
            p->stage = WRONG;
        else
            p->stage = DONE;
    } else if (p->stage != BEHIND || event->at >= p->next || !event->reply.last) {
        p->stage = WRONG;
    }
}

static void handle_data(struct pushed *p, const struct smtpwire_event *event)
{
    if (event->kind == SMTPWIRE_CONTENT && p->stage == AWAITED) {
        handle_content(p, event);
    } else if (event->kind == SMTPWIRE_END && p->stage == AWAITED) {
        take_verdict(p, event);
        p->end = event->end;
        p->stage = DONE;
    } else {
        p->stage = WRONG;
    }
}

/* ---- Feeding -------------------------------------------------------------------------------------------------- */

static size_t push(struct pushed *p, const char *octets, size_t len, struct smtpwire_event *event)
{
    if (p->is_data)
        return smtpwire_data_push(&p->session.data, octets, len, event);
    return p->is_client ? smtpwire_client_push(&p->session.client, octets, len, event)
                        : smtpwire_server_push(&p->session.server, octets, len, event);
}

static bool is_over(const struct pushed *p)
{
    return p->stage == WRONG || (p->stage == DONE && (p->is_data || p->verdict_kind == SMTPWIRE_FATAL));
}

static void push_until_more(struct pushed *p, struct exhaustive_feed *feed)
{
    struct smtpwire_event event;
    while (!is_over(p)) {
        feed->done += push(p, exhaustive_feed_data(feed), exhaustive_feed_len(feed), &event);
        if (event.kind == SMTPWIRE_MORE)
            return;
        if (p->is_data)
            handle_data(p, &event);
        else if (p->is_client)
            handle_client(p, &event);
        else
            handle_server(p, &event);
    }
}

/* Feeds the stream in two parts, the first of cut octets, or octet by octet. */
static void feed(struct pushed *p, const struct word *word, size_t cut, bool single, bool blocks)
{
    struct exhaustive_feed feed;
    size_t upto;

    exhaustive_feed_start(&feed, word->stream, blocks);
    for (upto = single ? 1 : cut; upto < word->len && !is_over(p); upto = single ? upto + 1 : word->len) {
        exhaustive_feed_more(&feed, upto);
        push_until_more(p, &feed);
    }
    if (!is_over(p)) {
        exhaustive_feed_more(&feed, word->len);
        push_until_more(p, &feed);
    }
    if (!is_over(p) && (feed.done != word->len || (!p->is_data && p->stage != DONE)))
        p->stage = WRONG;
    exhaustive_feed_drop(&feed);
}

static bool is_same(const struct pushed *a, const struct pushed *b)
{
    return a->stage == b->stage && a->verdict_kind == b->verdict_kind && a->verdict.id == b->verdict.id &&
           a->verdict.offset == b->verdict.offset && a->verdict.end == b->verdict.end && a->delivered == b->delivered &&
           a->sum == b->sum && a->end.size == b->end.size && a->end.longest == b->end.longest &&
           a->end.flags == b->end.flags;
}

/* Returns the session behind the whole stream; all cuts must end as it does. */
static struct pushed feed_all(const struct pushed *start, const struct word *word, enum judge_cuts cuts, bool *same)
{
    const bool blocks = cuts == JUDGE_SOME_CUTS, one = blocks && !word->is_content;
    struct pushed whole = *start, other;
    size_t cut;

    feed(&whole, word, 0, false, blocks);
    *same = whole.stage != WRONG;
    for (cut = one ? word->cuttable / 2 : 1; cut <= word->cuttable && *same; cut += one ? word->cuttable + 1 : 1) {
        other = *start;
        feed(&other, word, cut, false, blocks);
        *same = is_same(&whole, &other);
    }
    if (*same) {
        other = *start;
        feed(&other, word, 0, true, blocks);
        *same = is_same(&whole, &other);
    }
    return whole;
}

/* ---- Sessions ------------------------------------------------------------------------------------------------- */

/* Pushes lines that are good, each answered so; the first is for the greeting. */
static void begin_server(struct pushed *p, const struct smtpwire_options *options, const char *const *lines,
                         const unsigned *codes)
{
    struct smtpwire_event event;
    size_t i;

    memset(p, 0, sizeof *p);
    if (smtpwire_server_init(&p->session.server, options) != 0)
        abort();
    for (i = 0; lines[i] != NULL; i++) {
        p->base += smtpwire_server_push(&p->session.server, lines[i], strlen(lines[i]), &event);
        if (smtpwire_server_replied(&p->session.server, codes[i]) != 0)
            abort();
        if (strcmp(lines[i], "STARTTLS\r\n") == 0 && smtpwire_server_tls_started(&p->session.server, 0) != 0)
            abort();
    }
    p->kind = SMTPWIRE_COMMAND;
}

static bool begins(const char *word, size_t len, const char *name)
{
    return len >= 4 && strncasecmp(word, name, 4) == 0;
}

/* The octets of a chunk, where the word is a good BDAT and there are not too many of them. */
static bool append_chunk(struct word *stream, uint64_t size)
{
    uint64_t i;
    if (size > LONGEST_CHUNK)
        return false;
    for (i = 0; i < size; i++)
        append_text(stream, "x");
    return true;
}

struct judge_verdict judge_push_command(const char *word, size_t len, const struct smtpwire_options *options,
                                        enum judge_cuts cuts, bool *same)
{
    static const char *const greeted[] = {"", "EHLO x\r\n", NULL};
    static const char *const recipient[] = {"", "EHLO x\r\n", "MAIL FROM:<>\r\n", "RCPT TO:<a@b>\r\n", NULL};
    static const char *const in_lmtp[] = {"", "LHLO x\r\n", NULL};
    static const char *const lmtp_recipient[] = {"", "LHLO x\r\n", "MAIL FROM:<>\r\n", "RCPT TO:<a@b>\r\n", NULL};
    static const char *const in_tls[] = {"", "EHLO x\r\n", "STARTTLS\r\n", "EHLO x\r\n", NULL};
    static const unsigned codes[] = {220, 250, 250, 250}, tls_codes[] = {220, 250, 220, 250};
    /* REQUIRETLS is offered in TLS only, where STARTTLS is not. */
    const bool tls = begins(word, len, "MAIL") && options->extensions != 0;
    const bool within = begins(word, len, "RCPT") || begins(word, len, "DATA") || begins(word, len, "BDAT") ||
                        begins(word, len, "BURL");
    struct word stream = line_of(word, len, options);
    struct smtpwire_command command;
    struct smtpwire_error error;
    struct pushed start, end;
    bool chunk_fits = true;

    if (options->lmtp)
        begin_server(&start, options, within ? lmtp_recipient : in_lmtp, codes);
    else
        begin_server(&start, options, tls ? in_tls : within ? recipient : greeted, tls ? tls_codes : codes);
    if (smtpwire_command_parse(word, len, options, &command, &error) == 0 && command.verb == SMTPWIRE_VERB_BDAT)
        chunk_fits = append_chunk(&stream, command.chunk_size);
    start.next = start.base + stream.len;
    append_text(&stream, "NOOP\r\n");
    if (!chunk_fits) {
        *same = true;
        return (struct judge_verdict){.accepted = true};
    }
    end = feed_all(&start, &stream, cuts, same);
    return end.verdict;
}

struct judge_verdict judge_push_auth(const char *word, size_t len, enum judge_cuts cuts, bool *same)
{
    static const char *const lines[] = {"", "EHLO x\r\n", "AUTH PLAIN\r\n", NULL};
    static const unsigned codes[] = {220, 250, 334};
    static const struct smtpwire_options options = {.extensions = SMTPWIRE_OFFER_ALL};
    struct word stream = line_of(word, len, &options);
    struct pushed start, end;

    begin_server(&start, &options, lines, codes);
    start.next = start.base + stream.len;
    append_text(&stream, "NOOP\r\n");
    end = feed_all(&start, &stream, cuts, same);
    if (end.verdict_kind != SMTPWIRE_AUTH_RESPONSE && end.verdict_kind != SMTPWIRE_ERROR)
        *same = false;
    return end.verdict;
}

static void begin_client(struct pushed *p, const struct smtpwire_options *options, const char *reply, unsigned verb)
{
    struct smtpwire_event event;

    memset(p, 0, sizeof *p);
    p->is_client = true;
    if (smtpwire_client_init(&p->session.client, options) != 0)
        abort();
    p->base = smtpwire_client_push(&p->session.client, "220 x\r\n", 7, &event);
    if (smtpwire_client_sent(&p->session.client, verb) != 0 ||
        smtpwire_client_sent(&p->session.client, SMTPWIRE_VERB_NOOP) != 0)
        abort();
    p->base += smtpwire_client_push(&p->session.client, reply, strlen(reply), &event);
    p->kind = SMTPWIRE_REPLY;
}

/* With the leniency reply_code 000 is a code as well: it could be read, if a separator follows. */
static bool is_zero_code(const char *word, size_t len)
{
    return len >= 3 && memcmp(word, "000", 3) == 0 && (len == 3 || memchr("- \r\n", word[3], 4) != NULL);
}

struct judge_verdict judge_push_reply(const char *word, size_t len, const struct smtpwire_options *options,
                                      enum judge_cuts cuts, bool *same)
{
    struct word stream = line_of(word, len, options);
    struct smtpwire_reply reply;
    struct smtpwire_error error;
    struct pushed start, end;
    char more[16];
    bool unread;

    begin_client(&start, options, "", SMTPWIRE_VERB_NOOP);
    unread =
        smtpwire_reply_parse(word, len, options, &reply, &error) != 0 && reply.code == 0 && !is_zero_code(word, len);
    if (!unread && !reply.last) {
        snprintf(more, sizeof more, "%03u x\r\n", reply.code);
        append_text(&stream, more);
    }
    start.next = start.base + stream.len;
    append_text(&stream, "250 x\r\n");
    end = feed_all(&start, &stream, cuts, same);
    if ((end.verdict_kind == SMTPWIRE_FATAL) != unread)
        *same = false;
    return end.verdict;
}

struct smtpwire_capabilities judge_push_capability(const char *word, size_t len, const struct smtpwire_options *options,
                                                   enum judge_cuts cuts, bool *same)
{
    struct word stream = {.len = 0};
    struct pushed start, end;

    begin_client(&start, options, "250-x\r\n", SMTPWIRE_VERB_EHLO);
    append_text(&stream, "250-");
    append(&stream, word, len);
    append_text(&stream, "\r\n");
    stream.cuttable = stream.len;
    append_text(&stream, "250 x\r\n");
    start.next = start.base + stream.len;
    append_text(&stream, "250 x\r\n");
    end = feed_all(&start, &stream, cuts, same);
    return *smtpwire_client_capabilities(&end.session.client);
}

struct judge_verdict judge_push_data(const char *word, size_t len, enum judge_cuts cuts, bool *same)
{
    struct word stream = {.is_content = true};
    struct pushed start, end;

    memset(&start, 0, sizeof start);
    start.is_data = true;
    if (smtpwire_data_init(&start.session.data, NULL) != 0)
        abort();
    append(&stream, word, len);
    stream.cuttable = len;
    end = feed_all(&start, &stream, cuts, same);
    return end.verdict;
}

struct judge_verdict judge_push_chunk(const char *word, size_t len, enum judge_cuts cuts, bool *same)
{
    static const char *const lines[] = {"", "EHLO x\r\n", "MAIL FROM:<>\r\n", "RCPT TO:<a@b>\r\n", NULL};
    static const unsigned codes[] = {220, 250, 250, 250};
    static const struct smtpwire_options options = {.extensions = SMTPWIRE_OFFER_ALL};
    struct word stream = {.is_content = true};
    struct smtpwire_event event;
    struct pushed start, end;
    char bdat[32];

    begin_server(&start, &options, lines, codes);
    snprintf(bdat, sizeof bdat, "BDAT %zu LAST\r\n", len);
    start.base += smtpwire_server_push(&start.session.server, bdat, strlen(bdat), &event);
    start.stage = IN_CHUNK;
    start.verdict_kind = SMTPWIRE_END; /* the verdict is that of END */
    append(&stream, word, len);
    stream.cuttable = len;
    start.next = start.base + len;
    append_text(&stream, "NOOP\r\n");
    end = feed_all(&start, &stream, cuts, same);
    return end.verdict;
}
