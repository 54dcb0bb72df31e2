/* Sessions and streams at their edges: replies that nothing asked for, counts that are full, TLS that cannot start.
 */
#include "smtpwire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct smtpwire_event event;
static const struct smtpwire_options lmtp = {.lmtp = 1, .extensions = SMTPWIRE_OFFER_ALL};

static size_t push(struct smtpwire_client *c, const char *text)
{
    return smtpwire_client_push(c, text, strlen(text), &event);
}

/* The command is sent and answered. */
static void answer(struct smtpwire_client *c, unsigned verb, const char *reply)
{
    assert_int_equal(smtpwire_client_sent(c, verb), 0);
    assert_int_equal(push(c, reply), strlen(reply));
    assert_int_equal(event.kind, SMTPWIRE_REPLY);
}

static void greeted(struct smtpwire_client *c, const struct smtpwire_options *options)
{
    memset(c, 0xA5, sizeof *c);
    assert_int_equal(smtpwire_client_init(c, options), 0);
    assert_int_equal(push(c, "220 a\r\n"), 7);
    assert_int_equal(event.kind, SMTPWIRE_REPLY);
}

static void expect_fatal(unsigned id, uint64_t offset)
{
    assert_int_equal(event.kind, SMTPWIRE_FATAL);
    assert_string_equal(smtpwire_error_name(event.error.id), smtpwire_error_name(id));
    assert_int_equal(event.error.offset, offset);
}

/* RFC 5321 section 3.8: only 421 may come unasked, and what cannot become one is told at once. */
static void only_421_comes_unasked(void **state)
{
    static const char *const others[] = {"5", "2", "44", "41", "422", "420", "x", "4x"};
    struct smtpwire_client c;
    size_t i;
    (void)state;
    for (i = 0; i < sizeof others / sizeof *others; i++) {
        greeted(&c, NULL);
        assert_int_equal(push(&c, others[i]), 0);
        expect_fatal(SMTPWIRE_ERROR_REPLY_UNEXPECTED, 7);
    }
    greeted(&c, NULL);
    assert_int_equal(push(&c, "4"), 0);
    assert_int_equal(event.kind, SMTPWIRE_MORE);
    assert_int_equal(push(&c, "42"), 0);
    assert_int_equal(event.kind, SMTPWIRE_MORE);
    assert_int_equal(push(&c, "421 bye\r\n"), 9);
    assert_int_equal(event.kind, SMTPWIRE_REPLY);
    assert_int_equal(event.reply.verb, SMTPWIRE_VERB_UNKNOWN);
}

/* RFC 2033 section 4.2: a reply for each recipient that was accepted, so none where there is none. */
static void content_for_nobody_is_answered_by_nothing(void **state)
{
    struct smtpwire_client c;
    (void)state;
    greeted(&c, &lmtp);
    answer(&c, SMTPWIRE_VERB_LHLO, "250 a\r\n");
    answer(&c, SMTPWIRE_VERB_MAIL, "250 a\r\n");
    answer(&c, SMTPWIRE_VERB_RCPT, "550 a\r\n");
    answer(&c, SMTPWIRE_VERB_DATA, "354 a\r\n");
    assert_int_equal(smtpwire_client_due(&c), 0);
    answer(&c, SMTPWIRE_VERB_RSET, "250 a\r\n"); /* the next reply is the next command's */
    assert_int_equal(event.reply.verb, SMTPWIRE_VERB_RSET);
    assert_int_equal(smtpwire_client_due(&c), 0);
}

/* RFC 3207 section 4: only 220 starts TLS, and so only 220 drops what was before. */
static void starttls_that_does_not_start_keeps_the_recipients(void **state)
{
    struct smtpwire_client c;
    (void)state;
    greeted(&c, &lmtp);
    answer(&c, SMTPWIRE_VERB_LHLO, "250 a\r\n");
    answer(&c, SMTPWIRE_VERB_MAIL, "250 a\r\n");
    answer(&c, SMTPWIRE_VERB_RCPT, "250 a\r\n");
    answer(&c, SMTPWIRE_VERB_STARTTLS, "250 a\r\n");
    answer(&c, SMTPWIRE_VERB_DATA, "354 a\r\n");
    assert_int_equal(smtpwire_client_due(&c), 1);
}

