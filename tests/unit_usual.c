/* Lines and content as they usually are, and the shorter ways for them. What these take they must not decide otherwise
 * than the machines; tests/exhaustive_*.c compare. Here is the other half: that they do take it. Where the library
 * counts its steps (SMTPWIRE_COUNT_STEPS) no machine runs over any of what is usual; where it does not, that it is
 * accepted is all that is asked.
 */
#include "unit_usual.h"

enum { ROOM = 1024 };

static const char path[] = "<john.o'neill+tag42@mx1.acme-corp.co.uk>";
static const char *const words[] = {
    "DATA",           "RSET",  "NOOP", "QUIT", "EHLO mx1.acme-corp.co.uk", "EHLO a-b.example-host.org",
    "HELO localhost", "EHLO a"};
static const char *const mail[] = {"SIZE=0",        "SIZE=1234567", "SIZE=12345678", "BODY=7BIT",
                                   "BODY=8BITMIME", "SMTPUTF8",     "PRDR"};
static const char *const rcpt[] = {"NOTIFY=SUCCESS",
                                   "NOTIFY=FAILURE",
                                   "NOTIFY=DELAY",
                                   "NOTIFY=SUCCESS,FAILURE",
                                   "NOTIFY=FAILURE,DELAY",
                                   "NOTIFY=DELAY,SUCCESS",
                                   "NOTIFY=SUCCESS,FAILURE,DELAY",
                                   "ORCPT=rfc822;maria.garcia@northwind.org",
                                   "ORCPT=rfc822;a"};

static void in_lower_case(char *text)
{
    for (; *text != '\0'; text++)
        if (*text >= 'A' && *text <= 'Z')
            *text = (char)(*text + 'a' - 'A');
}

/* Pushes a line that is accepted, and answers it. */
static void say(struct smtpwire_server *server, const char *line, struct smtpwire_event *event)
{
    assert_true(smtpwire_server_push(server, line, strlen(line), event) != 0);
    assert_int_equal(event->kind, SMTPWIRE_COMMAND);
    assert_int_equal(smtpwire_server_replied(server, 250), 0);
}

/* The octets that machines read of a line in a session: with more behind it if it is one that comes with others. */
static uint64_t ran_in_session(const char *text, const struct smtpwire_options *options, struct smtpwire_event *event)
{
    static const char more[] = "RCPT TO:<jane.doe+list@example.com>\r\nRCPT TO:<john.doe+list@example.com>\r\n";
    struct smtpwire_server server;
    char octets[2 * ROOM];
    uint64_t ran;
    assert_int_equal(smtpwire_server_init(&server, options), 0);
    assert_int_equal(smtpwire_server_replied(&server, 220), 0);
    say(&server, "EHLO a\r\n", event);
    if ((text[0] | 0x20) == 'r' || (text[0] | 0x20) == 'd')
        say(&server, "MAIL FROM:<a@b>\r\n", event);
    if ((text[0] | 0x20) == 'd')
        say(&server, "RCPT TO:<a@b>\r\n", event);
    snprintf(octets, sizeof octets, "%s\r\n%s", text, strchr(text, '<') != NULL ? more : "");
    ran = smtpwire__ran;
    assert_int_equal(smtpwire_server_push(&server, octets, strlen(octets), event), strlen(text) + 2);
    ran = smtpwire__ran - ran;
    assert_int_equal(event->kind, SMTPWIRE_COMMAND);
    return ran;
}

/* Every parameter is read once more, as whoever asks for their meaning does; by machines no more than it and
 * its value. */
static void read_parameters(struct smtpwire_slice parameters, unsigned expected)
{
    struct smtpwire_parameter parameter;
    uint64_t ran = smtpwire__ran;
    while (smtpwire_parameter_next(&parameters, &parameter)) {
        assert_true((parameter.id != SMTPWIRE_PARAMETER_UNKNOWN) == (parameter.keyword.data[0] != 'X'));
        assert_true(smtpwire__ran - ran <= parameter.keyword.len + 1 + 2 * parameter.value.len);
        ran = smtpwire__ran;
        expected--;
    }
    assert_int_equal(expected, 0);
}

