/* Unit tests of BDAT, BURL, XCLIENT, XFORWARD and commands that are not known: what they ask for and bring about, and
 * their attributes one by one.
 */
#include "smtpwire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct smtpwire_options offered = {.extensions = SMTPWIRE_OFFER_ALL};
static const struct smtpwire_options lmtp = {.lmtp = 1, .extensions = SMTPWIRE_OFFER_ALL};
static const struct smtpwire_options unknown = {.lax = SMTPWIRE_LAX_UNKNOWN_COMMAND};
static struct smtpwire_event event;

/* Pushes a line, which asks for so many replies of this code. */
static void say(struct smtpwire_server *s, const char *line, unsigned replies, unsigned code)
{
    const size_t len = strlen(line);
    assert_int_equal(smtpwire_server_push(s, line, len, &event), len);
    assert_int_equal(event.replies, replies);
    assert_int_equal(smtpwire_server_due(s), replies);
    for (; replies != 0; replies--)
        assert_int_equal(smtpwire_server_replied(s, code), 0);
}

/* A transaction with so many recipients. */
static void open_transaction(struct smtpwire_server *s, const struct smtpwire_options *options, unsigned recipients)
{
    memset(s, 0xA5, sizeof *s);
    assert_int_equal(smtpwire_server_init(s, options), 0);
    assert_int_equal(smtpwire_server_replied(s, 220), 0);
    say(s, options->lmtp ? "LHLO a\r\n" : "EHLO a\r\n", 1, 250);
    say(s, "MAIL FROM:<>\r\n", 1, 250);
    for (; recipients != 0; recipients--)
        say(s, "RCPT TO:<a@b>\r\n", 1, 250);
}

static void expect_command(struct smtpwire_server *s, const char *line)
{
    say(s, line, 1, 250);
    assert_int_equal(event.kind, SMTPWIRE_COMMAND);
}

static void expect_error(struct smtpwire_server *s, const char *line, unsigned id, unsigned code)
{
    say(s, line, 1, code);
    assert_int_equal(event.kind, SMTPWIRE_ERROR);
    assert_int_equal(event.error.id, id);
}

static void burl_asks_for_one_reply(void **state)
{
    struct smtpwire_server s;
    (void)state;
    open_transaction(&s, &offered, 3);
    say(&s, "BURL a:\r\n", 1, 250);
    assert_int_equal(event.kind, SMTPWIRE_COMMAND);
    assert_int_equal(event.command.last, 0);
    say(&s, "BURL a: LAST\r\n", 1, 250);
    assert_int_equal(event.command.last, 1);
    expect_command(&s, "MAIL FROM:<>\r\n");
}

static void the_last_burl_asks_for_a_reply_for_each_recipient_in_lmtp(void **state)
{
    struct smtpwire_server s;
    (void)state;
    open_transaction(&s, &lmtp, 3);
    say(&s, "BURL a:\r\n", 1, 250);
    say(&s, "BURL a: LAST\r\n", 3, 250);
    expect_command(&s, "MAIL FROM:<>\r\n");
    say(&s, "RCPT TO:<a@b>\r\n", 1, 250);
    say(&s, "RCPT TO:<a@b>\r\n", 1, 250);
    say(&s, "BURL a:\r\n", 1, 451);
    say(&s, "BURL a: LAST\r\n", 2, 503); /* refused, but it ends the message */
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_COMMAND_SEQUENCE);
    expect_command(&s, "MAIL FROM:<>\r\n");
    say(&s, "BURL a: LAST\r\n", 0, 0);
    assert_int_equal(event.kind, SMTPWIRE_ERROR);
    expect_command(&s, "MAIL FROM:<>\r\n");
}

