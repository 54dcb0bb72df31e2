/* Unit tests of replies: limits, what is awaited, what their text says; and of what a server's session may be told. */
#include "smtpwire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct smtpwire_event event;

static size_t hear(struct smtpwire_client *c, const char *text)
{
    return smtpwire_client_push(c, text, strlen(text), &event);
}

static void client(struct smtpwire_client *c, const struct smtpwire_options *options)
{
    assert_int_equal(smtpwire_client_init(c, options), 0);
    assert_int_equal(hear(c, "220 a\r\n"), 7);
    assert_int_equal(event.kind, SMTPWIRE_REPLY);
}

static size_t say(struct smtpwire_server *s, const char *text)
{
    return smtpwire_server_push(s, text, strlen(text), &event);
}

/* A line that is accepted, and its answer. */
static void accept(struct smtpwire_server *s, const char *line, unsigned code)
{
    assert_int_equal(say(s, line), strlen(line));
    assert_int_equal(event.kind, SMTPWIRE_COMMAND);
    assert_int_equal(smtpwire_server_replied(s, code), 0);
}

static void server(struct smtpwire_server *s, const struct smtpwire_options *options)
{
    assert_int_equal(smtpwire_server_init(s, options), 0);
    assert_int_equal(smtpwire_server_replied(s, 220), 0);
    accept(s, "EHLO a\r\n", 250);
}

/* A server that never ends its reply: 65536 octets of it are pushed again and again. */
static void two_million_lines_are_told_once(void **state)
{
    static char block[65536];
    struct smtpwire_client c;
    unsigned replies = 0, errors = 0, i;
    size_t pos;
    (void)state;
    for (i = 0; i < sizeof block; i += 8)
        memcpy(block + i, "250-ab\r\n", 8);
    client(&c, NULL);
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_EXPN), 0);
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_NOOP), 0);
    for (i = 0; i < 256; i++)
        for (pos = 0;;) {
            pos += smtpwire_client_push(&c, block + pos, sizeof block - pos, &event);
            if (event.kind == SMTPWIRE_MORE)
                break;
            replies += event.kind == SMTPWIRE_REPLY;
            errors += event.kind == SMTPWIRE_ERROR;
            if (event.kind == SMTPWIRE_ERROR) {
                assert_int_equal(event.error.id, SMTPWIRE_ERROR_REPLY_TOO_LONG);
                assert_int_equal(event.error.code, 0);
                assert_int_equal(event.at, 7 + 1000 * 8);
            }
        }
    assert_int_equal(pos, sizeof block);
    assert_int_equal(event.inside, SMTPWIRE_INSIDE_REPLY);
    assert_int_equal(replies, 1000);
    assert_int_equal(errors, 1);
    assert_int_equal(hear(&c, "250-x\r\n250 y\r\n250 z\r\n"), 14); /* the line before the last is still untold */
    assert_int_equal(event.kind, SMTPWIRE_ERROR);
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_REPLY_TOO_LONG);
    assert_int_equal(event.reply.last, 1);
    assert_int_equal(event.reply.verb, SMTPWIRE_VERB_EXPN);
    assert_int_equal(hear(&c, "250 z\r\n"), 7);
    assert_int_equal(event.kind, SMTPWIRE_REPLY);
    assert_int_equal(event.reply.verb, SMTPWIRE_VERB_NOOP);
    assert_int_equal(smtpwire_client_due(&c), 0);
}

static void a_reply_of_a_mebioctet_is_told(void **state)
{
    static char line[4096 + 1];
    struct smtpwire_client c;
    int i;
    (void)state;
    memset(line, 'x', 4096);
    memcpy(line, "250-", 4);
    memcpy(line + 4094, "\r\n", 2);
    client(&c, NULL);
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_HELP), 0);
    for (i = 0; i < 256; i++) {
        assert_int_equal(hear(&c, line), 4096);
        assert_int_equal(event.kind, SMTPWIRE_REPLY);
    }
    assert_int_equal(hear(&c, line), 4096);
    assert_int_equal(event.kind, SMTPWIRE_ERROR);
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_REPLY_TOO_LONG);
    assert_int_equal(event.error.offset, 7 + 1048576);
}

