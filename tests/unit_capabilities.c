/* Unit tests of what a server offers: the set, and how the client's session keeps it. */
#include "smtpwire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct smtpwire_event event;

static size_t push(struct smtpwire_client *c, const char *text)
{
    return smtpwire_client_push(c, text, strlen(text), &event);
}

static int offers(const struct smtpwire_client *c, unsigned id)
{
    return smtpwire_capabilities_have(smtpwire_client_capabilities(c), id);
}

/* Pushes the replies out of a buffer that is overwritten afterwards. */
static void hear(struct smtpwire_client *c, unsigned verb, const char *replies)
{
    char octets[512];
    size_t len = strlen(replies), pos = 0;
    if (verb != SMTPWIRE_VERB_GREETING)
        assert_int_equal(smtpwire_client_sent(c, verb), 0);
    assert_true(len < sizeof octets);
    memcpy(octets, replies, len + 1);
    do {
        pos += smtpwire_client_push(c, octets + pos, len - pos, &event);
        assert_int_not_equal(event.kind, SMTPWIRE_FATAL);
    } while (event.kind != SMTPWIRE_MORE);
    assert_int_equal(pos, len);
    memset(octets, 0xA5, sizeof octets);
}

static void add(struct smtpwire_capabilities *set, const char *line)
{
    struct smtpwire_capability capability;
    assert_int_equal(smtpwire_capability_parse(line, strlen(line), NULL, &capability, NULL), 0);
    smtpwire_capabilities_add(set, &capability);
}

static void the_first_of_two_capabilities_counts(void **state)
{
    struct smtpwire_capabilities set;
    (void)state;
    assert_true(sizeof set <= 64);
    memset(&set, 0, sizeof set);
    add(&set, "SIZE 10");
    add(&set, "SIZE 20");
    add(&set, "LIMITS MAILMAX=1 RCPTMAX=2 RCPTDOMAINMAX=3");
    add(&set, "LIMITS MAILMAX=4");
    add(&set, "DELIVERBY 120");
    add(&set, "DELIVERBY 60");
    add(&set, "FUTURERELEASE 7 1970-01-01T00:00:08Z");
    add(&set, "FUTURERELEASE 9 1970-01-01T00:00:09Z");
    add(&set, "AUTH PLAIN");
    add(&set, "AUTH LOGIN X-OTHER");
    add(&set, "X-OTHER");
    assert_int_equal(set.size, 10);
    assert_int_equal(set.mail_max, 1);
    assert_int_equal(set.rcpt_max, 2);
    assert_int_equal(set.rcpt_domain_max, 3);
    assert_int_equal(set.deliver_by, 120);
    assert_int_equal(set.interval, 7);
    assert_int_equal(set.until, 8);
    assert_int_equal(set.mechanisms, 1 << SMTPWIRE_MECHANISM_PLAIN | 1 << SMTPWIRE_MECHANISM_LOGIN);
    assert_int_equal(set.offered, set.valued);
    assert_int_equal(set.offered, 1 << SMTPWIRE_CAPABILITY_SIZE | 1 << SMTPWIRE_CAPABILITY_LIMITS |
                                      1 << SMTPWIRE_CAPABILITY_DELIVERBY | 1 << SMTPWIRE_CAPABILITY_FUTURERELEASE |
                                      1 << SMTPWIRE_CAPABILITY_AUTH);
    assert_false(smtpwire_capabilities_have(&set, SMTPWIRE_CAPABILITY_UNKNOWN));
    assert_false(smtpwire_capabilities_have(&set, 64));
}

static void a_wrong_value_is_not_zero(void **state)
{
    struct smtpwire_capabilities set;
    (void)state;
    memset(&set, 0, sizeof set);
    add(&set, "SIZE 18446744073709551616");
    add(&set, "SIZE 5"); /* the first counts, though it has no value */
    assert_true(smtpwire_capabilities_have(&set, SMTPWIRE_CAPABILITY_SIZE));
    assert_int_equal(set.valued, 0);
    assert_int_equal(set.size, 0);
    memset(&set, 0, sizeof set);
    add(&set, "SIZE 0");
    assert_int_equal(set.valued, 1 << SMTPWIRE_CAPABILITY_SIZE);
}

