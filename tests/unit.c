/* Unit tests of the API: what the test vectors cannot say, since it is about calls and not about octets. Misuse above
 * all.
 */
#include "smtpwire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define PUSH(session, text) push_server(session, text, sizeof(text) - 1)

static struct smtpwire_event event;

static size_t push_server(struct smtpwire_server *s, const char *text, size_t len)
{
    return smtpwire_server_push(s, text, len, &event);
}

static size_t push_client(struct smtpwire_client *c, const char *text)
{
    return smtpwire_client_push(c, text, strlen(text), &event);
}

/* A session that was greeted and has had EHLO; its objects are not zeroed before. */
static void greeted(struct smtpwire_server *s)
{
    memset(s, 0xA5, sizeof *s);
    assert_int_equal(smtpwire_server_init(s, NULL), 0);
    assert_int_equal(smtpwire_server_replied(s, 220), 0);
    assert_int_equal(PUSH(s, "EHLO a.example\r\n"), 16);
    assert_int_equal(event.kind, SMTPWIRE_COMMAND);
    assert_int_equal(smtpwire_server_replied(s, 250), 0);
}

static void say(struct smtpwire_server *s, const char *line, unsigned code)
{
    assert_int_equal(smtpwire_server_push(s, line, strlen(line), &event), strlen(line));
    assert_int_equal(event.replies, 1);
    assert_int_equal(smtpwire_server_replied(s, code), 0);
}

static void sizes_are_fixed(void **state)
{
    (void)state;
    assert_true(sizeof(struct smtpwire_server) <= 256);
    assert_true(sizeof(struct smtpwire_client) <= 256);
    assert_true(sizeof(struct smtpwire_options) == 256);
    assert_true(sizeof(struct smtpwire_event) <= 256);
}

static void replied_with_none_due_changes_nothing(void **state)
{
    struct smtpwire_server s, before;
    (void)state;
    greeted(&s);
    before = s;
    assert_int_equal(smtpwire_server_due(&s), 0);
    assert_int_equal(smtpwire_server_replied(&s, 250), -1);
    assert_memory_equal(&s, &before, sizeof s);
}

static void replied_refuses_impossible_codes(void **state)
{
    static const unsigned never[] = {0, 1, 99, 100, 199, 260, 299, 360, 469, 560, 599, 600, 999, 65786, 4294967295U};
    struct smtpwire_server s;
    size_t i;
    (void)state;
    greeted(&s);
    PUSH(&s, "NOOP\r\n");
    for (i = 0; i < sizeof never / sizeof never[0]; i++)
        assert_int_equal(smtpwire_server_replied(&s, never[i]), -1);
    assert_int_equal(smtpwire_server_replied(&s, 354), -1); /* only DATA is answered so */
    assert_int_equal(smtpwire_server_replied(&s, 334), -1);
    assert_int_equal(smtpwire_server_due(&s), 1);
    assert_int_equal(smtpwire_server_replied(&s, 200), 0);
    say(&s, "MAIL FROM:<>\r\n", 250);
    say(&s, "RCPT TO:<a@b>\r\n", 250);
    PUSH(&s, "DATA\r\n");
    assert_int_equal(smtpwire_server_replied(&s, 250), -1);
    assert_int_equal(smtpwire_server_replied(&s, 334), -1);
    assert_int_equal(smtpwire_server_replied(&s, 354), 0);
}

static void octets_before_the_greeting_wait(void **state)
{
    struct smtpwire_server s;
    (void)state;
    assert_int_equal(smtpwire_server_init(&s, NULL), 0);
    assert_int_equal(smtpwire_server_due(&s), 1);
    assert_int_equal(PUSH(&s, "EHLO a\r\n"), 0);
    assert_int_equal(event.kind, SMTPWIRE_WAIT);
    assert_int_equal(event.len, 0);
    assert_int_equal(event.replies, 0);
    assert_int_equal(smtpwire_server_replied(&s, 220), 0);
    assert_int_equal(PUSH(&s, "EHLO a\r\n"), 8);
    assert_int_equal(event.kind, SMTPWIRE_COMMAND);
}

static void several_recipients_may_be_outstanding(void **state)
{
    static const char rest[] = "RCPT TO:<b@c>\r\nRCPT TO:<a..b@c>\r\nDATA\r\n";
    struct smtpwire_server s;
    size_t pos = 0;
    (void)state;
    greeted(&s);
    say(&s, "MAIL FROM:<>\r\n", 250);
    assert_int_equal(PUSH(&s, "RCPT TO:<a@b>\r\n"), 15);
    pos += push_server(&s, rest, sizeof rest - 1);
    assert_int_equal(event.kind, SMTPWIRE_COMMAND);
    pos += push_server(&s, rest + pos, sizeof rest - 1 - pos);
    assert_int_equal(event.kind, SMTPWIRE_ERROR);
    assert_int_equal(smtpwire_server_due(&s), 3);
    assert_int_equal(push_server(&s, rest + pos, sizeof rest - 1 - pos), 0);
    assert_int_equal(event.kind, SMTPWIRE_WAIT);
    assert_int_equal(smtpwire_server_replied(&s, 550), 0); /* the oldest first */
    assert_int_equal(smtpwire_server_replied(&s, 250), 0);
    push_server(&s, rest + pos, sizeof rest - 1 - pos);
    assert_int_equal(event.kind, SMTPWIRE_WAIT);
    assert_int_equal(smtpwire_server_replied(&s, 501), 0);
    assert_int_equal(push_server(&s, rest + pos, sizeof rest - 1 - pos), 6);
    assert_int_equal(event.kind, SMTPWIRE_COMMAND);
    assert_int_equal(event.command.verb, SMTPWIRE_VERB_DATA);
}

static void a_faulty_line_waits_behind_recipients(void **state)
{
    struct smtpwire_server s;
    (void)state;
    greeted(&s);
    say(&s, "MAIL FROM:<>\r\n", 250);
    assert_int_equal(PUSH(&s, "RCPT TO:<a@b>\r\n"), 15);
    assert_int_equal(PUSH(&s, "NO\nOP"), 0);
    assert_int_equal(event.kind, SMTPWIRE_WAIT);
    assert_int_equal(smtpwire_server_replied(&s, 250), 0);
    assert_int_equal(PUSH(&s, "NO\nOP"), 3);
    assert_int_equal(event.kind, SMTPWIRE_ERROR);
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_BARE_LF);
}

/* The slices of NORMALISE need a push that consumes nothing: "while (pos < end)" never makes it. */
static unsigned count_contents(int documented)
{
    static const char octets[] = {'a', '\n'};
    struct smtpwire_options options;
    struct smtpwire_data d;
    unsigned contents = 0;
    size_t pos = 0;

    memset(&options, 0, sizeof options);
    options.content[SMTPWIRE_CONTENT_BARE_LF] = SMTPWIRE_POLICY_NORMALISE;
    assert_int_equal(smtpwire_data_init(&d, &options), 0);
    while (documented || pos < sizeof octets) {
        pos += smtpwire_data_push(&d, octets + pos, sizeof octets - pos, &event);
        if (event.kind == SMTPWIRE_MORE)
            break;
        contents += event.kind == SMTPWIRE_CONTENT;
    }
    return contents;
}

static void the_loop_while_octets_are_left_loses_an_event(void **state)
{
    (void)state;
    assert_int_equal(count_contents(0), 1);
    assert_int_equal(count_contents(1), 2);
}

static void fewer_octets_than_were_left_is_misuse(void **state)
{
    struct smtpwire_server s;
    struct smtpwire_client c;
    struct smtpwire_line l;
    (void)state;
    greeted(&s);
    assert_int_equal(PUSH(&s, "NOO"), 0);
    assert_int_equal(event.kind, SMTPWIRE_MORE);
    assert_int_equal(event.inside, SMTPWIRE_INSIDE_LINE);
    assert_int_equal(PUSH(&s, "NO"), 0);
    assert_int_equal(event.kind, SMTPWIRE_FATAL);
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_MISUSE);
    assert_int_equal(event.error.offset, 16);
    assert_int_equal(event.error.code, 421);

    smtpwire_client_init(&c, NULL);
    assert_int_equal(push_client(&c, "22"), 0);
    assert_int_equal(push_client(&c, "2"), 0);
    assert_int_equal(event.kind, SMTPWIRE_FATAL);
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_MISUSE);
    assert_int_equal(event.error.code, 0);

    smtpwire_line_init(&l, NULL, 512);
    assert_int_equal(smtpwire_line_push(&l, "ab", 2, &event), 0);
    assert_int_equal(smtpwire_line_push(&l, "a", 1, &event), 0);
    assert_int_equal(event.kind, SMTPWIRE_FATAL);
    assert_int_equal(smtpwire_line_push(&l, "abc\r\n", 5, &event), 0);
    assert_int_equal(event.kind, SMTPWIRE_FATAL);
}