/* Which error has a chunk behind one that was answered so. */
static unsigned error_behind_chunk(unsigned code)
{
    static const struct smtpwire_options lax = {.lax = SMTPWIRE_LAX_REPLY_CODE, .extensions = SMTPWIRE_OFFER_ALL};
    static const char chunk[] = "BDAT 1\r\nx";
    struct smtpwire_server s;
    size_t taken = 0;
    open_transaction(&s, &lax, 1);
    do {
        taken += smtpwire_server_push(&s, chunk + taken, sizeof chunk - 1 - taken, &event);
        assert_int_not_equal(event.kind, SMTPWIRE_ERROR);
    } while (event.kind != SMTPWIRE_END);
    assert_int_equal(smtpwire_server_replied(&s, code), 0);
    do {
        smtpwire_server_push(&s, "BDAT 0 LAST\r\n", 13, &event);
    } while (event.kind != SMTPWIRE_END && event.kind != SMTPWIRE_ERROR);
    return event.error.id;
}

/* RFC 3030 section 2: behind a chunk that was refused the others are, too. The first digit tells. */
static void a_chunk_is_taken_by_any_2xx(void **state)
{
    (void)state;
    assert_int_equal(error_behind_chunk(200), SMTPWIRE_ERROR_NONE);
    assert_int_equal(error_behind_chunk(299), SMTPWIRE_ERROR_NONE);
    assert_int_equal(error_behind_chunk(199), SMTPWIRE_ERROR_COMMAND_SEQUENCE);
    assert_int_equal(error_behind_chunk(400), SMTPWIRE_ERROR_COMMAND_SEQUENCE);
}

static void burl_is_answered_by_no_3xx(void **state)
{
    static const char *const lines[] = {"BURL a:\r\n", "BURL a: LAST\r\n"};
    struct smtpwire_server s;
    size_t i;
    (void)state;
    for (i = 0; i < 2; i++) {
        open_transaction(&s, &offered, 1);
        smtpwire_server_push(&s, lines[i], strlen(lines[i]), &event);
        assert_int_equal(smtpwire_server_replied(&s, 354), -1);
        assert_int_equal(smtpwire_server_replied(&s, 334), -1);
        assert_int_equal(smtpwire_server_replied(&s, 250), 0);
    }
}

/* END has told that only a part was delivered; a server that goes on all the same is told again. */
static void burl_repeats_what_the_content_was_refused_for(void **state)
{
    static const char chunk[] = "BDAT 3\r\na\nb";
    struct smtpwire_server s;
    size_t pos = 0;
    (void)state;
    open_transaction(&s, &offered, 1);
    do {
        pos += smtpwire_server_push(&s, chunk + pos, sizeof chunk - 1 - pos, &event);
    } while (event.kind != SMTPWIRE_END);
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_CONTENT_BARE_LF);
    assert_int_equal(smtpwire_server_replied(&s, 250), 0);
    expect_error(&s, "BURL a: LAST\r\n", SMTPWIRE_ERROR_CONTENT_BARE_LF, 554);
    expect_command(&s, "MAIL FROM:<>\r\n");
}

/* The next message does not inherit it. */
static void content_of_one_message_is_not_of_the_next(void **state)
{
    struct smtpwire_server s;
    (void)state;
    burl_repeats_what_the_content_was_refused_for(state);
    open_transaction(&s, &offered, 1);
    say(&s, "BURL a:\r\n", 1, 554);
    say(&s, "RSET\r\n", 1, 250);
    say(&s, "MAIL FROM:<>\r\n", 1, 250);
    say(&s, "RCPT TO:<a@b>\r\n", 1, 250);
    expect_command(&s, "BURL a:\r\n");
    expect_command(&s, "BURL a: LAST\r\n");
}

/* Nor does it where it begins with a BURL that was refused here and taken all the same. */
static void a_burl_that_is_taken_against_advice_begins_a_message(void **state)
{
    static const char chunk[] = "BDAT 3\r\na\nbBDAT 0 LAST\r\n", last[] = "BDAT 2 LAST\r\n\r\n";
    struct smtpwire_server s;
    size_t pos = 0;
    (void)state;
    open_transaction(&s, &offered, 1);
    for (; pos < sizeof chunk - 1; smtpwire_server_replied(&s, 250))
        pos += smtpwire_server_push(&s, chunk + pos, sizeof chunk - 1 - pos, &event);
    smtpwire_server_push(&s, NULL, 0, &event);
    assert_int_equal(event.kind, SMTPWIRE_END);
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_CONTENT_BARE_LF);
    assert_int_equal(smtpwire_server_replied(&s, 554), 0);
    say(&s, "MAIL FROM:<>\r\n", 1, 250);
    say(&s, "RCPT TO:<a@b>\r\n", 1, 250);
    expect_error(&s, "BURL x\r\n", SMTPWIRE_ERROR_ARGUMENT_SYNTAX, 250);
    expect_error(&s, "RCPT TO:<a@b>\r\n", SMTPWIRE_ERROR_COMMAND_SEQUENCE, 503);
    for (pos = 0; pos < sizeof last - 1;)
        pos += smtpwire_server_push(&s, last + pos, sizeof last - 1 - pos, &event);
    if (event.kind != SMTPWIRE_END)
        smtpwire_server_push(&s, NULL, 0, &event);
    assert_int_equal(event.kind, SMTPWIRE_END);
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_NONE);
    assert_int_equal(event.end.size, 2);
    assert_int_equal(event.end.flags, 0);
}

