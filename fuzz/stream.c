/* Feeds one input to one push parser in every way it could arrive, and compares what comes out. */
#include "oracle.h"

/* The function of the library that is fed. */
#ifdef ORACLE_T0
#define LIBRARY(f, function) ((f)->t0 ? t0_##function : (function))
#else
#define LIBRARY(f, function) (function)
#endif

enum cut { CUT_WHOLE, CUT_HASHED, CUT_EACH, CUT_AT };

/* Whether a chunk ended in a CR, which is delivered with the next. */
enum owes { OWES_NOTHING, OWES_CR, OWES_UNKNOWN };

struct feed {
    const struct oracle_stream *stream;
    union {
        struct smtpwire_server server;
        struct smtpwire_client client;
        struct smtpwire_line line;
        struct smtpwire_data data;
    } state;
    size_t pos;           /* octets that are done with */
    size_t shown;         /* octets that were shown */
    size_t told;          /* of stream->sent */
    uint64_t log;         /* hash of the events so far */
    uint64_t content;     /* hash of the content since the last other event */
    uint64_t chunk_until; /* where the chunk's octets end */
    uint64_t chunk_from;  /* where they begin */
    enum owes owes;       /* of the chunk before it */
    size_t content_from;  /* where the content behind the last 354 begins, or SIZE_MAX */
    uint64_t steps;       /* of the library's loops, and how often it was called */
    uint64_t pushes;
    int t0;             /* it is the library of -T0 */
    size_t quiet_until; /* behind a framing fault: where the next event may be */
    int replying;       /* a reply is being read */
    unsigned code;      /* its code */
    int tls;            /* STARTTLS was answered 220 */
    unsigned idle;      /* events in a row that consumed nothing */
    int trace;
};

static void log_number(struct feed *f, uint64_t number) { f->log = oracle_hash(f->log, &number, sizeof number); }

/* Where content that begins at from ends, behind the final CRLF; SIZE_MAX where it does not. RFC 5321 section 4.1.1.4.
 */
static size_t content_end(const char *input, size_t size, size_t from)
{
    enum { LINE_START, TEXT, CR_SEEN, DOT, DOT_CR } state = LINE_START;
    size_t i;
    for (i = from; i < size; i++) {
        const char c = input[i];
        if (state == DOT_CR && c == '\n')
            return i + 1;
        if (state == LINE_START && c == '.')
            state = DOT;
        else if (c == '\r')
            state = state == DOT ? DOT_CR : CR_SEEN;
        else if (c == '\n' && state == CR_SEEN)
            state = LINE_START;
        else
            state = TEXT;
    }
    return SIZE_MAX;
}

/* The content before its end, each line without the dot that stuffs it, hashed as it is when it is delivered. */
static uint64_t content_of(const char *input, size_t from, size_t end)
{
    uint64_t hash = 0;
    size_t i;
    for (i = from; i < end; i++)
        if (input[i] != '.' || (i != from && (i < from + 2 || input[i - 1] != '\n' || input[i - 2] != '\r')))
            hash = oracle_hash(hash, input + i, 1);
    return hash;
}

static int is_framing_fault(const struct smtpwire_event *event)
{
    return event->kind == SMTPWIRE_ERROR &&
           (event->error.id == SMTPWIRE_ERROR_BARE_LF || event->error.id == SMTPWIRE_ERROR_BARE_CR ||
            event->error.id == SMTPWIRE_ERROR_NUL || event->error.id == SMTPWIRE_ERROR_LINE_TOO_LONG);
}

/* Behind the line that the event is about: one whose framing is faulty goes on through the next CRLF, of which the
 * fault may have been the CR, or LF where that ends a line; SIZE_MAX where there is none. */