static void fatal_is_sticky(void **state)
{
    struct smtpwire_server s;
    int i;
    (void)state;
    greeted(&s);
    PUSH(&s, "NOO");
    PUSH(&s, "N");
    for (i = 0; i < 3; i++) {
        assert_int_equal(PUSH(&s, "NOOP\r\n"), 0);
        assert_int_equal(event.kind, SMTPWIRE_FATAL);
        assert_int_equal(event.error.id, SMTPWIRE_ERROR_MISUSE);
        assert_int_equal(event.error.offset, 16);
    }
    assert_int_equal(smtpwire_server_replied(&s, 250), -1);
    assert_int_equal(smtpwire_server_tls_started(&s, 0), -1);
}

/* Nothing of the line that is FATAL is done with, but what was skipped before it is. */
static void a_fatal_reply_is_not_taken(void **state)
{
    struct smtpwire_client c;
    (void)state;
    smtpwire_client_init(&c, NULL);
    assert_int_equal(push_client(&c, "2x0 b\r\n"), 0);
    assert_int_equal(event.kind, SMTPWIRE_FATAL);
    smtpwire_client_init(&c, NULL);
    assert_int_equal(push_client(&c, "220-a\n"), 6);
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_BARE_LF);
    assert_int_equal(push_client(&c, "zz\r\n2x0 b\r\n"), 4);
    assert_int_equal(event.kind, SMTPWIRE_FATAL);
    assert_int_equal(event.error.offset, 11);
}

/* All that MORE says, written over what was in the event before. */
static void assert_more(size_t taken, unsigned inside)
{
    assert_int_equal(taken, 0);
    assert_int_equal(event.kind, SMTPWIRE_MORE);
    assert_int_equal(event.inside, inside);
    assert_int_equal(event.zero, 0);
    assert_int_equal(event.replies, 0);
    assert_int_equal(event.len, 0);
    memset(&event, 0xA5, sizeof event);
}

static void nothing_may_be_pushed(void **state)
{
    struct smtpwire_server s;
    struct smtpwire_client c;
    struct smtpwire_data d;
    struct smtpwire_line l;
    (void)state;
    greeted(&s);
    memset(&event, 0xA5, sizeof event);
    assert_more(smtpwire_server_push(&s, NULL, 0, &event), SMTPWIRE_INSIDE_NOTHING);
    smtpwire_client_init(&c, NULL);
    assert_more(smtpwire_client_push(&c, NULL, 0, &event), SMTPWIRE_INSIDE_NOTHING);
    smtpwire_data_init(&d, NULL);
    assert_more(smtpwire_data_push(&d, NULL, 0, &event), SMTPWIRE_INSIDE_CONTENT);
    smtpwire_line_init(&l, NULL, 512);
    assert_more(smtpwire_line_push(&l, NULL, 0, &event), SMTPWIRE_INSIDE_NOTHING);
}

static void starttls(struct smtpwire_server *s, const char *behind)
{
    char octets[64];
    greeted(s);
    snprintf(octets, sizeof octets, "STARTTLS\r\n%s", behind);
    assert_int_equal(push_server(s, octets, strlen(octets)), 10);
    assert_int_equal(event.command.verb, SMTPWIRE_VERB_STARTTLS);
}

static void tls_starts_after_220(void **state)
{
    struct smtpwire_server s;
    (void)state;
    starttls(&s, "");
    assert_int_equal(smtpwire_server_tls_started(&s, 0), -1); /* not yet answered: nothing changes */
    assert_int_equal(smtpwire_server_replied(&s, 220), 0);
    assert_int_equal(smtpwire_server_push(&s, NULL, 0, &event), 0);
    assert_int_equal(event.inside, SMTPWIRE_INSIDE_TLS);
    assert_int_equal(smtpwire_server_tls_started(&s, 0), 0);
    assert_int_equal(smtpwire_server_tls_started(&s, 0), -1);
    PUSH(&s, "MAIL FROM:<>\r\n"); /* EHLO is due again */
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_COMMAND_SEQUENCE);
    assert_int_equal(smtpwire_server_replied(&s, 503), 0);
    say(&s, "EHLO a.example\r\n", 250);
    PUSH(&s, "STARTTLS\r\n"); /* and TLS is up */
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_COMMAND_SEQUENCE);
}

static void tls_started_with_residue_is_fatal(void **state)
{
    struct smtpwire_server s;
    (void)state;
    starttls(&s, "NOOP\r\n"); /* shown to push behind STARTTLS, then thrown away by the caller */
    assert_int_equal(smtpwire_server_replied(&s, 220), 0);
    assert_int_equal(smtpwire_server_tls_started(&s, 0), -1);
    assert_int_equal(smtpwire_server_push(&s, "NOOP\r\n", 6, &event), 0);
    assert_int_equal(event.kind, SMTPWIRE_FATAL);
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_STARTTLS_RESIDUE);

    starttls(&s, "");
    assert_int_equal(PUSH(&s, "N"), 0); /* shown while the reply was due */
    assert_int_equal(event.kind, SMTPWIRE_WAIT);
    assert_int_equal(smtpwire_server_replied(&s, 220), 0);
    assert_int_equal(smtpwire_server_tls_started(&s, 0), -1);

    starttls(&s, "");
    assert_int_equal(smtpwire_server_replied(&s, 220), 0);
    assert_int_equal(PUSH(&s, "N"), 0);
    assert_int_equal(event.kind, SMTPWIRE_FATAL);
    assert_int_equal(event.error.offset, 26);
}

static void tls_started_with_octets_held_is_fatal(void **state)
{
    struct smtpwire_server s;
    (void)state;
    starttls(&s, "");
    assert_int_equal(smtpwire_server_replied(&s, 220), 0);
    assert_int_equal(smtpwire_server_tls_started(&s, 1), -1);
    assert_int_equal(PUSH(&s, "EHLO a\r\n"), 0);
    assert_int_equal(event.kind, SMTPWIRE_FATAL);
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_STARTTLS_RESIDUE);
}

static void client_of(struct smtpwire_client *c)
{
    memset(c, 0xA5, sizeof *c);
    assert_int_equal(smtpwire_client_init(c, NULL), 0);
    assert_int_equal(push_client(c, "220 a\r\n"), 7);
    assert_int_equal(event.reply.verb, SMTPWIRE_VERB_GREETING);
}

static void tls_drops_the_transaction(void **state)
{
    struct smtpwire_server s;
    (void)state;
    greeted(&s);
    say(&s, "MAIL FROM:<> SMTPUTF8\r\n", 250);
    say(&s, "RCPT TO:<a@b>\r\n", 250);
    say(&s, "STARTTLS\r\n", 220);
    assert_int_equal(smtpwire_server_tls_started(&s, 0), 0);
    PUSH(&s, "RCPT TO:<a@b>\r\n");
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_COMMAND_SEQUENCE);
    assert_int_equal(smtpwire_server_replied(&s, 503), 0);
    PUSH(&s, "DATA\r\n");
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_COMMAND_SEQUENCE);
    assert_int_equal(smtpwire_server_replied(&s, 503), 0);
    say(&s, "EHLO a\r\n", 250);
    say(&s, "MAIL FROM:<>\r\n", 250); /* without SMTPUTF8 this time */
    PUSH(&s, "RCPT TO:<\xc3\xa9@b>\r\n");
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_NON_ASCII);
}

