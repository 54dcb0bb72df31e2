/* Command lines: the shorter way that parser/plain.c has for plain ones, with each kind of instruction, against the
 * machine of command.rl alone. From each of the lines below: every prefix; every octet of all 256 in each place and put
 * in at each place; every two octets of all 256 in the places of a keyword, a verb, or a short line; every part left
 * out or doubled; one parameter in front of or behind each other; parts as long as limits are, shorter and longer. All
 * under options that offer everything, nothing, some, limit lengths and sizes, are LMTP's, or have every leniency.
 * Verdict, error, and every octet of the result are the same, and the parameters of each line, accepted or not, are
 * those that their machine has. A session that is shown the line with its end, or with none, and with more behind it
 * says of it what it says without masks. Keywords are looked up as by comparing with each row of the table. The line
 * ends where memory does, and 64 octets before that with the option padding.
 *
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"
#include "scanners.h"

#include "exhaustive.h"

enum { ROOM = 1024 };

static const char *const heads[] = {"RCPT TO:<a.b+c@d-e.f1>",
                                    "MAIL FROM:<a@b>",
                                    "rcpt to:<\"a b\"@[192.0.2.1]>",
                                    "MAIL FROM:<>",
                                    "RCPT TO:<postmaster>",
                                    "mail from:<@a,@b:c@d>",
                                    "RCPT TO:<a@[IPv6:2001:db8::1]>",
                                    "MAIL FROM:<\xC3\xA9@b>",
                                    "RCPT TO:<a@1.2>",
                                    "MAIL FROM:<a@b--c.d>",
                                    "RCPT TO:<a@[x:y]>"};
static const char *const lines[] = {"EHLO a-b.c1",
                                    "HELO a",
                                    "EHLO [192.0.2.1]",
                                    "DATA",
                                    "RSET",
                                    "QUIT",
                                    "NOOP",
                                    "NOOP a",
                                    "VRFY a",
                                    "STARTTLS",
                                    "BDAT 1 LAST",
                                    "AUTH PLAIN =",
                                    "LHLO a",
                                    "TURN",
                                    "HELP",
                                    "EHLO a_b",
                                    "EHLO 1.2.",
                                    "RCPTTO:<a@b>",
                                    "MAIL  FROM:<a@b>",
                                    "RCPT\tTO:<a@b>",
                                    "RCPT TO: <a@b>",
                                    "RCPT TO:a@b",
                                    "MAIL FROM:<a@b>\t",
                                    "MAIL FROM:<a@b>  SIZE=1"};
static const char *const parameters[] = {"SIZE=1",
                                         "SIZE=18446744073709551616",
                                         "SIZE=1000",
                                         "SIZE=01",
                                         "BODY=7BIT",
                                         "body=8bitmime",
                                         "BODY=BINARYMIME",
                                         "SMTPUTF8",
                                         "AUTH=<>",
                                         "AUTH=a+3Db",
                                         "AUTH=a@b",
                                         "RET=FULL",
                                         "ret=hdrs",
                                         "ENVID=a+3D",
                                         "ENVID=+3d",
                                         "NOTIFY=NEVER",
                                         "NOTIFY=SUCCESS,FAILURE,DELAY",
                                         "ORCPT=rfc822;a+40b",
                                         "ORCPT=utf-8;a@b",
                                         "ORCPT=a=b;c",
                                         "ORCPT=u;a",
                                         "BY=1;R",
                                         "BY=0;N",
                                         "HOLDFOR=1",
                                         "HOLDUNTIL=2026-01-01T00:00:00Z",
                                         "MT-PRIORITY=-9",
                                         "RRVS=2026-01-01T00:00:00Z;C",
                                         "REQUIRETLS",
                                         "MTRK=YWJj",
                                         "SOLICIT=a:b",
                                         "SUBMITTER=a@b",
                                         "TRANSID=<a@b>",
                                         "CONPERM",
                                         "CONNEG",
                                         "ALT-ADDRESS=a@b",
                                         "XVERP",
                                         "XVERP=-=",
                                         "PRDR",
                                         "X=1",
                                         "X-12=an-unknown-value-of-more-than-32-octets:/@",
                                         "SIZE",
                                         "SIZE=",
                                         "PRDR=1",
                                         "BODY",
                                         "",
                                         "SIZE=1=2"};
static const unsigned every_simd[] = {SMTPWIRE_SIMD_NONE, SMTPWIRE_SIMD_SWAR, SMTPWIRE_SIMD_SSE2, SMTPWIRE_SIMD_AVX2,
                                      SMTPWIRE_SIMD_NEON};

static unsigned scanners[5], scanner_count;
static uint64_t passed, failed, plain_lines;
static struct smtpwire_options options[7];
static char *memory_end; /* behind it nothing may be read */

