/* Fuzzes the server's session. The input is what a client sends; which replies it gets and where the pushes are cut
 * come from a hash of it.
 *
 * Checked: consumed <= len; no event without progress; slices lie in the buffer and hold the input's octets at their
 * offset; the events are the same whole, cut by the hash and octet by octet; FATAL is sticky. Every push is a heap
 * block of its own, overwritten and freed afterwards; the session is not zeroed before init. TLS never starts here:
 * whether it may depends on what was shown to push, and so on the cuts.
 */
#include "oracle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct feed {
    const char *input;
    size_t size, pos; /* pos: octets that are done with */
    struct smtpwire_server server;
    uint64_t log;     /* hash of the events so far */
    uint64_t content; /* hash of the content so far */
    uint64_t seed;
    unsigned idle; /* events in a row that consumed nothing */
};

static void log_number(struct feed *f, uint64_t number) { f->log = oracle_hash(f->log, &number, sizeof number); }

/* Mostly positive, so that transactions come about; now and then not. */
static unsigned reply_to(const struct feed *f, const struct smtpwire_event *event)
{
    static const unsigned refusals[] = {421, 450, 454, 500, 502, 503, 550, 554};
    const uint64_t dice = oracle_hash(f->seed, &event->at, sizeof event->at) >> 32;
    if (dice % 8 == 0)
        return refusals[dice / 8 % 8];
    if (event->kind == SMTPWIRE_ERROR && dice % 4 != 1)
        return event->error.code;
    if (event->kind == SMTPWIRE_AUTH_RESPONSE)
        return dice % 2 != 0 ? 334 : 235;
    if (event->kind != SMTPWIRE_END && event->command.verb == SMTPWIRE_VERB_AUTH)
        return dice % 2 != 0 ? 334 : 235;
    if (event->kind != SMTPWIRE_END && event->command.verb == SMTPWIRE_VERB_DATA)
        return 354;
    return event->kind != SMTPWIRE_END && event->command.verb == SMTPWIRE_VERB_STARTTLS ? 220 : 250;
}

static void check_content(struct feed *f, const struct smtpwire_event *event, const char *block, size_t len)
{
    const struct smtpwire_slice *c = &event->content;
    ORACLE(c->len != 0 && event->at + event->len <= f->size);
    if (c->data >= block && c->data < block + len)
        oracle_slice(*c, block, len, f->pos, f->input, f->size);
    else
        ORACLE(c->len == 1 && c->data[0] == '\r' && f->input[event->at] == '\r');
    f->content = oracle_hash(f->content, c->data, c->len);
}

static void check_line(struct feed *f, const struct smtpwire_event *event, const char *block, size_t len)
{
    const struct smtpwire_command *c = &event->command;
    const struct smtpwire_address *a = &c->address;
    const struct smtpwire_slice slices[] = {event->line, c->name,    a->path,       a->route,   a->local,
                                            a->domain,   a->literal, c->parameters, c->argument};
    struct smtpwire_slice rest = c->parameters;
    struct smtpwire_slice attributes = c->parameters;
    struct smtpwire_parameter parameter;
    struct smtpwire_attribute attribute;
    size_t i;

    for (i = 0; i < sizeof slices / sizeof slices[0]; i++) {
        if (event->kind == SMTPWIRE_COMMAND || i < 2)
            oracle_slice(slices[i], block, len, f->pos, f->input, f->size);
        log_number(f, event->kind == SMTPWIRE_COMMAND ? slices[i].len : 0);
    }
    while (event->kind == SMTPWIRE_COMMAND && smtpwire_parameter_next(&rest, &parameter)) {
        oracle_slice(parameter.keyword, block, len, f->pos, f->input, f->size);
        oracle_slice(parameter.value, block, len, f->pos, f->input, f->size);
        log_number(f, parameter.id);
    }
    while (event->kind == SMTPWIRE_COMMAND && (c->verb == SMTPWIRE_VERB_XCLIENT || c->verb == SMTPWIRE_VERB_XFORWARD) &&
           smtpwire_attribute_next(&attributes, &attribute)) {
        oracle_slice(attribute.name, block, len, f->pos, f->input, f->size);
        oracle_slice(attribute.value, block, len, f->pos, f->input, f->size);
        ORACLE(attribute.id != SMTPWIRE_ATTRIBUTE_UNKNOWN && smtpwire_xtext_decode(attribute.value, NULL, 0) > 0);
        log_number(f, attribute.id * 65536U + attribute.port);
    }
    log_number(f, c->verb * 2U + c->last);
}