/* The line alone, which ends where its block does. */
static void read_line(const char *text, const struct smtpwire_options *options, unsigned parameters)
{
    const size_t len = strlen(text);
    char *line = malloc(len);
    struct smtpwire_command command;
    assert_non_null(line);
    memcpy(line, text, len);
    assert_int_equal(smtpwire_command_parse(line, len, options, &command, NULL), 0);
    read_parameters(command.parameters, parameters);
    free(line);
}

static void read_by_no_machine(const char *text, const struct smtpwire_options *options, unsigned parameters)
{
    struct smtpwire_event event;
    const uint64_t ran = ran_in_session(text, options, &event);
    if (ran != 0)
        print_error("%s: %u octets are read by a machine, instructions %u\n", text, (unsigned)ran, options->simd);
    assert_true(ran == 0);
    read_line(text, options, parameters);
}

/* In upper and in lower case, with each kind of instruction there is. */
static void read_usual(const char *text, uint32_t lax, unsigned parameters)
{
    struct smtpwire_options options = {0};
    char lower[ROOM];
    size_t i;
    snprintf(lower, sizeof lower, "%s", text);
    in_lower_case(lower);
    options.extensions = SMTPWIRE_OFFER_ALL;
    options.lax = lax;
    for (i = 0; i < COUNT(every_simd); i++) {
        options.simd = (uint8_t)every_simd[i];
        if (smtpwire_options_check(&options) < 0)
            continue;
        read_by_no_machine(text, &options, parameters);
        if (lax == 0)
            read_by_no_machine(lower, &options, parameters);
    }
}

static void usual_commands_need_no_machine(void **state)
{
    char text[ROOM];
    size_t i, j;
    (void)state;
    for (i = 0; i < COUNT(words); i++)
        read_usual(words[i], 0, 0);
    snprintf(text, sizeof text, "MAIL FROM:%s", path);
    read_usual(text, 0, 0);
    snprintf(text, sizeof text, "RCPT TO:%s", path);
    read_usual(text, 0, 0);
    for (i = 0; i < COUNT(mail); i++)
        for (j = 0; j < COUNT(mail); j++) {
            snprintf(text, sizeof text, "MAIL FROM:%s %s", path, mail[i]);
            if (strncmp(mail[i], mail[j], 4) != 0)
                snprintf(text + strlen(text), sizeof text - strlen(text), " %s", mail[j]);
            read_usual(text, 0, strncmp(mail[i], mail[j], 4) != 0 ? 2 : 1);
        }
    for (i = 1; i <= 19; i++) {
        snprintf(text, sizeof text, "MAIL FROM:%s SIZE=%.*s BODY=7BIT", path, (int)i, "9187654321098765432");
        read_usual(text, 0, 2);
        text[strlen(text) - strlen(" BODY=7BIT")] = '\0';
        read_usual(text, 0, 1);
    }
    for (i = 0; i < COUNT(rcpt); i++)
        for (j = 0; j < COUNT(rcpt); j++) {
            snprintf(text, sizeof text, "RCPT TO:%s %s", path, rcpt[i]);
            if (rcpt[i][0] != rcpt[j][0])
                snprintf(text + strlen(text), sizeof text - strlen(text), " %s", rcpt[j]);
            read_usual(text, 0, rcpt[i][0] != rcpt[j][0] ? 2 : 1);
        }
}

/* Xtext in upper case, and nothing else that has letters in two cases. */
static void usual_xtext_needs_no_machine(void **state)
{
    static const char *const values[] = {"a+2Fb", "a+2B", "+7E+20+3D+40"};
    struct smtpwire_options options = {.extensions = SMTPWIRE_OFFER_ALL};
    char text[ROOM];
    size_t i, j;
    (void)state;
    for (i = 0; i < COUNT(values); i++)
        for (j = 0; j < COUNT(every_simd); j++) {
            options.simd = (uint8_t)every_simd[j];
            if (smtpwire_options_check(&options) < 0)
                continue;
            snprintf(text, sizeof text, "RCPT TO:%s ORCPT=rfc822;%s", path, values[i]);
            read_by_no_machine(text, &options, 1);
        }
}