static void set_options(void)
{
    for (size_t i = 0; i < SMTPWIRE__COUNT(options); i++)
        options[i].extensions = SMTPWIRE_OFFER_ALL;
    options[1].extensions = 0;
    options[2].extensions = SMTPWIRE_OFFER(SIZE) | SMTPWIRE_OFFER(DSN);
    options[2].message_max = 100;
    options[3].limit[SMTPWIRE_LIMIT_LOCAL_PART] = 2;
    options[3].limit[SMTPWIRE_LIMIT_LABEL] = 2;
    options[4].lmtp = 1;
    options[5].lax = (1U << 16) - 1;
    options[6].smtputf8 = 1;
    options[6].extensions &= ~SMTPWIRE_OFFER(SMTPUTF8);
}

static void compare(const char *line, size_t len, const struct smtpwire_options *o)
{
    static struct smtpwire_command expected, got; /* compared octet for octet */
    static struct smtpwire_error expected_error, error;
    memset(&expected, 0xA5, sizeof expected);
    memset(&expected_error, 0xA5, sizeof error);
    const int verdict = smtpwire__command_parse(line, len, o, 0, &expected, &expected_error);
    if (verdict < 0)
        smtpwire__framing_fault(line, len, &expected_error);
    for (size_t i = 0; i < scanner_count; i++) {
        struct smtpwire_options with = *o;
        with.simd = (uint8_t)scanners[i];
        memset(&got, 0xA5, sizeof got);
        memset(&error, 0xA5, sizeof error);
        if (smtpwire_command_parse(line, len, &with, &got, &error) == verdict &&
            memcmp(&got, &expected, sizeof got) == 0 && memcmp(&error, &expected_error, sizeof error) == 0) {
            passed++;
            plain_lines += verdict == 0;
        } else if (failed++ < EXHAUSTIVE_SHOWN) {
            exhaustive_print(line, len);
            printf(": not as the machine has it, instructions %u, leniencies %" PRIX32 ", padding %u\n", scanners[i],
                   o->lax, o->padding);
        }
    }
}

/* What stands behind a path, accepted or not, taken off by parameters: each is the machine's. */
static void compare_parameters(const char *line, size_t len)
{
    static struct smtpwire_parameter expected, got;
    const char *bracket = memchr(line, '>', len);
    if (bracket == NULL || bracket + 1 == line + len)
        return;
    struct smtpwire_slice rest = {bracket + 2, (size_t)(line + len - bracket) - 2}, left = rest;
    for (bool more = true; more;) {
        memset(&expected, 0xA5, sizeof expected);
        memset(&got, 0xA5, sizeof got);
        more = smtpwire__parameter_machine(&rest, &expected);
        const bool taken = smtpwire_parameter_next(&left, &got);
        /* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison,cert-*): both were filled with the same octets before */
        const bool same = memcmp(&got, &expected, sizeof got) == 0;
        if (taken == more && left.data == rest.data && left.len == rest.len && same) {
            passed++;
        } else {
            if (failed++ < EXHAUSTIVE_SHOWN) {
                exhaustive_print(line, len);
                printf(": not the parameters that the machine has\n");
            }
            return;
        }
    }
}