static void a_capability_that_was_not_parsed_changes_nothing(void **state)
{
    struct smtpwire_capability capability;
    struct smtpwire_capabilities set, before;
    struct smtpwire_error error;
    (void)state;
    memset(&set, 0, sizeof set);
    before = set;
    memset(&capability, 0xA5, sizeof capability);
    assert_int_equal(smtpwire_capability_parse("SIZE=1", 6, NULL, &capability, &error), -1);
    assert_int_equal(error.id, SMTPWIRE_ERROR_CAPABILITY_SYNTAX);
    assert_int_equal(error.code, 0);
    assert_int_equal(error.enhanced[0], 0);
    assert_null(capability.keyword.data);
    smtpwire_capabilities_add(&set, &capability);
    assert_int_equal(smtpwire_capability_parse(NULL, 0, NULL, &capability, NULL), -1);
    smtpwire_capabilities_add(&set, &capability);
    capability.id = SMTPWIRE_CAPABILITY_COUNT;
    smtpwire_capabilities_add(&set, &capability);
    assert_memory_equal(&set, &before, sizeof set);
}

static void words_and_limits_are_taken_one_by_one(void **state)
{
    static const char line[] = "LIMITS A=b=c FLAG";
    struct smtpwire_capability capability;
    struct smtpwire_slice rest, word;
    struct smtpwire_parameter limit;
    (void)state;
    assert_int_equal(smtpwire_capability_parse(line, sizeof line - 1, NULL, &capability, NULL), 0);
    rest = capability.parameters;
    assert_int_equal(smtpwire_word_next(&rest, &word), 1);
    assert_ptr_equal(word.data, line + 7);
    assert_int_equal(word.len, 5);
    assert_int_equal(smtpwire_word_next(&rest, &word), 1);
    assert_ptr_equal(word.data, line + 13);
    assert_int_equal(word.len, 4);
    assert_int_equal(smtpwire_word_next(&rest, &word), 0);
    assert_int_equal(smtpwire_word_next(&rest, &word), 0);
    rest = capability.parameters;
    assert_int_equal(smtpwire_limit_next(&rest, &limit), 1);
    assert_int_equal(limit.keyword.len, 1);
    assert_ptr_equal(limit.value.data, line + 9);
    assert_int_equal(limit.value.len, 3);
    assert_int_equal(smtpwire_limit_next(&rest, &limit), 1);
    assert_int_equal(limit.keyword.len, 4);
    assert_null(limit.value.data);
    assert_int_equal(smtpwire_limit_next(&rest, &limit), 0);
    rest.data = NULL;
    rest.len = 0;
    assert_int_equal(smtpwire_word_next(&rest, &word), 0);
}

static void the_session_keeps_what_is_offered(void **state)
{
    struct smtpwire_client c;
    (void)state;
    smtpwire_client_init(&c, NULL);
    assert_int_equal(smtpwire_client_capabilities(&c)->offered, 0);
    hear(&c, SMTPWIRE_VERB_GREETING, "220-STARTTLS\r\n220 SIZE\r\n");
    assert_int_equal(smtpwire_client_capabilities(&c)->offered, 0);
    hear(&c, SMTPWIRE_VERB_EHLO,
         "250-STARTTLS\r\n250-SIZE 1000\r\n250-AUTH PLAIN\r\n250-2.0.0 DSN\r\n250 AUTH LOGIN\r\n");
    assert_false(offers(&c, SMTPWIRE_CAPABILITY_STARTTLS)); /* the first line is the server's name */
    assert_false(offers(&c, SMTPWIRE_CAPABILITY_DSN));
    assert_true(offers(&c, SMTPWIRE_CAPABILITY_AUTH));
    assert_int_equal(smtpwire_client_capabilities(&c)->size, 1000);
    assert_int_equal(smtpwire_client_capabilities(&c)->mechanisms,
                     1 << SMTPWIRE_MECHANISM_PLAIN | 1 << SMTPWIRE_MECHANISM_LOGIN);
    hear(&c, SMTPWIRE_VERB_NOOP, "250-a\r\n250 STARTTLS\r\n"); /* no answer to EHLO */
    assert_false(offers(&c, SMTPWIRE_CAPABILITY_STARTTLS));
    assert_true(offers(&c, SMTPWIRE_CAPABILITY_SIZE));
}

