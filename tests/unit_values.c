/* Values and names: what was expected where, attributes, what parameters mean, names of ids.
 */
#include "smtpwire.h"

#include <limits.h>
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

static void parameters_are_taken_one_by_one(void **state)
{
    static const char line[] = "MAIL FROM:<> SIZE=12 BODY=8BITMIME X-Y";
    static const struct smtpwire_options lax = {.lax = SMTPWIRE_LAX_UNKNOWN_PARAMETER,
                                                .extensions = SMTPWIRE_OFFER_ALL};
    struct smtpwire_command command;
    struct smtpwire_parameter p;
    struct smtpwire_slice rest;
    (void)state;
    assert_int_equal(smtpwire_command_parse(line, sizeof line - 1, &lax, &command, NULL), 0);
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
static struct smtpwire_parameter read_parameter(const char *text)
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
    assert_true(read_parameter("SIZE=18446744073709551615").size == UINT64_MAX);
    assert_int_equal(read_parameter("size=00000000000000000007").size, 7);
    assert_int_equal(read_parameter("BODY=7bit").body, SMTPWIRE_BODY_7BIT);
    assert_int_equal(read_parameter("BODY=8bitmime").body, SMTPWIRE_BODY_8BITMIME);
    assert_int_equal(read_parameter("BODY=binarymime").body, SMTPWIRE_BODY_BINARYMIME);
    assert_int_equal(read_parameter("RET=full").ret, SMTPWIRE_RET_FULL);
    assert_int_equal(read_parameter("RET=HDRS").ret, SMTPWIRE_RET_HDRS);
    assert_int_equal(read_parameter("NOTIFY=never").notify, SMTPWIRE_NOTIFY_NEVER);
    assert_int_equal(read_parameter("NOTIFY=delay,SUCCESS,success").notify,
                     SMTPWIRE_NOTIFY_DELAY | SMTPWIRE_NOTIFY_SUCCESS);
    assert_int_equal(read_parameter("NOTIFY=failure,Delay").notify, SMTPWIRE_NOTIFY_FAILURE | SMTPWIRE_NOTIFY_DELAY);
    assert_int_equal(read_parameter("NOTIFY=Failure").notify, SMTPWIRE_NOTIFY_FAILURE);
    assert_int_equal(read_parameter("HOLDFOR=999999999").hold_for, 999999999);
    assert_int_equal(read_parameter("MT-PRIORITY=-9").priority, -9);
    assert_int_equal(read_parameter("MT-PRIORITY=0").priority, 0);
    assert_int_equal(read_parameter("REQUIRETLS").id, SMTPWIRE_PARAMETER_REQUIRETLS);
    p = read_parameter("BY=-999999999;nT");
    assert_int_equal(p.by.seconds, -999999999);
    assert_int_equal(p.by.mode, 'N');
    assert_int_equal(p.by.trace, 1);
    p = read_parameter("BY=+5;r");
    assert_int_equal(p.by.seconds, 5);
    assert_int_equal(p.by.mode, 'R');
    assert_int_equal(p.by.trace, 0);
    p = read_parameter("MTRK=abcd:17");
    assert_int_equal(p.mtrk.certifier.len, 4);
    assert_int_equal(p.mtrk.timeout, 17);
    assert_int_equal(p.mtrk.has_timeout, 1);
    assert_int_equal(read_parameter("MTRK=abcdef").mtrk.has_timeout, 0);
    p = read_parameter("ORCPT=UTF-8;a@b");
    assert_memory_equal(p.orcpt.type.data, "UTF-8", p.orcpt.type.len);
    assert_memory_equal(p.orcpt.address.data, "a@b", p.orcpt.address.len);
    assert_int_equal(p.orcpt.address.len, 3);
    assert_int_equal(p.orcpt.utf8, 1);
    assert_int_equal(read_parameter("ORCPT=x;").orcpt.utf8, 0);
}