/* The same with octets behind it that may be read: none of them may mean anything. */
static void compare_before(const char *text, size_t len, const char *behind, const struct smtpwire_options *o)
{
    struct smtpwire_options with = *o;
    char *line = memory_end - 64 - len;
    memcpy(line, text, len);
    memset(memory_end - 64, 'x', 64);
    memcpy(memory_end - 64, behind, strnlen(behind, 64));
    with.padding = 64;
    compare(line, len, &with);
}

static const char *const behinds[] = {"\r\nRCPT TO:<a@b> SIZE=1\r\n",
                                      "@b>1,a=+20 >1234567890123456789012345678901234567890123456789012",
                                      "1234567 BODY=7BIT 1234567890123456789012345678901234567890123456",
                                      "a.b>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                                      " SIZE=1 x>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                                      "=SUCCESS,SUCCESS,SUCCESS,SUCCESS,SUCCESS,SUCCESS,SUCCESS,SUCCESS",
                                      "X=1 "};

static void compare_padded(const char *text, size_t len, const struct smtpwire_options *o)
{
    static size_t turn;
    compare_before(text, len, behinds[turn++ % SMTPWIRE__COUNT(behinds)], o);
}

/* Shown some of the octets, and then, where there is nothing to say yet, all. */
static size_t push_one(unsigned simd, uint32_t cap, const char *octets, size_t some, size_t len,
                       struct smtpwire_event *event)
{
    size_t taken;
    struct smtpwire_options with = options[0];
    struct smtpwire_server server;
    with.simd = (uint8_t)simd;
    with.limit[SMTPWIRE_LIMIT_COMMAND_LINE] = cap;
    if (smtpwire_server_init(&server, &with) < 0 || smtpwire_server_replied(&server, 220) < 0)
        abort();
    memset(event, 0xA5, sizeof *event);
    taken = smtpwire_server_push(&server, octets, some, event);
    if (event->kind == SMTPWIRE_MORE)
        taken += smtpwire_server_push(&server, octets + taken, len - taken, event);
    return taken;
}

/* The line's end is found by the same masks: what a session says of the line, of an end that is none, and of what
 * stands behind, is what it says where line.c looks for it (tests/exhaustive_lines.c) and no masks are used. */
static void compare_session(const char *text, size_t len)
{
    static const char *const ends[] = {"\r\n", "\r\n", "\r\n", "\r", "\n", "\r\r\n", "\n\r\n", "\rx\r\n", ""};
    static const char behind[] =
        "\nRCPT TO:<a@b>\r\nDATA\r\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n"
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
    static const size_t seen[] = {0, 1, sizeof behind - 1, 16, 48, 64, 100}; /* of those behind */
    static const uint32_t caps[] = {0, 20, 0, 40, 0, 64, 0, 100}; /* of the line; 0: as the extensions have it */
    static struct smtpwire_event expected, got;
    static size_t turn;
    const uint32_t cap = caps[turn % SMTPWIRE__COUNT(caps)];
    const char *end = ends[turn % SMTPWIRE__COUNT(ends)];
    const size_t more = seen[turn++ % SMTPWIRE__COUNT(seen)], whole = len + strlen(end) + more;
    const size_t some = turn % 3 == 0 ? whole : turn % (whole + 1);
    char *octets = memory_end - whole;
    if (whole > 2 * ROOM)
        return;
    memcpy(octets, text, len);
    memcpy(octets + len, end, strlen(end));
    memcpy(memory_end - more, behind, more);
    const size_t taken = push_one(SMTPWIRE_SIMD_NONE, cap, octets, some, whole, &expected);
    for (size_t i = 0; i < scanner_count; i++) {
        const size_t here = push_one(scanners[i], cap, octets, some, whole, &got);
        /* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison,cert-*): both were filled with the same octets before */
        if (here == taken && memcmp(&got, &expected, sizeof got) == 0) {
            passed++;
        } else if (failed++ < EXHAUSTIVE_SHOWN) {
            exhaustive_print(octets, whole);
            printf(": a session says something else, instructions %u\n", scanners[i]);
        }
    }
}