static void without_options_it_is_the_same(void **state)
{
    static const char domain[] = "aaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbb.cccccccccccccccc.co.uk";
    const uint64_t ran = smtpwire__ran;
    struct smtpwire_address address;
    struct smtpwire_greeting greeting;
    uint32_t flags;
    (void)state;
    assert_int_equal(strlen(domain), 64);
    assert_int_equal(smtpwire_forward_path_parse(path, strlen(path), NULL, &address, &flags, NULL), 0);
    assert_int_equal(smtpwire_greeting_parse(domain + 1, 63, NULL, &greeting, NULL), 0);
    assert_true(smtpwire__ran == ran);
}

/* A line whose CR is the last octet there is, and the 64th. */
static void a_line_is_not_looked_for_behind_its_octets(void **state)
{
    static const char line[] = "NOOP 0123456789012345678901234567890123456789012345678901234567\r\n";
    struct smtpwire_line framer;
    struct smtpwire_event event;
    char *octets = malloc(64);
    (void)state;
    assert_non_null(octets);
    assert_int_equal(strlen(line), 65);
    memcpy(octets, line, 64);
    assert_int_equal(smtpwire_line_init(&framer, NULL, 512), 0);
    assert_int_equal(smtpwire_line_push(&framer, octets, 64, &event), 0);
    assert_int_equal(event.kind, SMTPWIRE_MORE);
    free(octets);
    assert_int_equal(smtpwire_line_push(&framer, line, 65, &event), 65);
    assert_int_equal(event.kind, SMTPWIRE_LINE);
}

/* Keywords that are none that is known, where they are let in: of each length, with a value of each length. */
static void generic_parameters_need_no_machine(void **state)
{
    static const char value[] = "0123456789abcdefghijklmnopqrstuvwxyz/:;@0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ!~-";
    static const char keyword[] = "X-23456789ABCDEFGHIJ";
    char text[ROOM];
    int i, j;
    (void)state;
    for (i = 1; i < (int)sizeof keyword; i++)
        for (j = 0; j < (int)sizeof value; j++) {
            snprintf(text, sizeof text, "MAIL FROM:%s %.*s%s%.*s XSIZE=1", path, i, keyword, j != 0 ? "=" : "", j,
                     value);
            read_usual(text, SMTPWIRE_LAX_UNKNOWN_PARAMETER, 2);
        }
}

/* The same of a line alone, which ends where its block does. */
static void short_generic_parameters_need_no_machine(void **state)
{
    struct smtpwire_options options = {.lax = SMTPWIRE_LAX_UNKNOWN_PARAMETER, .extensions = SMTPWIRE_OFFER_ALL};
    size_t i, len;
    (void)state;
    for (i = 0; i < COUNT(every_simd); i++)
        for (len = 1; len <= 40; len++) {
            const uint64_t ran = smtpwire__ran;
            char text[ROOM], *line;
            struct smtpwire_command command;
            size_t size;
            options.simd = (uint8_t)every_simd[i];
            if (smtpwire_options_check(&options) < 0)
                continue;
            size = (size_t)snprintf(text, sizeof text, "MAIL FROM:%s %.*s", path, (int)len,
                                    "X=3456789012345678901234567890123456789012");
            if (len == 2) /* no value */
                continue;
            line = malloc(size);
            assert_non_null(line);
            memcpy(line, text, size);
            assert_int_equal(smtpwire_command_parse(line, size, &options, &command, NULL), 0);
            assert_true(smtpwire__ran == ran);
            free(line);
        }
}

/* Not a step for each octet. */
static void read_by_vectors(const char *text, const struct smtpwire_options *options)
{
    uint64_t steps = smtpwire__steps;
    read_line(text, options, 0);
    steps = smtpwire__steps - steps;
    if (steps > strlen(text) / 8)
        print_error("%s: %u steps, instructions %u\n", text, (unsigned)steps, options->simd);
    assert_true(steps <= strlen(text) / 8);
}