static void a_burl_that_was_refused_without_a_transaction_fails_none(void **state)
{
    struct smtpwire_server s;
    (void)state;
    open_transaction(&s, &offered, 0);
    say(&s, "RSET\r\n", 1, 250);
    expect_error(&s, "BURL a:\r\n", SMTPWIRE_ERROR_COMMAND_SEQUENCE, 503);
    say(&s, "MAIL FROM:<>\r\n", 1, 250);
    say(&s, "RCPT TO:<a@b>\r\n", 1, 250);
    expect_command(&s, "BURL a: LAST\r\n");
    say(&s, "BURL a:\r\n", 1, 250); /* advice that is not taken, but there is no message to begin */
    assert_int_equal(event.kind, SMTPWIRE_ERROR);
    say(&s, "MAIL FROM:<>\r\n", 1, 250);
    expect_command(&s, "RCPT TO:<a@b>\r\n");
}

static void xclient_leads_back_to_the_greeting(void **state)
{
    struct smtpwire_server s;
    (void)state;
    open_transaction(&s, &offered, 1);
    expect_error(&s, "XCLIENT NAME=a\r\n", SMTPWIRE_ERROR_COMMAND_SEQUENCE, 503);
    say(&s, "RSET\r\n", 1, 250);
    say(&s, "AUTH PLAIN AA==\r\n", 1, 235);
    smtpwire_server_push(&s, "XCLIENT NAME=a\r\n", 16, &event);
    assert_int_equal(event.kind, SMTPWIRE_COMMAND);
    assert_int_equal(smtpwire_server_replied(&s, 354), -1);
    assert_int_equal(smtpwire_server_replied(&s, 220), 0);
    expect_error(&s, "MAIL FROM:<>\r\n", SMTPWIRE_ERROR_COMMAND_SEQUENCE, 503);
    expect_error(&s, "AUTH PLAIN AA==\r\n", SMTPWIRE_ERROR_COMMAND_SEQUENCE, 503);
    say(&s, "EHLO a\r\n", 1, 250);
    expect_command(&s, "AUTH PLAIN AA==\r\n");
    expect_command(&s, "MAIL FROM:<>\r\n");
}

static void xclient_leaves_tls(void **state)
{
    struct smtpwire_server s;
    (void)state;
    assert_int_equal(smtpwire_server_init(&s, &offered), 0);
    assert_int_equal(smtpwire_server_tls_started(&s, 0), 0);
    assert_int_equal(smtpwire_server_replied(&s, 220), 0);
    say(&s, "XCLIENT NAME=a\r\n", 1, 220);
    say(&s, "EHLO a\r\n", 1, 250);
    expect_error(&s, "STARTTLS\r\n", SMTPWIRE_ERROR_COMMAND_SEQUENCE, 503);
}

static void expect_attribute(struct smtpwire_slice *rest, unsigned id, const char *name, const char *value,
                             unsigned status, unsigned port)
{
    struct smtpwire_attribute a;
    memset(&a, 0xA5, sizeof a);
    assert_int_equal(smtpwire_attribute_next(rest, &a), 1);
    assert_int_equal(a.id, id);
    assert_int_equal(a.name.len, strlen(name));
    assert_memory_equal(a.name.data, name, a.name.len);
    assert_int_equal(a.value.len, strlen(value));
    assert_memory_equal(a.value.data, value, a.value.len);
    assert_int_equal(a.status, status);
    assert_int_equal(a.port, port);
    assert_int_equal(a.zero[0] | a.zero[1] | a.zero[2], 0);
}

