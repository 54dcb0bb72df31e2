/* Typed parameters and addresses of type utf-8, written and read again.
 */
#include "smtpwire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char written[512];

/* Writes it, into exactly the room it needs, and says what came out. */
static const char *write_typed(const struct smtpwire_parameter *p, const struct smtpwire_options *options)
{
    struct smtpwire_error error;
    const ptrdiff_t len = smtpwire_typed_parameter_write(p, options, NULL, 0, &error);
    char *room;
    assert_true(len > 0 && (size_t)len < sizeof written);
    room = malloc((size_t)len);
    assert_non_null(room);
    if (smtpwire_typed_parameter_write(p, options, room, (size_t)len, &error) < 0) {
        snprintf(written, sizeof written, "%s at %d", smtpwire_error_name(error.id), (int)error.offset);
    } else {
        memcpy(written, room, (size_t)len);
        written[len] = '\0';
    }
    free(room);
    return written;
}

/* Reads it, writes what was read, and wants it as it was or, where it is not null, as normal. */
static void round_trip(const char *text, const char *normal)
{
    static const struct smtpwire_options utf8 = {.smtputf8 = 1};
    struct smtpwire_slice rest = {text, strlen(text)};
    struct smtpwire_parameter p;
    assert_int_equal(smtpwire_parameter_next(&rest, &p), 1);
    assert_int_not_equal(p.id, SMTPWIRE_PARAMETER_UNKNOWN);
    assert_string_equal(write_typed(&p, &utf8), normal != NULL ? normal : text);
}

static void what_was_read_is_written(void **state)
{
    static const char *const texts[] = {"SIZE=0",
                                        "SIZE=18446744073709551615",
                                        "BODY=7BIT",
                                        "BODY=8BITMIME",
                                        "BODY=BINARYMIME",
                                        "SMTPUTF8",
                                        "AUTH=<>",
                                        "AUTH=e+3Dmc2@example.com",
                                        "RET=FULL",
                                        "RET=HDRS",
                                        "ENVID=QQ+2B314159",
                                        "NOTIFY=NEVER",
                                        "NOTIFY=SUCCESS",
                                        "NOTIFY=FAILURE",
                                        "NOTIFY=DELAY",
                                        "NOTIFY=SUCCESS,FAILURE,DELAY",
                                        "NOTIFY=FAILURE,DELAY",
                                        "ORCPT=rfc822;a+40b",
                                        "ORCPT=x400;a",
                                        "ORCPT=utf-8;jos\\x{E9}@b.example",
                                        "BY=120;R",
                                        "BY=-999999999;NT",
                                        "BY=0;N",
                                        "HOLDFOR=1",
                                        "HOLDFOR=999999999",
                                        "HOLDUNTIL=2024-02-29T23:59:60Z",
                                        "HOLDUNTIL=0000-01-01T00:00:00.250Z",
                                        "MT-PRIORITY=0",
                                        "MT-PRIORITY=-9",
                                        "MT-PRIORITY=9",
                                        "RRVS=2014-04-03T23:01:00Z",
                                        "RRVS=2014-04-03T23:01:00-23:59;R",
                                        "RRVS=9999-12-31T00:00:00+00:01;C",
                                        "REQUIRETLS",
                                        "MTRK=QUJD:0",
                                        "MTRK=QUJDRA",
                                        "MTRK=QUJDRA:999999999",
                                        "SOLICIT=net.example:ADV,org.example:X",
                                        "SUBMITTER=a+2Bb@c.d",
                                        "TRANSID=<12345@example.org>",
                                        "CONPERM",
                                        "CONNEG",
                                        "ALT-ADDRESS=a+40b",
                                        "XVERP",
                                        "XVERP=+-",
                                        "PRDR"};
    size_t i;
    (void)state;
    for (i = 0; i < sizeof texts / sizeof *texts; i++)
        round_trip(texts[i], NULL);
}

