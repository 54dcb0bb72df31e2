/* The server's session: which of the octets a client sends are commands and which are content, and where the mail
 * transaction stands (RFC 5321 sections 3.3, 4.1.1 and 4.1.4, RFC 2920, RFC 3207).
 *
 * It does not decide policy: what is replied moves it. Not here yet: BDAT, AUTH, LMTP.
 *
 * SPDX-License-Identifier: MIT */
#include "internal.h"

_Static_assert(sizeof(void *) != 8 || sizeof(struct smtpwire_server) == 256, "its size is part of the ABI");
_Static_assert(sizeof(struct smtpwire_server) <= 256, "its size is part of the ABI");

enum server_phase { SERVER_COMMANDS, SERVER_CONTENT, SERVER_TLS, SERVER_OVER };

int smtpwire_server_init(struct smtpwire_server *server, const struct smtpwire_options *options)
{
    if (smtpwire_options_check(options) < 0)
        return -1;
    memset(server, 0, sizeof *server);
    smtpwire_line_init(&server->line, options, smtpwire__limit(options, SMTPWIRE_LIMIT_COMMAND_LINE));
    smtpwire_data_init(&server->data, options);
    server->due = 1;
    server->due_verb = SMTPWIRE_VERB_GREETING;
    return 0;
}

uint32_t smtpwire_server_due(const struct smtpwire_server *server) { return server->due; }

static size_t server_fatal(struct smtpwire_server *s, uint16_t id, uint64_t offset, struct smtpwire_event *event)
{
    return smtpwire__fatal(&s->fatal, id, offset, event);
}

static void drop_transaction(struct smtpwire_server *s)
{
    s->transaction = s->refused_recipients = s->smtputf8 = 0;
    s->recipients = 0;
}

/* RFC 5321 section 4.1.4: what may come when. */
static uint16_t sequence_error(const struct smtpwire_server *s, unsigned verb)
{
    int good;
    if (!s->ready)
        good = verb == SMTPWIRE_VERB_QUIT; /* the greeting was a refusal: RFC 5321 section 3.1 */
    else if (verb == SMTPWIRE_VERB_MAIL)
        good = s->greeted && !s->transaction;
    else if (verb == SMTPWIRE_VERB_RCPT)
        good = s->transaction;
    else if (verb == SMTPWIRE_VERB_STARTTLS)
        good = s->greeted && !s->tls;
    else if (verb == SMTPWIRE_VERB_DATA && s->transaction && s->recipients == 0 && s->refused_recipients)
        return SMTPWIRE_ERROR_NO_RECIPIENTS; /* RFC 5321 section 3.3 */
    else if (verb == SMTPWIRE_VERB_DATA)
        good = s->recipients != 0;
    else
        good = 1;
    return good ? SMTPWIRE_ERROR_NONE : SMTPWIRE_ERROR_COMMAND_SEQUENCE;
}

/* Only a RCPT goes on while replies are due, and those to RCPT only. */
static int must_wait(const struct smtpwire_server *s, const char *line, size_t len)
{
    if (s->due == 0)
        return 0;
    return s->due_verb != SMTPWIRE_VERB_RCPT ||
           smtpwire__verb_find(line, smtpwire__verb_length(line, len)) != SMTPWIRE_VERB_RCPT;
}

static void ask(struct smtpwire_server *s, unsigned verb, struct smtpwire_event *event)
{
    s->due++;
    s->due_verb = (uint16_t)verb;
    event->replies = 1;
}

static size_t wait(const struct smtpwire_server *s, struct smtpwire_event *event)
{
    smtpwire__event(event, SMTPWIRE_WAIT, s->line.at, 0);
    return 0;
}

/* A complete line: a command, or an error in one. */
static void server_line(struct smtpwire_server *s, const char *line, const struct smtpwire__frame *frame,
                        struct smtpwire_event *event)
{
    struct smtpwire_command *command = &event->command;
    uint16_t disorder;

    smtpwire__event(event, SMTPWIRE_COMMAND, s->line.at, frame->whole);
    event->line.data = line;
    event->line.len = frame->content;
    if (smtpwire__command_parse(line, frame->content, s->line.options, s->smtputf8, command, &event->error) < 0) {
        event->kind = SMTPWIRE_ERROR;
        event->error.offset += s->line.at;
    } else {
        disorder = sequence_error(s, command->verb);
        if (disorder != SMTPWIRE_ERROR_NONE) {
            event->kind = SMTPWIRE_ERROR;
            smtpwire__error_set(&event->error, disorder, s->line.at);
        }
    }
    if (command->verb == SMTPWIRE_VERB_MAIL)
        s->mail_smtputf8 = (command->flags & SMTPWIRE_FLAG_SMTPUTF8) != 0;
    ask(s, command->verb, event);
}

/* A line that is refused before it is complete. */
static void server_fault(struct smtpwire_server *s, const char *line, const struct smtpwire__frame *frame,
                         struct smtpwire_event *event)
{
    struct smtpwire_error ignored;
    smtpwire__event(event, SMTPWIRE_ERROR, s->line.at, frame->whole);
    event->line.data = line;
    event->line.len = frame->content;
    smtpwire__command_parse(line, frame->content, s->line.options, s->smtputf8, &event->command, &ignored);
    if (smtpwire__verb_length(line, frame->content) == frame->content) /* the limit cut it: it may go on */
        memset(&event->command, 0, sizeof event->command);
    if (event->command.verb == SMTPWIRE_VERB_MAIL)
        s->mail_smtputf8 = (event->command.flags & SMTPWIRE_FLAG_SMTPUTF8) != 0;
    event->error = frame->error;
    smtpwire__line_refuse(&s->line, line, frame);
    ask(s, event->command.verb, event);
}

