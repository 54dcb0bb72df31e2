/* Content from 354 to the lone dot (RFC 5321 sections 4.1.1.4 and 4.5.2): a push parser over the machine of
 * grammar/data.rl, that delivers slices of the caller's buffer and decides what becomes of bare CR, bare LF and NUL.
 *
 * A CR is held back until the octet after it tells what it is. If that comes in a later buffer and the CR is to be
 * delivered, it comes from a static constant, before anything of that buffer is taken. Not checked here: what the
 * content says (headers, MIME).
 *
 * SPDX-License-Identifier: MIT */
#include "internal.h"
#include "scan.h"

/* Where a skip stops the machine takes a few octets before the next is tried, and more of them as long as skips bring
 * nothing. */
enum { STEP_LEAST = 4, STEP_MOST = 256 };

/* One push while the machine runs. */
struct data_run {
    struct smtpwire_data *d;
    const unsigned char *start;  /* of the buffer; its offset is d->at */
    const unsigned char *slice;  /* octets from here on are to be delivered; null: none are */
    const unsigned char *end;    /* where the slice ends, if the machine was stopped for it */
    const unsigned char *cr;     /* the last CR */
    const unsigned char *stop;   /* not null: this octet was not taken after all, the machine goes back behind the CR */
    const char *constant;        /* not null: deliver this instead of a slice */
    size_t constant_len;
};

%%{
    machine smtpwire_data;
    alphtype unsigned char;
    include core "../grammar/core.rl";

    action stuffed_dot { if (stuffed_dot(&r, p)) fbreak; }
    action unstuffed { unstuffed(&r, p); }
    action cr { r.cr = p; behind_cr = ftargs; }
    action bare_cr { if (bare_cr(&r, p)) fbreak; }
    action bare_lf { if (refusable(&r, p, SMTPWIRE_CONTENT_BARE_LF)) fbreak; }
    action nul { if (refusable(&r, p, SMTPWIRE_CONTENT_NUL)) fbreak; }
    action eight_bit { data->flags |= SMTPWIRE_FLAG_EIGHT_BIT; }
    action line_end { if (line_end(&r, p)) fbreak; }
    action end_of_data { data->ended = 1; fbreak; }

    include data "../grammar/data.rl";
    main := message_stream;
    chunks := chunk_stream;

    # Names the states in which a run of octets may be skipped. Never entered.
    action labels {
        (void)fentry(message_stream::start); (void)fentry(message_stream::text);
        (void)fentry(chunk_stream::start); (void)fentry(chunk_stream::text);
    }
    names := any @labels;
    write data noerror nofinal;
}%%

static unsigned policy_of(const struct smtpwire_data *d, unsigned content)
{
    return d->binary ? SMTPWIRE_POLICY_PASS : smtpwire__policy(d->options, content);
}

static uint64_t offset_of(const struct data_run *r, const unsigned char *p) { return r->d->at + (uint64_t)(p - r->start); }

/* Nothing from here on is delivered. */
static void refuse(struct data_run *r, uint16_t id, uint64_t offset)
{
    r->d->refused = id;
    r->d->refused_at = offset;
    r->slice = NULL;
}

/* Stops at the end of the slice if there is one; what the machine has taken stays taken. */
static int deliver_to(struct data_run *r, const unsigned char *end)
{
    if (r->slice == NULL || r->slice == end) {
        r->slice = NULL;
        return 0;
    }
    r->end = end;
    return 1;
}

static int deliver_constant(struct data_run *r, const char *constant)
{
    r->constant = constant;
    r->constant_len = constant[1] == '\0' ? 1 : 2;
    return 1;
}

/* A dot that begins a line is not content, whatever follows. */
static int stuffed_dot(struct data_run *r, const unsigned char *p) { return deliver_to(r, p); }

static void unstuffed(struct data_run *r, const unsigned char *p)
{
    r->d->line_at++;
    if (r->d->refused == SMTPWIRE_ERROR_NONE)
        r->slice = p;
}