static void what_has_several_forms_gets_one(void **state)
{
    (void)state;
    round_trip("size=007", "SIZE=7");
    round_trip("body=8bitmime", "BODY=8BITMIME");
    round_trip("NOTIFY=delay,success", "NOTIFY=SUCCESS,DELAY");
    round_trip("BY=+120;rt", "BY=120;RT");
    round_trip("RRVS=2014-04-03t23:01:00z;c", "RRVS=2014-04-03T23:01:00Z;C");
    round_trip("RRVS=2014-04-03T23:01:00-00:00", "RRVS=2014-04-03T23:01:00Z");
    round_trip("ORCPT=UTF-8;\xc3\xa9@b", "ORCPT=UTF-8;\xc3\xa9@b");
    round_trip("MTRK=QUJD:007", "MTRK=QUJD:7");
}

/* Every value that a member can hold is written as the value it is, or refused. */
static void every_priority_is_itself_or_refused(void **state)
{
    struct smtpwire_parameter p = {.id = SMTPWIRE_PARAMETER_MT_PRIORITY}, read;
    int priority;
    (void)state;
    for (priority = -128; priority < 128; priority++) {
        struct smtpwire_slice rest;
        p.priority = (int8_t)priority;
        write_typed(&p, NULL);
        if (priority < -9 || priority > 9) {
            assert_string_equal(written, "parameter_value at 12");
            continue;
        }
        rest.data = written;
        rest.len = strlen(written);
        assert_int_equal(smtpwire_parameter_next(&rest, &read), 1);
        assert_int_equal(read.priority, priority);
    }
}

static void every_octet_is_a_word_or_refused(void **state)
{
    static const char *const bodies[] = {"BODY=7BIT", "BODY=8BITMIME", "BODY=BINARYMIME"};
    static const char *const rets[] = {"RET=FULL", "RET=HDRS"};
    unsigned octet;
    (void)state;
    for (octet = 0; octet < 256; octet++) {
        struct smtpwire_parameter p = {.id = SMTPWIRE_PARAMETER_BODY};
        p.body = (uint8_t)octet;
        assert_string_equal(write_typed(&p, NULL), octet < 3 ? bodies[octet] : "parameter_value at 5");
        p.id = SMTPWIRE_PARAMETER_RET;
        p.ret = (uint8_t)octet;
        assert_string_equal(write_typed(&p, NULL), octet < 2 ? rets[octet] : "parameter_value at 4");
        p.id = SMTPWIRE_PARAMETER_NOTIFY;
        p.notify = (uint8_t)octet;
        assert_int_equal(strcmp(write_typed(&p, NULL), "parameter_value at 7") == 0, octet > 7);
        memset(&p.by, 0, sizeof p.by);
        p.id = SMTPWIRE_PARAMETER_BY;
        p.by.seconds = 1;
        p.by.mode = (uint8_t)octet;
        write_typed(&p, NULL);
        assert_int_equal(strcmp(written, "BY=1;N") == 0, octet == 'N');
        assert_int_equal(strcmp(written, "BY=1;R") == 0, octet == 'R');
    }
}

static struct smtpwire_parameter until(unsigned year, unsigned month, unsigned day)
{
    struct smtpwire_parameter p = {.id = SMTPWIRE_PARAMETER_HOLDUNTIL};
    p.hold_until.year = (uint16_t)year;
    p.hold_until.month = (uint8_t)month;
    p.hold_until.day = (uint8_t)day;
    return p;
}

