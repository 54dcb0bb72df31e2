/* Values and names at their edges: what was expected where, attributes, names of ids, options.
 */
#include "smtpwire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct smtpwire_expected expected;

static int find(const char *line, const struct smtpwire_options *options)
{
    return smtpwire_expected_find(SMTPWIRE_EXPECTED_COMMAND, line, strlen(line), options, &expected);
}

static int expects(unsigned octet) { return (expected.octets[octet / 8] >> octet % 8 & 1) != 0; }

static const struct smtpwire_options all = {.extensions = SMTPWIRE_OFFER_ALL};

/* smtpwire.h: 0 where no valid line begins with it, octets and end being zero and the strings empty. */
static void expect_nothing(const char *line)
{
    static const uint8_t none[32];
    assert_int_equal(find(line, &all), 0);
    assert_memory_equal(expected.octets, none, sizeof none);
    assert_int_equal(expected.end, 0);
    assert_string_equal(expected.rule, "");
    assert_string_equal(expected.rfc, "");
}

static void behind_what_is_wrong_nothing_is_expected(void **state)
{
    (void)state;
    expect_nothing("MAIL FROM:<> SIZE=a");        /* no number */
    expect_nothing("MAIL FROM:<> AUTH=@");        /* xtext, but no mailbox */
    expect_nothing("MAIL FROM:<> SMTPUTF8=");     /* takes no value */
    expect_nothing("MAIL FROM:<> NOTIFY=");       /* of RCPT */
    expect_nothing("MAIL FROM:<> MT-PRIORITYX");  /* longer than any keyword */
    expect_nothing("RCPT TO:<a@b> ALT-ADDRESSX"); /* longer than the longest */
    assert_int_equal(smtpwire_expected_find(SMTPWIRE_EXPECTED_KIND_COUNT, "", 0, &all, &expected), 0);
    assert_int_equal(expected.kind, 0);
}

/* RFC 3461 section 4: hexchar is "+" and two upper-case digits; RFC 4954 section 5: they stand for a mailbox. */
static void half_a_hexchar_can_end_nothing(void **state)
{
    (void)state;
    assert_int_equal(find("MAIL FROM:<> AUTH=a@b", &all), 1);
    assert_true(expects(' '));
    assert_int_equal(expected.end, 1);
    assert_int_equal(find("MAIL FROM:<> AUTH=a@b+", &all), 1);
    assert_false(expects(' '));
    assert_int_equal(expected.end, 0);
    assert_true(expects('2')); /* +2D, a hyphen */
    assert_true(expects('4'));
    assert_false(expects('0'));
}

/* RFC 6533 section 3: \x{HEX} stands for what an address can go on with, of ASCII for what must be written so only. */
static void a_code_stands_for_what_can_follow(void **state)
{
    (void)state;
    assert_int_equal(find("RCPT TO:<a@b> ORCPT=utf-8;\"\\x{5C}", &all), 1); /* a quoted pair: any printable octet */
    assert_true(expects('\\'));
    assert_true(expects('"'));
    assert_int_equal(find("RCPT TO:<a@b> ORCPT=utf-8;a\\x{2", &all), 1); /* +, U+2xx, but no space */
    assert_true(expects('B'));
    assert_false(expects('}'));
    assert_int_equal(find("RCPT TO:<a@b> ORCPT=utf-8;\"\\x{5C}\\x{", &all), 1); /* nothing over 127 in the pair */
    assert_true(expects('2'));
    assert_true(expects('3'));
    assert_true(expects('5'));
    assert_false(expects('1'));
    assert_int_equal(find("RCPT TO:<a@b> ORCPT=utf-8;\"\\x{5C}\\x{2B", &all), 1); /* + as it is; U+2Bx is over 127 */
    assert_true(expects('}'));
    assert_false(expects('0'));
    assert_int_equal(find("RCPT TO:<a@b> ORCPT=utf-8;a@b\\x{2", &all), 1); /* no + in a domain, but U+2xx */
    assert_true(expects('0'));
}

static void expect_words(const char *octets, uint8_t end, const char *rule, const char *rfc, const char *words)
{
    char text[200];
    size_t len;
    memset(&expected, 0, sizeof expected);
    for (; *octets != '\0'; octets++)
        expected.octets[(unsigned char)*octets / 8] |= (uint8_t)(1U << (unsigned char)*octets % 8);
    expected.end = end;
    expected.rule = rule;
    expected.rfc = rfc;
    len = smtpwire_expected_write(&expected, text, sizeof text - 1);
    assert_true(len < sizeof text);
    text[len] = '\0';
    assert_string_equal(text, words);
}

#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"
#define SIGNS "!#$%&'*+-/=?^_`{|}~"