static void attributes_are_taken_one_by_one(void **state)
{
    static const char line[] = "XCLIENT name=a+2Bb PORT=+3225 DESTPORT=[unavailable] NAME2=x";
    static const char good[] = "XCLIENT name=a+2Bb PORT=+3225 DESTPORT=[unavailable] ADDR=+5BUNAVAILABLE+5D "
                               "HELO=[TempUnavail]";
    struct smtpwire_command command;
    struct smtpwire_attribute attribute;
    struct smtpwire_error error;
    struct smtpwire_slice rest;
    (void)state;
    assert_int_equal(smtpwire_command_parse(line, sizeof line - 1, &offered, &command, &error), -1);
    assert_int_equal(error.offset, 53); /* NAME is there already: nothing that can come begins with N */
    assert_int_equal(smtpwire_command_parse(good, sizeof good - 1, &offered, &command, &error), 0);
    assert_int_equal(command.verb, SMTPWIRE_VERB_XCLIENT);
    rest = command.parameters;
    expect_attribute(&rest, SMTPWIRE_ATTRIBUTE_NAME, "name", "a+2Bb", SMTPWIRE_STATUS_VALUE, 0);
    expect_attribute(&rest, SMTPWIRE_ATTRIBUTE_PORT, "PORT", "+3225", SMTPWIRE_STATUS_VALUE, 225);
    expect_attribute(&rest, SMTPWIRE_ATTRIBUTE_DESTPORT, "DESTPORT", "[unavailable]", SMTPWIRE_STATUS_UNAVAILABLE, 0);
    expect_attribute(&rest, SMTPWIRE_ATTRIBUTE_ADDR, "ADDR", "+5BUNAVAILABLE+5D", SMTPWIRE_STATUS_UNAVAILABLE, 0);
    expect_attribute(&rest, SMTPWIRE_ATTRIBUTE_HELO, "HELO", "[TempUnavail]", SMTPWIRE_STATUS_TEMPUNAVAIL, 0);
    assert_int_equal(smtpwire_attribute_next(&rest, &attribute), 0);
    assert_int_equal(smtpwire_attribute_next(&rest, &attribute), 0);
}

/* What never came from an accepted command is no reason to read on for ever, or past its end. */
static void attributes_that_are_none_end(void **state)
{
    static const char *const texts[] = {"NAME",     " ",        "NAME NAME=x",      "=",
                                        "A= ",      "NAME=x ",  "PORT=99999999999", "PORT=+",
                                        "PORT=2/5", "PORT=2:5", "PORT=65536"};
    size_t i;
    (void)state;
    assert_int_equal(smtpwire_attribute_next(&(struct smtpwire_slice){NULL, 0}, &(struct smtpwire_attribute){0}), 0);
    for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct smtpwire_slice rest = {texts[i], strlen(texts[i])};
        struct smtpwire_attribute attribute;
        unsigned count = 0;
        while (smtpwire_attribute_next(&rest, &attribute)) {
            assert_int_equal(attribute.port, 0);
            assert_true(++count < 3);
        }
        assert_int_equal(rest.len, 0);
    }
}

static void unknown_commands_bring_nothing_about(void **state)
{
    struct smtpwire_server s, before;
    (void)state;
    open_transaction(&s, &unknown, 1);
    before = s;
    assert_int_equal(smtpwire_server_push(&s, "XEXCH50 4 2\r\n", 13, &event), 13);
    assert_int_equal(event.kind, SMTPWIRE_COMMAND);
    assert_int_equal(event.command.verb, SMTPWIRE_VERB_XEXCH50);
    assert_int_equal(event.replies, 1);
    assert_int_equal(smtpwire_server_replied(&s, 354), -1); /* what would follow is not known */
    assert_int_equal(smtpwire_server_replied(&s, 250), 0);
    assert_int_equal(s.transaction, before.transaction);
    assert_int_equal(s.recipients, before.recipients);
    expect_command(&s, "TURN\r\n");
    say(&s, "DATA\r\n", 1, 354);
    assert_int_equal(event.kind, SMTPWIRE_COMMAND);
}