/* p shows that the CR before it was bare. */
static int bare_cr(struct data_run *r, const unsigned char *p)
{
    struct smtpwire_data *d = r->d;
    const unsigned policy = policy_of(d, SMTPWIRE_CONTENT_BARE_CR);

    d->flags |= SMTPWIRE_FLAG_BARE_CR;
    if (d->refused != SMTPWIRE_ERROR_NONE || (p == r->start && !d->held))
        return 0; /* nothing is delivered any more, or the CR has been */
    if (policy == SMTPWIRE_POLICY_REJECT) {
        const unsigned char *slice = r->slice;
        refuse(r, SMTPWIRE_ERROR_CONTENT_BARE_CR, d->held ? d->held_at : offset_of(r, p) - 1);
        d->held = 0;
        if (p == r->start)
            return 0;
        r->slice = slice;
        r->end = p - 1;
        r->stop = p;
        return 1;
    }
    if (p > r->start && policy == SMTPWIRE_POLICY_PASS)
        return 0; /* it is in the slice */
    r->stop = p;
    if (p > r->start && deliver_to(r, p - 1)) {
        d->held = 1;
        d->held_at = offset_of(r, p) - 1;
        return 1;
    }
    d->held = 0;
    return deliver_constant(r, policy == SMTPWIRE_POLICY_NORMALISE ? "\r\n" : "\r");
}

/* A bare LF or a NUL. */
static int refusable(struct data_run *r, const unsigned char *p, unsigned content)
{
    struct smtpwire_data *d = r->d;
    const unsigned policy = policy_of(d, content);
    d->flags |= content == SMTPWIRE_CONTENT_NUL ? SMTPWIRE_FLAG_NUL : SMTPWIRE_FLAG_BARE_LF;
    if (d->refused != SMTPWIRE_ERROR_NONE || policy == SMTPWIRE_POLICY_PASS)
        return 0;
    if (policy == SMTPWIRE_POLICY_REJECT) {
        const unsigned char *slice = r->slice;
        refuse(r, content == SMTPWIRE_CONTENT_NUL ? SMTPWIRE_ERROR_CONTENT_NUL : SMTPWIRE_ERROR_CONTENT_BARE_LF,
               offset_of(r, p));
        r->slice = slice;
        return deliver_to(r, p);
    }
    d->pending = 1; /* CRLF in its place, after what came before it */
    if (deliver_to(r, p))
        return 1;
    d->pending = 0;
    return deliver_constant(r, "\r\n");
}

/* A line ends before next. */
static void count_line(struct smtpwire_data *d, uint64_t next)
{
    const uint64_t len = next - d->line_at;
    d->line_at = next;
    if (len > d->longest)
        d->longest = len;
    if (len > smtpwire__limit(d->options, SMTPWIRE_LIMIT_TEXT_LINE))
        d->flags |= SMTPWIRE_FLAG_LONG_LINE;
}

static int line_end(struct data_run *r, const unsigned char *p)
{
    struct smtpwire_data *d = r->d;

    if (d->held) {
        d->held = 0;
        r->stop = p;
        return deliver_constant(r, "\r");
    }
    count_line(d, offset_of(r, p) + 1);
    return 0;
}

int smtpwire_data_init(struct smtpwire_data *data, const struct smtpwire_options *options)
{
    if (smtpwire_options_check(options) < 0)
        return -1;
    memset(data, 0, sizeof *data);
    data->options = options;
    data->scanner = (uint8_t)smtpwire__simd(options);
    smtpwire__data_start(data, 0);
    return 0;
}

void smtpwire__data_start(struct smtpwire_data *data, uint64_t at)
{
    const struct smtpwire_options *options = data->options;
    const uint8_t scanner = data->scanner;
    memset(data, 0, sizeof *data);
    data->options = options;
    data->scanner = scanner;
    data->at = data->line_at = at;
    data->state = smtpwire_data_start;
}

static SMTPWIRE__INLINE int deliver(struct smtpwire_data *data, struct smtpwire_event *event, uint64_t at, uint64_t wire,
                                    const char *octets, size_t len)
{
    smtpwire__event(event, SMTPWIRE_CONTENT, at, wire);
    event->content.data = octets;
    event->content.len = len;
    data->size += len;
    return 1;
}

/* Octets to deliver, which stand for so many on the wire: as many, or one. Those over the message's limit are refused like
 * one that policy refuses, and stand before any such. Returns 0 if none is left to deliver. */
