/* Content as it usually is, and the shorter ways for it: that they are taken (tests/unit_usual.c has the same for
 * lines). */
#include "unit_usual.h"

/* In one piece, up to MORE. */
static void push_all(struct smtpwire_data *data, const char *content, size_t len)
{
    struct smtpwire_event event;
    size_t pos = 0;
    do
        pos += smtpwire_data_push(data, content + pos, len - pos, &event);
    while (event.kind == SMTPWIRE_CONTENT);
    assert_int_equal(event.kind, SMTPWIRE_MORE);
    assert_int_equal(pos, len);
}

static void fill_with_lines(char *content, size_t len)
{
    size_t i;
    for (i = 0; i < len; i++)
        content[i] = i % 70 == 68 ? '\r' : i % 70 == 69 ? '\n' : 'a';
}

/* As much content as makes it worth to ask the processor what it has. */
static void much_content_is_skipped(void **state)
{
    static char content[40000];
    struct smtpwire_data data;
    const uint64_t ran = smtpwire__ran;
    (void)state;
    fill_with_lines(content, sizeof content);
    assert_int_equal(smtpwire_data_init(&data, NULL), 0);
    push_all(&data, content, sizeof content);
    assert_true(smtpwire__ran == ran);
}

/* What the processor has, known since much content, is known to the lines behind it. */
static void much_content_is_of_use_to_lines(void **state)
{
    static const char *const lines[] = {"HELO a\r\n", "MAIL FROM:<a@b>\r\n", "RCPT TO:<a@b>\r\n", "DATA\r\n"};
    static char content[40000];
    struct smtpwire_server server;
    struct smtpwire_event event;
    size_t i, pos;
    (void)state;
    fill_with_lines(content, sizeof content);
    memcpy(content + 39900, "\r\n.\r\n", 5);
    assert_int_equal(smtpwire_server_init(&server, NULL), 0);
    assert_int_equal(smtpwire_server_replied(&server, 220), 0);
    for (i = 0; i < COUNT(lines); i++) {
        assert_int_equal(smtpwire_server_push(&server, lines[i], strlen(lines[i]), &event), strlen(lines[i]));
        assert_int_equal(event.kind, SMTPWIRE_COMMAND);
        assert_int_equal(smtpwire_server_replied(&server, i == 3 ? 354 : 250), 0);
    }
    assert_int_equal(server.data.scanner, SMTPWIRE_SIMD_DETECT);
    assert_int_equal(server.line.scanner, SMTPWIRE_SIMD_DETECT);
    for (pos = 0; pos < 39905; pos += smtpwire_server_push(&server, content + pos, 39905 - pos, &event))
        ;
    assert_int_equal(event.kind, SMTPWIRE_END);
    assert_int_equal(server.data.scanner, smtpwire_simd_detect());
    assert_int_equal(server.line.scanner, smtpwire_simd_detect());
}

/* What is in front of a dot that stuffing put there is one slice, and the dot is not in it; no more is delivered than
 * may be. */
static void stuffed_dot_ends_a_slice(void **state)
{
    static const char content[] = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n..y";
    struct smtpwire_options options = {0};
    size_t i, max;
    (void)state;
    for (i = 0; i < COUNT(every_simd); i++)
        for (max = 0; max <= 34; max++) {
            struct smtpwire_data data;
            struct smtpwire_event event;
            size_t pos;
            options.simd = (uint8_t)every_simd[i];
            options.message_max = max;
            if (smtpwire_data_init(&data, &options) < 0)
                continue;
            pos = smtpwire_data_push(&data, content, sizeof content - 1, &event);
            assert_int_equal(event.kind, SMTPWIRE_CONTENT);
            assert_int_equal(event.at, 0);
            assert_int_equal(event.len, max != 0 ? max : 34);
            assert_int_equal(event.content.len, max != 0 ? max : 34);
            assert_ptr_equal(event.content.data, content);
            do
                pos += smtpwire_data_push(&data, content + pos, sizeof content - 1 - pos, &event);
            while (event.kind == SMTPWIRE_CONTENT && event.at == 35 && event.len == 2 && max == 0);
            assert_int_equal(event.kind, SMTPWIRE_MORE);
            assert_int_equal(pos, sizeof content - 1);
        }
}

/* Lines of content of each length up to 100, in one piece: of their octets the machine reads those that end all of it
 * alone. */