static void all_sets_have_words(void **state)
{
    (void)state;
    expect_words("\"", 0, "", "", "'\"'");
    expect_words("\"a", 0, "", "", "'\"' or \"a\"");
    expect_words(UPPER LOWER DIGITS, 0, "", "", "a letter or digit");
    expect_words(UPPER LOWER DIGITS, 1, "", "", "a letter, a digit or the end of the line");
    expect_words(UPPER, 0, "", "", "one of " UPPER);
    expect_words(UPPER LOWER DIGITS SIGNS "\"(),.:;<>@[\\", 0, "", "", "a visible character other than \"]\"");
    expect_words(UPPER LOWER DIGITS SIGNS "\"(),.:;<>@[", 0, "", "", "a visible character other than \"\\\" and \"]\"");
    expect_words("a", 0, "x", "", "\"a\" (x)");
    expect_words("a", 0, "x", "RFC 1", "\"a\" (RFC 1, x)");
}

static void expect_attribute(const char *text, unsigned id, unsigned port, unsigned status)
{
    struct smtpwire_slice rest = {text, strlen(text)};
    struct smtpwire_attribute attribute;
    assert_int_equal(smtpwire_attribute_next(&rest, &attribute), 1);
    assert_int_equal(rest.len, 0);
    assert_int_equal(attribute.id, id);
    assert_int_equal(attribute.port, port);
    assert_int_equal(attribute.status, status);
}

/* XCLIENT_README: port numbers are decimal; [UNAVAILABLE] and [TEMPUNAVAIL] stand for no value. */
static void ports_are_numbers_of_16_bits(void **state)
{
    static const char *const none[] = {"PORT=",   "PORT=0",  "PORT=65536", "PORT=65537", "PORT=99999999999",
                                       "PORT=1/", "PORT=1a", "PORT=/",     "DESTPORT=a", "PORT=00000000000000025"};
    size_t i;
    (void)state;
    expect_attribute("PORT=1", SMTPWIRE_ATTRIBUTE_PORT, 1, SMTPWIRE_STATUS_VALUE);
    expect_attribute("PORT=65535", SMTPWIRE_ATTRIBUTE_PORT, 65535, SMTPWIRE_STATUS_VALUE);
    expect_attribute("DESTPORT=25", SMTPWIRE_ATTRIBUTE_DESTPORT, 25, SMTPWIRE_STATUS_VALUE);
    expect_attribute("PORT=[TEMPUNAVAIL]", SMTPWIRE_ATTRIBUTE_PORT, 0, SMTPWIRE_STATUS_TEMPUNAVAIL);
    expect_attribute("LOGIN=25", SMTPWIRE_ATTRIBUTE_LOGIN, 0, SMTPWIRE_STATUS_VALUE);
    for (i = 0; i < sizeof none / sizeof *none; i++)
        expect_attribute(none[i], none[i][0] == 'P' ? SMTPWIRE_ATTRIBUTE_PORT : SMTPWIRE_ATTRIBUTE_DESTPORT, 0,
                         SMTPWIRE_STATUS_VALUE);
}

/* A NUL is an octet like any other, not the end of a name. */
static void a_name_does_not_end_at_a_nul(void **state)
{
    static const char text[] = "PORT\0=25";
    struct smtpwire_slice rest = {text, sizeof text - 1};
    struct smtpwire_attribute attribute;
    (void)state;
    assert_int_equal(smtpwire_attribute_next(&rest, &attribute), 1);
    assert_int_equal(attribute.id, SMTPWIRE_ATTRIBUTE_UNKNOWN);
    assert_int_equal(attribute.name.len, 5);
}

/* XCLIENT_README: ADDR is an address literal without its brackets, of which no one is so long. */
static void a_long_address_is_wrong_where_no_address_goes_on(void **state)
{
    static const char line[] =
        "XCLIENT ADDR=IPV6:1111:1111:1111:1111:1111:1111:1111:1111111111111111111111111111111111";
    struct smtpwire_command command;
    struct smtpwire_error error;
    (void)state;
    assert_int_equal(smtpwire_command_parse(line, sizeof line - 1, &all, &command, &error), -1);
    assert_int_equal(error.id, SMTPWIRE_ERROR_PARAMETER_VALUE);
    assert_int_equal(error.offset, strlen("XCLIENT ADDR=IPV6:1111:1111:1111:1111:1111:1111:1111:1111"));
}

static void expect_fault(const char *line, const struct smtpwire_options *options, unsigned id, size_t offset)
{
    struct smtpwire_command command;
    struct smtpwire_error error;
    assert_int_equal(smtpwire_command_parse(line, strlen(line), options, &command, &error), -1);
    assert_string_equal(smtpwire_error_name(error.id), smtpwire_error_name(id));
    assert_int_equal(error.offset, offset);
}