static void a_hundred_keywords_are_taken(void **state)
{
    struct smtpwire_client c;
    int i;
    (void)state;
    client(&c, NULL);
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_EHLO), 0);
    hear(&c, "250-a\r\n");
    for (i = 0; i < 99; i++) {
        hear(&c, "250-K\r\n");
        assert_int_equal(event.kind, SMTPWIRE_REPLY);
    }
    hear(&c, "250-DSN\r\n");
    assert_int_equal(event.kind, SMTPWIRE_REPLY);
    hear(&c, "250-PIPELINING\r\n");
    assert_int_equal(event.kind, SMTPWIRE_ERROR);
    hear(&c, "250 CHUNKING\r\n");
    assert_int_equal(event.kind, SMTPWIRE_ERROR);
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_TOO_MANY_KEYWORDS);
    assert_int_equal(smtpwire_client_capabilities(&c)->offered, 1 << SMTPWIRE_CAPABILITY_DSN);
    assert_int_equal(smtpwire_client_due(&c), 0);
}

static void due_counts_what_is_awaited(void **state)
{
    struct smtpwire_options lmtp = {.lmtp = 1};
    struct smtpwire_client c;
    int i;
    (void)state;
    smtpwire_client_init(&c, NULL);
    assert_int_equal(smtpwire_client_due(&c), 1);
    hear(&c, "220-a\r\n");
    assert_int_equal(smtpwire_client_due(&c), 1);
    hear(&c, "220 a\r\n");
    assert_int_equal(smtpwire_client_due(&c), 0);
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_MAIL), 0);
    for (i = 0; i < 300; i++)
        assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_RCPT), 0);
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_DATA), 0);
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_NOOP), -1);
    assert_int_equal(smtpwire_client_due(&c), 302);
    hear(&c, "250 a\r\n");
    assert_int_equal(smtpwire_client_due(&c), 301);
    for (i = 0; i < 300; i++)
        hear(&c, "250 a\r\n");
    assert_int_equal(smtpwire_client_due(&c), 1);
    hear(&c, "354 a\r\n");
    assert_int_equal(smtpwire_client_due(&c), 1); /* the content's */
    hear(&c, "250 a\r\n");
    assert_int_equal(smtpwire_client_due(&c), 0);
    c.runs = 2; /* more than anybody could have sent */
    c.count[0] = UINT32_MAX;
    c.count[1] = 7;
    assert_int_equal(smtpwire_client_due(&c), UINT32_MAX);

    client(&c, &lmtp);
    for (i = 0; i < 3; i++)
        smtpwire_client_sent(&c, SMTPWIRE_VERB_RCPT);
    smtpwire_client_sent(&c, SMTPWIRE_VERB_BDAT_LAST);
    assert_int_equal(smtpwire_client_due(&c), 4);
    hear(&c, "250 a\r\n");
    hear(&c, "550 a\r\n");
    assert_int_equal(smtpwire_client_due(&c), 2);
    hear(&c, "250 a\r\n");
    assert_int_equal(smtpwire_client_due(&c), 2); /* one for each that was accepted */
}

/* Octets that were shown are not forgotten, although the caller has thrown them away. */
static void half_a_greeting_forbids_implicit_tls(void **state)
{
    struct smtpwire_client c;
    (void)state;
    smtpwire_client_init(&c, NULL);
    assert_int_equal(hear(&c, "22"), 0);
    assert_int_equal(smtpwire_client_tls_started(&c, 0), -1);
    hear(&c, "22");
    assert_int_equal(event.kind, SMTPWIRE_FATAL);
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_STARTTLS_RESIDUE);
}