static void usual_content_is_skipped(void **state)
{
    static char content[8192];
    struct smtpwire_options options = {0};
    size_t len = 0, pos, i, line;
    (void)state;
    for (line = 0; line <= 100; line++) {
        memset(content + len, 'x', line);
        len += line;
        memcpy(content + len, "\r\n", 2);
        len += 2;
    }
    memcpy(content + len, ".\r\n", 3);
    len += 3;
    for (i = 0; i < COUNT(every_simd); i++) {
        struct smtpwire_data data;
        struct smtpwire_event event;
        const uint64_t ran = smtpwire__ran;
        options.simd = (uint8_t)every_simd[i];
        if (options.simd == SMTPWIRE_SIMD_NONE || smtpwire_data_init(&data, &options) < 0)
            continue;
        pos = smtpwire_data_push(&data, content, len, &event);
        assert_int_equal(event.kind, SMTPWIRE_CONTENT);
        assert_int_equal(event.content.len, len - 3);
        assert_int_equal(pos + smtpwire_data_push(&data, content + pos, len - pos, &event), len);
        assert_int_equal(event.kind, SMTPWIRE_END);
        if (smtpwire__ran - ran > 32)
            print_error("%u octets are read by the machine, instructions %u\n", (unsigned)(smtpwire__ran - ran),
                        options.simd);
        assert_true(smtpwire__ran - ran <= 32);
    }
}

#ifdef SMTPWIRE_COUNT_STEPS
/* How much of a hundred lines of one length, or of two in turn, is taken to be in lines alike, shown so many octets at
 * a time; in front of them is a line of `before` octets, if that is not 0. */
static uint64_t alike(unsigned simd, size_t before, size_t length, size_t other, size_t piece)
{
    static char content[65536];
    const struct smtpwire_options options = {.simd = (uint8_t)simd};
    struct smtpwire_data data;
    const uint64_t counted = smtpwire__alike;
    size_t len = before, i;
    memset(content, 'x', sizeof content);
    if (before != 0)
        memcpy(content + before - 2, "\r\n", 2);
    for (i = 0; i < 100; i++) {
        len += i % 2 == 0 ? length : other;
        memcpy(content + len - 2, "\r\n", 2);
    }
    assert_int_equal(smtpwire_data_init(&data, &options), 0);
    for (i = 0; i < len; i += piece)
        push_all(&data, content + i, len - i < piece ? len - i : piece);
    return smtpwire__alike - counted;
}

/* Where there are vectors, lines of one length up to 129 octets are taken to be alike, whatever was before, and longer
 * ones up to 255 perhaps; not those in which there is no room for a vector, nor lines of two lengths in turn. What has
 * to be seen before, and the last lines, are 1024 octets at most, and 512 where they have been alike in the piece
 * before. */
static void lines_of_one_length_are_alike(void **state)
{
    enum { ALL_AT_ONCE = 65536, PIECE = 2048 };
    size_t i, length, k;
    (void)state;
    for (i = 0; i < COUNT(every_simd); i++) {
        const unsigned simd = every_simd[i];
        const size_t least = simd == SMTPWIRE_SIMD_AVX2 ? 34 : 18;
        const struct smtpwire_options options = {.simd = (uint8_t)simd};
        if (simd == SMTPWIRE_SIMD_DETECT || smtpwire_options_check(&options) < 0)
            continue;
        for (length = 3; length <= 300; length++) {
            const uint64_t all = 100 * length;
            const size_t before[] = {0, 307, length + 1, 2 * length, length / 2 * 3};
            for (k = 0; k < COUNT(before); k++) {
                const uint64_t whole = alike(simd, before[k], length, length, ALL_AT_ONCE);
                const uint64_t in_pieces = alike(simd, before[k], length, length, PIECE);
                if (simd == SMTPWIRE_SIMD_NONE || simd == SMTPWIRE_SIMD_SWAR) {
                    assert_int_equal(whole + in_pieces, 0);
                } else if (length < least || length > 255) { /* the line before them may be as long as two */
                    assert_in_range(whole, 0, before[k]);
                    assert_in_range(in_pieces, 0, before[k]);
                } else if (length <= 129) {
                    assert_in_range(whole, all - 1024, all + before[k]);
                    assert_in_range(in_pieces, all - 1024 - all / PIECE * 512, all + before[k]);
                }
            }
            assert_int_equal(alike(simd, 0, length, length + 1, ALL_AT_ONCE), 0);
        }
    }
}

/* Behind a piece whose lines are not alike such are not looked for in the next eight, unless there were some before. */
static void lines_that_differ_are_tried_seldom(void **state)
{
    static char differ[4096], alike[78 * 52];
    struct smtpwire_options options = {0};
    size_t i, len = 0;
    (void)state;
    memset(differ, 'x', sizeof differ);
    memset(alike, 'x', sizeof alike);
    for (i = 0; len + 78 <= sizeof differ; i++) {
        len += 60 + 7 * i % 19;
        memcpy(differ + len - 2, "\r\n", 2);
    }
    for (i = 78; i <= sizeof alike; i += 78)
        memcpy(alike + i - 2, "\r\n", 2);
    for (i = 0; i < COUNT(every_simd); i++) {
        struct smtpwire_data data;
        uint64_t counted = smtpwire__alike;
        unsigned pieces, round;
        options.simd = (uint8_t)every_simd[i];
        if (options.simd <= SMTPWIRE_SIMD_SWAR || smtpwire_data_init(&data, &options) < 0)
            continue;
        for (round = 0; round < 2; round++) {
            push_all(&data, differ, len);
            for (pieces = 0; smtpwire__alike == counted && pieces < 20; pieces++)
                push_all(&data, alike, sizeof alike);
            assert_int_equal(pieces, round == 0 ? 9 : 1);
            counted = smtpwire__alike;
        }
    }
}
#endif