static size_t push_commands(struct smtpwire_server *s, const char *data, size_t len, struct smtpwire_event *event)
{
    struct smtpwire__frame frame;
    enum smtpwire__framed framed;

    s->line.left = len;
    if (len == 0)
        return smtpwire__more(event, SMTPWIRE_INSIDE_NOTHING, s->line.at, 0);
    if (s->due != 0 && s->due_verb != SMTPWIRE_VERB_RCPT)
        return wait(s, event);
    framed = smtpwire__line_find(&s->line, data, len, &frame);
    if (framed == SMTPWIRE__FRAMED_MORE)
        return smtpwire__more(event, SMTPWIRE_INSIDE_LINE, s->line.at, 0);
    if (must_wait(s, data, frame.content))
        return wait(s, event);
    if (framed == SMTPWIRE__FRAMED_LINE)
        server_line(s, data, &frame, event);
    else
        server_fault(s, data, &frame, event);
    smtpwire__line_done(&s->line, len, frame.whole);
    return frame.whole;
}

static size_t push_content(struct smtpwire_server *s, const char *data, size_t len, struct smtpwire_event *event)
{
    size_t taken = smtpwire_data_push(&s->data, data, len, event);
    s->line.at += taken;
    s->line.left = len - taken;
    if (event->kind == SMTPWIRE_END) {
        s->phase = SERVER_COMMANDS;
        ask(s, SMTPWIRE_VERB_END_OF_DATA, event);
    }
    return taken;
}

static size_t push_phase(struct smtpwire_server *s, const char *data, size_t len, struct smtpwire_event *event)
{
    switch (s->phase) {
    case SERVER_CONTENT:
        return push_content(s, data, len, event);
    case SERVER_TLS:
        return smtpwire__more(event, SMTPWIRE_INSIDE_TLS, s->line.at, 0);
    case SERVER_OVER:
        s->line.at += len;
        s->line.left = 0;
        return smtpwire__more(event, SMTPWIRE_INSIDE_NOTHING, s->line.at, len);
    default:
        return push_commands(s, data, len, event);
    }
}

size_t smtpwire_server_push(struct smtpwire_server *server, const void *data, size_t len, struct smtpwire_event *event)
{
    struct smtpwire_server *s = server;
    const char *text = data;
    size_t skipped;

    if (s->fatal.id != SMTPWIRE_ERROR_NONE)
        return server_fatal(s, s->fatal.id, 0, event);
    if (len < s->line.left)
        return server_fatal(s, SMTPWIRE_ERROR_MISUSE, s->line.at, event);
    if (s->line.at + len > s->shown)
        s->shown = s->line.at + len;
    if (s->phase == SERVER_TLS && len != 0)
        return server_fatal(s, SMTPWIRE_ERROR_STARTTLS_RESIDUE, s->line.at, event);
    if (!s->line.skipping)
        return push_phase(s, text, len, event);
    /* What a reply to a refused line has brought about, content above all, begins where that line ends. */
    skipped = smtpwire__line_skip(&s->line, text, len);
    if (s->line.skipping) {
        s->line.left = 0;
        return smtpwire__more(event, SMTPWIRE_INSIDE_SKIPPED, s->line.at, skipped);
    }
    if (s->phase == SERVER_CONTENT)
        smtpwire__data_start(&s->data, s->line.at);
    return skipped + push_phase(s, text + skipped, len - skipped, event);
}

/* Codes that say nothing that could answer this. */
static int possible(unsigned verb, unsigned code)
{
    if (!smtpwire__code_valid(code))
        return 0;
    if (verb == SMTPWIRE_VERB_DATA)
        return code == 354 || code >= 400;
    return code / 100 != 3;
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
        s->greeted = 1;
        drop_transaction(s);
        break;
    case SMTPWIRE_VERB_MAIL:
        drop_transaction(s);
        s->transaction = 1;
        s->smtputf8 = s->mail_smtputf8;
        break;
    case SMTPWIRE_VERB_RCPT:
        s->recipients++;
        break;
    case SMTPWIRE_VERB_RSET:
        drop_transaction(s);
        break;
    case SMTPWIRE_VERB_STARTTLS:
        if (code == 220) {
            drop_transaction(s);
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

int smtpwire_server_replied(struct smtpwire_server *server, unsigned code)
{
    struct smtpwire_server *s = server;
    const unsigned verb = s->due_verb;

    if (s->fatal.id != SMTPWIRE_ERROR_NONE || s->due == 0 || !possible(verb, code))
        return -1;
    s->due--;
    if (verb == SMTPWIRE_VERB_END_OF_DATA)
        drop_transaction(s);
    else if (code == 354)
        begin_content(s);
    else if (code / 100 == 2)
        replied_2xx(s, verb, code);
    else if (verb == SMTPWIRE_VERB_RCPT)
        s->refused_recipients = 1;
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
        server_fatal(s, SMTPWIRE_ERROR_STARTTLS_RESIDUE, s->line.at, &ignored);
        return -1;
    }
    s->phase = SERVER_COMMANDS;
    s->tls = 1;
    s->greeted = 0;
    smtpwire__line_restart(&s->line);
    return 0;
}
