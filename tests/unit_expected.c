/* What was expected, in words: which octets have which words, what a rule adds, and what is told where there is nothing
 * to tell. Which octets are found is held against the parser in expected.c.
 */
#include "smtpwire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Pairs of octets, from and to; and the words for them. */
static const struct row {
    const char *ranges, *words;
} rows[] = {
    {"", ""},
    {"azAZ09", "a letter or digit"},
    {"azAZ09--", "a letter, a digit or \"-\""},
    {"azAZ", "a letter"},
    {"azAY", "one of ABCDEFGHIJKLMNOPQRSTUVWXYz"},
    {"azBZ", "one of BCDEFGHIJKLMNOPQRSTUVWXYZa"},
    {"ayAZ", "one of ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
    {"@@azAZ", "a letter or \"@\""},
    {"[[azAZ", "a letter or \"[\""},
    {"--29::", "a digit from 2 to 9, \"-\" or \":\""},
    {"azAZ18", "a letter or a digit from 1 to 8"},
    {"09", "a digit"},
    {"09AF", "an upper-case hexadecimal digit"},
    {"09AFaf", "a hexadecimal digit"},
    {"09AFae", "an upper-case hexadecimal digit"},
    {"09AFbf", "an upper-case hexadecimal digit"},
    {"09AFGGaf``", "a hexadecimal digit, \"G\" or \"`\""},
    {"09AE", "a digit or one of ABCDE"},
    {"09BF", "a digit or one of BCDEF"},
    {"09AGag", "a hexadecimal digit or \"G\""},
    {"09af", "a digit or one of abcdef"},
    {"08", "a digit from 0 to 8"},
    {"19", "a digit from 1 to 9"},
    {"03", "a digit from 0 to 3"},
    {"69", "a digit from 6 to 9"},
    {"46//", "one of /456"},
    {"02", "\"0\", \"1\" or \"2\""},
    {"99", "\"9\""},
    {"0257", "one of 012567"},
    {"0357", "one of 0123567"},
    {"!~", "a visible character"},
    {" ~", "a printable character"},
    {"\t\t ~", "a printable character or a tab"},
    {"!%'~", "a visible character other than \"&\""},
    {"!!#~", "a visible character other than '\"'"},
    {"\"}", "a visible character other than \"!\" and \"~\""},
    {" %';==?~", "a printable character other than \"&\" and \"<\" and \">\""},
    {"!$';==?~", "a visible character other than any of %&<>"},
    {"!f", "a visible character other than any of ghijklmnopqrstuvwxyz{|}~"},
    {"!e", "an upper-case hexadecimal digit or one of !\"#$%&'()*+,-./:;<=>?@GHIJKLMNOPQRSTUVWXYZ[\\]^_`"},
    {"--", "\"-\""},
    {"\"\"", "'\"'"},
    {"!!~~", "\"!\" or \"~\""},
    {"--..::", "\"-\", \".\" or \":\""},
    {",,--..::", "one of ,-.:"},
    {"FFHHffhh", "\"F\" or \"H\""},
    {"AAaaZZzz", "\"A\" or \"Z\""},
    {"ffGG", "\"G\" or \"f\""},
    {"@@``", "\"@\" or \"`\""},
    {"[[{{", "\"[\" or \"{\""},
    {"  ", "a space"},
    {"\t\t", "a tab"},
    {"\t\t  --", "\"-\", a space or a tab"},
    {"\x7f\x7f", ""},
    {"\x80\xff", "an octet over 127"},
    {"\x80\xfe", "a UTF-8 character"},
    {"\x81\xff", "a UTF-8 character"},
    {"\xc2\xf4", "a UTF-8 character"},
    {"\xc2\xc2", "a UTF-8 character"},
    {"\xf4\xf4", "a UTF-8 character"},
    {"\x80\xbf", "the next octet of the UTF-8 character"},
    {"\x80\x80", "the next octet of the UTF-8 character"},
    {"\xbf\xbf", "the next octet of the UTF-8 character"},
    {"azAZ\xc2\xf4", "a letter or a UTF-8 character"},
};

static struct smtpwire_expected of(const char *ranges, unsigned kind, int end)
{
    struct smtpwire_expected expected;
    memset(&expected, 0, sizeof expected);
    expected.kind = (uint8_t)kind;
    expected.end = (uint8_t)end;
    expected.rule = expected.rfc = "";
    for (; *ranges != '\0'; ranges += 2) {
        unsigned octet = (unsigned char)ranges[0];
        for (; octet <= (unsigned char)ranges[1]; octet++)
            expected.octets[octet / 8] |= (uint8_t)(1U << octet % 8);
    }
    return expected;
}

/* In a block of exactly its size, in one of an octet less, and counted only. */
static void assert_words(const struct smtpwire_expected *expected, const char *words)
{
    const size_t len = strlen(words);
    size_t size;
    assert_int_equal(smtpwire_expected_write(expected, NULL, 0), len);
    for (size = len == 0 ? 0 : len - 1; size <= len; size++) {
        char *text = malloc(size + 1);
        assert_non_null(text);
        text[size] = '#';
        assert_int_equal(smtpwire_expected_write(expected, text, size), len);
        assert_memory_equal(text, words, size);
        assert_int_equal(text[size], '#');
        free(text);
    }
}

static void octets_have_words(void **state)
{
    size_t i;
    (void)state;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct smtpwire_expected expected = of(rows[i].ranges, SMTPWIRE_EXPECTED_COMMAND, 0);
        assert_words(&expected, rows[i].words);
    }
}