static void a_faulty_starttls_line_starts_no_tls(void **state)
{
    struct smtpwire_server s;
    (void)state;
    greeted(&s);
    assert_int_equal(PUSH(&s, "STARTTLS\n"), 9);
    assert_int_equal(event.kind, SMTPWIRE_ERROR);
    assert_int_equal(smtpwire_server_replied(&s, 220), 0);
    assert_int_equal(smtpwire_server_tls_started(&s, 0), -1);
    PUSH(&s, "\r\nNOOP\r\n");
    assert_int_equal(event.kind, SMTPWIRE_COMMAND);
}

static void the_parameters_of_a_cut_line_do_not_count(void **state)
{
    char line[512];
    struct smtpwire_server s;
    (void)state;
    memset(line, 'X', sizeof line);
    memcpy(line, "MAIL FROM:<> ", 13);
    memcpy(line + sizeof line - 9, " SMTPUTF8", 9);
    greeted(&s);
    push_server(&s, line, sizeof line);
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_LINE_TOO_LONG);
    assert_int_equal(event.command.verb, SMTPWIRE_VERB_MAIL);
    assert_int_equal(event.command.parameters.len, 0);
    assert_int_equal(event.command.flags, 0);
    assert_int_equal(smtpwire_server_replied(&s, 250), 0);
    PUSH(&s, "\r\n");
    PUSH(&s, "RCPT TO:<\xc3\xa9@b>\r\n");
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_NON_ASCII);
}

static void smtputf8_of_a_transaction_is_its_recipients(void **state)
{
    static const struct smtpwire_options options = {.extensions = SMTPWIRE_OFFER(SMTPUTF8)};
    struct smtpwire_server s;
    (void)state;
    assert_int_equal(smtpwire_server_init(&s, &options), 0);
    assert_int_equal(smtpwire_server_replied(&s, 220), 0);
    say(&s, "EHLO a.example\r\n", 250);
    say(&s, "MAIL FROM:<> SMTPUTF8\r\n", 250);
    PUSH(&s, "VRFY \xc3\xa9\r\n");
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_NON_ASCII);
    assert_int_equal(smtpwire_server_replied(&s, 553), 0);
    PUSH(&s, "RCPT TO:<\xc3\xa9@b>\r\n");
    assert_int_equal(event.kind, SMTPWIRE_COMMAND);
}

static void a_reply_cannot_answer_what_is_sent_behind_its_first_octet(void **state)
{
    struct smtpwire_client c;
    (void)state;
    client_of(&c);
    assert_int_equal(push_client(&c, "2"), 0); /* nothing is awaited, and it is no 421 */
    assert_int_equal(event.kind, SMTPWIRE_FATAL);
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_REPLY_UNEXPECTED);

    client_of(&c);
    assert_int_equal(push_client(&c, "421-x\r\n"), 7);
    assert_int_equal(event.reply.verb, SMTPWIRE_VERB_UNKNOWN);
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_NOOP), 0);
    assert_int_equal(push_client(&c, "421 y\r\n"), 7);
    assert_int_equal(event.reply.verb, SMTPWIRE_VERB_UNKNOWN);
    assert_int_equal(push_client(&c, "250 z\r\n"), 7);
    assert_int_equal(event.reply.verb, SMTPWIRE_VERB_NOOP);
}

static void a_refused_last_chunk_is_answered_for_each_recipient_in_lmtp(void **state)
{
    struct smtpwire_options o;
    struct smtpwire_server s;
    unsigned recipients;
    (void)state;
    memset(&o, 0, sizeof o);
    o.lmtp = 1;
    o.extensions = SMTPWIRE_OFFER(CHUNKING);
    for (recipients = 0; recipients < 3; recipients++) {
        unsigned i;
        smtpwire_server_init(&s, &o);
        smtpwire_server_replied(&s, 220);
        say(&s, "LHLO a\r\n", 250);
        say(&s, "MAIL FROM:<>\r\n", 250);
        for (i = 0; i < recipients; i++)
            say(&s, "RCPT TO:<a@b>\r\n", 250);
        PUSH(&s, "BDAT 1\r\nx");
        if (recipients != 0)
            push_server(&s, "x", 1);
        if (recipients != 0)
            smtpwire_server_push(&s, NULL, 0, &event);
        assert_int_equal(event.replies, 1);
        assert_int_equal(smtpwire_server_replied(&s, 451), 0);
        PUSH(&s, "BDAT 1 LAST\r\nx");
        assert_int_equal(event.kind, SMTPWIRE_ERROR);
        assert_int_equal(event.replies, recipients);
        assert_int_equal(smtpwire_server_due(&s), recipients);
    }
}

static void a_message_over_its_limit_takes_no_more_chunks(void **state)
{
    struct smtpwire_options o;
    struct smtpwire_server s;
    size_t taken;
    (void)state;
    memset(&o, 0, sizeof o);
    o.extensions = SMTPWIRE_OFFER(CHUNKING);
    o.message_max = 3;
    smtpwire_server_init(&s, &o);
    smtpwire_server_replied(&s, 220);
    say(&s, "EHLO a\r\n", 250);
    say(&s, "MAIL FROM:<>\r\n", 250);
    say(&s, "RCPT TO:<a@b>\r\n", 250);
    PUSH(&s, "BDAT 2\r\n");
    PUSH(&s, "xx");
    assert_int_equal(event.kind, SMTPWIRE_CONTENT);
    smtpwire_server_push(&s, NULL, 0, &event);
    assert_int_equal(event.kind, SMTPWIRE_END);
    assert_int_equal(smtpwire_server_replied(&s, 250), 0);
    taken = PUSH(&s, "BDAT 2\r\nxxBDAT 1 LAST\r\nx"); /* 4 octets in all, and then 1 that would have gone in */
    assert_int_equal(taken, 10);
    assert_int_equal(event.kind, SMTPWIRE_ERROR);
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_MESSAGE_TOO_LARGE);
    assert_int_equal(event.error.code, 552);
    assert_int_equal(smtpwire_server_replied(&s, 552), 0);
    PUSH(&s, "BDAT 1 LAST\r\nx");
    assert_int_equal(event.kind, SMTPWIRE_ERROR);
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_COMMAND_SEQUENCE);

    smtpwire_server_init(&s, &o);
    smtpwire_server_replied(&s, 220);
    say(&s, "EHLO a\r\n", 250);
    say(&s, "MAIL FROM:<>\r\n", 250);
    say(&s, "RCPT TO:<a@b>\r\n", 250);
    PUSH(&s, "BDAT 3 LAST\r\n"); /* as many as there may be */
    assert_int_equal(event.kind, SMTPWIRE_COMMAND);
}

static void starttls_refused_goes_on(void **state)
{
    struct smtpwire_server s;
    (void)state;
    starttls(&s, "NOOP\r\n");
    assert_int_equal(smtpwire_server_replied(&s, 454), 0);
    assert_int_equal(smtpwire_server_tls_started(&s, 0), -1);
    assert_int_equal(PUSH(&s, "NOOP\r\n"), 6);
    assert_int_equal(event.kind, SMTPWIRE_COMMAND);
}

static void tls_may_be_implicit(void **state)
{
    struct smtpwire_server s;
    struct smtpwire_client c;
    (void)state;
    smtpwire_server_init(&s, NULL);
    assert_int_equal(smtpwire_server_tls_started(&s, 0), 0);
    assert_int_equal(smtpwire_server_tls_started(&s, 0), -1);
    assert_int_equal(smtpwire_server_replied(&s, 220), 0);
    say(&s, "EHLO a\r\n", 250);
    PUSH(&s, "STARTTLS\r\n");
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_COMMAND_SEQUENCE);

    smtpwire_server_init(&s, NULL);
    PUSH(&s, "E");
    assert_int_equal(smtpwire_server_tls_started(&s, 0), -1);
    assert_int_equal(smtpwire_server_replied(&s, 220), -1); /* FATAL */

    smtpwire_client_init(&c, NULL);
    assert_int_equal(smtpwire_client_tls_started(&c, 0), 0);
    assert_int_equal(push_client(&c, "220 a\r\n"), 7);
    assert_int_equal(smtpwire_client_tls_started(&c, 0), -1);
}

