/* What replies bring about in the server's session: it does not decide, but is told the codes that are sent (RFC 5321
 * sections 3.3 and 4.1.4).
 *
 * SPDX-License-Identifier: MIT */
#include "server.h"

void smtpwire__server_drop(struct smtpwire_server *s)
{
    s->transaction = s->refused_recipients = s->smtputf8 = s->chunking = s->chunk_failed = s->binary = 0;
    s->recipients = 0;
    s->chunks = 0;
}

/* RFC 4954 section 4: 334 asks for another line, 235 ends the exchange well. */
static void replied_auth(struct smtpwire_server *s, unsigned code)
{
    const int more = code == 334;
    if (code == 235)
        s->authenticated = 1;
    s->phase = more ? SERVER_AUTH : SERVER_COMMANDS;
    s->line.cap = more ? smtpwire__limit(s->line.options, SMTPWIRE_LIMIT_AUTH_LINE) : smtpwire__server_cap(s);
}

static void begin_content(struct smtpwire_server *s)
{
    s->phase = SERVER_CONTENT;
    smtpwire__data_start(&s->data, s->line.at);
}

static void replied_2xx(struct smtpwire_server *s, unsigned verb, unsigned code)
{
    switch (verb) {
    case SMTPWIRE_VERB_GREETING:
        s->ready = 1;
        break;
    case SMTPWIRE_VERB_EHLO:
    case SMTPWIRE_VERB_HELO:
    case SMTPWIRE_VERB_LHLO:
        s->greeted = 1;
        smtpwire__server_drop(s);
        break;
    case SMTPWIRE_VERB_MAIL:
        smtpwire__server_drop(s);
        s->transaction = 1;
        s->smtputf8 = s->mail_smtputf8;
        s->binary = s->mail_binary;
        break;
    case SMTPWIRE_VERB_RSET:
        smtpwire__server_drop(s);
        break;
    case SMTPWIRE_VERB_BURL:
        if (!s->chunking) /* it was refused here */
            smtpwire__chunk_start(&s->data, s->line.at, 1);
        s->chunking = s->transaction;
        break;
    case SMTPWIRE_VERB_XCLIENT: /* as behind the greeting; TLS cannot be undone */
        s->greeted = s->authenticated = 0;
        smtpwire__server_drop(s);
        break;
    case SMTPWIRE_VERB_STARTTLS:
        if (code == 220) {
            smtpwire__server_drop(s);
            s->phase = SERVER_TLS;
        }
        break;
    case SMTPWIRE_VERB_QUIT:
        s->phase = SERVER_OVER;
        break;
    default:
        break;
    }
}

static int is_2xx(unsigned code) { return code >= 200 && code <= 259; }

static SMTPWIRE__NOINLINE int replied_other(struct smtpwire_server *s, unsigned code)
{
    const unsigned verb = s->due_verb;

    if (!smtpwire__code_answers(s->line.options, verb, code))
        return -1;
    s->due--;
    if (verb == SMTPWIRE_VERB_RCPT) {
        if (code / 100 == 2)
            s->recipients++;
        else
            s->refused_recipients = 1;
        return 0;
    }
    if ((verb == SMTPWIRE_VERB_END_OF_DATA || verb == SMTPWIRE_VERB_BURL_LAST) && s->due == 0)
        smtpwire__server_drop(s);
    else if (verb == SMTPWIRE_VERB_AUTH || verb == SMTPWIRE_VERB_AUTH_RESPONSE)
        replied_auth(s, code);
    else if ((verb == SMTPWIRE_VERB_BDAT || verb == SMTPWIRE_VERB_BURL) && code / 100 != 2)
        s->chunk_failed = 1;
    else if (code == 354)
        begin_content(s);
    else if (code / 100 == 2)
        replied_2xx(s, verb, code);
    return 0;
}

/* Those of which a reply of 2xx does all there is to do. */
#define BY_2XX                                                                                                         \
    (UINT64_C(1) << SMTPWIRE_VERB_GREETING | UINT64_C(1) << SMTPWIRE_VERB_EHLO | UINT64_C(1) << SMTPWIRE_VERB_HELO |   \
     UINT64_C(1) << SMTPWIRE_VERB_LHLO | UINT64_C(1) << SMTPWIRE_VERB_MAIL | UINT64_C(1) << SMTPWIRE_VERB_RSET |       \
     UINT64_C(1) << SMTPWIRE_VERB_QUIT)
_Static_assert(SMTPWIRE_VERB_COUNT <= 64, "verbs are bits");

/* Most replies are 250. */
int smtpwire_server_replied(struct smtpwire_server *server, unsigned code)
{
    struct smtpwire_server *s = server;

    if (s->line.fatal || s->due == 0)
        return -1;
    if (is_2xx(code) && s->due_verb == SMTPWIRE_VERB_RCPT) {
        s->due--;
        s->recipients++;
        return 0;
    }
    if (is_2xx(code) && (BY_2XX >> s->due_verb & 1) != 0) {
        s->due--;
        replied_2xx(s, s->due_verb, code);
        return 0;
    }
    return replied_other(s, code);
}