static size_t behind_line(const struct oracle_stream *s, const struct smtpwire_event *event)
{
    const int lax = s->kind != ORACLE_CLIENT && (s->options->lax & SMTPWIRE_LAX_BARE_LF_COMMAND) != 0;
    size_t i = (size_t)(event->at + event->len);
    if (!is_framing_fault(event))
        return i;
    for (; i < s->size; i++)
        if (s->input[i] == '\n' && (lax || s->input[i - 1] == '\r'))
            return i + 1;
    return SIZE_MAX;
}

/* Mostly positive, so that transactions come about; now and then not. */
static unsigned reply_to(const struct feed *f, const struct smtpwire_event *event)
{
    static const unsigned refusals[] = {421, 450, 454, 500, 502, 503, 550, 554};
    const int is_line = event->kind == SMTPWIRE_COMMAND || event->kind == SMTPWIRE_AUTH_RESPONSE;
    const uint64_t dice = f->stream->positive ? 1
                          : is_line           ? oracle_seed(event->line.data, event->line.len) >> 32
                                    : oracle_seed((const char *)&event->error.id, sizeof event->error.id) >> 32;
    const unsigned verb = event->kind != SMTPWIRE_END ? event->command.verb : SMTPWIRE_VERB_UNKNOWN;
    if (dice % 8 == 0)
        return refusals[dice / 8 % 8];
    if (event->kind == SMTPWIRE_ERROR && dice % 4 != 1)
        return event->error.code;
    if (event->kind == SMTPWIRE_AUTH_RESPONSE || verb == SMTPWIRE_VERB_AUTH)
        return dice % 2 != 0 ? 334 : 235;
    if (verb == SMTPWIRE_VERB_DATA)
        return 354;
    return verb == SMTPWIRE_VERB_STARTTLS ? 220 : 250;
}

static void check_slice(const struct feed *f, struct smtpwire_slice slice, const char *block, size_t len)
{
    oracle_slice(slice, block, len, f->pos, f->stream->input, f->stream->size);
}

static void check_content(struct feed *f, const struct smtpwire_event *event, const char *block, size_t len)
{
    const struct smtpwire_slice *c = &event->content;
    const char *input = f->stream->input;
    ORACLE(c->len != 0 && event->at + event->len <= f->stream->size);
    if (c->data >= block && c->data < block + len)
        check_slice(f, *c, block, len);
    else if (c->len == 1) /* a CR that was held back, from a constant, or what a limit lets through of the next */
        ORACLE(c->data[0] == '\r' &&
               (input[event->at] == '\r' || (f->stream->options->message_max != 0 && input[event->at] == '\n')));
    else /* what a bare CR or LF is normalised to */
        ORACLE(c->len == 2 && memcmp(c->data, "\r\n", 2) == 0 && memchr("\r\n", input[event->at], 2) != NULL);
    f->content = oracle_hash(f->content, c->data, c->len);
}

static void check_command(struct feed *f, const struct smtpwire_event *event, const char *block, size_t len)
{
    const struct smtpwire_command *c = &event->command;
    const struct smtpwire_address *a = &c->address;
    const struct smtpwire_slice slices[] = {event->line, c->name,    a->path,       a->route,    a->local,
                                            a->domain,   a->literal, c->parameters, c->argument, c->initial};
    struct smtpwire_slice rest = c->parameters, attributes = c->parameters;
    struct smtpwire_parameter parameter;
    struct smtpwire_attribute attribute;
    const int good = event->kind == SMTPWIRE_COMMAND;
    size_t i;

    for (i = 0; i < sizeof slices / sizeof slices[0]; i++) {
        if (good || i < 2)
            check_slice(f, slices[i], block, len);
        log_number(f, good ? slices[i].len : 0);
    }
    while (good && smtpwire_parameter_next(&rest, &parameter)) {
        check_slice(f, parameter.keyword, block, len);
        check_slice(f, parameter.value, block, len);
        log_number(f, parameter.id);
    }
    while (good && (c->verb == SMTPWIRE_VERB_XCLIENT || c->verb == SMTPWIRE_VERB_XFORWARD) &&
           smtpwire_attribute_next(&attributes, &attribute)) {
        check_slice(f, attribute.name, block, len);
        check_slice(f, attribute.value, block, len);
        ORACLE(attribute.id != SMTPWIRE_ATTRIBUTE_UNKNOWN && smtpwire_xtext_decode(attribute.value, NULL, 0) > 0);
        log_number(f, attribute.id * 65536U + attribute.port);
    }
    log_number(f, c->verb * 2U + c->last);
    if (good)
        oracle_command_round_trip(c, f->stream->options);
    if (good && c->verb == SMTPWIRE_VERB_BDAT) {
        f->chunk_from = event->at + event->len;
        f->chunk_until = f->chunk_from + c->chunk_size;
    } else if (f->owes == OWES_CR) { /* another message may begin behind this */
        f->owes = OWES_UNKNOWN;
    }
}

