/* Fuzzes both sides of a connection against each other: what a client says is the input, read by the server's session;
 * what is replied is read by the client's session, which is told of each command as it is sent. The first octet
 * decides: LMTP (bit 0), whether commands are pipelined (bit 1), whether TLS is started behind a 220 (bit 2); replies
 * come from a hash of the line they answer, cuts from a hash of the input.
 *
 * The two sessions must agree: each reply answers the command that the server answered with it, content follows a 354
 * on both sides, the same number of replies is due, and neither finds a fault in what the other says.
 */
#include "oracle.h"

enum { WAITING = 4096, WIRE = 1 << 16 };

struct conversation {
    struct smtpwire_options options;
    struct smtpwire_server server;
    struct smtpwire_client client;
    const char *input; /* what the client is going to say */
    size_t size, said;
    char *to_server, *to_client; /* on the wire, not yet done with */
    size_t server_len, client_len;
    uint8_t expected[WAITING]; /* the verbs that replies on the wire answer */
    size_t replies, read;
    uint64_t dice;
    int pipelining, tls;
    int auth;        /* the client has read a 334 */
    int server_auth; /* the server has said 334: the next line answers it */
    int content;     /* the client has read a 354, and its content is the next to say */
    uint64_t chunk;  /* octets of the chunk it is saying */
    int over;
};

static size_t some(struct conversation *c, size_t len)
{
    c->dice = oracle_hash(c->dice, &len, sizeof len);
    return len == 0 ? 0 : 1 + (size_t)(c->dice >> 33) % len;
}

static unsigned code_for(const struct smtpwire_event *event, unsigned verb)
{
    const uint64_t dice = event->kind == SMTPWIRE_END ? 1 : oracle_seed(event->line.data, event->line.len) >> 32;
    if (event->kind == SMTPWIRE_ERROR)
        return dice % 4 == 1 && verb != SMTPWIRE_VERB_DATA ? 250 : event->error.code;
    if (dice % 8 == 0)
        return dice % 16 == 0 ? 550 : 451;
    if (event->kind == SMTPWIRE_AUTH_RESPONSE || verb == SMTPWIRE_VERB_AUTH)
        return dice % 2 != 0 ? 334 : 235;
    return verb == SMTPWIRE_VERB_DATA ? 354 : verb == SMTPWIRE_VERB_STARTTLS ? 220 : 250;
}

static void write_reply(struct conversation *c, unsigned code, unsigned verb)
{
    static const char text[] = "one\ntwo";
    const struct smtpwire_reply reply = {.code = (uint16_t)code, .text = {text, code % 3 == 0 ? 7 : 3}};
    const ptrdiff_t len = smtpwire_reply_write(&reply, NULL, c->to_client + c->client_len, WIRE - c->client_len, NULL);
    ORACLE(len > 0 && (size_t)len <= WIRE - c->client_len && c->replies < WAITING);
    c->client_len += (size_t)len;
    c->expected[c->replies++] = (uint8_t)verb;
}

/* What the reply to this answers, as the client's session names it. */
static unsigned answered_by(const struct conversation *c, const struct smtpwire_event *event)
{
    if (c->server_auth)
        return SMTPWIRE_VERB_AUTH_RESPONSE;
    if (event->kind == SMTPWIRE_END)
        return !event->end.chunk ? SMTPWIRE_VERB_END_OF_DATA
               : event->end.last ? SMTPWIRE_VERB_BDAT_LAST
                                 : SMTPWIRE_VERB_BDAT;
    if (event->command.verb == SMTPWIRE_VERB_BDAT && event->command.last)
        return SMTPWIRE_VERB_BDAT_LAST;
    if (event->command.verb == SMTPWIRE_VERB_BURL && event->command.last)
        return SMTPWIRE_VERB_BURL_LAST;
    return event->command.verb;
}

static void serve(struct conversation *c)
{
    struct smtpwire_event event;
    size_t done = 0;
    for (;;) {
        uint32_t i;
        done += smtpwire_server_push(&c->server, c->to_server + done, c->server_len - done, &event);
        if (event.kind == SMTPWIRE_MORE || event.kind == SMTPWIRE_FATAL)
            break;
        ORACLE(event.kind != SMTPWIRE_WAIT);
        for (i = 0; i < event.replies; i++) {
            const unsigned verb = answered_by(c, &event);
            unsigned code = code_for(&event, verb);
            if (smtpwire_server_replied(&c->server, code) < 0) {
                code = 451;
                ORACLE(smtpwire_server_replied(&c->server, code) == 0);
            }
            write_reply(c, code, verb);
            c->server_auth = code == 334;
        }
    }
    c->over |= event.kind == SMTPWIRE_FATAL;
    memmove(c->to_server, c->to_server + done, c->server_len - done);
    c->server_len -= done;
}

