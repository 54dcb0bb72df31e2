/* What hostile sizes meet: a defined error, in a buffer of smtpwire_line_limit() octets and no more, whatever the size
 * of what is sent, and a session that goes on behind it where going on is defined.
 */
#include "smtpwire.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The sender: text, said count times. */
struct part {
    const char *text;
    uint64_t count;
};

/* The receiver: a buffer of its own that is never more than the line limit. */
struct receiver {
    int client;
    struct smtpwire_server server;
    struct smtpwire_client session;
    char *buffer;
    size_t size, len;
    uint64_t events[SMTPWIRE_FATAL + 1], errors[SMTPWIRE_ERROR_COUNT];
    uint64_t first_offset; /* of the first error */
    unsigned first_error, last_verb;
};

static void note(struct receiver *r, const struct smtpwire_event *event)
{
    r->events[event->kind]++;
    if (event->kind == SMTPWIRE_ERROR || event->kind == SMTPWIRE_FATAL) {
        if (r->first_error == SMTPWIRE_ERROR_NONE) {
            r->first_error = event->error.id;
            r->first_offset = event->error.offset;
        }
        r->errors[event->error.id]++;
    }
    if (event->kind == SMTPWIRE_COMMAND)
        r->last_verb = event->command.verb;
}

/* Everything is answered positively; errors as they say. */
static void answer(struct receiver *r, const struct smtpwire_event *event)
{
    uint32_t i;
    unsigned code = event->kind == SMTPWIRE_ERROR || (event->kind == SMTPWIRE_END && event->error.id != 0)
                        ? event->error.code
                    : event->kind == SMTPWIRE_COMMAND && event->command.verb == SMTPWIRE_VERB_DATA ? 354
                                                                                                   : 250;
    for (i = 0; i < event->replies; i++)
        assert_int_equal(smtpwire_server_replied(&r->server, code), 0);
}

/* Takes what the buffer holds; a full buffer must make progress. */
static void take(struct receiver *r)
{
    const int full = r->len == r->size;
    size_t taken = 0;
    struct smtpwire_event event;
    do {
        taken += r->client ? smtpwire_client_push(&r->session, r->buffer + taken, r->len - taken, &event)
                           : smtpwire_server_push(&r->server, r->buffer + taken, r->len - taken, &event);
        note(r, &event);
        if (!r->client && event.kind != SMTPWIRE_MORE && event.kind != SMTPWIRE_FATAL)
            answer(r, &event);
    } while (event.kind != SMTPWIRE_MORE && event.kind != SMTPWIRE_FATAL);
    assert_true(!full || taken != 0 || event.kind == SMTPWIRE_FATAL);
    memmove(r->buffer, r->buffer + taken, r->len - taken);
    r->len -= taken;
}

static void send_octets(struct receiver *r, const char *text, size_t len)
{
    while (len != 0 && r->events[SMTPWIRE_FATAL] == 0) {
        const size_t room = r->size - r->len, now = len < room ? len : room;
        memcpy(r->buffer + r->len, text, now);
        r->len += now;
        text += now;
        len -= now;
        take(r);
    }
}

static void receive(struct receiver *r, const struct part *parts, size_t count)
{
    char block[4096];
    size_t i, fits, filled;
    for (i = 0; i < count; i++) {
        const size_t len = strlen(parts[i].text);
        uint64_t left = parts[i].count;
        for (fits = filled = 0; filled + len <= sizeof block; fits++, filled += len)
            memcpy(block + filled, parts[i].text, len);
        assert_true(fits != 0);
        for (; left >= fits; left -= fits)
            send_octets(r, block, filled);
        send_octets(r, block, (size_t)left * len);
    }
}

static void start(struct receiver *r, int client, const struct smtpwire_options *options)
{
    memset(r, 0, sizeof *r);
    r->client = client;
    r->size = smtpwire_line_limit(options);
    r->buffer = malloc(r->size);
    assert_non_null(r->buffer);
    if (client) {
        assert_int_equal(smtpwire_client_init(&r->session, options), 0);
        return;
    }
    assert_int_equal(smtpwire_server_init(&r->server, options), 0);
    assert_int_equal(smtpwire_server_replied(&r->server, 220), 0);
    receive(r, &(struct part){"EHLO a.example\r\n", 1}, 1);
}
#define RECEIVE(r, ...)                                                                                                \
    receive(r, (const struct part[]){__VA_ARGS__}, sizeof((const struct part[]){__VA_ARGS__}) / sizeof(struct part))

static const struct smtpwire_options everything = {.extensions = SMTPWIRE_OFFER_ALL};