static void texts_that_are_not_there_may_be_null(void **state)
{
    struct smtpwire_greeting greeting;
    struct smtpwire_address address;
    struct smtpwire_slice challenge;
    (void)state;
    assert_int_equal(smtpwire_greeting_parse(NULL, 0, NULL, &greeting, NULL), -1);
    assert_int_equal(smtpwire_ehlo_greeting_parse(NULL, 0, NULL, &greeting, NULL), -1);
    assert_int_equal(smtpwire_forward_text_parse(NULL, 0, NULL, &address, NULL, NULL), -1);
    assert_int_equal(smtpwire_challenge_parse(NULL, 0, &challenge, NULL), 0);
    assert_int_equal(challenge.len, 0);
    assert_int_equal(smtpwire_forward_text_parse("<a@b> \xff", 7, NULL, &address, NULL, NULL), 0);
    assert_int_equal(smtpwire_forward_text_parse("<a@b><", 6, NULL, &address, NULL, NULL), -1);
    assert_int_equal(smtpwire_challenge_parse("x", 1, &challenge, NULL), -1);
}

static void texts_are_answered_with_nothing(void **state)
{
    struct smtpwire_greeting greeting;
    struct smtpwire_address address;
    struct smtpwire_slice challenge;
    struct smtpwire_error error;
    (void)state;
    memset(&error, 0xA5, sizeof error);
    assert_int_equal(smtpwire_greeting_parse("_", 1, NULL, &greeting, &error), -1);
    assert_int_equal(error.code, 0);
    assert_int_equal(error.enhanced[0] + error.enhanced[1] + error.enhanced[2] + error.enhanced[3], 0);
    memset(&error, 0xA5, sizeof error);
    assert_int_equal(smtpwire_forward_text_parse("<a@>", 4, NULL, &address, NULL, &error), -1);
    assert_int_equal(error.code, 0);
    memset(&error, 0xA5, sizeof error);
    assert_int_equal(smtpwire_challenge_parse("*", 1, &challenge, &error), -1);
    assert_int_equal(error.code, 0);
    assert_int_equal(error.enhanced[0], 0);
}

static void a_reply_that_is_too_long_is_not_written(void **state)
{
    struct smtpwire_options lines = {.limit = {[SMTPWIRE_LIMIT_REPLY_LINES] = 2}};
    struct smtpwire_options options = {.limit = {[SMTPWIRE_LIMIT_REPLY_TOTAL] = 14}};
    struct smtpwire_reply reply = {.code = 250, .text = {"a\nb", 3}};
    struct smtpwire_error error;
    char buf[64];
    (void)state;
    assert_int_equal(smtpwire_reply_write(&reply, &options, buf, sizeof buf, &error), 14);
    assert_int_equal(smtpwire_reply_write(&reply, &lines, buf, sizeof buf, &error), 14);
    assert_memory_equal(buf, "250-a\r\n250 b\r\n", 14);
    reply.text = (struct smtpwire_slice){"a\nb\nc", 5};
    assert_int_equal(smtpwire_reply_write(&reply, NULL, buf, sizeof buf, &error), 21);
    assert_int_equal(smtpwire_reply_write(&reply, &lines, buf, sizeof buf, &error), -1);
    assert_int_equal(error.id, SMTPWIRE_ERROR_REPLY_TOO_LONG);
    assert_int_equal(error.offset, 14);
    assert_int_equal(error.code, 0);
    assert_int_equal(smtpwire_reply_write(&reply, &options, NULL, 0, &error), -1); /* whatever the room */
    reply.text = (struct smtpwire_slice){"a\nbc", 4};
    assert_int_equal(smtpwire_reply_write(&reply, &options, buf, sizeof buf, &error), -1);
    assert_int_equal(error.id, SMTPWIRE_ERROR_REPLY_TOO_LONG);
    assert_int_equal(error.offset, 14);
}