static void a_day_that_does_not_exist_is_refused(void **state)
{
    struct smtpwire_parameter p;
    (void)state;
    p = until(2023, 2, 28);
    assert_string_equal(write_typed(&p, NULL), "HOLDUNTIL=2023-02-28T00:00:00Z");
    p = until(2023, 2, 29);
    assert_string_equal(write_typed(&p, NULL), "parameter_value at 10");
    p = until(10000, 1, 1);
    assert_string_equal(write_typed(&p, NULL), "parameter_value at 10");
    p = until(2023, 0, 1);
    assert_string_equal(write_typed(&p, NULL), "parameter_value at 10");
    p = until(2023, 101, 1);
    assert_string_equal(write_typed(&p, NULL), "parameter_value at 10");
    p = until(2023, 1, 1);
    p.hold_until.offset = 60; /* it is in UTC */
    assert_string_equal(write_typed(&p, NULL), "parameter_value at 10");
    p = until(2023, 1, 1);
    p.hold_until.fraction = (struct smtpwire_slice){"5Z 1", 4};
    assert_string_equal(write_typed(&p, NULL), "parameter_value at 10");
    p.hold_until.fraction = (struct smtpwire_slice){"", 0};
    assert_string_equal(write_typed(&p, NULL), "parameter_value at 10");
}

static void numbers_out_of_bounds_are_refused(void **state)
{
    struct smtpwire_parameter p = {.id = SMTPWIRE_PARAMETER_HOLDFOR};
    (void)state;
    p.hold_for = 0;
    assert_string_equal(write_typed(&p, NULL), "parameter_value at 8");
    p.hold_for = 1000000000;
    assert_string_equal(write_typed(&p, NULL), "parameter_value at 8");
    memset(&p.by, 0, sizeof p.by);
    p.id = SMTPWIRE_PARAMETER_BY;
    p.by.mode = 'R';
    assert_string_equal(write_typed(&p, NULL), "parameter_value at 3"); /* BY=0;R */
    p.by.seconds = INT32_MIN;
    p.by.mode = 'N';
    assert_string_equal(write_typed(&p, NULL), "parameter_value at 3");
    memset(&p.mtrk, 0, sizeof p.mtrk);
    p.id = SMTPWIRE_PARAMETER_MTRK;
    p.mtrk.certifier = (struct smtpwire_slice){"QUJD", 4};
    p.mtrk.has_timeout = 1;
    p.mtrk.timeout = UINT32_MAX;
    assert_string_equal(write_typed(&p, NULL), "parameter_value at 5");
    memset(&p.rrvs, 0, sizeof p.rrvs);
    p.id = SMTPWIRE_PARAMETER_RRVS;
    p.rrvs.since.month = p.rrvs.since.day = 1;
    p.rrvs.since.offset = 1440;
    assert_string_equal(write_typed(&p, NULL), "parameter_value at 5");
}

static void parts_cannot_smuggle_others(void **state)
{
    struct smtpwire_parameter p = {.id = SMTPWIRE_PARAMETER_ORCPT};
    (void)state;
    p.orcpt.type = (struct smtpwire_slice){"rfc822;a", 8};
    p.orcpt.address = (struct smtpwire_slice){"b", 1};
    assert_string_equal(write_typed(&p, NULL), "parameter_value at 6");
    p.orcpt.type = (struct smtpwire_slice){"rfc822", 6};
    p.orcpt.address = (struct smtpwire_slice){"b SIZE=1", 8};
    assert_string_equal(write_typed(&p, NULL), "parameter_value at 6");
    p.orcpt.address = (struct smtpwire_slice){"b\r\nDATA", 7};
    assert_string_equal(write_typed(&p, NULL), "bare_cr at 14");
    p.orcpt.type = (struct smtpwire_slice){"utf-8", 5};
    p.orcpt.address = (struct smtpwire_slice){"\xc3\xa9@b", 4};
    assert_string_equal(write_typed(&p, NULL), "non_ascii at 12");
    p.id = SMTPWIRE_PARAMETER_ENVID;
    p.value = (struct smtpwire_slice){"a=b", 3};
    assert_string_equal(write_typed(&p, NULL), "parameter_value at 6");
    p.value.data = NULL;
    p.value.len = 0;
    assert_string_equal(write_typed(&p, NULL), "parameter_value at 6"); /* it takes one */
    p.id = SMTPWIRE_PARAMETER_SMTPUTF8;
    p.value = (struct smtpwire_slice){"x", 1};
    assert_string_equal(write_typed(&p, NULL), "parameter_value at 9"); /* it takes none */
}