/* A server that says 220 and 454 has started TLS, or has not: what follows has no meaning. */
static void starttls_with_two_codes_is_fatal(void **state)
{
    struct smtpwire_client c;
    (void)state;
    greeted(&c, NULL);
    answer(&c, SMTPWIRE_VERB_STARTTLS, "220-a\r\n");
    assert_int_equal(push(&c, "454 a\r\n"), 0);
    assert_int_equal(event.kind, SMTPWIRE_FATAL);
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_REPLY_MISMATCH);
    assert_int_equal(smtpwire_client_tls_started(&c, 0), -1);
}

static void implicit_tls_starts_once(void **state)
{
    struct smtpwire_client c;
    (void)state;
    assert_int_equal(smtpwire_client_init(&c, NULL), 0);
    assert_int_equal(smtpwire_client_tls_started(&c, 0), 0);
    assert_int_equal(smtpwire_client_tls_started(&c, 0), -1);
    assert_int_equal(push(&c, "220 a\r\n"), 7);
    assert_int_equal(event.kind, SMTPWIRE_REPLY);
}

/* Counts as after 2^32 calls and octets: they stop where 32 bits end, and go on in the next run. */
static void counts_do_not_wrap(void **state)
{
    struct smtpwire_client c;
    (void)state;
    greeted(&c, NULL);
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_NOOP), 0);
    c.count[0] = UINT32_MAX;
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_NOOP), 0);
    assert_int_equal(c.runs, 2);
    assert_int_equal(c.count[1], 1);
    assert_int_equal(smtpwire_client_due(&c), UINT32_MAX);
    assert_int_equal(push(&c, "250-a\r\n"), 7);
    assert_int_equal(event.kind, SMTPWIRE_REPLY);
    c.reply_octets = UINT32_MAX - 1;
    push(&c, "250-b\r\n");
    assert_int_equal(c.reply_octets, UINT32_MAX);
    assert_int_equal(event.kind, SMTPWIRE_ERROR);
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_REPLY_TOO_LONG);
}

static void say(struct smtpwire_server *s, const char *line, unsigned code)
{
    assert_int_equal(smtpwire_server_push(s, line, strlen(line), &event), strlen(line));
    assert_int_equal(smtpwire_server_replied(s, code), 0);
}

/* Where there are as many recipients as there may be, no reply that is due decides about the next: it need not wait. */
static void recipients_that_are_too_many_do_not_wait(void **state)
{
    static const struct smtpwire_options one = {.limit = {[SMTPWIRE_LIMIT_RECIPIENTS] = 1}};
    static const char line[] = "RCPT TO:<b@c>\r\n";
    struct smtpwire_server s;
    int i;
    (void)state;
    assert_int_equal(smtpwire_server_init(&s, &one), 0);
    assert_int_equal(smtpwire_server_replied(&s, 220), 0);
    say(&s, "EHLO a\r\n", 250);
    say(&s, "MAIL FROM:<>\r\n", 250);
    say(&s, "RCPT TO:<a@b>\r\n", 250);
    for (i = 0; i < 3; i++) {
        assert_int_equal(smtpwire_server_push(&s, line, sizeof line - 1, &event), sizeof line - 1);
        assert_int_equal(event.kind, SMTPWIRE_ERROR);
        assert_int_equal(event.error.id, SMTPWIRE_ERROR_TOO_MANY_RECIPIENTS);
        assert_int_equal(event.error.code, 452);
    }
    assert_int_equal(smtpwire_server_due(&s), 3);
}

/* A name that only begins as RCPT does waits for the replies that are due, as every other. */
static void what_begins_like_rcpt_waits(void **state)
{
    struct smtpwire_server s;
    (void)state;
    assert_int_equal(smtpwire_server_init(&s, NULL), 0);
    assert_int_equal(smtpwire_server_replied(&s, 220), 0);
    say(&s, "EHLO a\r\n", 250);
    say(&s, "MAIL FROM:<>\r\n", 250);
    assert_int_equal(smtpwire_server_push(&s, "RCPT TO:<a@b>\r\n", 15, &event), 15);
    assert_int_equal(smtpwire_server_push(&s, "RCPTX TO:<a@b>\r\n", 16, &event), 0);
    assert_int_equal(event.kind, SMTPWIRE_WAIT);
}