static void the_end_is_one_of_them(void **state)
{
    struct smtpwire_expected expected = of("", SMTPWIRE_EXPECTED_COMMAND, 1);
    (void)state;
    assert_words(&expected, "the end of the line");
    expected = of("--", SMTPWIRE_EXPECTED_AUTH_RESPONSE, 1);
    assert_words(&expected, "\"-\" or the end of the line");
    expected = of("azAZ09", SMTPWIRE_EXPECTED_REVERSE_PATH, 1);
    assert_words(&expected, "a letter, a digit or the end");
    expected = of("", SMTPWIRE_EXPECTED_DOMAIN, 1);
    assert_words(&expected, "the end");
}

static void a_rule_stands_behind(void **state)
{
    struct smtpwire_expected expected = of("--", SMTPWIRE_EXPECTED_COMMAND, 0);
    (void)state;
    expected.rule = "mail";
    assert_words(&expected, "\"-\" (mail)");
    expected.rfc = "RFC 5321";
    assert_words(&expected, "\"-\" (RFC 5321, mail)");
    expected.rule = "";
    assert_words(&expected, "\"-\"");
}

static void assert_rule(const char *line, const char *rule, const char *rfc)
{
    const struct smtpwire_options options = {.extensions = SMTPWIRE_OFFER_ALL};
    struct smtpwire_expected expected;
    memset(&expected, 0xA5, sizeof expected);
    assert_int_equal(smtpwire_expected_find(SMTPWIRE_EXPECTED_COMMAND, line, strlen(line), &options, &expected), 1);
    assert_string_equal(expected.rule, rule);
    assert_string_equal(expected.rfc, rfc);
    assert_int_equal(expected.kind, SMTPWIRE_EXPECTED_COMMAND);
    assert_int_equal(expected.zero[0] | expected.zero[5], 0);
}

/* The innermost rule: of the address behind its encoding, of the code that encodes, of the command where it has none.
 */
static void rules_are_the_innermost(void **state)
{
    (void)state;
    assert_rule("MAIL", "mail", "RFC 5321 section 4.1.1.2");
    assert_rule("BDAT ", "chunk-size", "RFC 3030 section 2");
    assert_rule("MAIL FROM:<a@b.", "sub-domain", "RFC 5321 section 4.1.2");
    assert_rule("MAIL FROM:<> AUTH=a@b.", "sub-domain", "RFC 5321 section 4.1.2");
    assert_rule("MAIL FROM:<> AUTH=a@b+2", "hexchar", "RFC 3461 section 4");
    assert_rule("RCPT TO:<a@b> ORCPT=utf-8;a@b.", "sub-domain", "RFC 5321 section 4.1.2");
}