static void check_reply(struct feed *f, const struct smtpwire_event *event, const char *block, size_t len)
{
    const struct smtpwire_reply *r = &event->reply;
    check_slice(f, event->line, block, len);
    log_number(f, r->code * UINT64_C(1000000) + r->verb * 10U + r->last);
    ORACLE(event->kind != SMTPWIRE_REPLY || !f->replying || r->code == f->code);
    if (!f->replying)
        f->code = r->code;
    f->replying = !r->last;
    if (event->kind != SMTPWIRE_REPLY)
        return;
    check_slice(f, r->text, block, len);
    log_number(f, r->text.len);
    log_number(f, r->flags);
    log_number(f, r->enhanced[0] * UINT64_C(1000000) + r->enhanced[1] * 1000U + r->enhanced[2]);
}

/* Normalised, they are other octets. */
static int has_bare(const struct smtpwire_event *event)
{
    return (event->end.flags & (SMTPWIRE_FLAG_BARE_CR | SMTPWIRE_FLAG_BARE_LF)) != 0;
}

/* What was delivered of a chunk is its octets, but for a CR at its end, which is half of a CRLF or bare. */
static void check_chunk(struct feed *f, const struct smtpwire_event *event)
{
    const struct oracle_stream *s = f->stream;
    uint64_t expected = f->owes == OWES_CR ? oracle_hash(0, "\r", 1) : 0;
    size_t len;
    int ends_in_cr;

    if (event->at < f->chunk_from || event->at > s->size)
        return; /* the check of where it ends may have been left out */
    len = (size_t)(event->at - f->chunk_from);
    ends_in_cr = len != 0 && s->input[event->at - 1] == '\r';
    expected = len != 0 ? oracle_hash(expected, s->input + f->chunk_from, len - (size_t)ends_in_cr) : 0;
    if (f->owes != OWES_UNKNOWN && event->error.id == SMTPWIRE_ERROR_NONE && !has_bare(event))
        ORACLE(f->content == expected);
    if (event->end.last)
        f->owes = OWES_NOTHING;
    else if (len != 0)
        f->owes = ends_in_cr ? OWES_CR : OWES_NOTHING;
}

static void check_end(struct feed *f, const struct smtpwire_event *event)
{
    const struct oracle_stream *s = f->stream;
    if (event->end.chunk) {
        ORACLE(event->at == f->chunk_until);
        check_chunk(f, event);
    } else {
        ORACLE(f->content_from != SIZE_MAX);
        ORACLE(content_end(s->input, s->size, f->content_from) == event->at + 3 && event->len == 3);
        if (event->error.id == SMTPWIRE_ERROR_NONE && !has_bare(event))
            ORACLE(content_of(s->input, f->content_from, (size_t)event->at) == f->content);
        f->content_from = SIZE_MAX;
    }
    log_number(f, event->end.chunk * 2U + event->end.last);
    log_number(f, event->end.size);
    log_number(f, event->end.longest);
    log_number(f, event->end.flags);
}