/* RFC 3207 section 4.2: a recipient from before TLS gets no reply behind a last chunk (RFC 2033 section 4.3). */
static void client_forgets_recipients_with_tls(void **state)
{
    static const struct smtpwire_options lmtp = {.lmtp = 1};
    struct smtpwire_client c;
    (void)state;
    smtpwire_client_init(&c, &lmtp);
    push_client(&c, "220 a\r\n");
    smtpwire_client_sent(&c, SMTPWIRE_VERB_RCPT);
    push_client(&c, "250 a\r\n");
    smtpwire_client_sent(&c, SMTPWIRE_VERB_STARTTLS);
    push_client(&c, "220 go\r\n");
    assert_int_equal(smtpwire_client_tls_started(&c, 0), 0);
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_BDAT_LAST), 0);
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_NOOP), 0);
    push_client(&c, "250 b\r\n");
    assert_int_equal(event.kind, SMTPWIRE_REPLY);
    assert_int_equal(event.reply.verb, SMTPWIRE_VERB_NOOP);
}

/* What drops the transaction on the server's side drops its recipients on the client's, or the replies to a last chunk
 * (RFC 2033 section 4.3) are taken for those to what follows. */
static void client_forgets_recipients_with_the_transaction(void **state)
{
    static const uint8_t dropping[] = {SMTPWIRE_VERB_EHLO, SMTPWIRE_VERB_HELO, SMTPWIRE_VERB_LHLO,
                                       SMTPWIRE_VERB_MAIL, SMTPWIRE_VERB_RSET, SMTPWIRE_VERB_XCLIENT};
    static const struct smtpwire_options lmtp = {.lmtp = 1};
    struct smtpwire_client c;
    size_t i;
    (void)state;
    for (i = 0; i < sizeof dropping; i++) {
        smtpwire_client_init(&c, &lmtp);
        push_client(&c, "220 a\r\n");
        smtpwire_client_sent(&c, SMTPWIRE_VERB_RCPT);
        push_client(&c, "250 a\r\n");
        smtpwire_client_sent(&c, dropping[i]);
        push_client(&c, "250 a\r\n");
        assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_BDAT_LAST), 0);
        assert_int_equal(smtpwire_client_due(&c), 0);
    }
}

static void sent_is_refused_when_it_must_be_held_back(void **state)
{
    struct smtpwire_client c;
    unsigned i;
    (void)state;
    client_of(&c);
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_GREETING), -1);
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_END_OF_DATA), -1);
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_COUNT), -1);
    for (i = 0; i < SMTPWIRE_CLIENT_RUNS; i++)
        assert_int_equal(smtpwire_client_sent(&c, i % 2 == 0 ? SMTPWIRE_VERB_NOOP : SMTPWIRE_VERB_RSET), 0);
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_NOOP), -1); /* full */
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_RSET), 0);  /* joins the last run */
    assert_int_equal(push_client(&c, "250 a\r\n"), 7);
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_NOOP), 0);

    client_of(&c);
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_DATA), 0);
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_DATA), -1);
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_QUIT), -1);
    push_client(&c, "554 no\r\n");
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_AUTH), 0);
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_NOOP), -1);
    push_client(&c, "334 \r\n");
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_AUTH_RESPONSE), 0);
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_AUTH_RESPONSE), -1);
    push_client(&c, "235 ok\r\n");
    assert_int_equal(event.reply.verb, SMTPWIRE_VERB_AUTH_RESPONSE);
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_STARTTLS), 0);
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_NOOP), -1);
}

static void five_thousand_recipients_are_one_run(void **state)
{
    struct smtpwire_client c;
    int i;
    (void)state;
    client_of(&c);
    for (i = 0; i < 5000; i++)
        assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_RCPT), 0);
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_DATA), 0);
    for (i = 0; i < 5000; i++) {
        assert_int_equal(push_client(&c, "250 a\r\n"), 7);
        assert_int_equal(event.reply.verb, SMTPWIRE_VERB_RCPT);
    }
    push_client(&c, "354 go on\r\n");
    assert_int_equal(event.reply.verb, SMTPWIRE_VERB_DATA);
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_QUIT), 0);
    push_client(&c, "250 taken\r\n");
    assert_int_equal(event.reply.verb, SMTPWIRE_VERB_END_OF_DATA);
    push_client(&c, "221 bye\r\n");
    assert_int_equal(event.reply.verb, SMTPWIRE_VERB_QUIT);
}

static void octets_behind_the_clients_220_are_fatal(void **state)
{
    static const char injected[] = "220 go\r\n250 injected\r\n";
    struct smtpwire_client c;
    (void)state;
    client_of(&c);
    smtpwire_client_sent(&c, SMTPWIRE_VERB_STARTTLS);
    assert_int_equal(push_client(&c, injected), 8);
    assert_int_equal(event.kind, SMTPWIRE_REPLY);
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_EHLO), -1); /* TLS comes first */
    assert_int_equal(smtpwire_client_tls_started(&c, 0), -1);
    push_client(&c, injected + 8);
    assert_int_equal(event.kind, SMTPWIRE_FATAL);
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_STARTTLS_RESIDUE);

    client_of(&c);
    smtpwire_client_sent(&c, SMTPWIRE_VERB_STARTTLS);
    push_client(&c, "220 go\r\n");
    assert_int_equal(smtpwire_client_tls_started(&c, 3), -1);

    client_of(&c);
    smtpwire_client_sent(&c, SMTPWIRE_VERB_STARTTLS);
    push_client(&c, "220 go\r\n");
    assert_int_equal(smtpwire_client_push(&c, NULL, 0, &event), 0);
    assert_int_equal(event.inside, SMTPWIRE_INSIDE_TLS);
    assert_int_equal(smtpwire_client_tls_started(&c, 0), 0);
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_EHLO), 0);
    assert_int_equal(push_client(&c, "250 a\r\n"), 7);
    assert_int_equal(event.reply.verb, SMTPWIRE_VERB_EHLO);
}

static void options_are_checked(void **state)
{
    struct smtpwire_options o;
    struct smtpwire_server s;
    struct smtpwire_client c;
    struct smtpwire_data d;
    struct smtpwire_line l;
    (void)state;
    memset(&o, 0, sizeof o);
    assert_int_equal(smtpwire_options_check(NULL), 0);
    assert_int_equal(smtpwire_options_check(&o), 0);
    o.reserved[19] = 1;
    assert_int_equal(smtpwire_options_check(&o), -1);
    assert_int_equal(smtpwire_server_init(&s, &o), -1);
    assert_int_equal(smtpwire_client_init(&c, &o), -1);
    assert_int_equal(smtpwire_data_init(&d, &o), -1);
    assert_int_equal(smtpwire_line_init(&l, &o, 512), -1);
    memset(&o, 0, sizeof o);
    assert_int_equal(smtpwire_line_init(&l, &o, 1), -1);
    o.lax = UINT32_C(1) << 31;
    assert_int_equal(smtpwire_options_check(&o), -1);
    o.lax = 0;
    o.extensions = UINT64_C(1) << 63;
    assert_int_equal(smtpwire_options_check(&o), -1);
    o.extensions = SMTPWIRE_OFFER_ALL;
    assert_int_equal(smtpwire_options_check(&o), 0);
    o.extensions = 0;
    o.smtputf8 = 2;
    assert_int_equal(smtpwire_options_check(&o), -1);
    o.smtputf8 = 0;
    o.content[SMTPWIRE_CONTENT_NUL] = SMTPWIRE_POLICY_NORMALISE;
    assert_int_equal(smtpwire_options_check(&o), -1);
    o.content[SMTPWIRE_CONTENT_NUL] = 0;
    o.content[SMTPWIRE_CONTENT_BARE_CR] = SMTPWIRE_POLICY_NORMALISE + 1;
    assert_int_equal(smtpwire_options_check(&o), -1);
    o.content[SMTPWIRE_CONTENT_BARE_CR] = 0;
    o.content[8] = 1;
    assert_int_equal(smtpwire_options_check(&o), -1);
    o.content[8] = 0;
    o.limit[15] = 1;
    assert_int_equal(smtpwire_options_check(&o), -1);
    o.limit[15] = 0;
    o.limit[SMTPWIRE_LIMIT_COMMAND_LINE] = 7;
    assert_int_equal(smtpwire_options_check(&o), -1);
    o.limit[SMTPWIRE_LIMIT_COMMAND_LINE] = 8;
    assert_int_equal(smtpwire_options_check(&o), 0);
    o.limit[SMTPWIRE_LIMIT_REPLY_LINE] = 7;
    assert_int_equal(smtpwire_options_check(&o), -1);
    o.limit[SMTPWIRE_LIMIT_REPLY_LINE] = 8;
    assert_int_equal(smtpwire_options_check(&o), 0);
}

