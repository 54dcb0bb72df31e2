/* A server's session as unit tests drive it: the last event, and sessions as far as EHLO. */
#ifndef UNIT_SESSION_H
#define UNIT_SESSION_H

#include "smtpwire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define PUSH(session, text) push_server(session, text, sizeof(text) - 1)

static struct smtpwire_event event;

static inline size_t push_server(struct smtpwire_server *s, const char *text, size_t len)
{
    return smtpwire_server_push(s, text, len, &event);
}

/* A session that was greeted and has had EHLO; its objects are not zeroed before. */
static inline void greeted(struct smtpwire_server *s)
{
    memset(s, 0xA5, sizeof *s);
    assert_int_equal(smtpwire_server_init(s, NULL), 0);
    assert_int_equal(smtpwire_server_replied(s, 220), 0);
    assert_int_equal(PUSH(s, "EHLO a.example\r\n"), 16);
    assert_int_equal(event.kind, SMTPWIRE_COMMAND);
    assert_int_equal(smtpwire_server_replied(s, 250), 0);
}

static inline void say(struct smtpwire_server *s, const char *line, unsigned code)
{
    assert_int_equal(smtpwire_server_push(s, line, strlen(line), &event), strlen(line));
    assert_int_equal(event.replies, 1);
    assert_int_equal(smtpwire_server_replied(s, code), 0);
}

#endif
