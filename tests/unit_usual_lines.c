/* A session finds the end of a line that is usual, and reads it, by one look at its first 128 octets: where the library
 * counts its steps (SMTPWIRE_COUNT_STEPS) they are those of that look, and of reading the line alone.
 */
#include "unit_usual.h"

enum { ROOM = 1024, LOOK = 128 };

static const unsigned vectors[] = {SMTPWIRE_SIMD_SSE2, SMTPWIRE_SIMD_AVX2, SMTPWIRE_SIMD_NEON};

static void expect_steps(uint64_t before, uint64_t most, const char *text, size_t seen)
{
    const uint64_t steps = smtpwire__steps - before;
    if (steps > most)
        print_error("%s: %u steps with %u octets seen, at most %u\n", text, (unsigned)steps, (unsigned)seen,
                    (unsigned)most);
    assert_true(steps <= most);
}

static uint64_t look_at(size_t seen) { return (seen < LOOK ? seen : LOOK) / 8; }

static uint64_t steps_alone(const char *text, const struct smtpwire_options *options)
{
    const uint64_t before = smtpwire__steps;
    struct smtpwire_command command;
    assert_int_equal(smtpwire_command_parse(text, strlen(text), options, &command, NULL), 0);
    return smtpwire__steps - before;
}

static void begin(struct smtpwire_server *server, const struct smtpwire_options *options)
{
    static const char greeting[] = "EHLO mx1.acme-corp.co.uk\r\nMAIL FROM:<no-reply@newsletter.info>\r\n";
    struct smtpwire_event event;
    size_t pos = 0;
    assert_int_equal(smtpwire_server_init(server, options), 0);
    assert_int_equal(smtpwire_server_replied(server, 220), 0);
    while (pos < sizeof greeting - 1) {
        pos += smtpwire_server_push(server, greeting + pos, sizeof greeting - 1 - pos, &event);
        assert_int_equal(event.kind, SMTPWIRE_COMMAND);
        assert_int_equal(smtpwire_server_replied(server, 250), 0);
    }
}

/* The line, its CRLF and so many octets behind them, in one piece; and that piece behind a part of the line. */
static void push_line(const char *text, size_t more, size_t part, const struct smtpwire_options *options)
{
    static const char behind[] = "RCPT TO:<jane.doe+list@example.com>\r\nRCPT TO:<john.doe+list@example.com>\r\n"
                                 "RCPT TO:<jane.doe+list@example.com>\r\nRCPT TO:<john.doe+list@example.com>\r\n";
    const size_t whole = strlen(text) + 2, seen = whole + more;
    const uint64_t alone = steps_alone(text, options);
    struct smtpwire_server server;
    struct smtpwire_event event;
    char octets[ROOM], *exact = malloc(seen);
    uint64_t before;
    assert_non_null(exact);
    assert_true(more < sizeof behind);
    snprintf(octets, sizeof octets, "%s\r\n%s", text, behind);
    memcpy(exact, octets, seen);
    begin(&server, options);
    if (part != 0) {
        before = smtpwire__steps;
        assert_int_equal(smtpwire_server_push(&server, exact, part, &event), 0);
        assert_int_equal(event.kind, SMTPWIRE_MORE);
        expect_steps(before, look_at(part), text, part);
    }
    before = smtpwire__steps;
    assert_int_equal(smtpwire_server_push(&server, exact, seen, &event), whole);
    assert_int_equal(event.kind, SMTPWIRE_COMMAND);
    expect_steps(before, look_at(seen) + alone, text, seen);
    free(exact);
}

static void try_line(const char *text, const struct smtpwire_options *options)
{
    static const size_t more[] = {0, 1, 14, 30, 62, 64, 126, 130};
    const size_t len = strlen(text);
    size_t i;
    for (i = 0; i < COUNT(more); i++) {
        push_line(text, more[i], 0, options);
        if (len >= 17 && len + 2 + more[i] >= 17 + 16)
            push_line(text, more[i], 17, options);
        if (len > 64)
            push_line(text, more[i] + 16, len, options);
    }
}

/* Of each length up to what one look holds. */
static void a_line_is_looked_at_once(void **state)
{
    struct smtpwire_options options = {.extensions = SMTPWIRE_OFFER_ALL};
    char text[ROOM];
    size_t i;
    int n;
    (void)state;
    for (i = 0; i < COUNT(vectors); i++) {
        options.simd = (uint8_t)vectors[i];
        if (smtpwire_options_check(&options) < 0)
            continue;
        for (n = 1; n <= 40; n++) {
            snprintf(text, sizeof text, "RCPT TO:<sven@%.*s>", n, "mail-of-the-stadtwerke.example.org.stadt");
            if (text[strlen(text) - 2] != '.' && text[strlen(text) - 2] != '-')
                try_line(text, &options);
        }
        for (n = 1; n <= 78; n++) {
            snprintf(text, sizeof text, "RCPT TO:<sven@mail.stadtwerke.de> ORCPT=rfc822;%.*s", n,
                     "wei.chen@northwind-university.example.org.wei.chen@northwind-university.example");
            try_line(text, &options);
        }
        try_line("EHLO mx1.acme-corp.co.uk", &options);
    }
}

/* Without vectors: its octets eight at a time for its end, and each of its path, but for "@" and ">", and where that
 * ends. */
static void a_path_is_looked_at_once_without_vectors(void **state)
{
    const struct smtpwire_options options = {.simd = SMTPWIRE_SIMD_SWAR};
    char text[ROOM];
    int n;
    (void)state;
    if (smtpwire_options_check(&options) < 0)
        return;
    for (n = 1; n <= 48; n++) {
        struct smtpwire_server server;
        struct smtpwire_event event;
        const int len = snprintf(text, sizeof text, "RCPT TO:<sven@%.*s>\r\n%66s", n,
                                 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz", "");
        const size_t line = (size_t)len - 68;
        uint64_t before;
        begin(&server, &options);
        before = smtpwire__steps;
        assert_int_equal(smtpwire_server_push(&server, text, (size_t)len, &event), line + 2);
        assert_int_equal(event.kind, SMTPWIRE_COMMAND);
        expect_steps(before, line / 8 + line - strlen("RCPT TO:<"), text, (size_t)len);
    }
}

/* Of a value that is long the machine of command lines reads a few octets: here it reads the line since no table has
 * the keyword. */
static void values_are_skipped(void **state)
{
    char text[512];
    struct smtpwire_command command;
    struct smtpwire_error error;
    const uint64_t ran = smtpwire__ran;
    const size_t begin = (size_t)snprintf(text, sizeof text, "RCPT TO:<a@example.com> FOO=");
    (void)state;
    memset(text + begin, 'x', sizeof text - begin);
    assert_int_equal(smtpwire_command_parse(text, sizeof text, NULL, &command, &error), -1);
    assert_int_equal(error.id, SMTPWIRE_ERROR_PARAMETER_UNKNOWN);
    assert_int_equal(error.offset, 24);
    if (smtpwire_simd_detect() != SMTPWIRE_SIMD_NONE)
        assert_true(smtpwire__ran - ran < 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_looked_at_once),
        cmocka_unit_test(a_path_is_looked_at_once_without_vectors),
        cmocka_unit_test(values_are_skipped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