static void the_line_limit_is_the_longest_line(void **state)
{
    struct smtpwire_options o;
    (void)state;
    memset(&o, 0, sizeof o);
    assert_int_equal(smtpwire_line_limit(NULL), 4096);
    o.extensions = SMTPWIRE_OFFER(AUTH);
    assert_int_equal(smtpwire_line_limit(&o), 12288);
    o.extensions = 0;
    o.limit[SMTPWIRE_LIMIT_REPLY_LINE] = 100;
    assert_int_equal(smtpwire_line_limit(&o), 512);
    o.extensions = SMTPWIRE_OFFER(SIZE);
    assert_int_equal(smtpwire_line_limit(&o), 512 + 26);
    o.extensions = SMTPWIRE_OFFER(DSN); /* RCPT: 29 + 507 is more than MAIL: 9 + 107 */
    assert_int_equal(smtpwire_line_limit(&o), 512 + 536);
    o.extensions = SMTPWIRE_OFFER(FUTURERELEASE); /* HOLDFOR or HOLDUNTIL */
    assert_int_equal(smtpwire_line_limit(&o), 512 + 34);
    o.limit[SMTPWIRE_LIMIT_AUTH_LINE] = 100;
    o.extensions = SMTPWIRE_OFFER_ALL; /* MAIL: 26 17 10 500 9 107 17 34 15 11 40 1009 773 88 8 460 9 5 */
    assert_int_equal(smtpwire_line_limit(&o), 512 + 3138);
    o.limit[SMTPWIRE_LIMIT_COMMAND_LINE] = 2048;
    assert_int_equal(smtpwire_line_limit(&o), 2048);
}

static void a_session_may_be_copied(void **state)
{
    struct smtpwire_server s, copy;
    struct smtpwire_event other;
    (void)state;
    greeted(&s);
    say(&s, "MAIL FROM:<>\r\n", 250);
    say(&s, "RCPT TO:<a@b>\r\n", 250);
    say(&s, "DATA\r\n", 354);
    assert_int_equal(PUSH(&s, "x\r\n.\r"), 4); /* content, and the dot behind it */
    assert_int_equal(PUSH(&s, "\r"), 1);
    assert_int_equal(event.kind, SMTPWIRE_MORE);
    memcpy(&copy, &s, sizeof s);
    memset(&s, 0, sizeof s);
    smtpwire_server_push(&copy, "\n", 1, &other);
    assert_int_equal(other.kind, SMTPWIRE_END);
    assert_int_equal(other.end.size, 3);
}

static void a_cr_held_back_comes_from_a_constant(void **state)
{
    struct smtpwire_options o;
    struct smtpwire_data d;
    char first[] = "\r\n.\r", second[] = "x";
    (void)state;
    memset(&o, 0, sizeof o);
    o.content[SMTPWIRE_CONTENT_BARE_CR] = SMTPWIRE_POLICY_PASS;
    smtpwire_data_init(&d, &o);
    assert_int_equal(smtpwire_data_push(&d, first, 4, &event), 3); /* the slice ends before the dot */
    assert_int_equal(event.content.len, 2);
    assert_int_equal(smtpwire_data_push(&d, first + 3, 1, &event), 1);
    assert_int_equal(event.kind, SMTPWIRE_MORE);
    memset(first, 'Z', sizeof first);
    assert_int_equal(smtpwire_data_push(&d, second, 1, &event), 0);
    assert_int_equal(event.kind, SMTPWIRE_CONTENT);
    assert_int_equal(event.content.len, 1);
    assert_int_equal(event.content.data[0], '\r');
    assert_int_equal(event.at, 3);
    assert_int_equal(smtpwire_data_push(&d, second, 1, &event), 1);
    assert_int_equal(event.kind, SMTPWIRE_CONTENT);
    assert_ptr_equal(event.content.data, second);
}

static void the_end_is_said_again(void **state)
{
    struct smtpwire_data d;
    int i;
    (void)state;
    smtpwire_data_init(&d, NULL);
    assert_int_equal(smtpwire_data_push(&d, ".\r\nNOOP\r\n", 9, &event), 3);
    for (i = 0; i < 3; i++) {
        assert_int_equal(event.kind, SMTPWIRE_END);
        assert_int_equal(event.at, 0);
        assert_int_equal(event.len, 3);
        assert_int_equal(event.end.size, 0);
        assert_int_equal(smtpwire_data_push(&d, "NOOP\r\n", 6, &event), 0);
    }
}

static void lines_are_framed_by_themselves(void **state)
{
    struct smtpwire_line l;
    size_t pos = 0;
    static const char octets[] = "one\r\ntwo\nthree\r\nfour\r\n";
    (void)state;
    memset(&l, 0xA5, sizeof l);
    assert_int_equal(smtpwire_line_init(&l, NULL, 7), 0);
    pos += smtpwire_line_push(&l, octets, sizeof octets - 1, &event);
    assert_int_equal(event.kind, SMTPWIRE_LINE);
    assert_int_equal(pos, 5);
    assert_int_equal(event.line.len, 3);
    assert_ptr_equal(event.line.data, octets);
    pos += smtpwire_line_push(&l, octets + pos, sizeof octets - 1 - pos, &event);
    assert_int_equal(event.kind, SMTPWIRE_ERROR);
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_BARE_LF);
    assert_int_equal(event.error.offset, 8);
    pos += smtpwire_line_push(&l, octets + pos, sizeof octets - 1 - pos, &event);
    assert_int_equal(event.kind, SMTPWIRE_LINE);
    assert_memory_equal(event.line.data, "four", 4);
    assert_int_equal(pos, sizeof octets - 1);
    smtpwire_line_push(&l, "1234567", 7, &event);
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_LINE_TOO_LONG);
}

static void parameters_are_taken_one_by_one(void **state)
{
    static const char line[] = "MAIL FROM:<> SIZE=12 BODY=8BITMIME X-Y";
    static const struct smtpwire_options all = {.lax = SMTPWIRE_LAX_UNKNOWN_PARAMETER,
                                                .extensions = SMTPWIRE_OFFER_ALL};
    struct smtpwire_command command;
    struct smtpwire_parameter p;
    struct smtpwire_slice rest;
    (void)state;
    assert_int_equal(smtpwire_command_parse(line, sizeof line - 1, &all, &command, NULL), 0);
    rest = command.parameters;
    assert_int_equal(smtpwire_parameter_next(&rest, &p), 1);
    assert_memory_equal(p.keyword.data, "SIZE", p.keyword.len);
    assert_int_equal(p.value.len, 2);
    assert_int_equal(p.id, SMTPWIRE_PARAMETER_SIZE);
    assert_int_equal(p.size, 12);
    assert_int_equal(smtpwire_parameter_next(&rest, &p), 1);
    assert_memory_equal(p.value.data, "8BITMIME", p.value.len);
    assert_int_equal(smtpwire_parameter_next(&rest, &p), 1);
    assert_int_equal(p.keyword.len, 3);
    assert_int_equal(p.id, SMTPWIRE_PARAMETER_UNKNOWN);
    assert_null(p.value.data);
    assert_int_equal(smtpwire_parameter_next(&rest, &p), 0);
    rest.data = "A=b =x";
    rest.len = 6;
    assert_int_equal(smtpwire_parameter_next(&rest, &p), 1);
    assert_int_equal(smtpwire_parameter_next(&rest, &p), 0); /* not from an accepted command: ends */
}

/* The parameter that text is, whatever command it stands on. */
static struct smtpwire_parameter parameter(const char *text)
{
    struct smtpwire_slice rest = {text, strlen(text)};
    struct smtpwire_parameter p;
    assert_int_equal(smtpwire_parameter_next(&rest, &p), 1);
    assert_int_equal(rest.len, 0);
    return p;
}