/* RFC 3030 section 3: only BINARYMIME forbids DATA; a "B" in another value, or 8BITMIME behind it, does not. */
static void only_binarymime_forbids_data(void **state)
{
    static const char *const lines[] = {"MAIL FROM:<> ENVID=B BODY=8BITMIME\r\n", "MAIL FROM:<> ENVID=B\r\n",
                                        "MAIL FROM:<> ENVID=B BODY=BINARYMIME\r\n"};
    const struct smtpwire_options all = {.extensions = SMTPWIRE_OFFER_ALL};
    struct smtpwire_server s;
    size_t i;
    (void)state;
    for (i = 0; i < sizeof lines / sizeof *lines; i++) {
        assert_int_equal(smtpwire_server_init(&s, &all), 0);
        assert_int_equal(smtpwire_server_replied(&s, 220), 0);
        say(&s, "EHLO a\r\n", 250);
        say(&s, lines[i], 250);
        say(&s, "RCPT TO:<a@b>\r\n", 250);
        assert_int_equal(smtpwire_server_push(&s, "DATA\r\n", 6, &event), 6);
        assert_int_equal(event.kind, i == 2 ? SMTPWIRE_ERROR : SMTPWIRE_COMMAND);
    }
    assert_int_equal(event.error.code, 503);
}

/* Content of which every octet needs a decision comes through as it is. */
static void content_that_nothing_can_skip_is_delivered(void **state)
{
    static const struct smtpwire_options pass = {.content = {[SMTPWIRE_CONTENT_BARE_LF] = SMTPWIRE_POLICY_PASS}};
    enum { LINES = 4096 };
    static char text[LINES + 5];
    struct smtpwire_data data;
    size_t at = 0, delivered = 0;
    (void)state;
    memset(text, '\n', LINES);
    memcpy(text + LINES, "\r\n.\r\n", 5);
    assert_int_equal(smtpwire_data_init(&data, &pass), 0);
    do {
        at += smtpwire_data_push(&data, text + at, sizeof text - at, &event);
        if (event.kind == SMTPWIRE_CONTENT) {
            assert_true(event.content.data == text + delivered);
            delivered += event.content.len;
        }
    } while (event.kind == SMTPWIRE_CONTENT);
    assert_int_equal(event.kind, SMTPWIRE_END);
    assert_int_equal(delivered, LINES + 2);
    assert_int_equal(event.end.size, LINES + 2);
    assert_int_equal(event.end.flags & SMTPWIRE_FLAG_BARE_LF, SMTPWIRE_FLAG_BARE_LF);
}

/* With each kind of instruction: a longer line behind a shorter one, and control characters that mean nothing. */
static void all_scanners_measure_lines(void **state)
{
    static char text[] =
        "a\r\nb\tb\x01\r\n"
        "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890\r\n.\r\n";
    struct smtpwire_options options;
    struct smtpwire_data data;
    size_t at, delivered;
    (void)state;
    memset(&options, 0, sizeof options);
    for (options.simd = 0; options.simd <= SMTPWIRE_SIMD_NEON; options.simd++) {
        if (smtpwire_data_init(&data, &options) != 0)
            continue; /* not on this processor */
        at = delivered = 0;
        do {
            at += smtpwire_data_push(&data, text + at, sizeof text - 1 - at, &event);
            delivered += event.kind == SMTPWIRE_CONTENT ? event.content.len : 0;
        } while (event.kind == SMTPWIRE_CONTENT);
        assert_int_equal(event.kind, SMTPWIRE_END);
        assert_int_equal(delivered, sizeof text - 1 - 3);
        assert_int_equal(event.end.longest, 93);
        assert_int_equal(event.end.flags, 0);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_421_comes_unasked),
        cmocka_unit_test(content_for_nobody_is_answered_by_nothing),
        cmocka_unit_test(starttls_that_does_not_start_keeps_the_recipients),
        cmocka_unit_test(starttls_with_two_codes_is_fatal),
        cmocka_unit_test(implicit_tls_starts_once),
        cmocka_unit_test(counts_do_not_wrap),
        cmocka_unit_test(recipients_that_are_too_many_do_not_wait),
        cmocka_unit_test(what_begins_like_rcpt_waits),
        cmocka_unit_test(only_binarymime_forbids_data),
        cmocka_unit_test(content_that_nothing_can_skip_is_delivered),
        cmocka_unit_test(all_scanners_measure_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
