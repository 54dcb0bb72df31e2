/* Fuzzes the order of calls: the input is a list of them, legal or not. Each begins with an octet that names the call
 * and one of two sessions of each kind, and takes its arguments from the octets behind it (n: a count; octets: that
 * many).
 *
 *   0 server push n octets      4 client push n octets     8 server init                12 copy one session over the
 * other 1 server replied code       5 client sent verb         9 client init                13 line push n octets 2
 * server tls_started held   6 client tls_started held  10 push fewer than were left 14 data push n octets 3 server due,
 * capabilities  7 client capabilities      11 present again, and more   15 the end of the list
 *
 * No call may do more than its contract says: consumed <= len, a kind that exists, -1 where nothing has changed, FATAL
 * for ever. */
#include "oracle.h"

struct side {
    struct smtpwire_server server;
    struct smtpwire_client client;
    struct smtpwire_line line;
    struct smtpwire_data data;
    uint8_t server_over, client_over, line_over;
    char held[2][512]; /* what is not done with: of the server's, of the client's */
    size_t len[2];
};

static struct smtpwire_options options;

static unsigned next(const uint8_t **data, size_t *size)
{
    if (*size == 0)
        return 0;
    --*size;
    return *(*data)++;
}

static void check_event(const struct smtpwire_event *event, size_t taken, size_t len)
{
    ORACLE(taken <= len && event->kind <= SMTPWIRE_FATAL);
    if (event->kind == SMTPWIRE_FATAL)
        ORACLE(event->error.id != SMTPWIRE_ERROR_NONE);
    if (event->kind == SMTPWIRE_MORE)
        ORACLE(event->inside <= SMTPWIRE_INSIDE_TLS);
}

/* Pushes what is held, and on as long as there are events; answers none of them. */
static void push_held(struct side *s, int client)
{
    size_t done = 0, taken;
    struct smtpwire_event event;
    unsigned events = 0;
    do {
        char *block = oracle_block(s->held[client] + done, s->len[client] - done);
        const size_t len = s->len[client] - done;
        taken = client ? smtpwire_client_push(&s->client, block, len, &event)
                       : smtpwire_server_push(&s->server, block, len, &event);
        oracle_release(block, len);
        check_event(&event, taken, len);
        ORACLE(++events < 2000);
        done += taken;
    } while (event.kind != SMTPWIRE_MORE && event.kind != SMTPWIRE_WAIT && event.kind != SMTPWIRE_FATAL);
    if (client ? s->client_over : s->server_over)
        ORACLE(event.kind == SMTPWIRE_FATAL && taken == 0);
    if (event.kind == SMTPWIRE_FATAL)
        *(client ? &s->client_over : &s->server_over) = 1;
    memmove(s->held[client], s->held[client] + done, s->len[client] - done);
    s->len[client] -= done;
}

static void append(struct side *s, int client, const uint8_t **data, size_t *size)
{
    size_t n = next(data, size);
    if (n > *size)
        n = *size;
    if (n > sizeof s->held[client] - s->len[client]) /* the caller has thrown octets away: misuse, never an over-read */
        s->len[client] = 0;
    memcpy(s->held[client] + s->len[client], *data, n);
    s->len[client] += n;
    *data += n;
    *size -= n;
    push_held(s, client);
}

/* Two objects that were copied octet by octet. */
static int unchanged(const void *before, const void *after, size_t size) { return memcmp(before, after, size) == 0; }

static void replied(struct side *s, unsigned octet)
{
    static const unsigned codes[] = {220, 250, 354, 334, 235, 550, 421, 554, 452, 503, 221, 200, 199, 0, 999, 65536};
    const unsigned code = codes[octet % 16];
    const uint32_t due = smtpwire_server_due(&s->server);
    struct smtpwire_server before;
    memcpy(&before, &s->server, sizeof before);
    if (smtpwire_server_replied(&s->server, code) < 0) {
        ORACLE(unchanged(&before, &s->server, sizeof before));
    } else {
        ORACLE(due != 0 && code >= 200 && code <= 559 && !s->server_over);
        ORACLE(smtpwire_server_due(&s->server) == due - 1);
    }
}