static void parameters_are_typed(void **state)
{
    struct smtpwire_parameter p;
    (void)state;
    assert_true(parameter("SIZE=18446744073709551615").size == UINT64_MAX);
    assert_int_equal(parameter("size=00000000000000000007").size, 7);
    assert_int_equal(parameter("BODY=7bit").body, SMTPWIRE_BODY_7BIT);
    assert_int_equal(parameter("BODY=8bitmime").body, SMTPWIRE_BODY_8BITMIME);
    assert_int_equal(parameter("BODY=binarymime").body, SMTPWIRE_BODY_BINARYMIME);
    assert_int_equal(parameter("RET=full").ret, SMTPWIRE_RET_FULL);
    assert_int_equal(parameter("RET=HDRS").ret, SMTPWIRE_RET_HDRS);
    assert_int_equal(parameter("NOTIFY=never").notify, SMTPWIRE_NOTIFY_NEVER);
    assert_int_equal(parameter("NOTIFY=delay,SUCCESS,success").notify, SMTPWIRE_NOTIFY_DELAY | SMTPWIRE_NOTIFY_SUCCESS);
    assert_int_equal(parameter("NOTIFY=Failure").notify, SMTPWIRE_NOTIFY_FAILURE);
    assert_int_equal(parameter("HOLDFOR=999999999").hold_for, 999999999);
    assert_int_equal(parameter("MT-PRIORITY=-9").priority, -9);
    assert_int_equal(parameter("MT-PRIORITY=0").priority, 0);
    assert_int_equal(parameter("REQUIRETLS").id, SMTPWIRE_PARAMETER_REQUIRETLS);
    p = parameter("BY=-999999999;nT");
    assert_int_equal(p.by.seconds, -999999999);
    assert_int_equal(p.by.mode, 'N');
    assert_int_equal(p.by.trace, 1);
    p = parameter("BY=+5;r");
    assert_int_equal(p.by.seconds, 5);
    assert_int_equal(p.by.mode, 'R');
    assert_int_equal(p.by.trace, 0);
    p = parameter("MTRK=abcd:17");
    assert_int_equal(p.mtrk.certifier.len, 4);
    assert_int_equal(p.mtrk.timeout, 17);
    assert_int_equal(p.mtrk.has_timeout, 1);
    assert_int_equal(parameter("MTRK=abcdef").mtrk.has_timeout, 0);
    p = parameter("ORCPT=UTF-8;a@b");
    assert_memory_equal(p.orcpt.type.data, "UTF-8", p.orcpt.type.len);
    assert_memory_equal(p.orcpt.address.data, "a@b", p.orcpt.address.len);
    assert_int_equal(p.orcpt.address.len, 3);
    assert_int_equal(p.orcpt.utf8, 1);
    assert_int_equal(parameter("ORCPT=x;").orcpt.utf8, 0);
}

static void dates_are_typed(void **state)
{
    struct smtpwire_parameter p = parameter("HOLDUNTIL=2027-11-22t13:14:60.250Z");
    (void)state;
    assert_int_equal(p.hold_until.year, 2027);
    assert_int_equal(p.hold_until.month, 11);
    assert_int_equal(p.hold_until.day, 22);
    assert_int_equal(p.hold_until.hour, 13);
    assert_int_equal(p.hold_until.minute, 14);
    assert_int_equal(p.hold_until.second, 60);
    assert_int_equal(p.hold_until.offset, 0);
    assert_int_equal(p.hold_until.fraction.len, 3);
    assert_memory_equal(p.hold_until.fraction.data, "250", 3);
    p = parameter("RRVS=2014-04-03T23:01:02-23:59;r");
    assert_int_equal(p.rrvs.since.second, 2);
    assert_int_equal(p.rrvs.since.offset, -1439);
    assert_null(p.rrvs.since.fraction.data);
    assert_int_equal(p.rrvs.no_support, 'R');
    assert_int_equal(parameter("RRVS=2014-04-03T23:01:02+01:30;C").rrvs.no_support, 'C');
    assert_int_equal(parameter("RRVS=2014-04-03T23:01:02+01:30").rrvs.since.offset, 90);
    assert_int_equal(parameter("RRVS=2014-04-03T23:01:02z").rrvs.no_support, 0);
}

/* What did not come from an accepted command is as it stands, never read as what it is not. */
static void parameters_that_do_not_fit_are_unknown(void **state)
{
    static const char *const texts[] = {"SIZE",
                                        "SIZE=x",
                                        "SIZE=18446744073709551616",
                                        "SMTPUTF8=1",
                                        "ORCPT=x",
                                        "NOTIFY=FOO",
                                        "HOLDUNTIL=2023-02-29T00:00:00Z",
                                        "RRVS=2014",
                                        "MTRK=a",
                                        "BY=1",
                                        "RET=F",
                                        "BODY=B"};
    size_t i;
    (void)state;
    for (i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_int_equal(parameter(texts[i]).id, SMTPWIRE_PARAMETER_UNKNOWN);
}

static void xtext_is_decoded(void **state)
{
    static const char *const bad[] = {"+", "+4", "+4g", "a=b", "a b", "+0A", "+0d", "+00", "+7F", "+1f", "\x7f"};
    char out[8];
    size_t i;
    struct smtpwire_slice in = {"a+2B+3d+E9", 10}, nothing = {NULL, 0};
    (void)state;
    memset(out, '.', sizeof out);
    assert_int_equal(smtpwire_xtext_decode(in, out, sizeof out), 4);
    assert_memory_equal(out, "a+=\xe9....", 8);
    memset(out, '.', sizeof out);
    assert_int_equal(smtpwire_xtext_decode(in, out, 2), 4);
    assert_memory_equal(out, "a+......", 8);
    assert_int_equal(smtpwire_xtext_decode(in, NULL, 0), 4);
    assert_int_equal(smtpwire_xtext_decode(nothing, out, sizeof out), 0);
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        in.data = bad[i];
        in.len = strlen(bad[i]);
        memset(out, '.', sizeof out);
        assert_int_equal(smtpwire_xtext_decode(in, out, sizeof out), -1);
        assert_memory_equal(out, "........", 8);
    }
}

static void results_that_are_not_wanted_may_be_null(void **state)
{
    struct smtpwire_address address;
    struct smtpwire_reply reply;
    struct smtpwire_command command;
    (void)state;
    assert_int_equal(smtpwire_mailbox_parse("a@b", 3, NULL, &address, NULL, NULL), 0);
    assert_int_equal(smtpwire_mailbox_parse("a@", 2, NULL, &address, NULL, NULL), -1);
    assert_int_equal(smtpwire_reply_parse("2", 1, NULL, &reply, NULL), -1);
    assert_int_equal(smtpwire_command_parse("", 0, NULL, &command, NULL), -1);
    assert_int_equal(smtpwire_domain_parse("", 0, NULL, &address, NULL, NULL), -1);
}

static void names_are_total(void **state)
{
    (void)state;
    assert_string_equal(smtpwire_verb_name(SMTPWIRE_VERB_STARTTLS), "STARTTLS");
    assert_string_equal(smtpwire_verb_name(SMTPWIRE_VERB_COUNT), "");
    assert_string_equal(smtpwire_capability_name(SMTPWIRE_CAPABILITY_MT_PRIORITY), "MT-PRIORITY");
    assert_string_equal(smtpwire_capability_rfc(SMTPWIRE_CAPABILITY_MT_PRIORITY), "RFC 6710");
    assert_string_equal(smtpwire_capability_name(SMTPWIRE_CAPABILITY_COUNT), "");
    assert_string_equal(smtpwire_capability_rfc(SMTPWIRE_CAPABILITY_COUNT), "");
    assert_string_equal(smtpwire_mechanism_name(SMTPWIRE_MECHANISM_CRAM_MD5), "CRAM-MD5");
    assert_string_equal(smtpwire_mechanism_rfc(SMTPWIRE_MECHANISM_CRAM_MD5), "RFC 2195");
    assert_string_equal(smtpwire_mechanism_name(SMTPWIRE_MECHANISM_COUNT), "");
    assert_string_equal(smtpwire_mechanism_rfc(SMTPWIRE_MECHANISM_COUNT), "");
    assert_string_equal(smtpwire_error_name(SMTPWIRE_ERROR_COMMAND_NOT_IMPLEMENTED), "command_not_implemented");
    assert_string_equal(smtpwire_error_name(9999), "");
    assert_string_equal(smtpwire_error_text(9999), "");
    assert_string_equal(smtpwire_error_rfc(9999), "");
    assert_string_equal(smtpwire_version(), SMTPWIRE_VERSION);
}