static void any_code_is_written_with_the_leniency_only(void **state)
{
    static const unsigned codes[] = {100, 199, 260, 571, 600, 999};
    struct smtpwire_options lax = {.lax = SMTPWIRE_LAX_REPLY_CODE};
    struct smtpwire_reply reply = {.text = {"x", 1}};
    struct smtpwire_error error;
    char buf[16];
    size_t i;
    (void)state;
    for (i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        reply.code = (uint16_t)codes[i];
        assert_int_equal(smtpwire_reply_write(&reply, NULL, buf, sizeof buf, &error), -1);
        assert_int_equal(smtpwire_reply_write(&reply, &lax, buf, sizeof buf, &error), 7);
    }
    reply.code = 1000;
    assert_int_equal(smtpwire_reply_write(&reply, &lax, buf, sizeof buf, &error), -1);
    reply.code = 60;
    assert_int_equal(smtpwire_reply_write(&reply, NULL, buf, sizeof buf, &error), -1);
    assert_int_equal(smtpwire_reply_write(&reply, &lax, buf, sizeof buf, &error), 7);
    assert_memory_equal(buf, "060 x\r\n", 7);
    reply.code = 0;
    assert_int_equal(smtpwire_reply_write(&reply, NULL, buf, sizeof buf, &error), -1);
    assert_int_equal(smtpwire_reply_write(&reply, &lax, buf, sizeof buf, &error), 7);
}

static void a_server_may_reply_any_code_with_the_leniency_only(void **state)
{
    struct smtpwire_options lax = {.lax = SMTPWIRE_LAX_REPLY_CODE};
    struct smtpwire_server s;
    (void)state;
    server(&s, NULL);
    say(&s, "NOOP\r\n");
    assert_int_equal(smtpwire_server_replied(&s, 571), -1);
    server(&s, &lax);
    say(&s, "NOOP\r\n");
    assert_int_equal(smtpwire_server_replied(&s, 1000), -1);
    assert_int_equal(smtpwire_server_replied(&s, 354), -1);
    assert_int_equal(smtpwire_server_replied(&s, 999), 0);
    accept(&s, "MAIL FROM:<>\r\n", 260); /* the first digit counts */
    accept(&s, "RCPT TO:<a@b>\r\n", 299);
    say(&s, "DATA\r\n");
    assert_int_equal(smtpwire_server_replied(&s, 200), -1);
    assert_int_equal(smtpwire_server_replied(&s, 299), -1);
    assert_int_equal(smtpwire_server_replied(&s, 199), 0); /* no content */
    say(&s, "DATA\r\n");
    assert_int_equal(event.kind, SMTPWIRE_COMMAND);
    assert_int_equal(smtpwire_server_replied(&s, 354), 0);
    say(&s, "x\r\n");
    assert_int_equal(event.kind, SMTPWIRE_CONTENT);
}

static void what_is_offered_may_change(void **state)
{
    struct smtpwire_options options = {.extensions =
                                           SMTPWIRE_OFFER(SIZE) | SMTPWIRE_OFFER(CHUNKING) | SMTPWIRE_OFFER(SMTPUTF8)};
    struct smtpwire_server s;
    (void)state;
    server(&s, &options);
    assert_int_equal(smtpwire_server_offer(&s, options.extensions | SMTPWIRE_OFFER(DSN)), -1);
    accept(&s, "MAIL FROM:<> SIZE=1\r\n", 450);
    assert_int_equal(smtpwire_server_offer(&s, SMTPWIRE_OFFER(CHUNKING)), 0);
    say(&s, "MAIL FROM:<> SIZE=1\r\n");
    assert_int_equal(event.kind, SMTPWIRE_ERROR);
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_PARAMETER_UNKNOWN);
    assert_int_equal(smtpwire_server_replied(&s, 555), 0);
    assert_int_equal(say(&s, "VRFY root SMTPUTF8\r\n"), 20);
    assert_int_equal(event.kind, SMTPWIRE_ERROR);
    assert_int_equal(smtpwire_server_replied(&s, 555), 0);
    assert_int_equal(smtpwire_server_offer(&s, options.extensions), 0);
    accept(&s, "VRFY root SMTPUTF8\r\n", 252);
    accept(&s, "MAIL FROM:<> SIZE=1\r\n", 250);
    accept(&s, "RCPT TO:<a@b>\r\n", 250);
    assert_int_equal(smtpwire_server_offer(&s, 0), 0);
    assert_int_equal(say(&s, "BDAT 1\r\nx"), 9);
    assert_int_equal(event.kind, SMTPWIRE_ERROR);
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_COMMAND_NOT_IMPLEMENTED);
    server(&s, NULL);
    assert_int_equal(smtpwire_server_offer(&s, 0), 0);
    assert_int_equal(smtpwire_server_offer(&s, SMTPWIRE_OFFER(SIZE)), -1);
    say(&s, "BDAT x\r\n");
    assert_int_equal(event.kind, SMTPWIRE_FATAL);
    assert_int_equal(smtpwire_server_offer(&s, 0), -1);
}

