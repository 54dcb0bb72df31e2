/* What may come when in the server's session (RFC 5321 section 4.1.4, RFC 2033 section 4.2, RFC 3030 section 2, RFC
 * 3207, RFC 4468 section 3.2, RFC 4954 section 4, Postfix XCLIENT_README and XFORWARD_README).
 *
 * SPDX-License-Identifier: MIT */
#include "server.h"

/* DATA, BDAT and BURL need a recipient (RFC 5321 section 3.3; in LMTP it is 503 whatever was tried, RFC 2033 section
 * 4.2), DATA does not mix with the others, and a message with a refused chunk takes no more (RFC 3030 section 2, RFC
 * 4468 section 3.2). */
static uint16_t content_error(const struct smtpwire_server *s, unsigned verb)
{
    if (s->transaction && s->recipients == 0 && s->refused_recipients && !smtpwire__is_lmtp(s->line.options))
        return SMTPWIRE_ERROR_NO_RECIPIENTS;
    if (s->recipients == 0 || s->chunk_failed || (verb == SMTPWIRE_VERB_DATA && (s->chunking || s->binary)))
        return SMTPWIRE_ERROR_COMMAND_SEQUENCE;
    return SMTPWIRE_ERROR_NONE;
}

/* BDAT where CHUNKING is not offered: its octets come all the same. */
static uint16_t chunk_error(const struct smtpwire_server *s)
{
    return (s->offered & SMTPWIRE_OFFER(CHUNKING)) != 0 ? content_error(s, SMTPWIRE_VERB_BDAT)
                                                        : SMTPWIRE_ERROR_COMMAND_NOT_IMPLEMENTED;
}

/* RFC 5321 section 4.1.4: what may come when; of RCPT server.h has it. */
uint16_t smtpwire__server_disorder_of_other(const struct smtpwire_server *s, unsigned verb)
{
    int good;
    if (!s->ready)
        good = verb == SMTPWIRE_VERB_QUIT; /* the greeting was a refusal: RFC 5321 section 3.1 */
    else if (verb == SMTPWIRE_VERB_MAIL)
        good = s->greeted && !s->transaction;
    else if (verb == SMTPWIRE_VERB_AUTH)
        good = s->greeted && !s->transaction && !s->authenticated; /* RFC 4954 section 4 */
    else if (verb == SMTPWIRE_VERB_STARTTLS)
        good = s->greeted && !s->tls;
    else if (verb == SMTPWIRE_VERB_XCLIENT || verb == SMTPWIRE_VERB_XFORWARD)
        good = !s->transaction; /* the READMEs: not between MAIL and the end of the message */
    else if (verb == SMTPWIRE_VERB_DATA || verb == SMTPWIRE_VERB_BURL)
        return content_error(s, verb);
    else if (verb == SMTPWIRE_VERB_BDAT)
        return chunk_error(s);
    else
        good = 1;
    return good ? SMTPWIRE_ERROR_NONE : SMTPWIRE_ERROR_COMMAND_SEQUENCE;
}