/* Behind a path a space can stand only if the command has a parameter that is offered: SIZE is MAIL's (RFC 1870 section
 * 3). */
static void parameters_are_of_their_command(void **state)
{
    const struct smtpwire_options options = {.extensions = SMTPWIRE_OFFER(SIZE)};
    struct smtpwire_expected expected;
    (void)state;
    assert_int_equal(smtpwire_expected_find(SMTPWIRE_EXPECTED_COMMAND, "RCPT TO:<a@b>", 13, &options, &expected), 1);
    assert_int_equal(expected.octets[' ' / 8] & 1 << ' ' % 8, 0);
    assert_int_equal(expected.end, 1);
    assert_int_equal(smtpwire_expected_find(SMTPWIRE_EXPECTED_COMMAND, "MAIL FROM:<a@b>", 15, &options, &expected), 1);
    assert_int_not_equal(expected.octets[' ' / 8] & 1 << ' ' % 8, 0);
    assert_int_equal(expected.end, 1);
}

static int is_expected(const char *line, int octet, const struct smtpwire_options *options)
{
    struct smtpwire_expected expected;
    assert_int_equal(smtpwire_expected_find(SMTPWIRE_EXPECTED_COMMAND, line, strlen(line), options, &expected), 1);
    return expected.octets[octet / 8] >> octet % 8 & 1;
}

/* A chunk has up to 2^63 - 1 octets, however many zeros stand before that. */
static void no_digit_follows_the_largest_chunk(void **state)
{
    const struct smtpwire_options options = {.extensions = SMTPWIRE_OFFER_ALL};
    int octet;
    (void)state;
    for (octet = '0'; octet <= '9'; octet++) {
        assert_int_equal(is_expected("BDAT 0009223372036854775807", octet, &options), 0);
        assert_int_equal(is_expected("BDAT 1111111111111111111111111", octet, &options), 0);
    }
}

/* RFC 6531 section 3.4: in AUTH= the first octet of a letter over 127 is only where SMTPUTF8 can come or is allowed. */
static void encoded_utf8_needs_smtputf8(void **state)
{
    static const char line[] = "MAIL FROM:<> AUTH=+";
    const struct smtpwire_options ascii = {.extensions = SMTPWIRE_OFFER(AUTH)};
    const struct smtpwire_options offered = {.extensions = SMTPWIRE_OFFER(AUTH) | SMTPWIRE_OFFER(SMTPUTF8)};
    const struct smtpwire_options allowed = {.extensions = SMTPWIRE_OFFER(AUTH), .smtputf8 = 1};
    (void)state;
    assert_int_equal(is_expected(line, 'C', &ascii), 0);
    assert_int_equal(is_expected(line, '2', &ascii), 1);
    assert_int_equal(is_expected(line, 'C', &offered), 1);
    assert_int_equal(is_expected(line, 'C', &allowed), 1);
}

static void assert_letters(const char *line, const char *letters)
{
    const struct smtpwire_options options = {.extensions = SMTPWIRE_OFFER_ALL};
    int letter;
    for (letter = 'A'; letter <= 'Z'; letter++) {
        assert_int_equal(is_expected(line, letter, &options), strchr(letters, letter) != NULL);
        assert_int_equal(is_expected(line, letter | 0x20, &options), strchr(letters, letter) != NULL);
    }
}

