/* Writers: members that a command does not have, parts that hold what separates them, and lengths that no buffer has.
 */
#include "smtpwire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SLICE(text) ((struct smtpwire_slice){text, sizeof(text) - 1})

static struct smtpwire_error error;
static char buf[2048];

/* Nothing is left of what was put into the buffer, and the error is as said. */
static void expect_refused(ptrdiff_t result, unsigned id, uint64_t offset)
{
    static const char nothing[sizeof buf];
    assert_true(result == -1);
    assert_string_equal(smtpwire_error_name(error.id), smtpwire_error_name(id));
    assert_int_equal(error.offset, offset);
    assert_memory_equal(buf, nothing, sizeof buf);
}

static void expect_written(ptrdiff_t result, const char *text)
{
    assert_true(result == (ptrdiff_t)strlen(text));
    assert_memory_equal(buf, text, strlen(text));
    memset(buf, 0, sizeof buf);
}

static ptrdiff_t write_command(const struct smtpwire_command *command)
{
    return smtpwire_command_write(command, NULL, buf, sizeof buf, &error);
}

/* A member that is there but that the command does not have is refused. */
static void members_that_a_command_does_not_have_are_refused(void **state)
{
    const struct smtpwire_command noop = {.verb = SMTPWIRE_VERB_NOOP};
    struct smtpwire_command command;
    (void)state;
    expect_written(write_command(&noop), "NOOP\r\n");
    command = noop;
    command.chunk_size = 1;
    expect_refused(write_command(&command), SMTPWIRE_ERROR_ARGUMENT_SYNTAX, 0);
    command = noop;
    command.last = 1;
    expect_refused(write_command(&command), SMTPWIRE_ERROR_ARGUMENT_SYNTAX, 0);
    command = noop;
    command.initial = SLICE("=");
    expect_refused(write_command(&command), SMTPWIRE_ERROR_ARGUMENT_SYNTAX, 0);
    command = noop;
    command.parameters = SLICE("SIZE=1");
    expect_refused(write_command(&command), SMTPWIRE_ERROR_PARAMETER_SYNTAX, 0);
    command = noop;
    command.address.local = SLICE("a");
    expect_refused(write_command(&command), SMTPWIRE_ERROR_ADDRESS_SYNTAX, 0);
    command = noop;
    command.address.domain = SLICE("a");
    expect_refused(write_command(&command), SMTPWIRE_ERROR_ADDRESS_SYNTAX, 0);
    command = noop;
    command.address.literal = SLICE("[1.2.3.4]");
    expect_refused(write_command(&command), SMTPWIRE_ERROR_ADDRESS_SYNTAX, 0);
    command = noop;
    command.address.route = SLICE("@a");
    expect_refused(write_command(&command), SMTPWIRE_ERROR_ADDRESS_SYNTAX, 0);
}

/* A local part "a@b" would be read as a mailbox. */
static void a_local_part_is_no_mailbox(void **state)
{
    const struct smtpwire_address address = {.local = SLICE("a@b")};
    (void)state;
    expect_refused(smtpwire_forward_path_write(&address, NULL, buf, sizeof buf, &error), SMTPWIRE_ERROR_ADDRESS_SYNTAX,
                   0);
    assert_true(smtpwire_forward_path_write(&address, NULL, buf, sizeof buf, NULL) == -1);
}

/* What nothing can stand for is refused without an error to tell it in, too (RFC 5321 section 4.1.2, qtextSMTP). */
static void errors_may_be_null(void **state)
{
    (void)state;
    assert_true(smtpwire_local_part_write("\x01", 1, NULL, buf, sizeof buf, NULL) == -1);
    assert_true(smtpwire_xtext_write("", SIZE_MAX, buf, sizeof buf, NULL) == -1);
}

/* Nothing of such lengths is read: the buffer ends before it does. */
static void lengths_over_all_memory_are_told(void **state)
{
    const struct smtpwire_address address = {.local = {"a", SIZE_MAX}, .domain = SLICE("b")};
    const struct smtpwire_address half = {.local = {"a", SIZE_MAX / 2}, .domain = {"b", SIZE_MAX / 2}};
    (void)state;
    assert_true(smtpwire_mailbox_write(&address, NULL, buf, sizeof buf, &error) == PTRDIFF_MAX);
    assert_true(smtpwire_mailbox_write(&half, NULL, buf, sizeof buf, &error) == PTRDIFF_MAX);
    expect_refused(smtpwire_xtext_write("", (size_t)PTRDIFF_MAX / 3 + 1, buf, sizeof buf, &error),
                   SMTPWIRE_ERROR_LINE_TOO_LONG, PTRDIFF_MAX / 3);
}