static void the_argument_of_an_unknown_command_is_null_where_there_is_no_space(void **state)
{
    struct smtpwire_command command;
    (void)state;
    assert_int_equal(smtpwire_command_parse("FOO", 3, &unknown, &command, NULL), 0);
    assert_null(command.argument.data);
    assert_int_equal(smtpwire_command_parse("FOO ", 4, &unknown, &command, NULL), 0);
    assert_non_null(command.argument.data);
    assert_int_equal(command.argument.len, 0);
    assert_int_equal(smtpwire_command_parse("FOO \xff", 5, &unknown, &command, NULL), 0);
    assert_int_equal(command.argument.len, 1);
    assert_int_equal(command.flags, SMTPWIRE_FLAG_EIGHT_BIT);
    assert_int_equal(smtpwire_command_parse("", 0, &unknown, &command, NULL), -1);
    assert_int_equal(smtpwire_command_parse("FOO \n", 5, &unknown, &command, NULL), -1);
    assert_int_equal(smtpwire_command_parse("FOO", 3, NULL, &command, NULL), -1);
}

static void unknown_commands_are_written_as_they_are(void **state)
{
    struct smtpwire_command command = {.verb = SMTPWIRE_VERB_UNKNOWN, .name = {"xFoo", 4}};
    struct smtpwire_error error;
    char buf[64];
    (void)state;
    assert_int_equal(smtpwire_command_write(&command, &unknown, buf, sizeof buf, &error), 6);
    assert_memory_equal(buf, "xFoo\r\n", 6);
    command.argument.data = "";
    assert_int_equal(smtpwire_command_write(&command, &unknown, buf, sizeof buf, &error), 7);
    assert_memory_equal(buf, "xFoo \r\n", 7);
    assert_int_equal(smtpwire_command_write(&command, NULL, buf, sizeof buf, &error), -1);
    assert_int_equal(error.id, SMTPWIRE_ERROR_COMMAND_UNKNOWN);
    command.name.data = "RSET"; /* by its name it is another command */
    command.argument.data = NULL;
    assert_int_equal(smtpwire_command_write(&command, &unknown, buf, sizeof buf, &error), -1);
    command.name.data = "FOO "; /* what is read of it is FOO and an argument */
    assert_int_equal(smtpwire_command_write(&command, &unknown, buf, sizeof buf, &error), -1);
    assert_int_equal(error.id, SMTPWIRE_ERROR_ARGUMENT_SYNTAX);
    command.name.len = 0;
    assert_int_equal(smtpwire_command_write(&command, &unknown, buf, sizeof buf, &error), -1);
}

static size_t push_client(struct smtpwire_client *c, const char *text)
{
    return smtpwire_client_push(c, text, strlen(text), &event);
}

static void expect_reply(struct smtpwire_client *c, const char *line, unsigned verb)
{
    assert_int_equal(push_client(c, line), strlen(line));
    assert_int_equal(event.kind, SMTPWIRE_REPLY);
    assert_int_equal(event.reply.verb, verb);
}

static void a_client_may_pipeline_burl(void **state)
{
    static const unsigned sent[] = {
        SMTPWIRE_VERB_LHLO,      SMTPWIRE_VERB_MAIL, SMTPWIRE_VERB_RCPT, SMTPWIRE_VERB_RCPT,      SMTPWIRE_VERB_BURL,
        SMTPWIRE_VERB_BURL_LAST, SMTPWIRE_VERB_MAIL, SMTPWIRE_VERB_RCPT, SMTPWIRE_VERB_BURL_LAST, SMTPWIRE_VERB_QUIT};
    struct smtpwire_client c;
    size_t i;
    (void)state;
    assert_int_equal(smtpwire_client_init(&c, &lmtp), 0);
    expect_reply(&c, "220 a\r\n", SMTPWIRE_VERB_GREETING);
    for (i = 0; i < sizeof sent / sizeof sent[0]; i++)
        assert_int_equal(smtpwire_client_sent(&c, sent[i]), 0);
    expect_reply(&c, "250 a\r\n", SMTPWIRE_VERB_LHLO);
    expect_reply(&c, "250 a\r\n", SMTPWIRE_VERB_MAIL);
    expect_reply(&c, "250 a\r\n", SMTPWIRE_VERB_RCPT);
    expect_reply(&c, "250 a\r\n", SMTPWIRE_VERB_RCPT);
    expect_reply(&c, "250 a\r\n", SMTPWIRE_VERB_BURL);
    expect_reply(&c, "250 a\r\n", SMTPWIRE_VERB_BURL_LAST);
    expect_reply(&c, "550 a\r\n", SMTPWIRE_VERB_BURL_LAST);
    expect_reply(&c, "250 a\r\n", SMTPWIRE_VERB_MAIL);
    expect_reply(&c, "550 a\r\n", SMTPWIRE_VERB_RCPT);
    expect_reply(&c, "221 a\r\n", SMTPWIRE_VERB_QUIT); /* no recipient, no reply to the message */
}