/* SIZE adds 26 octets to 512. */
static void the_line_limit_is_that_of_what_is_offered(void **state)
{
    struct smtpwire_options options = {.extensions = SMTPWIRE_OFFER(SIZE) | SMTPWIRE_OFFER(AUTH)};
    struct smtpwire_server s;
    char line[600];
    (void)state;
    memset(line, 'x', sizeof line);
    memcpy(line, "NOOP ", 5);
    server(&s, &options);
    assert_int_equal(smtpwire_server_offer(&s, SMTPWIRE_OFFER(SIZE)), 0);
    assert_int_equal(smtpwire_server_push(&s, line, 537, &event), 0);
    assert_int_equal(event.kind, SMTPWIRE_MORE);
    assert_int_equal(smtpwire_server_offer(&s, 0), 0); /* the line that has begun is too long now */
    assert_int_equal(smtpwire_server_push(&s, line, 537, &event), 512);
    assert_int_equal(event.kind, SMTPWIRE_ERROR);
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_LINE_TOO_LONG);
    assert_int_equal(event.error.offset, 8 + 512);

    server(&s, &options);
    assert_int_equal(smtpwire_server_offer(&s, 0), 0);
    assert_int_equal(smtpwire_server_push(&s, line, 511, &event), 0);
    assert_int_equal(smtpwire_server_offer(&s, SMTPWIRE_OFFER(SIZE)), 0);
    memcpy(line + 536, "\r\n", 2);
    assert_int_equal(smtpwire_server_push(&s, line, 538, &event), 538);
    assert_int_equal(event.kind, SMTPWIRE_COMMAND);
    memset(line + 536, 'x', 2);

    server(&s, &options);
    say(&s, "AUTH PLAIN\r\n");
    assert_int_equal(smtpwire_server_replied(&s, 334), 0);
    assert_int_equal(smtpwire_server_offer(&s, 0), 0);
    assert_int_equal(smtpwire_server_push(&s, line, 600, &event), 0); /* a line of the exchange has its own limit */
    assert_int_equal(event.kind, SMTPWIRE_MORE);
    server(&s, &options);
    say(&s, "AUTH PLAIN\r\n");
    assert_int_equal(smtpwire_server_replied(&s, 334), 0);
    assert_int_equal(smtpwire_server_offer(&s, 0), 0);
    say(&s, "AA==\r\n");
    assert_int_equal(smtpwire_server_replied(&s, 235), 0);
    assert_int_equal(smtpwire_server_push(&s, line, 600, &event), 512); /* behind it, that of nothing */
    assert_int_equal(event.kind, SMTPWIRE_ERROR);
}

static void requiretls_is_offered_behind_starttls(void **state)
{
    struct smtpwire_options options = {.extensions = SMTPWIRE_OFFER(REQUIRETLS) | SMTPWIRE_OFFER(STARTTLS)};
    struct smtpwire_server s;
    (void)state;
    server(&s, &options);
    say(&s, "MAIL FROM:<> REQUIRETLS\r\n");
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_PARAMETER_UNKNOWN);
    assert_int_equal(smtpwire_server_replied(&s, 555), 0);
    accept(&s, "STARTTLS\r\n", 220);
    assert_int_equal(smtpwire_server_tls_started(&s, 0), 0);
    accept(&s, "EHLO a\r\n", 250);
    accept(&s, "MAIL FROM:<> REQUIRETLS\r\n", 250);
}

/* Whether a recipient is one too many may hang on replies that are due: then it waits, and comes out the same whenever
 * they are given. */