/* Behind an octet that is not usual, a NUL that is passed on, the machine reads a few more, and is left again. */
static void what_is_unusual_is_soon_over(void **state)
{
    static char content[8192];
    struct smtpwire_options options = {.content = {[SMTPWIRE_CONTENT_NUL] = SMTPWIRE_POLICY_PASS}};
    size_t i;
    (void)state;
    fill_with_lines(content, sizeof content);
    content[2000] = content[4000] = '\0';
    for (i = 0; i < COUNT(every_simd); i++) {
        struct smtpwire_data data;
        const uint64_t ran = smtpwire__ran;
        options.simd = (uint8_t)every_simd[i];
        if (options.simd == SMTPWIRE_SIMD_NONE || smtpwire_data_init(&data, &options) < 0)
            continue;
        push_all(&data, content, sizeof content);
        if (smtpwire__ran - ran > 1024)
            print_error("%u octets are read by the machine, instructions %u\n", (unsigned)(smtpwire__ran - ran),
                        options.simd);
        assert_true(smtpwire__ran - ran <= 1024);
    }
}

/* Where nothing can be skipped, because every octet is NUL, it is not tried at every few of them. */
static void what_cannot_be_skipped_costs_little_more(void **state)
{
    static char content[8192];
    struct smtpwire_options options = {0};
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(every_simd); i++) {
        struct smtpwire_data data;
        const uint64_t steps = smtpwire__steps;
        options.simd = (uint8_t)every_simd[i];
        if (smtpwire_data_init(&data, &options) < 0)
            continue;
        push_all(&data, content, sizeof content);
        if (smtpwire__steps - steps > sizeof content * 3 / 2)
            print_error("%u steps, instructions %u\n", (unsigned)(smtpwire__steps - steps), options.simd);
        assert_true(smtpwire__steps - steps <= sizeof content * 3 / 2);
    }
}

/* Content of 64 octets at a time, all of it skipped: what is over the message's limit (RFC 1870 section 6.3) is not
 * delivered, and the message ends as too large from that octet on. */
static void a_limit_within_what_is_skipped(void **state)
{
    static const uint64_t limits[] = {100, 64};
    char content[64];
    size_t i, k;
    (void)state;
    memset(content, 'x', sizeof content);
    for (k = 0; k < COUNT(limits); k++)
        for (i = 0; i < COUNT(every_simd); i++) {
            const struct smtpwire_options options = {.message_max = limits[k], .simd = (uint8_t)every_simd[i]};
            struct smtpwire_data data;
            struct smtpwire_event event;
            if (smtpwire_data_init(&data, &options) < 0)
                continue;
            assert_int_equal(smtpwire_data_push(&data, content, sizeof content, &event), sizeof content);
            assert_int_equal(event.kind, SMTPWIRE_CONTENT);
            assert_int_equal(event.content.len, 64);
            assert_int_equal(smtpwire_data_push(&data, content, sizeof content, &event), sizeof content);
            if (limits[k] == 64) {
                assert_int_equal(event.kind, SMTPWIRE_MORE);
            } else {
                assert_int_equal(event.kind, SMTPWIRE_CONTENT);
                assert_int_equal(event.content.len, 36);
            }
            push_all(&data, content, sizeof content);
            assert_int_equal(smtpwire_data_push(&data, "\r\n.\r\n", 5, &event), 5);
            assert_int_equal(event.kind, SMTPWIRE_END);
            assert_int_equal(event.error.id, SMTPWIRE_ERROR_MESSAGE_TOO_LARGE);
            assert_int_equal(event.error.offset, limits[k]);
            assert_int_equal(event.end.size, limits[k]);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(much_content_is_skipped),        cmocka_unit_test(much_content_is_of_use_to_lines),
        cmocka_unit_test(stuffed_dot_ends_a_slice),       cmocka_unit_test(usual_content_is_skipped),
#ifdef SMTPWIRE_COUNT_STEPS
        cmocka_unit_test(lines_of_one_length_are_alike),  cmocka_unit_test(lines_that_differ_are_tried_seldom),
#endif
        cmocka_unit_test(what_is_unusual_is_soon_over),   cmocka_unit_test(what_cannot_be_skipped_costs_little_more),
        cmocka_unit_test(a_limit_within_what_is_skipped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