static void a_new_greeting_forgets_what_was_offered(void **state)
{
    static const unsigned verbs[] = {SMTPWIRE_VERB_EHLO, SMTPWIRE_VERB_LHLO, SMTPWIRE_VERB_HELO, SMTPWIRE_VERB_XCLIENT};
    struct smtpwire_client c;
    size_t i;
    (void)state;
    smtpwire_client_init(&c, NULL);
    hear(&c, SMTPWIRE_VERB_GREETING, "220 a\r\n");
    for (i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        hear(&c, SMTPWIRE_VERB_LHLO, "250-a\r\n250 SIZE 1\r\n");
        assert_true(offers(&c, SMTPWIRE_CAPABILITY_SIZE));
        hear(&c, verbs[i], "550-a\r\n550 DSN\r\n"); /* refused: the server is in the state it was in */
        assert_true(offers(&c, SMTPWIRE_CAPABILITY_SIZE));
        assert_false(offers(&c, SMTPWIRE_CAPABILITY_DSN));
        hear(&c, verbs[i], "250 a\r\n");
        assert_int_equal(smtpwire_client_capabilities(&c)->offered, 0);
        assert_int_equal(smtpwire_client_capabilities(&c)->size, 0);
    }
}

static void tls_forgets_what_was_offered(void **state)
{
    struct smtpwire_client c;
    (void)state;
    smtpwire_client_init(&c, NULL);
    hear(&c, SMTPWIRE_VERB_GREETING, "220 a\r\n");
    hear(&c, SMTPWIRE_VERB_EHLO, "250-a\r\n250-AUTH PLAIN\r\n250 STARTTLS\r\n");
    hear(&c, SMTPWIRE_VERB_STARTTLS, "220 go\r\n");
    assert_int_equal(smtpwire_client_tls_started(&c, 0), 0);
    assert_int_equal(smtpwire_client_capabilities(&c)->offered, 0);
    assert_int_equal(smtpwire_client_capabilities(&c)->mechanisms, 0);
}

static void a_faulty_line_offers_nothing_and_hides_nothing(void **state)
{
    struct smtpwire_client c;
    (void)state;
    smtpwire_client_init(&c, NULL);
    hear(&c, SMTPWIRE_VERB_GREETING, "220 a\r\n");
    hear(&c, SMTPWIRE_VERB_EHLO,
         "250-a\r\n250-SIZE 1\rx\r\n251-DSN\r\n250-CHUNKING \r\n250-PIPELINING\r\n250-AUTH=PLAIN\r\n250\r\n");
    assert_false(offers(&c, SMTPWIRE_CAPABILITY_SIZE));
    assert_false(offers(&c, SMTPWIRE_CAPABILITY_DSN));
    assert_false(offers(&c, SMTPWIRE_CAPABILITY_CHUNKING));
    assert_false(offers(&c, SMTPWIRE_CAPABILITY_AUTH));
    assert_true(offers(&c, SMTPWIRE_CAPABILITY_PIPELINING));
}

static void the_sessions_leniencies_hold_for_what_is_offered(void **state)
{
    struct smtpwire_options options;
    struct smtpwire_client c;
    (void)state;
    memset(&options, 0, sizeof options);
    options.lax = SMTPWIRE_LAX_AUTH_EQUALS;
    smtpwire_client_init(&c, &options);
    hear(&c, SMTPWIRE_VERB_GREETING, "220 a\r\n");
    hear(&c, SMTPWIRE_VERB_EHLO, "250-a\r\n250 AUTH=LOGIN PLAIN\r\n");
    assert_int_equal(smtpwire_client_capabilities(&c)->mechanisms,
                     1 << SMTPWIRE_MECHANISM_PLAIN | 1 << SMTPWIRE_MECHANISM_LOGIN);
}