static void handle(struct feed *f, const struct smtpwire_event *event, const char *block, size_t len)
{
    uint32_t i;

    if (event->kind == SMTPWIRE_CONTENT) {
        check_content(f, event, block, len);
        return;
    }
    log_number(f, event->kind);
    log_number(f, event->at);
    log_number(f, event->len);
    if (event->kind == SMTPWIRE_COMMAND || event->kind == SMTPWIRE_ERROR)
        check_line(f, event, block, len);
    if (event->kind == SMTPWIRE_AUTH_RESPONSE) {
        oracle_slice(event->line, block, len, f->pos, f->input, f->size);
    } else if (event->kind != SMTPWIRE_COMMAND) {
        log_number(f, event->error.id);
        log_number(f, event->error.offset);
    }
    if (event->kind == SMTPWIRE_END) {
        if (!event->end.chunk) {
            ORACLE(event->at + 3 <= f->size && memcmp(f->input + event->at, ".\r\n", 3) == 0);
            ORACLE(memcmp(f->input + event->at - 2, "\r\n", 2) == 0);
        }
        log_number(f, event->end.chunk * 2U + event->end.last);
        log_number(f, f->content);
        log_number(f, event->end.size);
        log_number(f, event->end.longest);
        log_number(f, event->end.flags);
        f->content = 0;
    }
    for (i = 0; i < event->replies; i++) {
        unsigned code = reply_to(f, event);
        if (smtpwire_server_replied(&f->server, code) < 0)
            ORACLE(smtpwire_server_replied(&f->server, 451) == 0);
    }
}

/* Pushes what is left and octets up to end; returns 0 after FATAL. */
static int push(struct feed *f, size_t end)
{
    const size_t len = end - f->pos;
    char *block = malloc(len);
    size_t inside = 0;
    struct smtpwire_event event;

    ORACLE(block != NULL);
    memcpy(block, f->input + f->pos, len);
    for (;;) {
        const size_t left = len - inside, taken = smtpwire_server_push(&f->server, block + inside, left, &event);
        ORACLE(taken <= left);
        if (event.kind == SMTPWIRE_MORE || event.kind == SMTPWIRE_WAIT || event.kind == SMTPWIRE_FATAL) {
            f->pos += taken;
            break;
        }
        f->idle = taken == 0 ? f->idle + 1 : 0;
        ORACLE(f->idle < 4);
        handle(f, &event, block + inside, left);
        inside += taken;
        f->pos += taken;
    }
    ORACLE(event.kind != SMTPWIRE_WAIT); /* everything was answered */
    if (event.kind == SMTPWIRE_FATAL) {
        struct smtpwire_event again;
        log_number(f, event.error.id);
        log_number(f, event.error.offset);
        ORACLE(smtpwire_server_push(&f->server, block, len, &again) == 0 && again.kind == SMTPWIRE_FATAL);
        ORACLE(again.error.id == event.error.id && again.error.offset == event.error.offset);
    }
    memset(block, 0xEE, len);
    free(block);
    return event.kind != SMTPWIRE_FATAL;
}

enum cut { WHOLE, HASHED, EACH };

static uint64_t replay(const char *input, size_t size, uint64_t seed, enum cut cut)
{
    struct feed f;
    /* Nothing, some or all of it is offered. */
    const struct smtpwire_options options = {.lax = seed % 4 == 0 ? SMTPWIRE_LAX_UNKNOWN_PARAMETER |
                                                                        SMTPWIRE_LAX_XTEXT_LOWER_CASE |
                                                                        SMTPWIRE_LAX_UNKNOWN_COMMAND
                                                                  : 0,
                                             .extensions = SMTPWIRE_OFFER_ALL & (seed % 3 == 0    ? seed >> 16
                                                                                 : seed % 16 == 1 ? 0
                                                                                                  : UINT64_MAX),
                                             .lmtp = seed % 8 == 0};
    uint64_t dice = seed;
    size_t end = 0;

    memset(&f, 0, sizeof f);
    memset(&f.server, 0xA5, sizeof f.server);
    f.input = input;
    f.size = size;
    f.seed = seed;
    ORACLE(smtpwire_server_init(&f.server, &options) == 0);
    ORACLE(smtpwire_server_replied(&f.server, 220) == 0);
    while (end < size) {
        size_t step = cut == WHOLE ? size : 1;
        if (cut == HASHED) {
            dice = oracle_hash(dice, &end, sizeof end);
            step = 1 + (size_t)(dice >> 40) % 24;
        }
        end = size - end < step ? size : end + step;
        if (!push(&f, end))
            break;
    }
    return oracle_hash(f.log, &f.content, sizeof f.content);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint64_t seed = oracle_hash(UINT64_C(14695981039346656037), data, size);
    const uint64_t whole = replay((const char *)data, size, seed, WHOLE);
    ORACLE(replay((const char *)data, size, seed, HASHED) == whole);
    ORACLE(replay((const char *)data, size, seed, EACH) == whole);
    return 0;
}