static void what_is_no_parameter_is_not_written(void **state)
{
    struct smtpwire_parameter p = {.id = SMTPWIRE_PARAMETER_UNKNOWN};
    struct smtpwire_error error;
    char room[4];
    (void)state;
    assert_int_equal(smtpwire_typed_parameter_write(&p, NULL, room, sizeof room, &error), -1);
    assert_int_equal(error.id, SMTPWIRE_ERROR_PARAMETER_UNKNOWN);
    p.id = SMTPWIRE_PARAMETER_COUNT;
    assert_int_equal(smtpwire_typed_parameter_write(&p, NULL, room, sizeof room, NULL), -1);
    p.id = SMTPWIRE_PARAMETER_SIZE;
    memset(room, 'x', sizeof room);
    assert_int_equal(smtpwire_typed_parameter_write(&p, NULL, room, sizeof room, &error), 6);
    assert_memory_equal(room, "\0\0\0\0", sizeof room); /* too small: nothing was judged */
}

/* ---- Where each may stand (RFC 5321 section 4.1.1.11) ---- */

/* keyword, a good value of it, the commands that its RFC has it on, and an extension that brings it. */
static const struct {
    const char *text;
    int mail, rcpt;
    uint64_t offer;
} placed[] = {
    {"SIZE=1", 1, 0, SMTPWIRE_OFFER(SIZE)},
    {"BODY=7BIT", 1, 0, SMTPWIRE_OFFER(EIGHTBITMIME)},
    {"SMTPUTF8", 1, 0, SMTPWIRE_OFFER(SMTPUTF8)},
    {"AUTH=<>", 1, 0, SMTPWIRE_OFFER(AUTH)},
    {"RET=FULL", 1, 0, SMTPWIRE_OFFER(DSN)},
    {"ENVID=a", 1, 0, SMTPWIRE_OFFER(DSN)},
    {"NOTIFY=NEVER", 0, 1, SMTPWIRE_OFFER(DSN)},
    {"ORCPT=rfc822;a", 0, 1, SMTPWIRE_OFFER(DSN)},
    {"BY=1;R", 1, 0, SMTPWIRE_OFFER(DELIVERBY)},
    {"HOLDFOR=1", 1, 0, SMTPWIRE_OFFER(FUTURERELEASE)},
    {"HOLDUNTIL=2026-11-22T00:00:00Z", 1, 0, SMTPWIRE_OFFER(FUTURERELEASE)},
    {"MT-PRIORITY=1", 1, 0, SMTPWIRE_OFFER(MT_PRIORITY)},
    {"RRVS=2026-11-22T00:00:00Z", 0, 1, SMTPWIRE_OFFER(RRVS)},
    {"REQUIRETLS", 1, 0, SMTPWIRE_OFFER(REQUIRETLS)},
    {"MTRK=QUJD", 1, 0, SMTPWIRE_OFFER(MTRK)},
    {"SOLICIT=a", 1, 0, SMTPWIRE_OFFER(NO_SOLICITING)},
    {"SUBMITTER=a@b", 1, 0, SMTPWIRE_OFFER(SUBMITTER)},
    {"TRANSID=<a@b>", 1, 0, SMTPWIRE_OFFER(CHECKPOINT)},
    {"CONPERM", 1, 0, SMTPWIRE_OFFER(CONPERM)},
    {"CONNEG", 0, 1, SMTPWIRE_OFFER(CONNEG)},
    {"ALT-ADDRESS=a@b", 1, 1, SMTPWIRE_OFFER(UTF8SMTP)},
    {"XVERP", 1, 0, SMTPWIRE_OFFER(XVERP)},
    {"PRDR", 1, 0, SMTPWIRE_OFFER(PRDR)},
};

