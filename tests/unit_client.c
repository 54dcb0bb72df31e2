/* The client's session: which command a reply answers, what must be held back, and TLS.
 */
#include "smtpwire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct smtpwire_event event;

static size_t push_client(struct smtpwire_client *c, const char *text)
{
    return smtpwire_client_push(c, text, strlen(text), &event);
}

static void client_of(struct smtpwire_client *c)
{
    memset(c, 0xA5, sizeof *c);
    assert_int_equal(smtpwire_client_init(c, NULL), 0);
    assert_int_equal(push_client(c, "220 a\r\n"), 7);
    assert_int_equal(event.reply.verb, SMTPWIRE_VERB_GREETING);
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

static void tls_may_be_implicit(void **state)
{
    struct smtpwire_client c;
    (void)state;
    smtpwire_client_init(&c, NULL);
    assert_int_equal(smtpwire_client_tls_started(&c, 0), 0);
    assert_int_equal(push_client(&c, "220 a\r\n"), 7);
    assert_int_equal(smtpwire_client_tls_started(&c, 0), -1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fatal_reply_is_not_taken),
        cmocka_unit_test(a_reply_cannot_answer_what_is_sent_behind_its_first_octet),
        cmocka_unit_test(client_forgets_recipients_with_tls),
        cmocka_unit_test(client_forgets_recipients_with_the_transaction),
        cmocka_unit_test(sent_is_refused_when_it_must_be_held_back),
        cmocka_unit_test(five_thousand_recipients_are_one_run),
        cmocka_unit_test(octets_behind_the_clients_220_are_fatal),
        cmocka_unit_test(tls_may_be_implicit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