/* Memory does not grow with what is offered. */
static void a_flood_of_keywords_is_one_set(void **state)
{
    struct smtpwire_options options = {
        .limit = {[SMTPWIRE_LIMIT_EHLO_KEYWORDS] = 10001, [SMTPWIRE_LIMIT_REPLY_LINES] = 10002}};
    struct smtpwire_client c;
    int i;
    (void)state;
    smtpwire_client_init(&c, &options);
    hear(&c, SMTPWIRE_VERB_GREETING, "220 a\r\n");
    assert_int_equal(smtpwire_client_sent(&c, SMTPWIRE_VERB_EHLO), 0);
    assert_int_equal(push(&c, "250-a\r\n"), 7);
    for (i = 0; i < 10000; i++) {
        char line[32];
        int len = snprintf(line, sizeof line, "250-K%d\r\n", i);
        assert_int_equal(push(&c, line), len);
        assert_int_equal(event.kind, SMTPWIRE_REPLY);
    }
    assert_int_equal(push(&c, "250 DSN\r\n"), 9);
    assert_int_equal(smtpwire_client_capabilities(&c)->offered, 1 << SMTPWIRE_CAPABILITY_DSN);
}

static int parse_date(int year, int month, int day, int64_t *until)
{
    char line[64];
    struct smtpwire_capability capability;
    snprintf(line, sizeof line, "FUTURERELEASE 1 %04d-%02d-%02dT00:00:00Z", year, month, day);
    assert_int_equal(smtpwire_capability_parse(line, strlen(line), NULL, &capability, NULL), 0);
    *until = capability.release.until;
    return capability.has_value;
}

/* 400 years of the Gregorian calendar are 146097 days; of 0000 to 9999 each day begins 86400 seconds after the one
 * before, and 1970-01-01 is 0. */
static void every_day_begins_a_day_after_the_one_before(void **state)
{
    int year, month, day;
    int64_t until, next = INT64_C(-719528) * 86400, days = 0;
    (void)state;
    for (year = 0; year <= 9999; year++)
        for (month = 0; month <= 13; month++)
            for (day = month % 13 == 0 ? 1 : 27; day <= 32; day++)
                if (parse_date(year, month, month % 13 != 0 && day == 27 ? 1 : day, &until)) {
                    if (day == 27) { /* stands for the first to the 27th */
                        assert_int_equal(until, next);
                        next += INT64_C(27) * 86400;
                        days += 27;
                    } else {
                        assert_int_equal(until, next);
                        next += 86400;
                        days++;
                    }
                }
    assert_int_equal(days, 25 * 146097);
    assert_int_equal(parse_date(1970, 1, 1, &until), 1);
    assert_int_equal(until, 0);
}

/* Only capabilities that have a value of a kind bring one. */
static void a_value_of_a_capability_without_one_is_not_kept(void **state)
{
    static const struct smtpwire_capability capability = {
        .id = SMTPWIRE_CAPABILITY_PIPELINING, .has_value = 1, .size = 5};
    struct smtpwire_capabilities set;
    (void)state;
    memset(&set, 0, sizeof set);
    smtpwire_capabilities_add(&set, &capability);
    assert_int_equal(smtpwire_capabilities_have(&set, SMTPWIRE_CAPABILITY_PIPELINING), 1);
    assert_int_equal(set.size, 0);
    assert_int_equal(set.mechanisms, 0);
    assert_int_equal(set.deliver_by, 0);
    assert_int_equal(set.interval, 0);
    assert_int_equal(set.mail_max, 0);
}