static int content(struct smtpwire_data *data, struct smtpwire_event *event, uint64_t at, uint64_t wire,
                   const char *octets, size_t len)
{
    const uint64_t room = smtpwire__message_max(data->options) - data->size;

    if (len > room) {
        data->refused = SMTPWIRE_ERROR_MESSAGE_TOO_LARGE;
        data->refused_at = wire == len ? at + room : at;
        data->held = data->pending = 0;
        if (room == 0)
            return 0;
        wire = wire == len ? room : wire;
        len = (size_t)room;
    }
    return deliver(data, event, at, wire, octets, len);
}

void smtpwire__data_end(const struct smtpwire_data *data, uint64_t at, uint64_t len, struct smtpwire_event *event)
{
    const uint64_t open = data->chunked ? data->at - data->line_at : 0; /* a line that may go on in the next chunk */
    smtpwire__event(event, SMTPWIRE_END, at, len);
    smtpwire__error_set(&event->error, data->refused, data->refused_at);
    memset(&event->end, 0, sizeof event->end);
    event->end.size = data->size;
    event->end.longest = open > data->longest ? open : data->longest;
    event->end.flags = data->flags;
    if (open > smtpwire__limit(data->options, SMTPWIRE_LIMIT_TEXT_LINE))
        event->end.flags |= SMTPWIRE_FLAG_LONG_LINE;
}

/* A chunk begins: the first of a message, or one that goes on where the one before ended. */
void smtpwire__chunk_start(struct smtpwire_data *data, uint64_t at, int first)
{
    if (first) {
        smtpwire__data_start(data, at);
        data->chunked = 1;
        data->state = smtpwire_data_en_chunks;
    } else {
        data->line_at += at - data->at; /* what lies between chunks is not in a line */
        data->at = at;
    }
}

/* The message ends with its last chunk: a CR held back is bare. Returns 1 with a CONTENT, 0 if there is no more. */
int smtpwire__chunk_finish(struct smtpwire_data *data, struct smtpwire_event *event)
{
    const unsigned policy = policy_of(data, SMTPWIRE_CONTENT_BARE_CR);
    const int held = data->held;

    data->held = 0;
    count_line(data, data->at); /* a last line that nothing ended */
    if (!held)
        return 0;
    data->flags |= SMTPWIRE_FLAG_BARE_CR;
    if (policy == SMTPWIRE_POLICY_REJECT) {
        data->refused = SMTPWIRE_ERROR_CONTENT_BARE_CR;
        data->refused_at = data->held_at;
        return 0;
    }
    return content(data, event, data->held_at, 1, "\r\n", policy == SMTPWIRE_POLICY_NORMALISE ? 2 : 1);
}

/* A chunk whose octets are not seen here (RFC 4468): what it begins with and ends in is not known, so that nothing goes
 * on behind it where it was. Returns 1 with a CONTENT, a CR held back, 0 if there is no more. */
int smtpwire__chunk_elsewhere(struct smtpwire_data *data, uint64_t at, int first, struct smtpwire_event *event)
{
    if (first)
        smtpwire__chunk_start(data, at, 1);
    data->state = smtpwire_data_en_chunks;
    return smtpwire__chunk_finish(data, event);
}

static inline int starts_line(unsigned state)
{
    return state == smtpwire_data_en_main_message_stream_start || state == smtpwire_data_en_chunks_chunk_stream_start;
}

static inline int in_line(unsigned state)
{
    return state == smtpwire_data_en_main_message_stream_text || state == smtpwire_data_en_chunks_chunk_stream_text;
}

/* Skips what means nothing to the machine but itself, from offset at on, if it is in a state where that may be; returns how
 * many octets. */