static void try_line(const char *text, size_t len, unsigned which)
{
    char *line = memory_end - len;
    memcpy(line, text, len);
    compare_parameters(line, len);
    if (which != 1) /* pairs are too many */
        compare_session(text, len);
    for (size_t i = 0; i < SMTPWIRE__COUNT(options); i++)
        if (which >> i & 1) {
            memcpy(line, text, len);
            compare(line, len, &options[i]);
            compare_padded(text, len, &options[i]);
        }
}

/* text[from..] changed in all ways; which: the options for the many ones. */
static void change(const char *text, size_t from, unsigned which)
{
    const size_t len = strlen(text);
    char other[ROOM];
    for (size_t i = 0; i <= len; i++) {
        try_line(text, i, 0x7F);
        for (size_t o = 0; o < SMTPWIRE__COUNT(options); o++) { /* cut off before the rest of it, or something else */
            compare_before(text, i, text + i, &options[o]);
            for (size_t n = 0; n < SMTPWIRE__COUNT(behinds); n++)
                compare_before(text, i, behinds[n], &options[o]);
        }
    }
    for (size_t i = from; i <= len; i++)
        for (unsigned octet = 0; octet < 256; octet++) {
            memcpy(other, text, len);
            other[i] = (char)octet;
            if (i < len)
                try_line(other, len, which);
            memmove(other + i + 1, text + i, len - i);
            try_line(other, len + 1, which);
        }
    for (size_t i = from; i < len; i++)
        for (size_t n = 1; i + n <= len; n++) { /* left out; doubled */
            memcpy(other, text, i);
            memcpy(other + i, text + i + n, len - i - n);
            try_line(other, len - n, which);
            memcpy(other, text, i + n);
            memcpy(other + i + n, text + i, len - i);
            try_line(other, len + n, which);
        }
}

/* Each two octets next to one another are any. */
static void change_pairs(const char *text, size_t from, size_t to, unsigned which)
{
    const size_t len = strlen(text);
    char other[ROOM];
    for (size_t i = from; i + 1 < to; i++)
        for (unsigned pair = 0; pair < 65536; pair++) {
            memcpy(other, text, len);
            other[i] = (char)(pair >> 8);
            other[i + 1] = (char)(pair & 255);
            try_line(other, len, which);
        }
}

static void with_parameters(void)
{
    char text[ROOM];
    for (size_t h = 0; h < 2; h++)
        for (size_t i = 0; i < SMTPWIRE__COUNT(parameters); i++) {
            const size_t len = (size_t)snprintf(text, sizeof text, "%s %s", heads[h], parameters[i]);
            change(text, strlen(heads[h]), 0x21);
            for (size_t j = 0; j < SMTPWIRE__COUNT(parameters); j++) {
                snprintf(text + len, sizeof text - len, " %s", parameters[j]);
                try_line(text, strlen(text), 0x7F);
            }
        }
}

/* Lines of a part that is as long as limits are, and a few octets shorter and longer. */
static void lengths(void)
{
    static const char *const parts[][3] = {{"MAIL FROM:<", "a", "@b>"},
                                           {"RCPT TO:<\"", "a", "\"@b>"},
                                           {"MAIL FROM:<a@", "b", ">"},
                                           {"MAIL FROM:<a@", "b.", "c>"},
                                           {"RCPT TO:<\"a\"@", "b", ">"},
                                           {"RCPT TO:<\"a\"@", "b.", "c>"},
                                           {"MAIL FROM:<@", "a", ":b@c>"},
                                           {"MAIL FROM:<@a", ",@a", ":b@c>"},
                                           {"RCPT TO:<@a:\"", "b", "\"@c>"},
                                           {"EHLO ", "a", ""},
                                           {"HELO ", "a.", "b"},
                                           {"MAIL FROM:<> ENVID=", "a", ""},
                                           {"MAIL FROM:<> SOLICIT=", "a", ""},
                                           {"MAIL FROM:<> TRANSID=<", "a", "@b>"},
                                           {"MAIL FROM:<> AUTH=", "a", "@b"},
                                           {"MAIL FROM:<> SIZE=", "1", ""},
                                           {"RCPT TO:<a@b> ORCPT=rfc822;", "a", ""},
                                           {"RCPT TO:<a@b> ORCPT=x;", "a", ""}};
    static const size_t ranges[][2] = {{0, 140}, {245, 260}, {490, 505}, {995, 1005}};
    char text[3 * ROOM];
    for (size_t i = 0; i < SMTPWIRE__COUNT(parts); i++)
        for (size_t r = 0; r < SMTPWIRE__COUNT(ranges); r++)
            for (size_t size = ranges[r][0]; size < ranges[r][1]; size++) {
                size_t len = (size_t)snprintf(text, sizeof text, "%s", parts[i][0]);
                for (size_t n = 0; n < size; n += strlen(parts[i][1]))
                    len += (size_t)snprintf(text + len, sizeof text - len, "%s", parts[i][1]);
                len += (size_t)snprintf(text + len, sizeof text - len, "%s", parts[i][2]);
                try_line(text, len, 0x7F);
            }
}