/* Postfix XCLIENT_README and XFORWARD_README, RFC 4468 section 3.3, RFC 6710. */
static void words_of_capabilities_are_kept(void **state)
{
    struct smtpwire_capabilities set, other;
    (void)state;
    memset(&set, 0, sizeof set);
    add(&set, "XCLIENT name DESTPORT IDENT SOURCE NEW");
    add(&set, "XCLIENT ADDR");
    add(&set, "XFORWARD SOURCE LOGIN IDENT");
    add(&set, "BURL imap imap:// x");
    add(&set, "MT-PRIORITY nsep");
    assert_int_equal(set.xclient, 1 << SMTPWIRE_ATTRIBUTE_NAME | 1 << SMTPWIRE_ATTRIBUTE_DESTPORT);
    assert_int_equal(set.xforward, 1 << SMTPWIRE_ATTRIBUTE_SOURCE | 1 << SMTPWIRE_ATTRIBUTE_IDENT);
    assert_int_equal(set.burl, SMTPWIRE_BURL_IMAP);
    assert_int_equal(set.profile, SMTPWIRE_PRIORITY_NSEP);
    assert_true(set.valued ==
                (UINT64_C(1) << SMTPWIRE_CAPABILITY_XCLIENT | UINT64_C(1) << SMTPWIRE_CAPABILITY_XFORWARD |
                 UINT64_C(1) << SMTPWIRE_CAPABILITY_BURL | UINT64_C(1) << SMTPWIRE_CAPABILITY_MT_PRIORITY));
    memset(&other, 0, sizeof other);
    add(&other, "XCLIENT");
    add(&other, "BURL x IMAP://h imaps://h");
    add(&other, "MT-PRIORITY MIXER2");
    assert_int_equal(other.xclient, 0);
    assert_int_equal(other.burl, SMTPWIRE_BURL_SERVER);
    assert_int_equal(other.profile, SMTPWIRE_PRIORITY_UNKNOWN);
    assert_true(other.valued ==
                (UINT64_C(1) << SMTPWIRE_CAPABILITY_BURL | UINT64_C(1) << SMTPWIRE_CAPABILITY_MT_PRIORITY));
}

static void items_of_lists_are_taken_one_by_one(void **state)
{
    static const struct {
        const char *list;
        size_t count;
        const char *items[4];
    } rows[] = {{"a.b:C,d", 2, {"a.b:C", "d", "", ""}},
                {"", 0, {"", "", "", ""}},
                {",a,,b", 4, {"", "a", "", "b"}},
                {"a", 1, {"a", "", "", ""}}};
    struct smtpwire_slice list, item;
    size_t i, n;
    (void)state;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        list = (struct smtpwire_slice){rows[i].list, strlen(rows[i].list)};
        for (n = 0; smtpwire_list_next(&list, &item); n++) {
            assert_true(n < rows[i].count);
            assert_int_equal(item.len, strlen(rows[i].items[n]));
            assert_memory_equal(item.data, rows[i].items[n], item.len);
        }
        assert_int_equal(n, rows[i].count);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_of_two_capabilities_counts),
        cmocka_unit_test(a_wrong_value_is_not_zero),
        cmocka_unit_test(a_capability_that_was_not_parsed_changes_nothing),
        cmocka_unit_test(words_and_limits_are_taken_one_by_one),
        cmocka_unit_test(words_of_capabilities_are_kept),
        cmocka_unit_test(items_of_lists_are_taken_one_by_one),
        cmocka_unit_test(the_session_keeps_what_is_offered),
        cmocka_unit_test(a_new_greeting_forgets_what_was_offered),
        cmocka_unit_test(tls_forgets_what_was_offered),
        cmocka_unit_test(a_faulty_line_offers_nothing_and_hides_nothing),
        cmocka_unit_test(the_sessions_leniencies_hold_for_what_is_offered),
        cmocka_unit_test(a_flood_of_keywords_is_one_set),
        cmocka_unit_test(every_day_begins_a_day_after_the_one_before),
        cmocka_unit_test(a_value_of_a_capability_without_one_is_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