static void writers_say_the_size_they_need(void **state)
{
    const struct smtpwire_address joe = {.local = {"joe", 3}, .domain = {"b.example", 9}};
    char buf[16];
    (void)state;
    memset(buf, 'x', sizeof buf);
    assert_int_equal(smtpwire_forward_path_write(&joe, NULL, NULL, 0, NULL), 15);
    assert_int_equal(smtpwire_forward_path_write(&joe, NULL, buf, 14, NULL), 15);
    assert_int_equal(buf[14], 'x');
    assert_null(memchr(buf, 'j', sizeof buf)); /* too small: nothing of it is left */
    assert_int_equal(smtpwire_forward_path_write(&joe, NULL, buf, 15, NULL), 15);
    assert_memory_equal(buf, "<joe@b.example>x", 16);
}

static void the_null_path_is_asked_for_by_name(void **state)
{
    const struct smtpwire_address forgotten = {.route = {NULL, 0}}, null = {.path = {"<>", 2}};
    struct smtpwire_error error;
    char buf[16];
    (void)state;
    assert_int_equal(smtpwire_reverse_path_write(&forgotten, NULL, buf, sizeof buf, &error), -1);
    assert_int_equal(error.id, SMTPWIRE_ERROR_ADDRESS_SYNTAX);
    assert_int_equal(smtpwire_reverse_path_write(&null, NULL, buf, sizeof buf, &error), 2);
    assert_int_equal(smtpwire_forward_path_write(&null, NULL, buf, sizeof buf, &error), -1);
}

static void a_mailbox_has_no_route(void **state)
{
    const struct smtpwire_address address = {.route = {"@a", 2}, .local = {"joe", 3}, .domain = {"b", 1}};
    char buf[16];
    (void)state;
    assert_int_equal(smtpwire_mailbox_write(&address, NULL, buf, sizeof buf, NULL), -1);
    assert_int_equal(smtpwire_forward_path_write(&address, NULL, buf, sizeof buf, NULL), 10);
}

static void what_a_writer_refuses_has_an_offset(void **state)
{
    struct smtpwire_command rcpt = {.verb = SMTPWIRE_VERB_RCPT,
                                    .address = {.local = {"joe", 3}, .domain = {"b> A=1", 6}}};
    static const struct smtpwire_options lax = {.lax = SMTPWIRE_LAX_UNKNOWN_PARAMETER};
    struct smtpwire_error error;
    char buf[600], text[600];
    (void)state;
    assert_int_equal(smtpwire_command_write(&rcpt, &lax, buf, sizeof buf, &error), -1);
    assert_int_equal(error.id, SMTPWIRE_ERROR_ADDRESS_SYNTAX);
    assert_int_equal(error.offset, 8);
    assert_int_equal(error.code, 501);
    rcpt.address.domain.len = 1;
    rcpt.parameters.data = "A=b\r\nDATA";
    rcpt.parameters.len = 9;
    assert_int_equal(smtpwire_command_write(&rcpt, NULL, buf, sizeof buf, &error), -1);
    assert_int_equal(error.id, SMTPWIRE_ERROR_BARE_CR);
    assert_int_equal(error.offset, 19);
    memset(text, 'a', sizeof text);
    rcpt.parameters.data = text;
    rcpt.parameters.len = sizeof text;
    assert_int_equal(smtpwire_command_write(&rcpt, NULL, buf, sizeof buf, &error), -1);
    assert_int_equal(error.id, SMTPWIRE_ERROR_LINE_TOO_LONG);
    assert_int_equal(error.offset, 512);
}

/* The writers take of leniencies what the parser takes under the same options, but quote where they have the choice. */
static void leniencies_are_not_written_unasked(void **state)
{
    static const struct smtpwire_options lax = {.lax = SMTPWIRE_LAX_EMPTY_ATOM | SMTPWIRE_LAX_MISSING_BRACKETS |
                                                       SMTPWIRE_LAX_HTAB_SEPARATOR | SMTPWIRE_LAX_TRAILING_SPACE,
                                                .extensions = SMTPWIRE_OFFER_ALL};
    struct smtpwire_address address = {.local = {"a..b", 4}, .domain = {"c", 1}};
    struct smtpwire_command mail = {.verb = SMTPWIRE_VERB_MAIL},
                            etrn = {.verb = SMTPWIRE_VERB_ETRN, .argument = {"#a ", 3}};
    struct smtpwire_error error;
    char out[64];
    (void)state;

    assert_int_equal(smtpwire_local_part_write("a..b", 4, &lax, out, sizeof out, &error), 6);
    assert_memory_equal(out, "\"a..b\"", 6);
    assert_int_equal(smtpwire_local_part_decode("a..b", 4, &lax, out, sizeof out, &error), 4);
    assert_int_equal(smtpwire_local_part_decode("a..b", 4, NULL, out, sizeof out, &error), -1);
    assert_int_equal(smtpwire_mailbox_write(&address, NULL, out, sizeof out, &error), -1);
    assert_int_equal(smtpwire_mailbox_write(&address, &lax, out, sizeof out, &error), 6);
    mail.address = address;
    assert_int_equal(smtpwire_command_write(&mail, &lax, out, sizeof out, &error), 20);
    assert_memory_equal(out, "MAIL FROM:<a..b@c>\r\n", 20);
    assert_int_equal(smtpwire_command_write(&mail, NULL, out, sizeof out, &error), -1);
    assert_int_equal(smtpwire_command_write(&etrn, &lax, out, sizeof out, &error), -1);
    mail.address.local.len = 1;
    mail.parameters.data = "SIZE=1\tBODY=7BIT";
    mail.parameters.len = 16;
    assert_int_equal(smtpwire_command_write(&mail, &lax, out, sizeof out, &error), 34);
    assert_memory_equal(out, "MAIL FROM:<a@c> SIZE=1\tBODY=7BIT\r\n", 34);
    assert_int_equal(smtpwire_command_write(&mail, NULL, out, sizeof out, &error), -1);
}

static void only_known_commands_are_written(void **state)
{
    struct smtpwire_command command;
    struct smtpwire_error error;
    char buf[64];
    unsigned verb;
    (void)state;
    for (verb = 0; verb < SMTPWIRE_VERB_COUNT + 3; verb++) {
        memset(&command, 0, sizeof command);
        command.verb = (uint16_t)verb;
        if (smtpwire_command_write(&command, NULL, buf, sizeof buf, &error) < 0)
            assert_true(error.id == SMTPWIRE_ERROR_COMMAND_UNKNOWN || error.id == SMTPWIRE_ERROR_ARGUMENT_SYNTAX ||
                        error.id == SMTPWIRE_ERROR_ADDRESS_SYNTAX ||
                        error.id == SMTPWIRE_ERROR_COMMAND_NOT_IMPLEMENTED);
        else
            assert_true(verb >= SMTPWIRE_VERB_EHLO && verb < SMTPWIRE_VERB_COUNT);
    }
}