/* Lines that end where masks of 64 octets do, or a few octets before or behind: each octet is any. */
static void around_the_masks(bool brief)
{
    static const char *const parts[][2] = {
        {"EHLO ", ""}, {"HELO ", ""}, {"MAIL FROM:<a@", ">"}, {"RCPT TO:<a@", ">"}, {"RCPT TO:<a.b-@", "> PRDR"}};
    char text[ROOM];
    for (size_t i = 0; i < SMTPWIRE__COUNT(parts); i++)
        for (size_t size = brief ? 60 : 56; size < 70; size += brief ? 8 : 1) {
            size_t len = (size_t)snprintf(text, sizeof text, "%s", parts[i][0]);
            for (size_t n = 0; len + strlen(parts[i][1]) < size; n++) /* aa.aa.aa */
                text[len++] = n % 3 == 2 ? '.' : 'a';
            snprintf(text + len, sizeof text - len, "%s", parts[i][1]);
            change(text, 0, 0x21);
        }
}

static void keywords(bool brief)
{
    for (unsigned id = 1; id < SMTPWIRE_PARAMETER_COUNT; id++)
        for (size_t len = 0; len <= strlen(smtpwire_parameter_name(id)) + 1; len++)
            for (size_t at = 0; at < len; at++)
                for (unsigned pair = 0; pair < 65536; pair += brief ? 251 : 1) {
                    char text[16] = "";
                    unsigned expected = SMTPWIRE_PARAMETER_UNKNOWN;
                    memcpy(text, smtpwire_parameter_name(id), strlen(smtpwire_parameter_name(id)));
                    text[at] = (char)(pair & 255);
                    if (at + 1 < len)
                        text[at + 1] = (char)(pair >> 8);
                    for (unsigned i = 1; i < SMTPWIRE_PARAMETER_COUNT; i++)
                        if (smtpwire__equal_nocase(text, len, smtpwire_parameter_name(i)))
                            expected = i;
                    if (smtpwire__parameter_find(text, len) == expected)
                        passed++;
                    else if (failed++ < EXHAUSTIVE_SHOWN)
                        printf("%.*s: found as another keyword\n", (int)len, text);
                }
}

int main(int argc, char **argv)
{
    const bool is_short = argc > 1 && strcmp(argv[1], "short") == 0;
    memory_end = guarded_end();
    scanner_count = find_scanners(every_simd, SMTPWIRE__COUNT(every_simd), scanners);
    set_options();
    for (size_t i = 0; i < SMTPWIRE__COUNT(heads); i++) {
        change(heads[i], 0, 0x7F);
        if (!is_short)
            change_pairs(heads[i], 0, i < 2 ? strlen(heads[i]) : 4, 1);
    }
    for (size_t i = 0; i < SMTPWIRE__COUNT(lines); i++) {
        change(lines[i], 0, 0x7F);
        if (!is_short)
            change_pairs(lines[i], 0, strlen(lines[i]) < 12 ? strlen(lines[i]) : 4, 1);
    }
    with_parameters();
    lengths();
    around_the_masks(is_short);
    keywords(is_short);
    if (plain_lines < 100000) /* nearly nothing would be compared */
        failed++;
    printf("%" PRIu64 " passed, %" PRIu64 " failed\n", passed, failed);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
