/* The contract of push, of streams and sessions alike: what is presented again, misuse, and whose octets slices are.
 */
#include "unit_session.h"

static size_t push_client(struct smtpwire_client *c, const char *text)
{
    return smtpwire_client_push(c, text, strlen(text), &event);
}

/* The slices of NORMALISE need a push that consumes nothing: "while (pos < end)" never makes it. */
static unsigned count_contents(int documented)
{
    static const char octets[] = {'a', '\n'};
    struct smtpwire_options options;
    struct smtpwire_data d;
    unsigned contents = 0;
    size_t pos = 0;

    memset(&options, 0, sizeof options);
    options.content[SMTPWIRE_CONTENT_BARE_LF] = SMTPWIRE_POLICY_NORMALISE;
    assert_int_equal(smtpwire_data_init(&d, &options), 0);
    while (documented || pos < sizeof octets) {
        pos += smtpwire_data_push(&d, octets + pos, sizeof octets - pos, &event);
        if (event.kind == SMTPWIRE_MORE)
            break;
        contents += event.kind == SMTPWIRE_CONTENT;
    }
    return contents;
}

static void the_loop_while_octets_are_left_loses_an_event(void **state)
{
    (void)state;
    assert_int_equal(count_contents(0), 1);
    assert_int_equal(count_contents(1), 2);
}

static void fewer_octets_than_were_left_is_misuse(void **state)
{
    struct smtpwire_server s;
    struct smtpwire_client c;
    struct smtpwire_line l;
    (void)state;
    greeted(&s);
    assert_int_equal(PUSH(&s, "NOO"), 0);
    assert_int_equal(event.kind, SMTPWIRE_MORE);
    assert_int_equal(event.inside, SMTPWIRE_INSIDE_LINE);
    assert_int_equal(PUSH(&s, "NO"), 0);
    assert_int_equal(event.kind, SMTPWIRE_FATAL);
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_MISUSE);
    assert_int_equal(event.error.offset, 16);
    assert_int_equal(event.error.code, 421);

    smtpwire_client_init(&c, NULL);
    assert_int_equal(push_client(&c, "22"), 0);
    assert_int_equal(push_client(&c, "2"), 0);
    assert_int_equal(event.kind, SMTPWIRE_FATAL);
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_MISUSE);
    assert_int_equal(event.error.code, 0);

    smtpwire_line_init(&l, NULL, 512);
    assert_int_equal(smtpwire_line_push(&l, "ab", 2, &event), 0);
    assert_int_equal(smtpwire_line_push(&l, "a", 1, &event), 0);
    assert_int_equal(event.kind, SMTPWIRE_FATAL);
    assert_int_equal(smtpwire_line_push(&l, "abc\r\n", 5, &event), 0);
    assert_int_equal(event.kind, SMTPWIRE_FATAL);
}

static void fatal_is_sticky(void **state)
{
    struct smtpwire_server s;
    int i;
    (void)state;
    greeted(&s);
    PUSH(&s, "N");
    PUSH(&s, "");
    for (i = 0; i < 6; i++) { /* octet by octet as well: the line that had begun does not go on */
        assert_int_equal(smtpwire_server_push(&s, "NOOP\r\n", (size_t)i + 1, &event), 0);
        assert_int_equal(event.kind, SMTPWIRE_FATAL);
        assert_int_equal(event.error.id, SMTPWIRE_ERROR_MISUSE);
        assert_int_equal(event.error.offset, 16);
    }
    assert_int_equal(smtpwire_server_replied(&s, 250), -1);
    assert_int_equal(smtpwire_server_tls_started(&s, 0), -1);
}

/* All that MORE says, written over what was in the event before. */
static void assert_more(size_t taken, unsigned inside)
{
    assert_int_equal(taken, 0);
    assert_int_equal(event.kind, SMTPWIRE_MORE);
    assert_int_equal(event.inside, inside);
    assert_int_equal(event.zero, 0);
    assert_int_equal(event.replies, 0);
    assert_int_equal(event.len, 0);
    memset(&event, 0xA5, sizeof event);
}

static void nothing_may_be_pushed(void **state)
{
    struct smtpwire_server s;
    struct smtpwire_client c;
    struct smtpwire_data d;
    struct smtpwire_line l;
    (void)state;
    greeted(&s);
    memset(&event, 0xA5, sizeof event);
    assert_more(smtpwire_server_push(&s, NULL, 0, &event), SMTPWIRE_INSIDE_NOTHING);
    smtpwire_client_init(&c, NULL);
    assert_more(smtpwire_client_push(&c, NULL, 0, &event), SMTPWIRE_INSIDE_NOTHING);
    smtpwire_data_init(&d, NULL);
    assert_more(smtpwire_data_push(&d, NULL, 0, &event), SMTPWIRE_INSIDE_CONTENT);
    smtpwire_line_init(&l, NULL, 512);
    assert_more(smtpwire_line_push(&l, NULL, 0, &event), SMTPWIRE_INSIDE_NOTHING);
}