/* The verdict on a line with these parameters; *at is where the error is, counted from the first of them. */
static unsigned verdict(const char *command, const char *parameters, uint64_t offered, int *at)
{
    const struct smtpwire_options options = {.extensions = offered};
    const char *const head = strcmp(command, "MAIL") == 0 ? "MAIL FROM:<a@b> " : "RCPT TO:<a@b> ";
    struct smtpwire_command read;
    struct smtpwire_error error;
    char line[256];
    snprintf(line, sizeof line, "%s%s", head, parameters);
    if (smtpwire_command_parse(line, strlen(line), &options, &read, &error) == 0)
        return SMTPWIRE_ERROR_NONE;
    *at = (int)error.offset - (int)strlen(head);
    return error.id;
}

/* On its command it is taken where its extension is offered, unknown where that alone is not, and taken once; on the
 * other it is unknown. */
static void each_parameter_has_its_place(void **state)
{
    const uint64_t shared =
        SMTPWIRE_OFFER(BINARYMIME) | SMTPWIRE_OFFER(MTRK); /* which bring BODY, ENVID and ORCPT, too */
    size_t i;
    (void)state;
    assert_int_equal(sizeof placed / sizeof *placed, SMTPWIRE_PARAMETER_COUNT - 1);
    for (i = 0; i < 2 * (sizeof placed / sizeof *placed); i++) {
        const char *const command = i % 2 == 0 ? "MAIL" : "RCPT", *const text = placed[i / 2].text;
        const uint64_t offer = placed[i / 2].offer;
        char once[64], twice[128];
        int at = -1;
        /* MTRK needs an ENVID (RFC 3885 section 3.2). */
        snprintf(once, sizeof once, "%s%s", offer == SMTPWIRE_OFFER(MTRK) ? "ENVID=a@b " : "", text);
        snprintf(twice, sizeof twice, "%s %s", once, text);
        if (!(i % 2 == 0 ? placed[i / 2].mail : placed[i / 2].rcpt)) {
            assert_int_equal(verdict(command, text, SMTPWIRE_OFFER_ALL, &at), SMTPWIRE_ERROR_PARAMETER_UNKNOWN);
            assert_int_equal(at, 0);
            continue;
        }
        assert_int_equal(verdict(command, once, offer, &at), SMTPWIRE_ERROR_NONE);
        assert_int_equal(verdict(command, text, SMTPWIRE_OFFER_ALL & ~offer & ~shared, &at),
                         SMTPWIRE_ERROR_PARAMETER_UNKNOWN);
        assert_int_equal(at, 0);
        assert_int_equal(verdict(command, twice, SMTPWIRE_OFFER_ALL, &at), SMTPWIRE_ERROR_PARAMETER_CONFLICT);
        assert_int_equal(at, strlen(once) + 1);
    }
}

/* ---- RFC 6533 section 3 ---- */

static const char *address_of(const char *mailbox, int utf8)
{
    const struct smtpwire_options options = {.smtputf8 = (uint8_t)utf8};
    struct smtpwire_error error;
    const ptrdiff_t len =
        smtpwire_utf8_address_write(mailbox, strlen(mailbox), &options, written, sizeof written, &error);
    if (len < 0)
        snprintf(written, sizeof written, "%s at %d", smtpwire_error_name(error.id), (int)error.offset);
    else
        written[len] = '\0';
    return written;
}

static void mailboxes_are_embedded(void **state)
{
    (void)state;
    assert_string_equal(address_of("jos\xc3\xa9@b.example", 0), "jos\\x{E9}@b.example");
    assert_string_equal(address_of("jos\xc3\xa9@b.example", 1), "jos\xc3\xa9@b.example");
    assert_string_equal(address_of("\"a b\\\\+=\"@c", 1), "\"a\\x{20}b\\x{5C}\\x{5C}\\x{2B}\\x{3D}\"@c");
    assert_string_equal(address_of("\xe4\xbe\x8b@\xf0\x9f\x98\x80.x", 0), "\\x{4F8B}@\\x{1F600}.x");
    assert_string_equal(address_of("\xf4\x8f\xbf\xbf@x", 0), "\\x{10FFFF}@x");
    assert_string_equal(address_of("\xc2\x80@x", 0), "\\x{80}@x");
    assert_string_equal(address_of("a@b c", 0), "address_syntax at 3");
    assert_string_equal(address_of("a", 0), "address_syntax at 1");
    assert_string_equal(address_of("\xed\xa0\x80@x", 1), "address_syntax at 1");
}