/* RFC 3461 section 4: a hexchar that is cut off is wrong behind its plus sign if some octet could stand there, else at
 * it. */
static void half_a_hexchar_is_wrong_where_nothing_can_follow(void **state)
{
    const struct smtpwire_options tags = {.lax = SMTPWIRE_LAX_UNREGISTERED_TAG, .extensions = SMTPWIRE_OFFER_ALL};
    const struct smtpwire_options eight = {.extensions = SMTPWIRE_OFFER_ALL, .limit = {[SMTPWIRE_LIMIT_DOMAIN] = 8}};
    (void)state;
    expect_fault("MAIL FROM:<> AUTH=a@[1.2.3.4+", &all, SMTPWIRE_ERROR_PARAMETER_VALUE, 29); /* +5D is the bracket */
    expect_fault("MAIL FROM:<> AUTH=a@[1.2.3.4+", &eight, SMTPWIRE_ERROR_PARAMETER_VALUE, 28);
    expect_fault("MAIL FROM:<> AUTH=a@[x:b+", &tags, SMTPWIRE_ERROR_PARAMETER_VALUE, 25);
    expect_fault("XCLIENT ADDR=[UNAVAILABLE]+", &all, SMTPWIRE_ERROR_PARAMETER_VALUE, 26);
}

static size_t fill(char *line, const char *head, char octet, size_t count, const char *tail)
{
    const size_t len = strlen(head);
    memcpy(line, head, len);
    memset(line + len, octet, count);
    memcpy(line + len + count, tail, strlen(tail) + 1);
    return len + count;
}

/* Behind a label of 63 octets there is room for a dot (+2E) only, behind 320 octets for nothing, whatever the limits.
 */
static void long_parts_leave_room_for_what_ends_them(void **state)
{
    const struct smtpwire_options long_local = {.extensions = SMTPWIRE_OFFER_ALL,
                                                .limit = {[SMTPWIRE_LIMIT_LOCAL_PART] = 400}};
    char line[512];
    size_t end;
    (void)state;
    end = fill(line, "MAIL FROM:<> AUTH=a@", 'x', 63, "+");
    expect_fault(line, &all, SMTPWIRE_ERROR_PARAMETER_VALUE, end + 1);
    end = fill(line, "MAIL FROM:<> AUTH=", 'x', 320, "+");
    expect_fault(line, &long_local, SMTPWIRE_ERROR_PARAMETER_VALUE, end);
    fill(line, "MAIL FROM:<> ", 'A', 130, "");
    expect_fault(line, &all, SMTPWIRE_ERROR_PARAMETER_UNKNOWN, 13);
    expect_fault("RCPT TO:<a@b> ORCPT=utf-8;\"\\x{5C}\\x{2B1}", &all, SMTPWIRE_ERROR_PARAMETER_VALUE,
                 strlen("RCPT TO:<a@b> ORCPT=utf-8;\"\\x{5C}\\x{2B"));
}

/* Where no other parameter can come, nothing separates it from one. */
static void behind_the_last_parameter_the_line_ends(void **state)
{
    const struct smtpwire_options one = {.lax = SMTPWIRE_LAX_HTAB_SEPARATOR, .extensions = SMTPWIRE_OFFER(SMTPUTF8)};
    (void)state;
    expect_fault("MAIL FROM:<> SMTPUTF8\t", &one, SMTPWIRE_ERROR_PARAMETER_SYNTAX, 21);
    expect_fault("MAIL FROM:<> SMTPUTF8 ", &one, SMTPWIRE_ERROR_PARAMETER_SYNTAX, 21);
    assert_int_equal(find("MAIL FROM:<> SMTPUTF8", &one), 1);
    assert_int_equal(expected.end, 1);
    assert_false(expects(' '));
    assert_false(expects('='));
    expect_nothing("MAIL FROM:<> ABCDEFGHIJKLMNOPQ");
}

/* The leniency trailing_space: a value that cannot end at the blank cannot end with the line either. */
static void blanks_end_no_value_that_is_not_complete(void **state)
{
    const struct smtpwire_options blanks = {.lax = SMTPWIRE_LAX_TRAILING_SPACE, .extensions = SMTPWIRE_OFFER_ALL};
    struct smtpwire_command command;
    (void)state;
    expect_fault("MAIL FROM:<> BODY=7 ", &blanks, SMTPWIRE_ERROR_PARAMETER_VALUE, 19);
    expect_fault("MAIL FROM:<> BODY=7BIT ", &all, SMTPWIRE_ERROR_PARAMETER_SYNTAX, 23);
    assert_int_equal(smtpwire_command_parse("MAIL FROM:<> BODY=7BIT  ", 24, &blanks, &command, NULL), 0);
    assert_int_equal(command.parameters.len, 9);
}

