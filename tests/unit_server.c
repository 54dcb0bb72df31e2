/* The server's session: what is replied and what that brings about, waiting, TLS, and chunks that are refused.
 */
#include "unit_session.h"

#include <stdio.h>

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

/* RFC 5321 section 3.1: behind 554 in place of the greeting all but QUIT is 503, also where MAIL was answered 250. */
static void behind_a_refused_greeting_no_recipient_is_taken(void **state)
{
    struct smtpwire_server s;
    (void)state;
    assert_int_equal(smtpwire_server_init(&s, NULL), 0);
    assert_int_equal(smtpwire_server_replied(&s, 554), 0);
    say(&s, "MAIL FROM:<>\r\n", 250);
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_COMMAND_SEQUENCE);
    PUSH(&s, "RCPT TO:<a@b>\r\n");
    assert_int_equal(event.kind, SMTPWIRE_ERROR);
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_COMMAND_SEQUENCE);
    assert_int_equal(event.error.code, 503);
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

/* What is wrong with a line waits until its recipients are replied to, however little more is shown at a time. */
static void wait_and_refuse(const char *line, size_t step, size_t taken, unsigned id)
{
    struct smtpwire_server s;
    size_t shown;
    greeted(&s);
    say(&s, "MAIL FROM:<>\r\n", 250);
    assert_int_equal(PUSH(&s, "RCPT TO:<a@b>\r\n"), 15);
    for (shown = step; shown <= strlen(line); shown += step) {
        assert_int_equal(push_server(&s, line, shown), 0);
        assert_int_equal(event.kind, shown < taken ? SMTPWIRE_MORE : SMTPWIRE_WAIT);
    }
    assert_int_equal(smtpwire_server_replied(&s, 250), 0);
    assert_int_equal(push_server(&s, line, strlen(line)), taken);
    assert_int_equal(event.kind, SMTPWIRE_ERROR);
    assert_int_equal(event.error.id, id);
}

static void a_faulty_line_waits_behind_recipients(void **state)
{
    (void)state;
    wait_and_refuse("NO\nOP", 5, 3, SMTPWIRE_ERROR_BARE_LF);
    wait_and_refuse("NO\nOP", 1, 3, SMTPWIRE_ERROR_BARE_LF);
    wait_and_refuse("NO\rOP", 5, 4, SMTPWIRE_ERROR_BARE_CR);
    wait_and_refuse("NO\rOP", 1, 4, SMTPWIRE_ERROR_BARE_CR);
    wait_and_refuse("NO\r\rP", 1, 4, SMTPWIRE_ERROR_BARE_CR);
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

/* Octets of a line, with its CRLF, are as many as its limit allows, and no more (RFC 5321 section 4.5.3.1.4), whichever
 * way the line is read: with more behind it, alone, octet by octet. */
static void a_line_is_as_long_as_its_limit(void **state)
{
    static const unsigned every_simd[] = {SMTPWIRE_SIMD_NONE, SMTPWIRE_SIMD_SWAR, SMTPWIRE_SIMD_SSE2,
                                          SMTPWIRE_SIMD_AVX2, SMTPWIRE_SIMD_NEON};
    struct smtpwire_options options = {0};
    char octets[400];
    size_t i, len, way, step, shown;
    uint32_t cap;
    (void)state;
    for (i = 0; i < sizeof every_simd / sizeof *every_simd; i++)
        for (cap = 20; cap < 76; cap++)
            for (len = cap - 4; len <= cap; len++) /* without CRLF */
                for (way = 0; way < 6; way++) {
                    struct smtpwire_server s;
                    const int takes = snprintf(octets, sizeof octets, "%s<%0*d@b>\r\n%s",
                                               way < 3 ? "MAIL FROM:" : "RCPT TO:", (int)len - (way < 3 ? 14 : 12), 0,
                                               way % 3 == 0 ? "NOOP\r\nNOOP\r\n" : "");
                    options.simd = (uint8_t)every_simd[i];
                    options.limit[SMTPWIRE_LIMIT_COMMAND_LINE] = cap;
                    if (smtpwire_server_init(&s, &options) < 0)
                        continue;
                    assert_int_equal(smtpwire_server_replied(&s, 220), 0);
                    step = way % 3 == 2 ? 1 : (size_t)takes;
                    shown = 0;
                    do {
                        shown += step;
                        smtpwire_server_push(&s, octets, shown, &event);
                    } while (event.kind == SMTPWIRE_MORE && shown < (size_t)takes);
                    assert_true((event.kind == SMTPWIRE_ERROR && event.error.id == SMTPWIRE_ERROR_LINE_TOO_LONG) ==
                                (len + 2 > cap));
                }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(replied_with_none_due_changes_nothing),
        cmocka_unit_test(replied_refuses_impossible_codes),
        cmocka_unit_test(behind_a_refused_greeting_no_recipient_is_taken),
        cmocka_unit_test(octets_before_the_greeting_wait),
        cmocka_unit_test(several_recipients_may_be_outstanding),
        cmocka_unit_test(a_faulty_line_waits_behind_recipients),
        cmocka_unit_test(tls_starts_after_220),
        cmocka_unit_test(tls_started_with_residue_is_fatal),
        cmocka_unit_test(tls_started_with_octets_held_is_fatal),
        cmocka_unit_test(tls_drops_the_transaction),
        cmocka_unit_test(a_faulty_starttls_line_starts_no_tls),
        cmocka_unit_test(starttls_refused_goes_on),
        cmocka_unit_test(tls_may_be_implicit),
        cmocka_unit_test(the_parameters_of_a_cut_line_do_not_count),
        cmocka_unit_test(smtputf8_of_a_transaction_is_its_recipients),
        cmocka_unit_test(a_refused_last_chunk_is_answered_for_each_recipient_in_lmtp),
        cmocka_unit_test(a_message_over_its_limit_takes_no_more_chunks),
        cmocka_unit_test(a_line_is_as_long_as_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