/* Every code point, and both forms: what was written is accepted in ORCPT and decodes to the mailbox. */
static void every_code_point_comes_back(void **state)
{
    static const struct smtpwire_options everything = {.smtputf8 = 1, .extensions = SMTPWIRE_OFFER_ALL};
    char mailbox[16], line[600], decoded[16];
    uint32_t point;
    unsigned utf8;
    (void)state;
    /* each in the lower planes and around every multiple of 1000 hex, some in between */
    for (point = 0x80; point <= 0x10FFFF; point += point < 0x3000 || ((point + 64) & 0xFFF) < 128 ? 1 : 61) {
        struct smtpwire_slice address = {written, 0};
        struct smtpwire_command command;
        size_t len = 0;
        if (point >= 0xD800 && point <= 0xDFFF)
            continue;
        if (point >= 0x10000)
            mailbox[len++] = (char)(0xF0 | point >> 18);
        if (point >= 0x800)
            mailbox[len++] = (char)(point >= 0x10000 ? 0x80 | (point >> 12 & 63) : 0xE0 | point >> 12);
        mailbox[len++] = (char)(point >= 0x800 ? 0x80 | (point >> 6 & 63) : 0xC0 | point >> 6);
        mailbox[len++] = (char)(0x80 | (point & 63));
        memcpy(mailbox + len, "@b", 3);
        len += 2;
        for (utf8 = 0; utf8 < 2; utf8++) {
            address.len = strlen(address_of(mailbox, (int)utf8));
            assert_int_equal(smtpwire_utf8_address_decode(address, decoded, sizeof decoded), len);
            assert_memory_equal(decoded, mailbox, len);
            snprintf(line, sizeof line, "RCPT TO:<a@b> ORCPT=utf-8;%s", written);
            assert_int_equal(smtpwire_command_parse(line, strlen(line), &everything, &command, NULL), 0);
        }
    }
}

static void what_is_no_address_is_not_decoded(void **state)
{
    static const char *const bad[] = {"",       "a+b",   "a=b",       "a b",     "\\",          "\\x",      "\\x{",
                                      "\\x{E9", "\\x{}", "\\x{D800}", "\\xE9",   "\\x{110000}", "\\x{0A}",  "\\x{41}",
                                      "\xc3",   "\xff",  "\\x{0E9}",  "\\y{E9}", "a\\x{E9} b",  "\\x{00E9}"};
    char out[8] = "unmoved";
    size_t i;
    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        const struct smtpwire_slice address = {bad[i], strlen(bad[i])};
        assert_int_equal(smtpwire_utf8_address_decode(address, out, sizeof out), -1);
    }
    assert_string_equal(out, "unmoved");
    assert_int_equal(smtpwire_utf8_address_decode((struct smtpwire_slice){"\\x{E9}", 6}, NULL, 0), 2);
    assert_int_equal(smtpwire_utf8_address_decode((struct smtpwire_slice){"ab\\x{E9}", 8}, out, 1), 4);
    assert_memory_equal(out, "anmoved", 7); /* only what there was room for */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_read_is_written),
        cmocka_unit_test(what_has_several_forms_gets_one),
        cmocka_unit_test(every_priority_is_itself_or_refused),
        cmocka_unit_test(every_octet_is_a_word_or_refused),
        cmocka_unit_test(a_day_that_does_not_exist_is_refused),
        cmocka_unit_test(numbers_out_of_bounds_are_refused),
        cmocka_unit_test(parts_cannot_smuggle_others),
        cmocka_unit_test(what_is_no_parameter_is_not_written),
        cmocka_unit_test(each_parameter_has_its_place),
        cmocka_unit_test(mailboxes_are_embedded),
        cmocka_unit_test(every_code_point_comes_back),
        cmocka_unit_test(what_is_no_address_is_not_decoded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
