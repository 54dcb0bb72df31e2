/* What the files of the server's session share, and how it takes a plain line, for which scan_*.c have a function each,
 * with plain_body.h. Not installed.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SMTPWIRE_SERVER_H
#define SMTPWIRE_SERVER_H

#include "plain.h"

/* What the octets are that the server's session reads next. */
enum server_phase {
    SERVER_COMMANDS,
    SERVER_AUTH, /* a line that answers a 334 is due */
    SERVER_CONTENT,
    SERVER_CHUNK,
    SERVER_SKIPPED_CHUNK, /* its error is told behind it */
    SERVER_TLS,
    SERVER_OVER
};

/* server_order.c: the error of a command that may not come now, or NONE (RFC 5321 section 4.1.4). Most are RCPT. */
uint16_t smtpwire__server_disorder_of_other(const struct smtpwire_server *s, unsigned verb);

/* RFC 5321 section 4.5.3.1.8. */
static inline int smtpwire__server_full(const struct smtpwire_server *s, uint32_t recipients)
{
    return recipients >= smtpwire__limit(s->line.options, SMTPWIRE_LIMIT_RECIPIENTS);
}

static inline uint16_t smtpwire__server_disorder(const struct smtpwire_server *s, unsigned verb)
{
    if (verb != SMTPWIRE_VERB_RCPT)
        return smtpwire__server_disorder_of_other(s, verb);
    if (!s->ready || !s->transaction || s->chunking)
        return SMTPWIRE_ERROR_COMMAND_SEQUENCE;
    return smtpwire__server_full(s, s->recipients) ? SMTPWIRE_ERROR_TOO_MANY_RECIPIENTS : SMTPWIRE_ERROR_NONE;
}

/* server_reply.c: the transaction is over. */
void smtpwire__server_drop(struct smtpwire_server *s);

/* server_offer.c */
int smtpwire__server_parse(const struct smtpwire_server *s, const char *line, size_t len, struct smtpwire_event *event);
uint32_t smtpwire__server_cap(const struct smtpwire_server *s); /* of a command line */

/* REQUIRETLS is not where there is no TLS (RFC 8689 section 2). */
static inline uint64_t smtpwire__server_offered(const struct smtpwire_server *s)
{
    return s->tls ? s->offered : s->offered & ~SMTPWIRE_OFFER(REQUIRETLS);
}

/* server.c */
/* Of the MAIL that the event tells. */
void smtpwire__server_ask_for_mail(struct smtpwire_server *s, const struct smtpwire_event *event);
/* Whether a line has been found not to be a plain one. */
enum smtpwire__any_line { SMTPWIRE__MAY_BE_PLAIN, SMTPWIRE__NOT_PLAIN };
/* What is not a plain line seen as a whole: it has come in pieces, it has not all come, or it is another. */
size_t smtpwire__server_any_line(struct smtpwire_server *s, const char *data, size_t len, enum smtpwire__any_line which,
                                 struct smtpwire_event *event);

/* server_plain.c: the octets are the first of a line. Nothing is due, but perhaps where _obey() is called. */
/* There are 16. Of a line that is shown for a second time the first 128 octets are looked at again, at once. */
size_t smtpwire__server_new_line(struct smtpwire_server *s, const char *data, size_t len, struct smtpwire_event *event);
/* The first octets, clear of them, are over CR, and it does not end behind them. */
size_t smtpwire__server_open_line(struct smtpwire_server *s, const char *data, size_t len, size_t clear,
                                  struct smtpwire_event *event);
/* A line that is there as a whole, content octets and CRLF: any; and a MAIL or RCPT whose path has ended at path. */
size_t smtpwire__server_framed(struct smtpwire_server *s, const char *data, size_t len, size_t content,
                               struct smtpwire_event *event);
size_t smtpwire__server_parameters(struct smtpwire_server *s, const char *data, size_t len, size_t content,
                                   struct smtpwire_event *event, size_t path);
/* One that needed no machine, of which end octets end the line. */
size_t smtpwire__server_obey(struct smtpwire_server *s, const char *data, size_t len, size_t content,
                             struct smtpwire_event *event, size_t end);

static inline struct smtpwire__plain smtpwire__server_plain(const struct smtpwire_server *s, const char *line,
                                                            size_t len, size_t readable)
{
    const struct smtpwire__plain plain = {.line = {line, len},
                                          .readable = readable,
                                          .options = s->line.options,
                                          .offered = smtpwire__server_offered(s),
                                          .simd = s->line.scanner};
    return plain;
}

/* Of a line there are len octets, and nothing is wrong in those that have been looked at, which are all, but for a CR
 * at its end: that is looked at again with what comes behind it. */
static inline size_t smtpwire__server_line_begun(struct smtpwire_server *s, size_t len, size_t looked,
                                                 struct smtpwire_event *event)
{
    s->line.left = len;
    s->line.looked = (uint32_t)looked;
    return smtpwire__more(event, SMTPWIRE_INSIDE_LINE, s->line.at, 0);
}

/* The command asks for a reply. */
static inline void smtpwire__server_one_due(struct smtpwire_server *s, unsigned verb, struct smtpwire_event *event)
{
    s->due++;
    s->due_verb = (uint16_t)verb;
    event->replies = 1;
}

/* Whether CRLF stands at octet i, of a line of which len are there, and within its limit. */
static inline int smtpwire__server_ends(const struct smtpwire_server *s, const char *data, size_t len, size_t i)
{
    return len - i >= 2 && i <= s->line.cap - 2 && smtpwire__is_crlf(data + i);
}

/* The event is a command: content octets, of whole with the line's end. */
static inline void smtpwire__server_told(const struct smtpwire_server *s, const char *data, size_t content,
                                         size_t whole, struct smtpwire_event *event)
{
    smtpwire__event(event, SMTPWIRE_COMMAND, s->line.at, whole);
    event->line.data = data;
    event->line.len = content;
}

/* A RCPT that needed no machine: most are good. */
static SMTPWIRE__INLINE size_t smtpwire__server_rcpt(struct smtpwire_server *s, const char *data, size_t len,
                                                     size_t content, struct smtpwire_event *event)
{
    if (smtpwire__server_disorder(s, SMTPWIRE_VERB_RCPT) != SMTPWIRE_ERROR_NONE)
        return smtpwire__server_obey(s, data, len, content, event, 2);
    smtpwire__server_told(s, data, content, content + 2, event);
    smtpwire__server_one_due(s, SMTPWIRE_VERB_RCPT, event);
    smtpwire__line_done(&s->line, len, content + 2);
    return content + 2;
}

#endif