static void a_command_line_of_100_kB_is_one_error(void **state)
{
    struct receiver r;
    (void)state;
    start(&r, 0, NULL);
    RECEIVE(&r, {"NOOP ", 1}, {"x", 100000}, {"\r\n", 1}, {"QUIT\r\n", 1});
    assert_int_equal(r.events[SMTPWIRE_ERROR], 1);
    assert_int_equal(r.first_error, SMTPWIRE_ERROR_LINE_TOO_LONG);
    assert_int_equal(r.first_offset, 16 + 512);
    assert_int_equal(r.last_verb, SMTPWIRE_VERB_QUIT);
    free(r.buffer);
}

static void what_follows_a_long_line_is_not_run(void **state)
{
    struct receiver r;
    (void)state;
    start(&r, 0, NULL);
    RECEIVE(&r, {"NOOP ", 1}, {"x", 100000}, {"\nQUIT\rQUIT\n", 1}, {"\r\nRSET\r\n", 1});
    assert_int_equal(r.events[SMTPWIRE_ERROR], 1);
    assert_int_equal(r.events[SMTPWIRE_COMMAND], 2);
    assert_int_equal(r.last_verb, SMTPWIRE_VERB_RSET);
    free(r.buffer);
}

static void ten_thousand_parameters_are_one_error(void **state)
{
    struct receiver r;
    (void)state;
    start(&r, 0, &everything);
    RECEIVE(&r, {"MAIL FROM:<a@b>", 1}, {" SIZE=1", 10000}, {"\r\nRSET\r\n", 1});
    assert_int_equal(r.events[SMTPWIRE_ERROR], 1);
    assert_int_equal(r.first_error, SMTPWIRE_ERROR_LINE_TOO_LONG);
    assert_int_equal(r.last_verb, SMTPWIRE_VERB_RSET);
    free(r.buffer);
}

/* The iterator sets no limit and needs no storage; a line limit that lets them through meets the grammar alone. */
static void ten_thousand_parameters_in_a_longer_line(void **state)
{
    static struct smtpwire_options options;
    struct receiver r;
    (void)state;
    options = everything;
    options.lax = SMTPWIRE_LAX_UNKNOWN_PARAMETER;
    options.limit[SMTPWIRE_LIMIT_COMMAND_LINE] = 200000;
    start(&r, 0, &options);
    RECEIVE(&r, {"MAIL FROM:<a@b>", 1}, {" SIZE=1", 10000}, {"\r\n", 1});
    assert_int_equal(r.first_error, SMTPWIRE_ERROR_PARAMETER_CONFLICT);
    assert_int_equal(r.first_offset, 16 + 15 + 7 + 1);
    assert_int_equal(r.errors[SMTPWIRE_ERROR_PARAMETER_CONFLICT], 1);
    free(r.buffer);
}

static void content_of_one_line_is_taken_as_it_comes(void **state)
{
    struct receiver r;
    (void)state;
    start(&r, 0, NULL);
    RECEIVE(&r, {"MAIL FROM:<a@b>\r\n", 1}, {"RCPT TO:<c@d>\r\n", 1}, {"DATA\r\n", 1}, {"x", 50000000},
            {"\r\n.\r\n", 1}, {"QUIT\r\n", 1});
    assert_int_equal(r.events[SMTPWIRE_END], 1);
    assert_int_equal(r.events[SMTPWIRE_ERROR], 0);
    assert_int_equal(r.last_verb, SMTPWIRE_VERB_QUIT);
    free(r.buffer);
}

static void a_chunk_of_2_to_the_64_less_1_is_fatal(void **state)
{
    struct receiver r;
    (void)state;
    start(&r, 0, &everything);
    RECEIVE(&r, {"MAIL FROM:<a@b>\r\n", 1}, {"RCPT TO:<c@d>\r\n", 1}, {"BDAT 18446744073709551615\r\n", 1},
            {"x", 100000});
    assert_int_equal(r.events[SMTPWIRE_FATAL], 1);
    assert_int_equal(r.errors[SMTPWIRE_ERROR_MESSAGE_TOO_LARGE], 1);
    assert_int_equal(r.events[SMTPWIRE_CONTENT], 0);
    free(r.buffer);
}

static void a_chunk_over_32_bits_is_counted(void **state)
{
    struct receiver r;
    const uint64_t size = UINT64_C(4294967296) + 5;
    struct smtpwire_event event;
    static char block[1 << 20];
    uint64_t left = size;
    (void)state;
    start(&r, 0, &everything);
    RECEIVE(&r, {"MAIL FROM:<a@b>\r\n", 1}, {"RCPT TO:<c@d>\r\n", 1}, {"BDAT 4294967301 LAST\r\n", 1});
    /* Its octets come in pieces larger than the buffer, which content never needs. */
    memset(block, 'x', sizeof block);
    while (left != 0) {
        const size_t now = left < sizeof block ? (size_t)left : sizeof block;
        assert_int_equal(smtpwire_server_push(&r.server, block, now, &event), now);
        assert_int_equal(event.kind, SMTPWIRE_CONTENT);
        left -= now;
    }
    smtpwire_server_push(&r.server, "QUIT\r\n", 6, &event);
    assert_int_equal(event.kind, SMTPWIRE_END);
    assert_true(event.end.size == size);
    assert_true(event.end.longest == size);
    free(r.buffer);
}