static void sent(struct side *s, unsigned verb)
{
    struct smtpwire_client before;
    memcpy(&before, &s->client, sizeof before);
    if (smtpwire_client_sent(&s->client, verb) < 0)
        ORACLE(unchanged(&before, &s->client, sizeof before));
    else
        ORACLE(verb < SMTPWIRE_VERB_COUNT && !s->client_over);
}

static void push_stream(struct side *s, int line, const uint8_t **data, size_t *size)
{
    size_t n = next(data, size), taken, done = 0;
    struct smtpwire_event event;
    if (n > *size)
        n = *size;
    do {
        taken = line ? smtpwire_line_push(&s->line, *data + done, n - done, &event)
                     : smtpwire_data_push(&s->data, *data + done, n - done, &event);
        check_event(&event, taken, n - done);
        done += taken;
    } while (event.kind != SMTPWIRE_MORE && event.kind != SMTPWIRE_FATAL && event.kind != SMTPWIRE_END);
    if (line && s->line_over)
        ORACLE(event.kind == SMTPWIRE_FATAL);
    if (line && event.kind == SMTPWIRE_FATAL)
        s->line_over = 1;
    *data += n;
    *size -= n;
}

static void init(struct side *s, int client)
{
    s->len[client] = 0;
    if (client) {
        ORACLE(smtpwire_client_init(&s->client, &options) == 0);
        s->client_over = 0;
    } else {
        ORACLE(smtpwire_server_init(&s->server, &options) == 0);
        s->server_over = 0;
    }
}

static void tls_started(struct side *s, int client, size_t held)
{
    const int result =
        client ? smtpwire_client_tls_started(&s->client, held) : smtpwire_server_tls_started(&s->server, held);
    ORACLE(result == 0 || result == -1);
    ORACLE(result == -1 || held == 0);
    if (result == 0)
        s->len[client] = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct side sides[2];
    unsigned op, i, calls = 0;

    memset(sides, 0xA5, sizeof sides);
    oracle_options(&options, 0, next(&data, &size));
    for (i = 0; i < 2; i++) {
        init(&sides[i], 0);
        init(&sides[i], 1);
        ORACLE(smtpwire_line_init(&sides[i].line, &options, 64) == 0 &&
               smtpwire_data_init(&sides[i].data, &options) == 0);
        sides[i].line_over = 0;
    }
    while (size != 0 && calls++ < 200) {
        struct side *s;
        op = next(&data, &size);
        s = &sides[op >> 4 & 1];
        switch (op & 15) {
        case 0:
        case 4:
            append(s, (op & 4) != 0, &data, &size);
            break;
        case 1:
            replied(s, next(&data, &size));
            break;
        case 2:
        case 6:
            tls_started(s, (op & 4) != 0, next(&data, &size) & 1);
            break;
        case 3:
            ORACLE(smtpwire_server_due(&s->server) <= UINT32_MAX);
            break;
        case 5:
            sent(s, next(&data, &size));
            break;
        case 7:
            ORACLE(smtpwire_client_capabilities(&s->client) != NULL);
            break;
        case 8:
        case 9:
            init(s, op & 1);
            break;
        case 10:
            i = next(&data, &size) & 1;
            s->len[i] -= s->len[i] != 0;
            push_held(s, (int)i);
            break;
        case 11:
            push_held(s, (int)(next(&data, &size) & 1));
            break;
        case 12:
            sides[op >> 4 & 1] = sides[(op >> 4 & 1) ^ 1];
            break;
        case 13:
        case 14:
            push_stream(s, op & 1, &data, &size);
            break;
        default:
            return 0;
        }
    }
    return 0;
}