static void listen_to(struct conversation *c, size_t len)
{
    struct smtpwire_event event;
    size_t done = 0;
    for (;;) {
        done += smtpwire_client_push(&c->client, c->to_client + done, len - done, &event);
        if (event.kind == SMTPWIRE_MORE)
            break;
        ORACLE(event.kind == SMTPWIRE_REPLY && c->read < c->replies);
        c->over |= event.kind != SMTPWIRE_REPLY || c->read >= c->replies; /* that check may have been left out */
        if (c->over)
            break;
        ORACLE(event.reply.verb == c->expected[c->read]);
        if (!event.reply.last)
            continue;
        c->read++;
        if (event.reply.code == 354)
            c->content = 1;
        c->auth = event.reply.code == 334;
    }
    memmove(c->to_client, c->to_client + done, c->client_len - done);
    c->client_len -= done;
}

/* Everything that is on the wire arrives, in pieces. */
static void settle(struct conversation *c)
{
    size_t len = 0;
    serve(c);
    while (!c->over && len < c->client_len) {
        const size_t before = c->client_len;
        len += some(c, c->client_len - len);
        listen_to(c, len);
        len -= before - c->client_len;
    }
    if (!c->over)
        ORACLE(c->client_len == 0 && c->read == c->replies && smtpwire_server_due(&c->server) == 0);
}

static void say(struct conversation *c, size_t len)
{
    ORACLE(len <= WIRE - c->server_len && len <= c->size - c->said);
    memcpy(c->to_server + c->server_len, c->input + c->said, len);
    c->server_len += len;
    c->said += len;
}

/* A line through its CRLF; 0 if there is none. */
static size_t line_length(const struct conversation *c)
{
    size_t i;
    for (i = c->said; i + 1 < c->size; i++)
        if (c->input[i] == '\r' && c->input[i + 1] == '\n')
            return i + 2 - c->said;
    return 0;
}

/* Content through its lone dot, which the input may not have: then nothing more is said. */
static void say_content(struct conversation *c)
{
    size_t i;
    for (i = c->said; i + 2 < c->size; i++)
        if (memcmp(c->input + i, ".\r\n", 3) == 0 && (i == c->said || memcmp(c->input + i - 2, "\r\n", 2) == 0) &&
            (i == c->said || i >= c->said + 2)) {
            say(c, i + 3 - c->said);
            c->content = 0;
            return;
        }
    c->over = 1;
}

/* What the client calls the line it is about to send. */
static unsigned verb_of(const struct conversation *c, size_t len)
{
    struct smtpwire_command command;
    smtpwire_command_parse(c->input + c->said, len - 2, &c->options, &command, NULL);
    if (c->auth)
        return SMTPWIRE_VERB_AUTH_RESPONSE;
    if (command.last && command.verb == SMTPWIRE_VERB_BURL)
        return SMTPWIRE_VERB_BURL_LAST;
    return command.verb == SMTPWIRE_VERB_BDAT && command.last ? SMTPWIRE_VERB_BDAT_LAST : command.verb;
}

static void say_line(struct conversation *c, size_t len)
{
    const unsigned verb = verb_of(c, len);
    struct smtpwire_command command;

    if (smtpwire_client_sent(&c->client, verb) < 0) { /* to be held back until the replies are in */
        settle(c);
        if (c->over)
            return;
        if (smtpwire_client_sent(&c->client, verb) < 0) {
            c->over = 1;
            return;
        }
    }
    if (smtpwire_command_parse(c->input + c->said, len - 2, &c->options, &command, NULL) == 0 && !c->auth)
        c->chunk = command.verb == SMTPWIRE_VERB_BDAT ? command.chunk_size : 0;
    say(c, len);
    if (c->chunk > c->size - c->said) {
        c->over = 1; /* the chunk is not all there */
        return;
    }
    say(c, (size_t)c->chunk);
    c->chunk = 0;
    if (!c->pipelining || verb == SMTPWIRE_VERB_DATA || verb == SMTPWIRE_VERB_AUTH || verb == SMTPWIRE_VERB_STARTTLS ||
        verb == SMTPWIRE_VERB_AUTH_RESPONSE)
        settle(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char to_server[WIRE], to_client[WIRE];
    struct conversation c;
    size_t len;

    if (size == 0 || size > WAITING)
        return 0;
    memset(&c, 0, sizeof c);
    memset(&c.server, 0xA5, sizeof c.server);
    memset(&c.client, 0xA5, sizeof c.client);
    c.options.lmtp = data[0] & 1;
    c.options.extensions = SMTPWIRE_OFFER_ALL;
    c.pipelining = data[0] & 2;
    c.tls = data[0] & 4;
    c.input = (const char *)data + 1;
    c.size = size - 1;
    c.dice = oracle_seed((const char *)data, size);
    c.to_server = to_server;
    c.to_client = to_client;
    ORACLE(smtpwire_server_init(&c.server, &c.options) == 0 && smtpwire_client_init(&c.client, &c.options) == 0);
    ORACLE(smtpwire_server_replied(&c.server, 220) == 0);
    write_reply(&c, 220, SMTPWIRE_VERB_GREETING);
    settle(&c);
    while (!c.over && (c.content || (len = line_length(&c)) != 0)) {
        if (c.content) {
            say_content(&c);
            settle(&c);
            continue;
        }
        say_line(&c, len);
        if (!c.over && c.tls && smtpwire_server_tls_started(&c.server, 0) == 0) {
            ORACLE(smtpwire_client_tls_started(&c.client, 0) == 0);
            c.tls = 0;
        }
    }
    if (!c.over)
        settle(&c);
    return 0;
}