/* RFC 2034 section 4: digits stand for the class, subject and detail, or it is text. */
static void a_status_of_letters_is_text(void **state)
{
    static const char line[] = "250 2.a.0 is what this server says to nearly everything";
    struct smtpwire_reply reply;
    (void)state;
    assert_int_equal(smtpwire_reply_parse(line, sizeof line - 1, NULL, &reply, NULL), 0);
    assert_int_equal(reply.enhanced[0], 0);
    assert_true(reply.text.data == line + 4);
    assert_int_equal(reply.text.len, sizeof line - 5);
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

/* Every id of the tables has a name of its own, and what is none has "". */
static void names_are_total(void **state)
{
    unsigned id;
    (void)state;
    for (id = 0; id < SMTPWIRE_ERROR_COUNT; id++) {
        assert_string_not_equal(smtpwire_error_name(id), "");
        assert_string_not_equal(smtpwire_error_text(id), "");
        assert_true(smtpwire_error_rfc(id)[0] == '\0' || strncmp(smtpwire_error_rfc(id), "RFC ", 4) == 0);
    }
    assert_string_equal(smtpwire_error_rfc(SMTPWIRE_ERROR_NON_ASCII), "RFC 6531 section 3.5");
    assert_string_equal(smtpwire_error_name(id), "");
    assert_string_equal(smtpwire_error_text(id), "");
    assert_string_equal(smtpwire_error_rfc(id), "");
    assert_string_equal(smtpwire_parameter_name(SMTPWIRE_PARAMETER_SIZE), "SIZE");
    assert_string_equal(smtpwire_parameter_name(SMTPWIRE_PARAMETER_COUNT), "");
    assert_string_equal(smtpwire_extension_name(0), "SIZE");
    assert_string_equal(smtpwire_extension_name(SMTPWIRE_EXTENSION_COUNT), "");
}

/* RFC 3461 section 4.1: NOTIFY's words, in any case. */
static void words_have_no_case(void **state)
{
    struct smtpwire_slice notify = {"NOTIFY=failure,Delay", 20};
    struct smtpwire_parameter parameter;
    (void)state;
    assert_int_equal(smtpwire_parameter_next(&notify, &parameter), 1);
    assert_int_equal(parameter.notify, SMTPWIRE_NOTIFY_FAILURE | SMTPWIRE_NOTIFY_DELAY);
}

/* Fewer octets than were shown before is misuse, never an over-read, and stays one. */
static void content_that_is_shown_no_more_is_misuse(void **state)
{
    struct smtpwire_data data;
    struct smtpwire_event event;
    (void)state;
    assert_int_equal(smtpwire_data_init(&data, NULL), 0);
    assert_int_equal(smtpwire_data_push(&data, "a\r\n..b", 6, &event), 4); /* up to the dot that goes */
    assert_int_equal(event.kind, SMTPWIRE_CONTENT);
    assert_int_equal(smtpwire_data_push(&data, "", 0, &event), 0);
    assert_int_equal(event.kind, SMTPWIRE_FATAL);
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_MISUSE);
    assert_int_equal(smtpwire_data_push(&data, ".b\r\n", 4, &event), 0);
    assert_int_equal(event.kind, SMTPWIRE_FATAL);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(behind_what_is_wrong_nothing_is_expected),
        cmocka_unit_test(half_a_hexchar_can_end_nothing),
        cmocka_unit_test(a_code_stands_for_what_can_follow),
        cmocka_unit_test(all_sets_have_words),
        cmocka_unit_test(ports_are_numbers_of_16_bits),
        cmocka_unit_test(a_name_does_not_end_at_a_nul),
        cmocka_unit_test(a_long_address_is_wrong_where_no_address_goes_on),
        cmocka_unit_test(half_a_hexchar_is_wrong_where_nothing_can_follow),
        cmocka_unit_test(long_parts_leave_room_for_what_ends_them),
        cmocka_unit_test(behind_the_last_parameter_the_line_ends),
        cmocka_unit_test(blanks_end_no_value_that_is_not_complete),
        cmocka_unit_test(a_status_of_letters_is_text),
        cmocka_unit_test(a_value_of_a_capability_without_one_is_not_kept),
        cmocka_unit_test(options_out_of_bounds_are_refused),
        cmocka_unit_test(names_are_total),
        cmocka_unit_test(words_have_no_case),
        cmocka_unit_test(content_that_is_shown_no_more_is_misuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