static void dates_are_typed(void **state)
{
    struct smtpwire_parameter p = read_parameter("HOLDUNTIL=2027-11-22t13:14:60.250Z");
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
    p = read_parameter("RRVS=2014-04-03T23:01:02-23:59;r");
    assert_int_equal(p.rrvs.since.second, 2);
    assert_int_equal(p.rrvs.since.offset, -1439);
    assert_null(p.rrvs.since.fraction.data);
    assert_int_equal(p.rrvs.no_support, 'R');
    assert_int_equal(read_parameter("RRVS=2014-04-03T23:01:02+01:30;C").rrvs.no_support, 'C');
    assert_int_equal(read_parameter("RRVS=2014-04-03T23:01:02+01:30").rrvs.since.offset, 90);
    assert_int_equal(read_parameter("RRVS=2014-04-03T23:01:02z").rrvs.no_support, 0);
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
        assert_int_equal(read_parameter(texts[i]).id, SMTPWIRE_PARAMETER_UNKNOWN);
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

static void expect_names(const char *(*name)(unsigned), unsigned count)
{
    unsigned id;
    for (id = 0; id < count; id++)
        assert_string_not_equal(name(id), "");
    assert_string_equal(name(count), "");
    assert_string_equal(name(UINT_MAX), "");
}

/* Every id of the tables has a name, and what is none has "". */
static void names_are_total(void **state)
{
    unsigned id;
    (void)state;
    expect_names(smtpwire_verb_name, SMTPWIRE_VERB_COUNT);
    expect_names(smtpwire_capability_name, SMTPWIRE_CAPABILITY_COUNT);
    expect_names(smtpwire_mechanism_name, SMTPWIRE_MECHANISM_COUNT);
    expect_names(smtpwire_mechanism_rfc, SMTPWIRE_MECHANISM_COUNT);
    expect_names(smtpwire_parameter_name, SMTPWIRE_PARAMETER_COUNT);
    expect_names(smtpwire_attribute_name, SMTPWIRE_ATTRIBUTE_COUNT);
    expect_names(smtpwire_extension_name, SMTPWIRE_EXTENSION_COUNT);
    expect_names(smtpwire_error_name, SMTPWIRE_ERROR_COUNT);
    expect_names(smtpwire_error_text, SMTPWIRE_ERROR_COUNT);
    for (id = 0; id < SMTPWIRE_ERROR_COUNT; id++)
        assert_true(smtpwire_error_rfc(id)[0] == '\0' || strncmp(smtpwire_error_rfc(id), "RFC ", 4) == 0);
    assert_string_equal(smtpwire_error_rfc(SMTPWIRE_ERROR_COUNT), "");
    assert_string_equal(smtpwire_capability_rfc(SMTPWIRE_CAPABILITY_COUNT), "");
    assert_string_equal(smtpwire_error_rfc(SMTPWIRE_ERROR_NON_ASCII), "RFC 6531 section 3.5");
    assert_string_equal(smtpwire_error_name(SMTPWIRE_ERROR_COMMAND_NOT_IMPLEMENTED), "command_not_implemented");
    assert_string_equal(smtpwire_verb_name(SMTPWIRE_VERB_STARTTLS), "STARTTLS");
    assert_string_equal(smtpwire_capability_name(SMTPWIRE_CAPABILITY_MT_PRIORITY), "MT-PRIORITY");
    assert_string_equal(smtpwire_capability_rfc(SMTPWIRE_CAPABILITY_MT_PRIORITY), "RFC 6710");
    assert_string_equal(smtpwire_mechanism_name(SMTPWIRE_MECHANISM_CRAM_MD5), "CRAM-MD5");
    assert_string_equal(smtpwire_mechanism_rfc(SMTPWIRE_MECHANISM_CRAM_MD5), "RFC 2195");
    assert_string_equal(smtpwire_parameter_name(SMTPWIRE_PARAMETER_SIZE), "SIZE");
    assert_string_equal(smtpwire_extension_name(SMTPWIRE_EXTENSION_SIZE), "SIZE");
    assert_string_equal(smtpwire_version(), SMTPWIRE_VERSION);
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
        cmocka_unit_test(parameters_are_taken_one_by_one),
        cmocka_unit_test(parameters_are_typed),
        cmocka_unit_test(dates_are_typed),
        cmocka_unit_test(parameters_that_do_not_fit_are_unknown),
        cmocka_unit_test(xtext_is_decoded),
        cmocka_unit_test(results_that_are_not_wanted_may_be_null),
        cmocka_unit_test(a_status_of_letters_is_text),
        cmocka_unit_test(names_are_total),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