static SMTPWIRE__INLINE size_t skip(struct smtpwire_data *data, uint64_t at, const unsigned char *p, size_t len)
{
    const int starts = starts_line(data->state);
    struct smtpwire__scan scan;
    size_t skipped;

    if (len < SMTPWIRE__SCAN_LEAST || (!starts && !in_line(data->state)))
        return 0;
    scan.at = at;
    scan.line_at = data->line_at;
    scan.longest = data->longest;
    scan.line_start = (uint8_t)starts;
    scan.dots = !data->chunked;
    scan.eight_bit = 0;
    scan.alike = data->alike;
    SMTPWIRE__STEPS(64 / 8); /* the least that is looked at */
    skipped = smtpwire__scan_content(smtpwire__scan_choose(&data->scanner, len), p, len, &scan);
    if (skipped == 0)
        return 0;
    SMTPWIRE__STEPS(skipped / 8);
    data->line_at = scan.line_at;
    data->alike = scan.alike;
    if (scan.longest > data->longest) {
        data->longest = scan.longest;
        if (scan.longest > smtpwire__limit(data->options, SMTPWIRE_LIMIT_TEXT_LINE))
            data->flags |= SMTPWIRE_FLAG_LONG_LINE;
    }
    if (scan.eight_bit)
        data->flags |= SMTPWIRE_FLAG_EIGHT_BIT;
    if (!data->chunked) /* in chunks they are one state, since no dot means anything */
        data->state = scan.line_start ? smtpwire_data_en_main_message_stream_start : smtpwire_data_en_main_message_stream_text;
    return skipped;
}

static SMTPWIRE__NOINLINE size_t skip_on(struct smtpwire_data *data, uint64_t at, const unsigned char *p, size_t len)
{
    return skip(data, at, p, len);
}

/* Runs the machine over one buffer, of which so many octets are skipped; returns how much of it was taken. */
static SMTPWIRE__NOINLINE size_t execute(struct smtpwire_data *data, const unsigned char *octets, size_t len, size_t skipped,
                      struct data_run *result)
{
    const unsigned char *const all = octets + len;
    const unsigned char *p = octets, *pe;
    struct data_run r;
    size_t step = STEP_LEAST, left;
    int cs = data->state, behind_cr = cs; /* if a CR is held back, the machine is behind it now */

    memset(&r, 0, sizeof r);
    r.d = data;
    r.start = octets;
    r.slice = data->refused == SMTPWIRE_ERROR_NONE ? octets : NULL;
    for (;;) {
        step = skipped >= SMTPWIRE__SCAN_LEAST || step >= STEP_MOST ? STEP_LEAST : 2 * step;
        p += skipped;
        left = (size_t)(all - p);
        pe = data->scanner != SMTPWIRE_SIMD_NONE && left >= SMTPWIRE__SCAN_LEAST + step ? p + step : all;
        if (p != pe) {
            const unsigned char *const begin = p;
            %% write exec;
            SMTPWIRE__RAN(p - begin);
        }
        if (p == all || r.stop != NULL || r.end != NULL || r.constant != NULL || data->ended)
            break;
        data->state = (uint8_t)cs;
        skipped = skip_on(data, offset_of(&r, p), p, (size_t)(all - p));
        cs = data->state;
    }
    if (r.stop != NULL) {
        p = r.stop;
        cs = behind_cr;
    } else if (r.end == NULL && p == all) {
        data->held = r.cr == all - 1 && data->refused == SMTPWIRE_ERROR_NONE;
        data->held_at = data->at + len - 1;
        r.end = all - data->held;
    }
    data->state = (uint8_t)cs;
    *result = r;
    return (size_t)(p - octets);
}

/* Runs up to the next event; so many octets are skipped, and *taken is how much of the buffer was taken. Returns 0 if there was
 * none. */
static int run_to_event(struct smtpwire_data *data, const unsigned char *octets, size_t len, size_t skipped, size_t *taken,
                        struct smtpwire_event *event)
{
    const uint64_t at = data->at;
    struct data_run r;

    *taken = execute(data, octets, len, skipped, &r);
    data->at += *taken;
    data->left = len - *taken;
    if (data->ended) {
        smtpwire__data_end(data, data->at - 3, 3, event);
        return 1;
    }
    if (r.constant != NULL)
        return content(data, event, *taken == 0 ? data->held_at : data->at - 1, 1, r.constant, r.constant_len);
    return r.slice != NULL && r.end > r.slice &&
           content(data, event, at + (uint64_t)(r.slice - r.start), (uint64_t)(r.end - r.slice),
                   smtpwire__text(r.slice), (size_t)(r.end - r.slice));
}