static ptrdiff_t write_parameter(struct smtpwire_slice keyword, struct smtpwire_slice value,
                                 const struct smtpwire_options *options)
{
    const struct smtpwire_parameter parameter = {.keyword = keyword, .value = value};
    return smtpwire_parameter_write(&parameter, options, buf, sizeof buf, &error);
}

/* RFC 5321 section 4.1.2: esmtp-param. */
static void one_parameter_is_one(void **state)
{
    const struct smtpwire_slice none = {NULL, 0};
    (void)state;
    expect_written(write_parameter(SLICE("SIZE"), SLICE("1"), NULL), "SIZE=1");
    expect_written(write_parameter(SLICE("x-Y"), none, NULL), "x-Y");
    expect_refused(write_parameter(SLICE(""), none, NULL), SMTPWIRE_ERROR_PARAMETER_SYNTAX, 0);
    expect_refused(write_parameter(SLICE("A"), SLICE(""), NULL), SMTPWIRE_ERROR_PARAMETER_SYNTAX, 0);
    expect_refused(write_parameter(SLICE("A=b"), none, NULL), SMTPWIRE_ERROR_PARAMETER_SYNTAX, 0);
    expect_refused(write_parameter(SLICE("A B"), none, NULL), SMTPWIRE_ERROR_PARAMETER_SYNTAX, 0);
    expect_refused(write_parameter(SLICE("A "), none, NULL), SMTPWIRE_ERROR_PARAMETER_SYNTAX, 0);
    expect_refused(write_parameter(SLICE("A"), SLICE("b "), NULL), SMTPWIRE_ERROR_PARAMETER_SYNTAX, 0);
    expect_refused(write_parameter(SLICE("A"), SLICE("b C=d"), NULL), SMTPWIRE_ERROR_PARAMETER_SYNTAX, 0);
    expect_refused(write_parameter(SLICE("A"), SLICE("b=c"), NULL), SMTPWIRE_ERROR_PARAMETER_SYNTAX, 0);
    expect_refused(write_parameter(SLICE("A"), SLICE("b\r\nQUIT"), NULL), SMTPWIRE_ERROR_BARE_CR, 3);
}

/* RFC 6531 section 3.3 has UTF-8 in esmtp-value, where SMTPUTF8 is. */
static void parameters_in_utf8_need_smtputf8(void **state)
{
    static const struct smtpwire_options strict = {0}, utf8 = {.smtputf8 = 1};
    (void)state;
    expect_written(write_parameter(SLICE("A"), SLICE("\xC3\xA9"), &utf8), "A=\xC3\xA9");
    expect_refused(write_parameter(SLICE("A"), SLICE("\xC3\xA9"), &strict), SMTPWIRE_ERROR_NON_ASCII, 2);
    expect_refused(write_parameter(SLICE("A"), SLICE("b\xC3\xA9"), NULL), SMTPWIRE_ERROR_NON_ASCII, 3);
}

static ptrdiff_t write_reply(const struct smtpwire_reply *reply, const struct smtpwire_options *options)
{
    return smtpwire_reply_write(reply, options, buf, sizeof buf, &error);
}

/* enhanced is all 0, or its class is that of the code (RFC 3463 section 2). */
static void an_enhanced_code_without_a_class_is_refused(void **state)
{
    struct smtpwire_reply reply = {.code = 250, .text = SLICE("ok")};
    (void)state;
    expect_written(write_reply(&reply, NULL), "250 ok\r\n");
    reply.enhanced[1] = 1;
    expect_refused(write_reply(&reply, NULL), SMTPWIRE_ERROR_REPLY_SYNTAX, 0);
    reply.enhanced[1] = 0;
    reply.enhanced[2] = 1;
    expect_refused(write_reply(&reply, NULL), SMTPWIRE_ERROR_REPLY_SYNTAX, 0);
    reply.enhanced[0] = 2;
    expect_written(write_reply(&reply, NULL), "250 2.0.1 ok\r\n");
    reply.enhanced[0] = 5;
    expect_refused(write_reply(&reply, NULL), SMTPWIRE_ERROR_REPLY_SYNTAX, 0);
}

/* Three digits are a code (RFC 5321 section 4.2), and those that are none are not cut. */
static void codes_that_no_reply_has_are_refused(void **state)
{
    struct smtpwire_reply reply = {.text = SLICE("ok")};
    unsigned code;
    (void)state;
    for (code = 0; code <= UINT16_MAX; code++) {
        reply.code = (uint16_t)code;
        if (code >= 200 && code <= 559 && code % 100 <= 59) {
            assert_true(write_reply(&reply, NULL) == 8);
            memset(buf, 0, sizeof buf);
        } else {
            assert_true(write_reply(&reply, NULL) == -1);
            assert_int_equal(error.id, SMTPWIRE_ERROR_REPLY_SYNTAX);
        }
    }
}

