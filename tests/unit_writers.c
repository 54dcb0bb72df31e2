/* Writers: the size they need, members that a command does not have, parts that hold what separates them, lengths that
 * no buffer has; and dot-stuffing.
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

static void writers_say_the_size_they_need(void **state)
{
    const struct smtpwire_address joe = {.local = {"joe", 3}, .domain = {"b.example", 9}};
    char room[16];
    (void)state;
    memset(room, 'x', sizeof room);
    assert_int_equal(smtpwire_forward_path_write(&joe, NULL, NULL, 0, NULL), 15);
    assert_int_equal(smtpwire_forward_path_write(&joe, NULL, room, 14, NULL), 15);
    assert_int_equal(room[14], 'x');
    assert_null(memchr(room, 'j', sizeof room)); /* too small: nothing of it is left */
    assert_int_equal(smtpwire_forward_path_write(&joe, NULL, room, 15, NULL), 15);
    assert_memory_equal(room, "<joe@b.example>x", 16);
}

static void the_null_path_is_asked_for_by_name(void **state)
{
    const struct smtpwire_address forgotten = {.route = {NULL, 0}}, null = {.path = {"<>", 2}};
    char room[16];
    (void)state;
    assert_int_equal(smtpwire_reverse_path_write(&forgotten, NULL, room, sizeof room, &error), -1);
    assert_int_equal(error.id, SMTPWIRE_ERROR_ADDRESS_SYNTAX);
    assert_int_equal(smtpwire_reverse_path_write(&null, NULL, room, sizeof room, &error), 2);
    assert_int_equal(smtpwire_forward_path_write(&null, NULL, room, sizeof room, &error), -1);
}

static void a_mailbox_has_no_route(void **state)
{
    const struct smtpwire_address address = {.route = {"@a", 2}, .local = {"joe", 3}, .domain = {"b", 1}};
    char room[16];
    (void)state;
    assert_int_equal(smtpwire_mailbox_write(&address, NULL, room, sizeof room, NULL), -1);
    assert_int_equal(smtpwire_forward_path_write(&address, NULL, room, sizeof room, NULL), 10);
}

static void what_a_writer_refuses_has_an_offset(void **state)
{
    struct smtpwire_command rcpt = {.verb = SMTPWIRE_VERB_RCPT,
                                    .address = {.local = {"joe", 3}, .domain = {"b> A=1", 6}}};
    static const struct smtpwire_options lax = {.lax = SMTPWIRE_LAX_UNKNOWN_PARAMETER};
    char room[600], text[600];
    (void)state;
    assert_int_equal(smtpwire_command_write(&rcpt, &lax, room, sizeof room, &error), -1);
    assert_int_equal(error.id, SMTPWIRE_ERROR_ADDRESS_SYNTAX);
    assert_int_equal(error.offset, 8);
    assert_int_equal(error.code, 501);
    rcpt.address.domain.len = 1;
    rcpt.parameters.data = "A=b\r\nDATA";
    rcpt.parameters.len = 9;
    assert_int_equal(smtpwire_command_write(&rcpt, NULL, room, sizeof room, &error), -1);
    assert_int_equal(error.id, SMTPWIRE_ERROR_BARE_CR);
    assert_int_equal(error.offset, 19);
    memset(text, 'a', sizeof text);
    rcpt.parameters.data = text;
    rcpt.parameters.len = sizeof text;
    assert_int_equal(smtpwire_command_write(&rcpt, NULL, room, sizeof room, &error), -1);
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
    char room[64];
    (void)state;

    assert_int_equal(smtpwire_local_part_write("a..b", 4, &lax, room, sizeof room, &error), 6);
    assert_memory_equal(room, "\"a..b\"", 6);
    assert_int_equal(smtpwire_local_part_decode("a..b", 4, &lax, room, sizeof room, &error), 4);
    assert_int_equal(smtpwire_local_part_decode("a..b", 4, NULL, room, sizeof room, &error), -1);
    assert_int_equal(smtpwire_mailbox_write(&address, NULL, room, sizeof room, &error), -1);
    assert_int_equal(smtpwire_mailbox_write(&address, &lax, room, sizeof room, &error), 6);
    mail.address = address;
    assert_int_equal(smtpwire_command_write(&mail, &lax, room, sizeof room, &error), 20);
    assert_memory_equal(room, "MAIL FROM:<a..b@c>\r\n", 20);
    assert_int_equal(smtpwire_command_write(&mail, NULL, room, sizeof room, &error), -1);
    assert_int_equal(smtpwire_command_write(&etrn, &lax, room, sizeof room, &error), -1);
    mail.address.local.len = 1;
    mail.parameters.data = "SIZE=1\tBODY=7BIT";
    mail.parameters.len = 16;
    assert_int_equal(smtpwire_command_write(&mail, &lax, room, sizeof room, &error), 34);
    assert_memory_equal(room, "MAIL FROM:<a@c> SIZE=1\tBODY=7BIT\r\n", 34);
    assert_int_equal(smtpwire_command_write(&mail, NULL, room, sizeof room, &error), -1);
}

static void only_known_commands_are_written(void **state)
{
    struct smtpwire_command command;
    char room[64];
    unsigned verb;
    (void)state;
    for (verb = 0; verb < SMTPWIRE_VERB_COUNT + 3; verb++) {
        memset(&command, 0, sizeof command);
        command.verb = (uint16_t)verb;
        if (smtpwire_command_write(&command, NULL, room, sizeof room, &error) < 0)
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
    char room[64];
    size_t i;
    (void)state;
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(smtpwire_reply_write(&bad[i].reply, NULL, room, sizeof room, &error), -1);
        assert_int_equal(error.id, bad[i].error);
        assert_int_equal(error.code, 0);
    }
    assert_int_equal(smtpwire_reply_write(&good, NULL, room, sizeof room, &error), 37);
    assert_memory_equal(room, "550-5.1.1 a\r\n550-5.1.1 b\r\n550 5.1.1\r\n", 37);
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