/* What is not skipped up to its end or a stuffed dot, or refused. */
static SMTPWIRE__NOINLINE size_t push_unskipped(struct smtpwire_data *data, const unsigned char *octets, size_t len,
                                                size_t skipped, struct smtpwire_event *event)
{
    size_t done = 0, taken;
    while (done < len) {
        const int told = run_to_event(data, octets + done, len - done, skipped, &taken, event);
        done += taken;
        if (told)
            return done;
        skipped = skip_on(data, data->at, octets + done, len - done);
    }
    return smtpwire__more(event, SMTPWIRE_INSIDE_CONTENT, data->at, done);
}

/* Whether octets[i] is a dot that stuffing put before a line of text, not the beginning of a message's end. */
static inline int is_stuffed(const struct smtpwire_data *data, const unsigned char *octets, size_t len, size_t i)
{
    return data->state == smtpwire_data_en_main_message_stream_start && len - i >= 2 && octets[i] == '.' &&
           octets[i + 1] > '\r';
}

static SMTPWIRE__NOINLINE size_t push_octets(struct smtpwire_data *data, const unsigned char *octets, size_t len,
                                             struct smtpwire_event *event)
{
    const size_t skipped = skip(data, data->at, octets, len);
    size_t taken = len;

    if (skipped == 0 || data->refused != SMTPWIRE_ERROR_NONE || skipped > smtpwire__message_max(data->options) - data->size)
        return push_unskipped(data, octets, len, skipped, event);
    if (skipped != len) {
        if (!is_stuffed(data, octets, len, skipped))
            return push_unskipped(data, octets, len, skipped, event);
        data->state = smtpwire_data_en_main_message_stream_text;
        data->line_at++;
        taken = skipped + 1;
    }
    deliver(data, event, data->at, skipped, smtpwire__text(octets), skipped);
    data->at += taken;
    data->left = len - taken;
    return taken;
}

#if !defined(SMTPWIRE_ONLY_NONE)
/* A few octets of text within a line, none of which means anything to the machine or to policy, are delivered as they
 * are. All else is for push_octets(). */
static SMTPWIRE__NOINLINE size_t push_few_octets(struct smtpwire_data *data, const unsigned char *octets, size_t len,
                                                 struct smtpwire_event *event)
{
    unsigned all = 0;
    size_t i;

    if (data->scanner == SMTPWIRE_SIMD_NONE || data->refused != SMTPWIRE_ERROR_NONE || !in_line(data->state))
        return push_octets(data, octets, len, event);
    for (i = 0; i < len; i++) {
        if (octets[i] <= '\r')
            return push_octets(data, octets, len, event);
        all |= octets[i];
    }
    SMTPWIRE__STEPS(len);
    if (all > 127)
        data->flags |= SMTPWIRE_FLAG_EIGHT_BIT;
    data->at += len;
    data->left = 0;
    if (content(data, event, data->at - len, len, smtpwire__text(octets), len))
        return len;
    return smtpwire__more(event, SMTPWIRE_INSIDE_CONTENT, data->at, len);
}
#endif

static SMTPWIRE__NOINLINE size_t push_unusual(struct smtpwire_data *data, const unsigned char *octets, size_t len,
                                              struct smtpwire_event *event)
{
    struct smtpwire_error misuse;

    if (data->fatal || len < data->left) {
        data->fatal = 1;
        memset(&misuse, 0, sizeof misuse);
        return smtpwire__fatal(&misuse, SMTPWIRE_ERROR_MISUSE, data->at, event);
    }
    if (data->ended) {
        smtpwire__data_end(data, data->at - 3, 3, event);
        return 0;
    }
    data->pending = 0;
    if (content(data, event, data->at - 1, 1, "\r\n", 2))
        return 0;
    return push_octets(data, octets, len, event);
}

size_t smtpwire_data_push(struct smtpwire_data *data, const void *octets, size_t len, struct smtpwire_event *event)
{
    if ((data->fatal | data->ended | data->pending) != 0 || len < data->left)
        return push_unusual(data, octets, len, event);
    if (len == 0)
        return smtpwire__more(event, SMTPWIRE_INSIDE_CONTENT, data->at, 0);
#if !defined(SMTPWIRE_ONLY_NONE)
    if (len < SMTPWIRE__SCAN_LEAST)
        return push_few_octets(data, octets, len, event);
#endif
    return push_octets(data, octets, len, event);
}