/* Answers as many times as is asked for; a code that cannot answer this is refused and another is said. */
static void answer(struct feed *f, const struct smtpwire_event *event)
{
    const unsigned code = reply_to(f, event);
    uint32_t i;
    ORACLE(LIBRARY(f, smtpwire_server_due)(&f->state.server) >= event->replies);
    for (i = 0; i < event->replies; i++) {
        const int done = LIBRARY(f, smtpwire_server_replied)(&f->state.server, code);
        if (done < 0)
            ORACLE(LIBRARY(f, smtpwire_server_replied)(&f->state.server, 451) == 0);
        if (done == 0 && code == 354)
            f->content_from = behind_line(f->stream, event);
        else if (done == 0 && code == 220 && event->command.verb == SMTPWIRE_VERB_STARTTLS &&
                 event->kind == SMTPWIRE_COMMAND)
            f->tls = 1;
    }
    ORACLE(LIBRARY(f, smtpwire_server_due)(&f->state.server) == 0);
    ORACLE(LIBRARY(f, smtpwire_server_replied)(&f->state.server, 250) == -1); /* none is due */
}

/* The client's session is told of every command there is before the first reply comes, as far as it lets; of the rest
 * as soon as it does, which is behind a reply and so does not depend on the cut. */
static void tell(struct feed *f)
{
    while (f->stream->kind == ORACLE_CLIENT && f->told < f->stream->sent_count &&
           LIBRARY(f, smtpwire_client_sent)(&f->state.client, f->stream->sent[f->told]) == 0)
        f->told++;
}

static void check_framing(struct feed *f, const struct smtpwire_event *event)
{
    ORACLE(!f->tls);
    /* A CR that a chunk ended in is delivered when the next chunk comes, whatever came between. */
    ORACLE(f->quiet_until != SIZE_MAX && (event->at >= f->quiet_until || event->kind == SMTPWIRE_CONTENT));
    if (is_framing_fault(event))
        f->quiet_until = behind_line(f->stream, event);
}

static uint32_t limit_of(const struct oracle_stream *s, unsigned limit, uint32_t otherwise)
{
    return s->options->limit[limit] != 0 ? s->options->limit[limit] : otherwise;
}

/* What is told as good is within the limits that were set; those of an address count always. */
static void check_limits(const struct feed *f, const struct smtpwire_event *event)
{
    const struct oracle_stream *s = f->stream;
    const struct smtpwire_address *a = &event->command.address;
    if (event->kind == SMTPWIRE_LINE)
        ORACLE(event->len <= s->cap);
    if (event->kind == SMTPWIRE_REPLY)
        ORACLE(event->len <= limit_of(s, SMTPWIRE_LIMIT_REPLY_LINE, 4096));
    if (event->kind == SMTPWIRE_AUTH_RESPONSE)
        ORACLE(event->len <= limit_of(s, SMTPWIRE_LIMIT_AUTH_LINE, 12288));
    if (event->kind == SMTPWIRE_END && s->options->message_max != 0)
        ORACLE(event->end.size <= s->options->message_max);
    if (event->kind != SMTPWIRE_COMMAND)
        return;
    ORACLE(event->len <= limit_of(s, SMTPWIRE_LIMIT_COMMAND_LINE, 4096));
    ORACLE(a->path.len <= limit_of(s, SMTPWIRE_LIMIT_PATH, 256));
    ORACLE(a->local.len <= limit_of(s, SMTPWIRE_LIMIT_LOCAL_PART, 64));
    ORACLE(a->domain.len <= limit_of(s, SMTPWIRE_LIMIT_DOMAIN, 255));
    ORACLE(a->literal.len <= limit_of(s, SMTPWIRE_LIMIT_DOMAIN, 255));
}