static void a_session_may_be_copied(void **state)
{
    struct smtpwire_server s, copy;
    struct smtpwire_event other;
    (void)state;
    greeted(&s);
    say(&s, "MAIL FROM:<>\r\n", 250);
    say(&s, "RCPT TO:<a@b>\r\n", 250);
    say(&s, "DATA\r\n", 354);
    assert_int_equal(PUSH(&s, "x\r\n.\r"), 4); /* content, and the dot behind it */
    assert_int_equal(PUSH(&s, "\r"), 1);
    assert_int_equal(event.kind, SMTPWIRE_MORE);
    memcpy(&copy, &s, sizeof s);
    memset(&s, 0, sizeof s);
    smtpwire_server_push(&copy, "\n", 1, &other);
    assert_int_equal(other.kind, SMTPWIRE_END);
    assert_int_equal(other.end.size, 3);
}

static void a_cr_held_back_comes_from_a_constant(void **state)
{
    struct smtpwire_options o;
    struct smtpwire_data d;
    char first[] = "\r\n.\r", second[] = "x";
    (void)state;
    memset(&o, 0, sizeof o);
    o.content[SMTPWIRE_CONTENT_BARE_CR] = SMTPWIRE_POLICY_PASS;
    smtpwire_data_init(&d, &o);
    assert_int_equal(smtpwire_data_push(&d, first, 4, &event), 3); /* the slice ends before the dot */
    assert_int_equal(event.content.len, 2);
    assert_int_equal(smtpwire_data_push(&d, first + 3, 1, &event), 1);
    assert_int_equal(event.kind, SMTPWIRE_MORE);
    memset(first, 'Z', sizeof first);
    assert_int_equal(smtpwire_data_push(&d, second, 1, &event), 0);
    assert_int_equal(event.kind, SMTPWIRE_CONTENT);
    assert_int_equal(event.content.len, 1);
    assert_int_equal(event.content.data[0], '\r');
    assert_int_equal(event.at, 3);
    assert_int_equal(smtpwire_data_push(&d, second, 1, &event), 1);
    assert_int_equal(event.kind, SMTPWIRE_CONTENT);
    assert_ptr_equal(event.content.data, second);
}

static void the_end_is_said_again(void **state)
{
    struct smtpwire_data d;
    int i;
    (void)state;
    smtpwire_data_init(&d, NULL);
    assert_int_equal(smtpwire_data_push(&d, ".\r\nNOOP\r\n", 9, &event), 3);
    for (i = 0; i < 3; i++) {
        assert_int_equal(event.kind, SMTPWIRE_END);
        assert_int_equal(event.at, 0);
        assert_int_equal(event.len, 3);
        assert_int_equal(event.end.size, 0);
        assert_int_equal(smtpwire_data_push(&d, "NOOP\r\n", 6, &event), 0);
    }
}

static void lines_are_framed_by_themselves(void **state)
{
    struct smtpwire_line l;
    size_t pos = 0;
    static const char octets[] = "one\r\ntwo\nthree\r\nfour\r\n";
    (void)state;
    memset(&l, 0xA5, sizeof l);
    assert_int_equal(smtpwire_line_init(&l, NULL, 7), 0);
    pos += smtpwire_line_push(&l, octets, sizeof octets - 1, &event);
    assert_int_equal(event.kind, SMTPWIRE_LINE);
    assert_int_equal(pos, 5);
    assert_int_equal(event.line.len, 3);
    assert_ptr_equal(event.line.data, octets);
    pos += smtpwire_line_push(&l, octets + pos, sizeof octets - 1 - pos, &event);
    assert_int_equal(event.kind, SMTPWIRE_ERROR);
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_BARE_LF);
    assert_int_equal(event.error.offset, 8);
    pos += smtpwire_line_push(&l, octets + pos, sizeof octets - 1 - pos, &event);
    assert_int_equal(event.kind, SMTPWIRE_LINE);
    assert_memory_equal(event.line.data, "four", 4);
    assert_int_equal(pos, sizeof octets - 1);
    smtpwire_line_push(&l, "1234567", 7, &event);
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_LINE_TOO_LONG);
}

/* Fewer octets than were shown before is misuse, never an over-read, and stays one. */
static void content_that_is_shown_no_more_is_misuse(void **state)
{
    struct smtpwire_data data;
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

/* Behind a line that waits for a reply as well, though one octet more than that line's would go on in another. */
static void fewer_octets_than_wait_are_misuse(void **state)
{
    struct smtpwire_server s;
    (void)state;
    greeted(&s);
    assert_int_equal(PUSH(&s, "MAIL FROM:<a@b>\r\n"), 17);
    assert_int_equal(smtpwire_server_replied(&s, 250), 0);
    assert_int_equal(PUSH(&s, "RCPT TO:<a@b>\r\n"), 15);
    assert_int_equal(PUSH(&s, "DATA\r\nxx"), 0);
    assert_int_equal(event.kind, SMTPWIRE_WAIT);
    assert_int_equal(PUSH(&s, "DATAx"), 0);
    assert_int_equal(event.kind, SMTPWIRE_FATAL);
    assert_int_equal(event.error.id, SMTPWIRE_ERROR_MISUSE);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_loop_while_octets_are_left_loses_an_event),
        cmocka_unit_test(fewer_octets_than_were_left_is_misuse),
        cmocka_unit_test(fewer_octets_than_wait_are_misuse),
        cmocka_unit_test(fatal_is_sticky),
        cmocka_unit_test(content_that_is_shown_no_more_is_misuse),
        cmocka_unit_test(nothing_may_be_pushed),
        cmocka_unit_test(a_session_may_be_copied),
        cmocka_unit_test(a_cr_held_back_comes_from_a_constant),
        cmocka_unit_test(the_end_is_said_again),
        cmocka_unit_test(lines_are_framed_by_themselves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
