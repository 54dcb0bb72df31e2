/* Options: which are valid, the longest line under them, and the sizes of what holds them.
 */
#include "smtpwire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void sizes_are_fixed(void **state)
{
    (void)state;
    assert_true(sizeof(struct smtpwire_server) <= 256);
    assert_true(sizeof(struct smtpwire_client) <= 256);
    assert_true(sizeof(struct smtpwire_options) == 256);
    assert_true(sizeof(struct smtpwire_event) <= 256);
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
    o.content[7] = 1;
    assert_int_equal(smtpwire_options_check(&o), -1);
    o.content[7] = 0;
    o.padding = 63;
    assert_int_equal(smtpwire_options_check(&o), -1);
    o.padding = 64;
    assert_int_equal(smtpwire_options_check(&o), 0);
    o.padding = 0;
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

static void refuse_options(const struct smtpwire_options *options)
{
    struct smtpwire_data data;
    assert_int_equal(smtpwire_options_check(options), -1);
    assert_int_equal(smtpwire_data_init(&data, options), -1);
}

static void options_out_of_bounds_are_refused(void **state)
{
    static const struct smtpwire_options largest = {.message_max = INT64_MAX};
    (void)state;
    assert_int_equal(smtpwire_options_check(&largest), 0);
    refuse_options(&(struct smtpwire_options){.message_max = (uint64_t)INT64_MAX + 1});
    refuse_options(&(struct smtpwire_options){.lmtp = 2});
    refuse_options(&(struct smtpwire_options){.smtputf8 = 2});
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

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_are_fixed),
        cmocka_unit_test(options_are_checked),
        cmocka_unit_test(options_out_of_bounds_are_refused),
        cmocka_unit_test(the_line_limit_is_the_longest_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