static void handle(struct feed *f, const struct smtpwire_event *event, const char *block, size_t len)
{
    if (f->trace && event->kind != SMTPWIRE_CONTENT)
        fprintf(stderr, "event %u at %llu len %llu error %s\n", event->kind, (unsigned long long)event->at,
                (unsigned long long)event->len,
                event->kind == SMTPWIRE_ERROR || event->kind == SMTPWIRE_END ? smtpwire_error_name(event->error.id)
                                                                             : "");
    check_framing(f, event);
    if (event->kind == SMTPWIRE_CONTENT) {
        check_content(f, event, block, len);
        return;
    }
    check_limits(f, event);
    log_number(f, f->content);
    log_number(f, event->kind);
    log_number(f, event->at);
    log_number(f, event->len);
    if (event->kind == SMTPWIRE_ERROR || event->kind == SMTPWIRE_END) {
        log_number(f, event->error.id);
        log_number(f, event->error.offset);
        if (event->error.id != SMTPWIRE_ERROR_NONE)
            oracle_error(&event->error, f->stream->size + 1);
    }
    if (event->kind == SMTPWIRE_END)
        check_end(f, event);
    else if (f->stream->kind == ORACLE_CLIENT)
        check_reply(f, event, block, len);
    else if (event->kind == SMTPWIRE_COMMAND || event->kind == SMTPWIRE_ERROR)
        check_command(f, event, block, len);
    else
        check_slice(f, event->line, block, len);
    f->content = 0;
    if (f->stream->kind == ORACLE_SERVER)
        answer(f, event);
    else
        ORACLE(event->replies == 0);
    tell(f);
}

static size_t push_octets(struct feed *f, const char *data, size_t len, struct smtpwire_event *event)
{
    switch (f->stream->kind) {
    case ORACLE_SERVER:
        return LIBRARY(f, smtpwire_server_push)(&f->state.server, data, len, event);
    case ORACLE_CLIENT:
        return LIBRARY(f, smtpwire_client_push)(&f->state.client, data, len, event);
    case ORACLE_LINE:
        return LIBRARY(f, smtpwire_line_push)(&f->state.line, data, len, event);
    default:
        return LIBRARY(f, smtpwire_data_push)(&f->state.data, data, len, event);
    }
}

/* What a push costs is bounded by the octets that were never shown before, whatever they are and however they are cut.
 */
static size_t push_counted(struct feed *f, const char *data, size_t len, struct smtpwire_event *event)
{
#ifdef SMTPWIRE_COUNT_STEPS
    extern uint64_t smtpwire__steps;
    const uint64_t before = smtpwire__steps;
    const size_t taken = push_octets(f, data, len, event);
    f->steps += smtpwire__steps - before;
    f->pushes++;
    ORACLE(f->steps <= 8 * (uint64_t)f->shown + 64 * f->pushes);
    return taken;
#else
    return push_octets(f, data, len, event);
#endif
}

static void check_sticky(struct feed *f, const char *block, size_t len, const struct smtpwire_event *event)
{
    struct smtpwire_event again;
    ORACLE(push_octets(f, block, len, &again) == 0 && again.kind == event->kind);
    ORACLE(again.error.id == event->error.id && again.error.offset == event->error.offset);
}

/* Pushes what is left and octets up to end; returns 0 where nothing more can come. */
static int push(struct feed *f, size_t end)
{
    const size_t len = end - f->pos;
    char *block = oracle_block(f->stream->input + f->pos, len);
    size_t inside = 0;
    struct smtpwire_event event;
    int ended;

    f->idle = 0;
    f->shown = end;

    for (;;) {
        const size_t left = len - inside, taken = push_counted(f, block + inside, left, &event);
        ORACLE(taken <= left);
        ended = event.kind == SMTPWIRE_FATAL || (event.kind == SMTPWIRE_END && f->stream->kind == ORACLE_DATA);
        if (event.kind != SMTPWIRE_MORE && event.kind != SMTPWIRE_WAIT && event.kind != SMTPWIRE_FATAL)
            handle(f, &event, block + inside, left);
        inside += taken;
        f->pos += taken;
        f->idle = taken == 0 ? f->idle + 1 : 0;
        if (event.kind == SMTPWIRE_MORE || event.kind == SMTPWIRE_WAIT || ended)
            break;
        ORACLE(f->idle < 4);
    }
    ORACLE(event.kind != SMTPWIRE_WAIT); /* everything was answered */
    if (ended) {
        if (event.kind == SMTPWIRE_FATAL) {
            oracle_error(&event.error, f->stream->size + 1);
            log_number(f, f->content);
            log_number(f, event.error.id);
            log_number(f, event.error.offset);
        }
        check_sticky(f, block + inside, len - inside, &event);
    }
    oracle_release(block, len);
    return !ended;
}

