/* What the server's session offers, and what hangs on it: which parameters there are and how long a line may be (RFC
 * 5321 section 4.5.3.1.4); and the start of TLS, behind which something else may be offered.
 *
 * SPDX-License-Identifier: MIT */
#include "server.h"

/* The options of this session: what is offered may have changed. */
static const struct smtpwire_options *server_options(const struct smtpwire_server *s, struct smtpwire_options *room)
{
    const uint64_t offered = smtpwire__server_offered(s);

    if (s->line.options == NULL || s->line.options->extensions == offered)
        return s->line.options;
    *room = *s->line.options;
    room->extensions = offered;
    return room;
}

/* One command, by the machine. */
SMTPWIRE__SMALL int smtpwire__server_parse(const struct smtpwire_server *s, const char *line, size_t len,
                                           struct smtpwire_event *event)
{
    struct smtpwire_options room;
    return smtpwire__command_parse(line, len, server_options(s, &room), s->smtputf8, &event->command, &event->error);
}

uint32_t smtpwire__server_cap(const struct smtpwire_server *s)
{
    return smtpwire__command_limit(s->line.options, s->offered);
}

int smtpwire_server_offer(struct smtpwire_server *server, uint64_t extensions)
{
    struct smtpwire_server *s = server;

    if (s->line.fatal || (extensions & ~smtpwire__offered(s->line.options)) != 0)
        return -1;
    s->offered = extensions;
    if (s->phase != SERVER_AUTH) {
        s->line.cap = smtpwire__server_cap(s);
        s->line.looked = 0; /* a line that has begun is measured anew */
    }
    return 0;
}

int smtpwire_server_tls_started(struct smtpwire_server *server, size_t held)
{
    struct smtpwire_server *s = server;
    const int implicit = s->due != 0 && s->due_verb == SMTPWIRE_VERB_GREETING && !s->tls;
    struct smtpwire_event ignored;

    if (s->line.fatal || (s->phase != SERVER_TLS && !implicit))
        return -1;
    if (held != 0 || s->line.left != 0) {
        s->line.fatal = 1;
        smtpwire__fatal(&s->fatal, SMTPWIRE_ERROR_STARTTLS_RESIDUE, s->line.at, &ignored);
        return -1;
    }
    s->phase = SERVER_COMMANDS;
    s->tls = 1;
    s->greeted = s->authenticated = 0;
    smtpwire__line_restart(&s->line);
    return 0;
}