static void a_reply_must_be_one(void **state)
{
    static const struct {
        struct smtpwire_reply reply;
        uint16_t error;
    } bad[] = {
        {{.code = 0}, SMTPWIRE_ERROR_REPLY_SYNTAX},
        {{.code = 199}, SMTPWIRE_ERROR_REPLY_SYNTAX},
        {{.code = 260}, SMTPWIRE_ERROR_REPLY_SYNTAX},
        {{.code = 25}, SMTPWIRE_ERROR_REPLY_SYNTAX},
        {{.code = 25000}, SMTPWIRE_ERROR_REPLY_SYNTAX},
        {{.code = 250, .enhanced = {5, 0, 0}}, SMTPWIRE_ERROR_REPLY_SYNTAX},
        {{.code = 354, .enhanced = {3, 0, 0}}, SMTPWIRE_ERROR_REPLY_SYNTAX},
        {{.code = 250, .enhanced = {2, 1000, 0}}, SMTPWIRE_ERROR_REPLY_SYNTAX},
        {{.code = 250, .text = {"2.0.0 ok", 8}}, SMTPWIRE_ERROR_REPLY_SYNTAX},
        {{.code = 250, .text = {"a\rb", 3}}, SMTPWIRE_ERROR_BARE_CR},
        {{.code = 250, .text = {"a\r", 2}}, SMTPWIRE_ERROR_BARE_CR},
        {{.code = 250, .text = {"a\0", 2}}, SMTPWIRE_ERROR_NUL},
        {{.code = 250, .text = {"\xC3\xA9", 2}}, SMTPWIRE_ERROR_NON_ASCII},
        {{.code = 250, .text = {"\xC3 ", 2}}, SMTPWIRE_ERROR_REPLY_SYNTAX},
    };
    const struct smtpwire_reply good = {.code = 550, .enhanced = {5, 1, 1}, .text = {"a\nb\r\n", 5}};
    struct smtpwire_error error;
    char buf[64];
    size_t i;
    (void)state;
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(smtpwire_reply_write(&bad[i].reply, NULL, buf, sizeof buf, &error), -1);
        assert_int_equal(error.id, bad[i].error);
        assert_int_equal(error.code, 0);
    }
    assert_int_equal(smtpwire_reply_write(&good, NULL, buf, sizeof buf, &error), 37);
    assert_memory_equal(buf, "550-5.1.1 a\r\n550-5.1.1 b\r\n550 5.1.1\r\n", 37);
}

static void stuffing_never_lets_a_bare_octet_pass(void **state)
{
    struct smtpwire_options options;
    struct smtpwire_stuff stuff;
    (void)state;
    memset(&options, 0, sizeof options);
    options.content[SMTPWIRE_CONTENT_BARE_LF] = SMTPWIRE_POLICY_PASS;
    assert_int_equal(smtpwire_stuff_init(&stuff, &options), -1);
    options.content[SMTPWIRE_CONTENT_BARE_LF] = SMTPWIRE_POLICY_NORMALISE;
    assert_int_equal(smtpwire_stuff_init(&stuff, &options), 0);
    options.content[SMTPWIRE_CONTENT_BARE_CR] = SMTPWIRE_POLICY_PASS;
    assert_int_equal(smtpwire_stuff_init(&stuff, &options), -1);
    options.reserved[0] = 1;
    assert_int_equal(smtpwire_stuff_init(&stuff, &options), -1);
}

static void refused_content_gets_no_end(void **state)
{
    struct smtpwire_options options;
    struct smtpwire_slice slices[4];
    struct smtpwire_error error;
    struct smtpwire_stuff stuff;
    size_t taken;
    (void)state;
    memset(&options, 0, sizeof options);
    options.content[SMTPWIRE_CONTENT_NUL] = SMTPWIRE_POLICY_REJECT;
    assert_int_equal(smtpwire_stuff_init(&stuff, &options), 0);
    assert_int_equal(smtpwire_stuff_push(&stuff, "ab\0c", 4, &taken, slices, 4, &error), 1);
    assert_int_equal(taken, 2);
    assert_int_equal(smtpwire_stuff_push(&stuff, "\0c", 2, &taken, slices, 4, &error), -1);
    assert_int_equal(taken, 0);
    assert_int_equal(error.id, SMTPWIRE_ERROR_CONTENT_NUL);
    assert_int_equal(error.offset, 2);
    assert_int_equal(smtpwire_stuff_push(&stuff, "good", 4, &taken, slices, 4, &error), -1);
    assert_int_equal(error.id, SMTPWIRE_ERROR_CONTENT_NUL);
    assert_int_equal(smtpwire_stuff_end(&stuff, slices, &error), -1);
    assert_int_equal(error.id, SMTPWIRE_ERROR_CONTENT_NUL);
}

static void stuffing_ends_once(void **state)
{
    struct smtpwire_slice slices[4];
    struct smtpwire_error error;
    struct smtpwire_stuff stuff;
    size_t taken;
    (void)state;
    assert_int_equal(smtpwire_stuff_init(&stuff, NULL), 0);
    assert_int_equal(smtpwire_stuff_push(&stuff, NULL, 0, &taken, slices, 4, NULL), 0);
    assert_int_equal(smtpwire_stuff_end(&stuff, slices, NULL), 0);
    assert_int_equal(slices[0].len, 3);
    assert_memory_equal(slices[0].data, ".\r\n", 3);
    assert_int_equal(smtpwire_stuff_end(&stuff, slices, &error), -1);
    assert_int_equal(error.id, SMTPWIRE_ERROR_MISUSE);
    assert_int_equal(smtpwire_stuff_push(&stuff, "a", 1, &taken, slices, 4, &error), -1);
    assert_int_equal(error.id, SMTPWIRE_ERROR_MISUSE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_are_fixed),
        cmocka_unit_test(replied_with_none_due_changes_nothing),
        cmocka_unit_test(replied_refuses_impossible_codes),
        cmocka_unit_test(octets_before_the_greeting_wait),
        cmocka_unit_test(several_recipients_may_be_outstanding),
        cmocka_unit_test(a_faulty_line_waits_behind_recipients),
        cmocka_unit_test(the_loop_while_octets_are_left_loses_an_event),
        cmocka_unit_test(fewer_octets_than_were_left_is_misuse),
        cmocka_unit_test(fatal_is_sticky),
        cmocka_unit_test(nothing_may_be_pushed),
        cmocka_unit_test(a_fatal_reply_is_not_taken),
        cmocka_unit_test(tls_starts_after_220),
        cmocka_unit_test(tls_started_with_residue_is_fatal),
        cmocka_unit_test(tls_started_with_octets_held_is_fatal),
        cmocka_unit_test(tls_drops_the_transaction),
        cmocka_unit_test(a_faulty_starttls_line_starts_no_tls),
        cmocka_unit_test(the_parameters_of_a_cut_line_do_not_count),
        cmocka_unit_test(smtputf8_of_a_transaction_is_its_recipients),
        cmocka_unit_test(a_reply_cannot_answer_what_is_sent_behind_its_first_octet),
        cmocka_unit_test(a_refused_last_chunk_is_answered_for_each_recipient_in_lmtp),
        cmocka_unit_test(a_message_over_its_limit_takes_no_more_chunks),
        cmocka_unit_test(starttls_refused_goes_on),
        cmocka_unit_test(tls_may_be_implicit),
        cmocka_unit_test(client_forgets_recipients_with_tls),
        cmocka_unit_test(client_forgets_recipients_with_the_transaction),
        cmocka_unit_test(sent_is_refused_when_it_must_be_held_back),
        cmocka_unit_test(five_thousand_recipients_are_one_run),
        cmocka_unit_test(octets_behind_the_clients_220_are_fatal),
        cmocka_unit_test(options_are_checked),
        cmocka_unit_test(the_line_limit_is_the_longest_line),
        cmocka_unit_test(a_session_may_be_copied),
        cmocka_unit_test(a_cr_held_back_comes_from_a_constant),
        cmocka_unit_test(the_end_is_said_again),
        cmocka_unit_test(lines_are_framed_by_themselves),
        cmocka_unit_test(parameters_are_taken_one_by_one),
        cmocka_unit_test(parameters_are_typed),
        cmocka_unit_test(dates_are_typed),
        cmocka_unit_test(parameters_that_do_not_fit_are_unknown),
        cmocka_unit_test(xtext_is_decoded),
        cmocka_unit_test(results_that_are_not_wanted_may_be_null),
        cmocka_unit_test(names_are_total),
        cmocka_unit_test(writers_say_the_size_they_need),
        cmocka_unit_test(the_null_path_is_asked_for_by_name),
        cmocka_unit_test(a_mailbox_has_no_route),
        cmocka_unit_test(what_a_writer_refuses_has_an_offset),
        cmocka_unit_test(leniencies_are_not_written_unasked),
        cmocka_unit_test(only_known_commands_are_written),
        cmocka_unit_test(a_reply_must_be_one),
        cmocka_unit_test(stuffing_never_lets_a_bare_octet_pass),
        cmocka_unit_test(refused_content_gets_no_end),
        cmocka_unit_test(stuffing_ends_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