/* Each LF or CRLF in text begins another line, of which the first and the last may be empty. */
static void empty_lines_are_lines(void **state)
{
    struct smtpwire_reply reply = {.code = 250, .text = SLICE("\nok")};
    (void)state;
    expect_written(write_reply(&reply, NULL), "250-\r\n250 ok\r\n");
    reply.text = SLICE("\r\nok\r\n");
    expect_written(write_reply(&reply, NULL), "250-\r\n250-ok\r\n250\r\n");
}

/* Octets over 127 must be UTF-8 and need smtputf8; where no character ends, none is looked for further than one is
 * long. */
static void text_in_utf8_needs_smtputf8(void **state)
{
    static const struct smtpwire_options strict = {0}, utf8 = {.smtputf8 = 1};
    static char tails[600];
    struct smtpwire_reply reply = {.code = 250, .text = SLICE("\xC3\xA9")};
    (void)state;
    memset(tails, '\x80', sizeof tails);
    expect_written(write_reply(&reply, &utf8), "250 \xC3\xA9\r\n");
    expect_refused(write_reply(&reply, &strict), SMTPWIRE_ERROR_NON_ASCII, 4);
    expect_refused(write_reply(&reply, NULL), SMTPWIRE_ERROR_NON_ASCII, 4);
    reply.text.data = tails;
    reply.text.len = sizeof tails;
    expect_refused(write_reply(&reply, &utf8), SMTPWIRE_ERROR_REPLY_SYNTAX, 4);
}

/* RFC 6533 section 3, with UTF-8 and without. */
static void addresses_of_type_utf8_need_no_options(void **state)
{
    static const struct smtpwire_options strict = {0};
    (void)state;
    expect_written(smtpwire_utf8_address_write("\xC3\xA9@b", 4, NULL, buf, sizeof buf, &error), "\\x{E9}@b");
    expect_written(smtpwire_utf8_address_write("\xC3\xA9@b", 4, &strict, buf, sizeof buf, &error), "\\x{E9}@b");
}

/* ORCPT's value is in ASCII where SMTPUTF8 is not (RFC 6533 section 3, utf-8-addr-xtext). */
static void typed_parameters_in_utf8_need_smtputf8(void **state)
{
    static const struct smtpwire_options strict = {0};
    const struct smtpwire_parameter parameter = {.id = SMTPWIRE_PARAMETER_ORCPT,
                                                 .orcpt = {.type = SLICE("utf-8"), .address = SLICE("\xC3\xA9@b")}};
    (void)state;
    expect_refused(smtpwire_typed_parameter_write(&parameter, &strict, buf, sizeof buf, &error),
                   SMTPWIRE_ERROR_NON_ASCII, 12);
    expect_refused(smtpwire_typed_parameter_write(&parameter, NULL, buf, sizeof buf, &error), SMTPWIRE_ERROR_NON_ASCII,
                   12);
}

/* Stuffing ends once, whether or not the caller asks why not twice. */
static void nothing_follows_the_end(void **state)
{
    struct smtpwire_stuff stuff;
    struct smtpwire_slice slice;
    size_t taken = 1;
    (void)state;
    assert_int_equal(smtpwire_stuff_init(&stuff, NULL), 0);
    assert_int_equal(smtpwire_stuff_end(&stuff, &slice, &error), 0);
    assert_true(smtpwire_stuff_push(&stuff, "a", 1, &taken, &slice, 1, NULL) == -1);
    assert_int_equal(taken, 0);
    assert_true(smtpwire_stuff_push(&stuff, "a", 1, &taken, &slice, 1, &error) == -1);
    assert_int_equal(error.id, SMTPWIRE_ERROR_MISUSE);
    assert_int_equal(smtpwire_stuff_end(&stuff, &slice, NULL), -1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_that_a_command_does_not_have_are_refused),
        cmocka_unit_test(a_local_part_is_no_mailbox),
        cmocka_unit_test(errors_may_be_null),
        cmocka_unit_test(lengths_over_all_memory_are_told),
        cmocka_unit_test(one_parameter_is_one),
        cmocka_unit_test(parameters_in_utf8_need_smtputf8),
        cmocka_unit_test(an_enhanced_code_without_a_class_is_refused),
        cmocka_unit_test(codes_that_no_reply_has_are_refused),
        cmocka_unit_test(empty_lines_are_lines),
        cmocka_unit_test(text_in_utf8_needs_smtputf8),
        cmocka_unit_test(addresses_of_type_utf8_need_no_options),
        cmocka_unit_test(typed_parameters_in_utf8_need_smtputf8),
        cmocka_unit_test(nothing_follows_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