static void start(struct feed *f)
{
    const struct oracle_stream *s = f->stream;
    switch (s->kind) {
    case ORACLE_SERVER:
        ORACLE(LIBRARY(f, smtpwire_server_init)(&f->state.server, s->options) == 0);
        ORACLE(LIBRARY(f, smtpwire_server_replied)(&f->state.server, 220) == 0);
        break;
    case ORACLE_CLIENT:
        ORACLE(LIBRARY(f, smtpwire_client_init)(&f->state.client, s->options) == 0);
        tell(f);
        break;
    case ORACLE_LINE:
        ORACLE(LIBRARY(f, smtpwire_line_init)(&f->state.line, s->options, s->cap) == 0);
        break;
    default:
        ORACLE(LIBRARY(f, smtpwire_data_init)(&f->state.data, s->options) == 0);
        f->content_from = 0;
    }
}

/* used: a state that has seen another stream, or null for one that holds no sense at all. t0: feed the library of -T0.
 */
static uint64_t replay(const struct oracle_stream *stream, enum cut cut, size_t at, struct feed *used, int t0)
{
    struct feed f;
    uint64_t dice = oracle_seed(stream->input, stream->size);
    size_t end = 0;
    int open = 1;

    memset(&f, 0, sizeof f);
    memset(&f.state, 0xA5, sizeof f.state);
    if (used != NULL)
        f.state = used->state;
    f.stream = stream;
    f.t0 = t0;
    f.content_from = SIZE_MAX;
    f.trace = getenv("ORACLE_TRACE") != NULL;
    start(&f);
    while (open && end < stream->size) {
        size_t step = cut == CUT_EACH ? 1 : stream->size;
        if (cut == CUT_HASHED) {
            dice = oracle_hash(dice, &end, sizeof end);
            step = 1 + (size_t)(dice >> 40) % 24;
        } else if (cut == CUT_AT && end == 0) {
            step = at;
        }
        end = stream->size - end < step ? stream->size : end + step;
        open = push(&f, end);
    }
    if (open && f.content_from != SIZE_MAX)
        ORACLE(content_end(stream->input, stream->size, f.content_from) == SIZE_MAX);
    log_number(&f, f.content);
    if (stream->kind == ORACLE_CLIENT)
        f.log = oracle_hash(f.log, LIBRARY(&f, smtpwire_client_capabilities)(&f.state.client),
                            sizeof(struct smtpwire_capabilities));
    if (used != NULL)
        *used = f;
    return f.log;
}

void oracle_stream(const struct oracle_stream *stream)
{
    struct feed used;
    const uint64_t whole = replay(stream, CUT_WHOLE, 0, NULL, 0);
    size_t at;

#ifdef ORACLE_T0
    ORACLE(replay(stream, CUT_WHOLE, 0, NULL, 1) == whole);
#endif
    memset(&used, 0xA5, sizeof used);
    ORACLE(replay(stream, CUT_HASHED, 0, &used, 0) == whole);
    ORACLE(replay(stream, CUT_EACH, 0, &used, 0) == whole);
    for (at = 1; stream->size <= 64 && at < stream->size; at++)
        ORACLE(replay(stream, CUT_AT, at, NULL, 0) == whole);
}