/* XCLIENT_README and XFORWARD_README: the names that each takes, each once. */
static void attributes_are_of_their_command(void **state)
{
    const struct smtpwire_options options = {.extensions = SMTPWIRE_OFFER_ALL};
    (void)state;
    assert_letters("XCLIENT", "");
    assert_int_equal(is_expected("XCLIENT", ' ', &options), 1);
    assert_letters("XCLIENT ", "NAPHLD");
    assert_letters("XFORWARD ", "NAPHIS");
    assert_letters("XCLIENT NAME=a ", "APHLD");
    assert_letters("XCLIENT p", "OR");
    assert_int_equal(is_expected("XCLIENT NAME", '=', &options), 1);
    assert_int_equal(is_expected("XCLIENT NAM", '=', &options), 0);
}

static int is_told(const char *line)
{
    const struct smtpwire_options options = {.extensions = SMTPWIRE_OFFER_ALL};
    struct smtpwire_expected expected;
    return smtpwire_expected_find(SMTPWIRE_EXPECTED_COMMAND, line, strlen(line), &options, &expected);
}

/* A port has 16 bits, other values have 255 octets, however they are written; behind the last name nothing can come. */
static void values_of_attributes_are_theirs(void **state)
{
    static const char all[] = "XFORWARD NAME=a ADDR=192.0.2.1 PORT=1 PROTO=SMTP HELO=a IDENT=a SOURCE=LOCAL";
    const struct smtpwire_options options = {.extensions = SMTPWIRE_OFFER_ALL};
    char line[1024];
    int i, len = snprintf(line, sizeof line, "XCLIENT NAME=");
    (void)state;
    assert_int_equal(is_expected("XCLIENT PORT=6553", '5', &options), 1);
    assert_int_equal(is_expected("XCLIENT PORT=6553", '6', &options), 0);
    assert_int_equal(is_expected("XCLIENT PORT=6553", ' ', &options), 1);
    assert_int_equal(is_expected("XCLIENT PORT=", ' ', &options), 0);
    assert_int_equal(is_expected(all, ' ', &options), 0);
    assert_int_equal(is_expected("XCLIENT NAME=", '=', &options), 0);
    assert_int_equal(is_expected("XCLIENT NAME=+", '4', &options), 1);
    assert_int_equal(is_told("XCLIENT NAME=a NAME=b"), 0);
    assert_int_equal(is_told("XCLIENT IDENT=a"), 0);
    assert_int_equal(is_told("XCLIENT longerthananyname"), 0);
    assert_int_equal(is_told("XCLIENT PORT=1 PROTO=smtp P"), 0);
    for (i = 0; i < 255; i++)
        len += snprintf(line + len, sizeof line - (size_t)len, "+41");
    assert_int_equal(is_expected(line, ' ', &options), 1);
    assert_int_equal(is_expected(line, 'a', &options), 0);
    assert_int_equal(is_expected(line, '+', &options), 0);
    snprintf(line + len, sizeof line - (size_t)len, "a");
    assert_int_equal(is_told(line), 0);
}

static void of_nothing_nothing_is_told(void **state)
{
    static const struct smtpwire_expected none;
    unsigned kind;
    (void)state;
    for (kind = SMTPWIRE_EXPECTED_KIND_COUNT; kind < SMTPWIRE_EXPECTED_KIND_COUNT + 64; kind++) {
        struct smtpwire_expected expected;
        memset(&expected, 0xA5, sizeof expected);
        assert_int_equal(smtpwire_expected_find(kind, "", 0, NULL, &expected), 0);
        assert_memory_equal(expected.octets, none.octets, sizeof none.octets);
        assert_int_equal(expected.end, 0);
        assert_string_equal(expected.rule, "");
        assert_string_equal(expected.rfc, "");
    }
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(octets_have_words),
        cmocka_unit_test(the_end_is_one_of_them),
        cmocka_unit_test(a_rule_stands_behind),
        cmocka_unit_test(rules_are_the_innermost),
        cmocka_unit_test(parameters_are_of_their_command),
        cmocka_unit_test(no_digit_follows_the_largest_chunk),
        cmocka_unit_test(encoded_utf8_needs_smtputf8),
        cmocka_unit_test(attributes_are_of_their_command),
        cmocka_unit_test(values_of_attributes_are_theirs),
        cmocka_unit_test(of_nothing_nothing_is_told),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