/* Two last ones in a row are two messages: in LMTP each has its own count, the second none. */
static void last_burls_are_not_one_run(void **state)
{
    struct smtpwire_client c;
    (void)state;
    assert_int_equal(smtpwire_client_init(&c, &lmtp), 0);
    expect_reply(&c, "220 a\r\n", SMTPWIRE_VERB_GREETING);
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_RCPT), 0);
    expect_reply(&c, "250 a\r\n", SMTPWIRE_VERB_RCPT);
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_BURL_LAST), 0);
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_BURL_LAST), 0);
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_QUIT), 0);
    expect_reply(&c, "250 a\r\n", SMTPWIRE_VERB_BURL_LAST);
    expect_reply(&c, "221 a\r\n", SMTPWIRE_VERB_QUIT);
}

static void xclient_drops_the_recipients(void **state)
{
    struct smtpwire_client c;
    (void)state;
    assert_int_equal(smtpwire_client_init(&c, &lmtp), 0);
    expect_reply(&c, "220 a\r\n", SMTPWIRE_VERB_GREETING);
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_RCPT), 0);
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_XCLIENT), 0);
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_BURL_LAST), 0);
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_QUIT), 0);
    expect_reply(&c, "250 a\r\n", SMTPWIRE_VERB_RCPT);
    expect_reply(&c, "220 a\r\n", SMTPWIRE_VERB_XCLIENT);
    expect_reply(&c, "221 a\r\n", SMTPWIRE_VERB_QUIT);
}

static void names_of_attributes_are_total(void **state)
{
    (void)state;
    assert_string_equal(smtpwire_attribute_name(SMTPWIRE_ATTRIBUTE_DESTPORT), "DESTPORT");
    assert_string_equal(smtpwire_attribute_name(SMTPWIRE_ATTRIBUTE_COUNT), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(burl_asks_for_one_reply),
        cmocka_unit_test(the_last_burl_asks_for_a_reply_for_each_recipient_in_lmtp),
        cmocka_unit_test(burl_is_answered_by_no_3xx),
        cmocka_unit_test(a_chunk_is_taken_by_any_2xx),
        cmocka_unit_test(burl_repeats_what_the_content_was_refused_for),
        cmocka_unit_test(content_of_one_message_is_not_of_the_next),
        cmocka_unit_test(a_burl_that_is_taken_against_advice_begins_a_message),
        cmocka_unit_test(a_burl_that_was_refused_without_a_transaction_fails_none),
        cmocka_unit_test(xclient_leads_back_to_the_greeting),
        cmocka_unit_test(xclient_leaves_tls),
        cmocka_unit_test(attributes_are_taken_one_by_one),
        cmocka_unit_test(attributes_that_are_none_end),
        cmocka_unit_test(unknown_commands_bring_nothing_about),
        cmocka_unit_test(the_argument_of_an_unknown_command_is_null_where_there_is_no_space),
        cmocka_unit_test(unknown_commands_are_written_as_they_are),
        cmocka_unit_test(a_client_may_pipeline_burl),
        cmocka_unit_test(last_burls_are_not_one_run),
        cmocka_unit_test(xclient_drops_the_recipients),
        cmocka_unit_test(names_of_attributes_are_total),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