static void a_skipped_chunk_over_32_bits_is_counted(void **state)
{
    static struct smtpwire_options options;
    struct receiver r;
    struct smtpwire_event event;
    static char block[1 << 20];
    uint64_t left = UINT64_C(4294967296) + 5;
    (void)state;
    options = everything;
    options.message_max = 1000;
    start(&r, 0, &options);
    RECEIVE(&r, {"MAIL FROM:<a@b>\r\n", 1}, {"RCPT TO:<c@d>\r\n", 1}, {"BDAT 4294967301\r\n", 1});
    while (left > sizeof block) {
        assert_int_equal(smtpwire_server_push(&r.server, block, sizeof block, &event), sizeof block);
        assert_int_equal(event.kind, SMTPWIRE_MORE);
        left -= sizeof block;
    }
    memcpy(block + left, "RSET\r\n", 6);
    assert_int_equal(smtpwire_server_push(&r.server, block, (size_t)left + 6, &event), left);
    assert_int_equal(event.kind, SMTPWIRE_ERROR);
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_MESSAGE_TOO_LARGE);
    free(r.buffer);
}

static void a_reply_line_of_100_kB_is_one_error(void **state)
{
    struct receiver r;
    (void)state;
    start(&r, 1, NULL);
    RECEIVE(&r, {"220 ", 1}, {"x", 100000}, {"\r\n", 1});
    assert_int_equal(r.events[SMTPWIRE_ERROR], 1);
    assert_int_equal(r.first_error, SMTPWIRE_ERROR_LINE_TOO_LONG);
    assert_int_equal(r.first_offset, 4096);
    free(r.buffer);
}

/* The line that goes over the limit is told, and the last one, by which replies are counted; those between are not. */
static void two_million_lines_of_a_reply_are_two_errors(void **state)
{
    struct receiver r;
    (void)state;
    start(&r, 1, NULL);
    RECEIVE(&r, {"220 a\r\n", 1});
    assert_int_equal(smtpwire_client_sent(&r.session, SMTPWIRE_VERB_EHLO), 0);
    assert_int_equal(smtpwire_client_sent(&r.session, SMTPWIRE_VERB_NOOP), 0);
    RECEIVE(&r, {"250-x\r\n", 2000000}, {"250 x\r\n", 1}, {"250 noop\r\n", 1});
    assert_int_equal(r.first_error, SMTPWIRE_ERROR_TOO_MANY_KEYWORDS);
    assert_int_equal(r.first_offset, 7 + 7 * 101); /* behind the first line 100 keywords are taken */
    assert_int_equal(r.errors[SMTPWIRE_ERROR_TOO_MANY_KEYWORDS], 899);
    assert_int_equal(r.errors[SMTPWIRE_ERROR_REPLY_TOO_LONG], 2);
    assert_int_equal(r.events[SMTPWIRE_REPLY], 1 + 101 + 1);
    assert_int_equal(r.events[SMTPWIRE_FATAL], 0);
    assert_int_equal(smtpwire_client_due(&r.session), 0);
    free(r.buffer);
}

static void a_reply_of_many_long_lines_is_too_long(void **state)
{
    static char line[4000];
    struct receiver r;
    (void)state;
    memset(line, 'x', sizeof line - 3);
    memcpy(line, "220-", 4);
    memcpy(line + sizeof line - 3, "\r\n", 3);
    start(&r, 1, NULL);
    RECEIVE(&r, {line, 500});
    assert_int_equal(r.first_error, SMTPWIRE_ERROR_REPLY_TOO_LONG);
    assert_true(r.first_offset <= 1048576 && r.first_offset > 1048576 - sizeof line);
    assert_int_equal(r.events[SMTPWIRE_ERROR], 1);
    free(r.buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_line_of_100_kB_is_one_error),
        cmocka_unit_test(what_follows_a_long_line_is_not_run),
        cmocka_unit_test(ten_thousand_parameters_are_one_error),
        cmocka_unit_test(ten_thousand_parameters_in_a_longer_line),
        cmocka_unit_test(content_of_one_line_is_taken_as_it_comes),
        cmocka_unit_test(a_chunk_of_2_to_the_64_less_1_is_fatal),
        cmocka_unit_test(a_chunk_over_32_bits_is_counted),
        cmocka_unit_test(a_skipped_chunk_over_32_bits_is_counted),
        cmocka_unit_test(a_reply_line_of_100_kB_is_one_error),
        cmocka_unit_test(two_million_lines_of_a_reply_are_two_errors),
        cmocka_unit_test(a_reply_of_many_long_lines_is_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
