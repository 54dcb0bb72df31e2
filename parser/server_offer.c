/* What the server's session offers, and what hangs on it: which parameters there are and how long a line may be (RFC
 * 5321 section 4.5.3.1.4); and the start of TLS, behind which something else may be offered.
 *
 * SPDX-License-Identifier: MIT */
#include "internal.h"

/* REQUIRETLS is not where there is no TLS (RFC 8689 section 2). */
uint64_t smtpwire__server_offered(const struct smtpwire_server *s)
{
    return s->tls ? s->offered : s->offered & ~SMTPWIRE_OFFER(REQUIRETLS);
}

/* The options of this session: what is offered may have changed. */
const struct smtpwire_options *smtpwire__server_options(const struct smtpwire_server *s, struct smtpwire_options *room)
{
    const uint64_t offered = smtpwire__server_offered(s);

    if (s->line.options == NULL || s->line.options->extensions == offered)
        return s->line.options;
    *room = *s->line.options;
    room->extensions = offered;
    return room;
}

uint32_t smtpwire__server_cap(const struct smtpwire_server *s)
{
    return smtpwire__command_limit(s->line.options, s->offered);
}

int smtpwire_server_offer(struct smtpwire_server *server, uint64_t extensions)
{
    struct smtpwire_server *s = server;

    if (s->fatal.id != SMTPWIRE_ERROR_NONE || (extensions & ~smtpwire__offered(s->line.options)) != 0)
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

    if (s->fatal.id != SMTPWIRE_ERROR_NONE || (s->phase != SERVER_TLS && !implicit))
        return -1;
    if (held != 0 || s->shown > s->line.at) {
        smtpwire__fatal(&s->fatal, SMTPWIRE_ERROR_STARTTLS_RESIDUE, s->line.at, &ignored);
        return -1;
    }
    s->phase = SERVER_COMMANDS;
    s->tls = 1;
    s->greeted = s->authenticated = 0;
    smtpwire__line_restart(&s->line);
    return 0;
}