/* A path of each length, up to what one mask holds, with its "@" in each place; and with each octet that may be
 * in a local part but "`{|}~"; SSE2 and NEON leave more to others that is hardly in any. */
static void usual_paths_are_read_by_vectors(void **state)
{
    static const unsigned simd[] = {SMTPWIRE_SIMD_SSE2, SMTPWIRE_SIMD_AVX2, SMTPWIRE_SIMD_NEON};
    static const char atext[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-+=_'!#$%&*/?^";
    struct smtpwire_options options = {0};
    char text[ROOM];
    size_t i, j;
    int local, domain;
    (void)state;
    for (i = 0; i < COUNT(simd); i++) {
        options.simd = (uint8_t)simd[i];
        if (smtpwire_options_check(&options) < 0)
            continue;
        for (j = 0; atext[j] != (simd[i] == SMTPWIRE_SIMD_AVX2 ? '\0' : '!'); j++) {
            snprintf(text, sizeof text, "RCPT TO:<%c.jane%c@mail.example.com>", atext[j], atext[j]);
            read_by_vectors(text, &options);
        }
        for (local = 1; local < 62; local++)
            for (domain = 1; local + domain < 63; domain++) {
                snprintf(text, sizeof text, "RCPT TO:<%.*s@%.*s>", local,
                         "abcdefghijklmnopqrst.ABCDEFGHIJKLMNOPQRST.0123456789-uvwxyzUVW", domain,
                         "a-cdefghijklmnopqrstuvwxyz-zyx.wvutsrqponmlkjihgfedcbazyxwvutsrq");
                if (text[8 + local] == '.' || text[9 + local + domain] == '.' || text[9 + local + domain] == '-')
                    continue;
                if (strlen(text) < 16 ||
                    strlen(text) > 64) /* of fewer octets than a vector has, or of more than masks */
                    read_line(text, &options, 0);
                else
                    read_by_vectors(text, &options);
            }
        read_by_vectors("EHLO mx1.acme-corp.co.uk-mail.de", &options);
    }
}

/* What of a line is not usual is read by a machine, once, and not the whole of it. */
static void what_is_unusual_is_read_alone(void **state)
{
    static const struct {
        const char *text, *unusual;
    } lines[] = {{"RCPT TO:<\"a b\"@example.com> NOTIFY=DELAY", "<\"a b\"@example.com>"},
                 {"MAIL FROM:<jane@example.com> BODY=8BITMIME ENVID=QQ314159 SIZE=1", "QQ314159"},
                 {"MAIL FROM:<> SIZE=1000 BODY=8BITMIME", "<>"},
                 {"RCPT TO:<Postmaster> NOTIFY=FAILURE,DELAY", "<Postmaster>"},
                 {"MAIL FROM:<jane@example.com> BODY=8BITMIME SIZE=1 ENVID=QQ314159", "QQ314159"},
                 {"RCPT TO:<jane@example.com> NOTIFY=NEVER ORCPT=rfc822;jane@example.com", "NEVER"},
                 {"RCPT TO:<jane@example.com> NOTIFY=DELAY ORCPT=rfc822;jane+2Btag@example.com",
                  "rfc822;jane+2Btag@example.com"},
                 {"MAIL FROM:<>", "<>"}};
    struct smtpwire_options options = {0};
    struct smtpwire_command command;
    struct smtpwire_event event;
    size_t i;
    (void)state;
    options.extensions = SMTPWIRE_OFFER_ALL;
    for (i = 0; i < COUNT(lines); i++) {
        uint64_t ran = ran_in_session(lines[i].text, &options, &event);
        if (ran > strlen(lines[i].unusual) + 1)
            print_error("%s: %u octets are read by a machine\n", lines[i].text, (unsigned)ran);
        assert_true(ran <= strlen(lines[i].unusual) + 1);
        if (strstr(lines[i].text, " SIZE=1") == strchr(lines[i].text, '\0') - strlen(" SIZE=1"))
            continue; /* alone a last parameter of fewer octets than a word has is the machine's */
        ran = smtpwire__ran;
        assert_int_equal(smtpwire_command_parse(lines[i].text, strlen(lines[i].text), &options, &command, NULL), 0);
        assert_true(smtpwire__ran - ran <= strlen(lines[i].unusual) + 1);
    }
}

/* One side of a conversation, in one piece. */
static void usual_sessions_need_no_machine(void **state)
{
    static const char said[] = "EHLO mx1.acme-corp.co.uk\r\n"
                               "MAIL FROM:<no-reply@newsletter.info> SIZE=1234567 BODY=8BITMIME\r\n"
                               "RCPT TO:<sven@mail.stadtwerke.de>\r\n"
                               "RCPT TO:<wei.chen+tag7@bank.net> NOTIFY=FAILURE,DELAY ORCPT=rfc822;wei@bank.net\r\n"
                               "RSET\r\n"
                               "NOOP\r\n"
                               "MAIL FROM:<catherine.van_dijk@relay3.hosting24.org>\r\n"
                               "RCPT TO:<o'neill@post.com>\r\n"
                               "QUIT\r\n";
    struct smtpwire_options options = {0};
    size_t i;
    (void)state;
    options.extensions = SMTPWIRE_OFFER_ALL;
    for (i = 0; i < COUNT(every_simd); i++) {
        struct smtpwire_server server;
        struct smtpwire_event event;
        const uint64_t ran = smtpwire__ran;
        unsigned commands = 0;
        size_t pos = 0;
        options.simd = (uint8_t)every_simd[i];
        if (smtpwire_server_init(&server, &options) < 0)
            continue;
        smtpwire_server_replied(&server, 220);
        while (pos < sizeof said - 1) {
            pos += smtpwire_server_push(&server, said + pos, sizeof said - 1 - pos, &event);
            assert_int_equal(event.kind, SMTPWIRE_COMMAND);
            commands++;
            assert_int_equal(smtpwire_server_replied(&server, event.command.verb == SMTPWIRE_VERB_QUIT ? 221 : 250), 0);
        }
        assert_int_equal(commands, 9);
        assert_true(smtpwire__ran == ran);
    }
}

static void usual_replies_need_no_machine(void **state)
{
    static const char heard[] = "220 mx1.acme-corp.co.uk ESMTP ready\r\n"
                                "250-mx1.acme-corp.co.uk greets you\r\n"
                                "250-8BITMIME\r\n"
                                "250-SIZE 52428800\r\n"
                                "250-AUTH PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256\r\n"
                                "250-LIMITS RCPTMAX=100 MAILMAX=5 RCPTDOMAINMAX=20\r\n"
                                "250-DELIVERBY 240\r\n"
                                "250-ENHANCEDSTATUSCODES\r\n"
                                "250-SMTPUTF8\r\n"
                                "250 PIPELINING\r\n"
                                "250 2.1.0 Sender ok\r\n"
                                "250 2.1.5\r\n"
                                "550-5.1.1 no such user here;\r\n"
                                "550 5.1.1 see <https://example.com/help>\r\n"
                                "452 4.2.2 mailbox full\r\n"
                                "250 accepted\r\n";
    static const unsigned sent[] = {SMTPWIRE_VERB_EHLO, SMTPWIRE_VERB_MAIL, SMTPWIRE_VERB_RCPT,
                                    SMTPWIRE_VERB_RCPT, SMTPWIRE_VERB_RCPT, SMTPWIRE_VERB_RCPT};
    struct smtpwire_options options = {0};
    size_t i, j;
    (void)state;
    for (i = 0; i < COUNT(every_simd); i++) {
        struct smtpwire_client client;
        struct smtpwire_event event;
        const uint64_t ran = smtpwire__ran;
        unsigned lines = 0;
        size_t pos = 0;
        options.simd = (uint8_t)every_simd[i];
        if (smtpwire_client_init(&client, &options) < 0)
            continue;
        for (j = 0; j < COUNT(sent); j++)
            assert_int_equal(smtpwire_client_sent(&client, sent[j]), 0);
        while (pos < sizeof heard - 1) {
            pos += smtpwire_client_push(&client, heard + pos, sizeof heard - 1 - pos, &event);
            assert_int_equal(event.kind, SMTPWIRE_REPLY);
            lines++;
        }
        assert_int_equal(lines, 16);
        if (smtpwire__ran != ran)
            print_error("%u octets are read by a machine\n", (unsigned)(smtpwire__ran - ran));
        assert_true(smtpwire__ran == ran);
    }
}

/* Every code, and with each every digit that an enhanced one may have. */
static void no_code_of_a_reply_needs_a_machine(void **state)
{
    struct smtpwire_reply reply;
    unsigned code;
    (void)state;
    for (code = 200; code <= 559; code += code % 100 == 59 ? 41 : 1) {
        const uint64_t ran = smtpwire__ran;
        char text[ROOM];
        snprintf(text, sizeof text, "%u-text", code);
        assert_int_equal(smtpwire_reply_parse(text, strlen(text), NULL, &reply, NULL), 0);
        assert_int_equal(reply.code, code);
        snprintf(text, sizeof text, "%u %u.%u.%u text", code, code / 100, code % 10, 9 - code % 10);
        assert_int_equal(smtpwire_reply_parse(text, strlen(text), NULL, &reply, NULL), 0);
        assert_int_equal(reply.enhanced[0], code / 100 == 3 ? 0 : code / 100);
        assert_true(smtpwire__ran == ran);
    }
}

static void usual_capabilities_need_no_machine(void **state)
{
    static const char *const lines[] = {
        "SIZE 1234567890123456789", "AUTH PLAIN",       "AUTH SCRAM-SHA-256-PLUS XOAUTH2",
        "LIMITS RCPTMAX=999999",    "LIMITS MAILMAX=1", "LIMITS RCPTDOMAINMAX=100000",
        "DELIVERBY 999999999"};
    struct smtpwire_capability capability;
    unsigned id;
    size_t i;
    (void)state;
    for (id = SMTPWIRE_CAPABILITY_UNKNOWN + 1; id < SMTPWIRE_CAPABILITY_COUNT; id++) {
        const char *name = smtpwire_capability_name(id);
        const uint64_t ran = smtpwire__ran;
        char lower[ROOM];
        if (id == SMTPWIRE_CAPABILITY_FUTURERELEASE || id == SMTPWIRE_CAPABILITY_LIMITS) /* they need a value */
            continue;
        snprintf(lower, sizeof lower, "%s", name);
        in_lower_case(lower);
        assert_int_equal(smtpwire_capability_parse(name, strlen(name), NULL, &capability, NULL), 0);
        assert_int_equal(capability.id, id);
        assert_int_equal(smtpwire_capability_parse(lower, strlen(lower), NULL, &capability, NULL), 0);
        assert_int_equal(capability.id, id);
        assert_true(smtpwire__ran == ran);
    }
    for (i = 0; i < COUNT(lines); i++) {
        const uint64_t ran = smtpwire__ran;
        assert_int_equal(smtpwire_capability_parse(lines[i], strlen(lines[i]), NULL, &capability, NULL), 0);
        assert_true(capability.has_value);
        if (smtpwire__ran != ran)
            print_error("%s: read by a machine\n", lines[i]);
        assert_true(smtpwire__ran == ran);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usual_commands_need_no_machine),
        cmocka_unit_test(usual_xtext_needs_no_machine),
        cmocka_unit_test(without_options_it_is_the_same),
        cmocka_unit_test(a_line_is_not_looked_for_behind_its_octets),
        cmocka_unit_test(generic_parameters_need_no_machine),
        cmocka_unit_test(short_generic_parameters_need_no_machine),
        cmocka_unit_test(usual_paths_are_read_by_vectors),
        cmocka_unit_test(what_is_unusual_is_read_alone),
        cmocka_unit_test(usual_sessions_need_no_machine),
        cmocka_unit_test(usual_replies_need_no_machine),
        cmocka_unit_test(no_code_of_a_reply_needs_a_machine),
        cmocka_unit_test(usual_capabilities_need_no_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