static void recipients_wait_where_they_could_be_too_many(void **state)
{
    struct smtpwire_options options = {.limit = {[SMTPWIRE_LIMIT_RECIPIENTS] = 2}};
    static const char *const pipelined = "RCPT TO:<a@b>\r\nRCPT TO:<c@d>\r\nRCPT TO:<e@f>\r\n";
    struct smtpwire_server s;
    int refuse;
    (void)state;
    for (refuse = 0; refuse < 2; refuse++) {
        server(&s, &options);
        accept(&s, "MAIL FROM:<>\r\n", 250);
        assert_int_equal(say(&s, pipelined), 15);
        assert_int_equal(event.kind, SMTPWIRE_COMMAND);
        assert_int_equal(say(&s, pipelined + 15), 15);
        assert_int_equal(event.kind, SMTPWIRE_COMMAND);
        assert_int_equal(say(&s, pipelined + 30), 0);
        assert_int_equal(event.kind, SMTPWIRE_WAIT);
        assert_int_equal(smtpwire_server_replied(&s, 250), 0);
        assert_int_equal(say(&s, pipelined + 30), 0);
        assert_int_equal(event.kind, SMTPWIRE_WAIT);
        assert_int_equal(smtpwire_server_replied(&s, refuse ? 550 : 250), 0);
        assert_int_equal(say(&s, pipelined + 30), 15);
        assert_int_equal(event.kind, refuse ? SMTPWIRE_COMMAND : SMTPWIRE_ERROR);
        assert_int_equal(event.replies, 1);
        if (!refuse) {
            assert_int_equal(event.error.id, SMTPWIRE_ERROR_TOO_MANY_RECIPIENTS);
            assert_int_equal(event.error.code, 452);
            assert_int_equal(event.error.enhanced[0], 4);
        }
    }
}

static void a_recipient_too_many_that_is_accepted_counts(void **state)
{
    struct smtpwire_options options = {.lmtp = 1, .limit = {[SMTPWIRE_LIMIT_RECIPIENTS] = 1}};
    struct smtpwire_server s;
    (void)state;
    smtpwire_server_init(&s, &options);
    smtpwire_server_replied(&s, 220);
    accept(&s, "LHLO a\r\n", 250);
    accept(&s, "MAIL FROM:<>\r\n", 250);
    accept(&s, "RCPT TO:<a@b>\r\n", 250);
    assert_int_equal(say(&s, "RCPT TO:<c@d>\r\n"), 15);
    assert_int_equal(event.kind, SMTPWIRE_ERROR);
    assert_int_equal(smtpwire_server_replied(&s, 250), 0);
    accept(&s, "DATA\r\n", 354);
    assert_int_equal(say(&s, ".\r\n"), 3);
    assert_int_equal(event.kind, SMTPWIRE_END);
    assert_int_equal(event.replies, 2);
}

static void ten_thousand_recipients_are_taken(void **state)
{
    struct smtpwire_server s;
    int i;
    (void)state;
    server(&s, NULL);
    accept(&s, "MAIL FROM:<>\r\n", 250);
    for (i = 0; i < 10000; i++)
        accept(&s, "RCPT TO:<a@b>\r\n", 250);
    say(&s, "RCPT TO:<a@b>\r\n");
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_TOO_MANY_RECIPIENTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_million_lines_are_told_once),
        cmocka_unit_test(a_reply_of_a_mebioctet_is_told),
        cmocka_unit_test(a_hundred_keywords_are_taken),
        cmocka_unit_test(due_counts_what_is_awaited),
        cmocka_unit_test(half_a_greeting_forbids_implicit_tls),
        cmocka_unit_test(texts_that_are_not_there_may_be_null),
        cmocka_unit_test(texts_are_answered_with_nothing),
        cmocka_unit_test(a_reply_that_is_too_long_is_not_written),
        cmocka_unit_test(any_code_is_written_with_the_leniency_only),
        cmocka_unit_test(a_server_may_reply_any_code_with_the_leniency_only),
        cmocka_unit_test(what_is_offered_may_change),
        cmocka_unit_test(the_line_limit_is_that_of_what_is_offered),
        cmocka_unit_test(requiretls_is_offered_behind_starttls),
        cmocka_unit_test(recipients_wait_where_they_could_be_too_many),
        cmocka_unit_test(a_recipient_too_many_that_is_accepted_counts),
        cmocka_unit_test(ten_thousand_recipients_are_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
