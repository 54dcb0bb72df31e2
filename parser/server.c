/* The server's session: which of the octets a client sends are commands, content or lines of a SASL exchange, and where
 * the mail transaction stands (RFC 5321 sections 3.3, 4.1.1 and 4.1.4, RFC 2033, RFC 2920, RFC 3030, RFC 3207, RFC
 * 4468, RFC 4954, Postfix XCLIENT_README).
 *
 * It does not decide policy: what is replied moves it (server_reply.c).
 *
 * SPDX-License-Identifier: MIT */
#include "server.h"

_Static_assert(sizeof(void *) != 8 || sizeof(struct smtpwire_server) == 256, "its size is part of the ABI");
_Static_assert(sizeof(struct smtpwire_server) <= 256, "its size is part of the ABI");
_Static_assert(offsetof(struct smtpwire_server, offered) < 64, "what most commands need is there first");
_Static_assert(SERVER_COMMANDS == 0, "smtpwire_server_push() takes them together");

int smtpwire_server_init(struct smtpwire_server *server, const struct smtpwire_options *options)
{
    if (smtpwire_options_check(options) < 0)
        return -1;
    smtpwire__zero(server, sizeof *server);
    server->offered = smtpwire__offered(options);
    smtpwire__line_start(&server->line, options, smtpwire__command_limit(options, server->offered));
    server->data.options = options; /* where content begins it is started */
    server->data.scanner = server->line.scanner;
    server->due = 1;
    server->due_verb = SMTPWIRE_VERB_GREETING;
    return 0;
}

uint32_t smtpwire_server_due(const struct smtpwire_server *server) { return server->due; }

static size_t server_fatal(struct smtpwire_server *s, uint16_t id, uint64_t offset, struct smtpwire_event *event)
{
    s->line.fatal = 1;
    s->line.looked = 0;
    return smtpwire__fatal(&s->fatal, id, offset, event);
}

static int is_rcpt(const char *line, size_t len)
{
    return len >= 4 && smtpwire__equal_nocase(line, 4, "RCPT") && smtpwire__verb_length(line, len) == 4;
}

/* Where replies are due. Only a RCPT goes on then, and behind those to RCPT only; not where it depends on them whether
 * there are too many recipients. */
static int must_wait(const struct smtpwire_server *s, const char *line, size_t len)
{
    return !is_rcpt(line, len) ||
           (!smtpwire__server_full(s, s->recipients) && smtpwire__server_full(s, s->recipients + s->due));
}

void smtpwire__server_ask_for_mail(struct smtpwire_server *s, const struct smtpwire_event *event)
{
    /* Of a line that is faulty nothing is believed: the parameters are only those of a line that was accepted. */
    const int good = event->kind == SMTPWIRE_COMMAND || event->error.id == SMTPWIRE_ERROR_COMMAND_SEQUENCE;
    s->mail_smtputf8 = good && (event->command.flags & SMTPWIRE_FLAG_SMTPUTF8) != 0;
    s->mail_binary =
        good && (s->offered & SMTPWIRE_OFFER(BINARYMIME)) != 0 && smtpwire__is_binary(event->command.parameters);
}

static void ask(struct smtpwire_server *s, unsigned verb, struct smtpwire_event *event)
{
    smtpwire__server_one_due(s, verb, event);
    if (verb == SMTPWIRE_VERB_MAIL)
        smtpwire__server_ask_for_mail(s, event);
}

static size_t wait(const struct smtpwire_server *s, struct smtpwire_event *event)
{
    smtpwire__event(event, SMTPWIRE_WAIT, s->line.at, 0);
    return 0;
}

/* A BDAT whose form is right: its octets follow, whatever becomes of them. */
static void begin_chunk(struct smtpwire_server *s, const struct smtpwire__frame *frame, struct smtpwire_event *event,
                        uint16_t error)
{
    const struct smtpwire_command *command = &event->command;
    const uint64_t max = smtpwire__message_max(s->line.options);

    if (error == SMTPWIRE_ERROR_NONE && command->chunk_size > max - s->chunks)
        error = SMTPWIRE_ERROR_MESSAGE_TOO_LARGE;
    s->chunk_error = error;
    s->chunk_left = s->chunk_size = command->chunk_size;
    s->chunk_last = command->last;
    s->chunk_at = s->line.at;
    if (error != SMTPWIRE_ERROR_NONE) {
        s->phase = SERVER_SKIPPED_CHUNK;
        return;
    }
    s->phase = SERVER_CHUNK;
    smtpwire__chunk_start(&s->data, s->line.at + frame->whole, !s->chunking);
    s->data.binary = s->binary;
    s->chunking = 1;
    s->chunks += command->chunk_size;
}

/* The replies to a message: one, or in LMTP one for each recipient, possibly none (RFC 2033 sections 4.2 and 4.3). */
static void ask_for_message(struct smtpwire_server *s, unsigned verb, struct smtpwire_event *event)
{
    event->replies = s->due = smtpwire__is_lmtp(s->line.options) ? s->recipients : 1;
    s->due_verb = (uint16_t)verb;
    if (s->due == 0)
        smtpwire__server_drop(s);
}

/* Returns 0 if what the chunk before the BURL ended in must be delivered first. */
static int begin_burl(struct smtpwire_server *s, const struct smtpwire__frame *frame, struct smtpwire_event *event)
{
    if (smtpwire__chunk_elsewhere(&s->data, s->line.at + frame->whole, !s->chunking, event))
        return 0;
    s->chunking = 1;
    if (s->data.refused != SMTPWIRE_ERROR_NONE) {
        event->kind = SMTPWIRE_ERROR;
        smtpwire__error_set(&event->error, s->data.refused, s->data.refused_at);
    }
    return 1;
}

/* A line that answers a 334. */
static void auth_line(struct smtpwire_server *s, const char *line, const struct smtpwire__frame *frame,
                      struct smtpwire_event *event)
{
    smtpwire__event(event, SMTPWIRE_AUTH_RESPONSE, s->line.at, frame->whole);
    event->line.data = line;
    event->line.len = frame->content;
    if (smtpwire__auth_response(line, frame->content, &event->error) < 0) {
        event->kind = SMTPWIRE_ERROR;
        event->error.offset += s->line.at;
        memset(&event->command, 0, sizeof event->command);
    }
    ask(s, SMTPWIRE_VERB_AUTH_RESPONSE, event);
}

/* A complete line: a command, or an error in one. */
static void server_line(struct smtpwire_server *s, const char *line, const struct smtpwire__frame *frame,
                        struct smtpwire_event *event)
{
    struct smtpwire_command *command = &event->command;
    uint16_t disorder;

    if (smtpwire__server_parse(s, line, frame->content, event) < 0) {
        event->kind = SMTPWIRE_ERROR;
        event->error.offset += s->line.at;
        if (command->verb == SMTPWIRE_VERB_BDAT) { /* where its octets end cannot be known */
            server_fatal(s, event->error.id, event->error.offset, event);
            return;
        }
    } else {
        disorder = smtpwire__server_disorder(s, command->verb);
        if (command->verb == SMTPWIRE_VERB_BDAT) {
            begin_chunk(s, frame, event, disorder);
            return;
        }
        if (disorder != SMTPWIRE_ERROR_NONE) {
            event->kind = SMTPWIRE_ERROR;
            smtpwire__error_set(&event->error, disorder, s->line.at);
        } else if (command->verb == SMTPWIRE_VERB_BURL && !begin_burl(s, frame, event)) {
            return;
        }
    }
    if (command->verb == SMTPWIRE_VERB_BURL && command->last)
        ask_for_message(s, SMTPWIRE_VERB_BURL_LAST, event);
    else
        ask(s, command->verb, event);
}

/* A line that is refused before it is complete. */
static void server_fault(struct smtpwire_server *s, const char *line, const struct smtpwire__frame *frame,
                         struct smtpwire_event *event)
{
    struct smtpwire_command *command = &event->command;
    const size_t name = s->phase == SERVER_AUTH ? 0 : smtpwire__verb_length(line, frame->content);
    unsigned asks;

    smtpwire__event(event, SMTPWIRE_ERROR, s->line.at, frame->whole);
    event->line.data = line;
    event->line.len = frame->content;
    event->error = frame->error;
    memset(command, 0, sizeof *command);
    if (name != 0 && name != frame->content) { /* else there is none, or the limit may have cut it */
        command->verb = smtpwire__verb_find(line, name);
        command->name.data = line;
        command->name.len = name;
    }
    if (command->verb == SMTPWIRE_VERB_BDAT) {
        server_fatal(s, frame->error.id, frame->error.offset, event);
        return;
    }
    if (s->phase == SERVER_AUTH && frame->error.id == SMTPWIRE_ERROR_LINE_TOO_LONG)
        event->error.enhanced[2] = 6; /* RFC 4954 section 6: authentication exchange line is too long */
    smtpwire__line_refuse(&s->line, line, frame);
    /* TLS cannot start behind a line whose end has not come. */
    asks = s->phase == SERVER_AUTH                   ? SMTPWIRE_VERB_AUTH_RESPONSE
           : command->verb == SMTPWIRE_VERB_STARTTLS ? SMTPWIRE_VERB_UNKNOWN
                                                     : command->verb;
    ask(s, asks, event);
}

/* The octets of a chunk that is refused before they came; the error stands behind them, since only there the next
 * command begins. LAST ends the transaction all the same. */
static size_t push_skipped_chunk(struct smtpwire_server *s, size_t len, struct smtpwire_event *event)
{
    const size_t taken = s->chunk_left < len ? (size_t)s->chunk_left : len;

    s->line.at += taken;
    s->line.left = len - taken;
    s->chunk_left -= taken;
    if (s->chunk_left != 0)
        return smtpwire__more(event, SMTPWIRE_INSIDE_CHUNK, s->line.at, taken);
    smtpwire__event(event, SMTPWIRE_ERROR, s->chunk_at, s->line.at - s->chunk_at);
    memset(&event->line, 0, sizeof event->line);
    memset(&event->command, 0, sizeof event->command);
    event->command.verb = SMTPWIRE_VERB_BDAT;
    event->command.chunk_size = s->chunk_size;
    event->command.last = s->chunk_last;
    smtpwire__error_set(&event->error, s->chunk_error, s->chunk_at);
    s->phase = SERVER_COMMANDS;
    s->chunk_failed = 1;
    ask(s, SMTPWIRE_VERB_UNKNOWN, event);
    if (s->chunk_last) {
        if (smtpwire__is_lmtp(s->line.options))
            event->replies = s->due = s->recipients;
        smtpwire__server_drop(s);
    }
    return taken;
}

/* A line that is framed. */
static SMTPWIRE__NOINLINE size_t push_command_line(struct smtpwire_server *s, const char *data, size_t len,
                                                   enum smtpwire__framed framed, const struct smtpwire__frame *frame,
                                                   struct smtpwire_event *event)
{
    if (framed == SMTPWIRE__FRAMED_FAULT)
        server_fault(s, data, frame, event);
    else if (s->phase == SERVER_AUTH)
        auth_line(s, data, frame, event);
    else
        server_line(s, data, frame, event);
    if (s->line.fatal || event->kind == SMTPWIRE_CONTENT)
        return 0;
    smtpwire__line_done(&s->line, len, frame->whole);
    if (s->phase == SERVER_SKIPPED_CHUNK)
        return frame->whole + push_skipped_chunk(s, len - frame->whole, event);
    return frame->whole;
}

/* What is not a plain line seen as a whole: it has come in pieces, it has not all come, or it is another. */
size_t smtpwire__server_any_line(struct smtpwire_server *s, const char *data, size_t len, enum smtpwire__any_line which,
                                 struct smtpwire_event *event)
{
    struct smtpwire__frame frame;
    enum smtpwire__framed framed;

    s->line.left = len;
    framed = smtpwire__line_find(&s->line, data, len, &frame);
    /* As smtpwire__server_line_begun(). */
    if (s->line.looked != 0 && data[s->line.looked - 1] == '\r')
        s->line.looked--;
    if (framed == SMTPWIRE__FRAMED_MORE)
        return smtpwire__more(event, SMTPWIRE_INSIDE_LINE, s->line.at, 0);
    if (s->due != 0 && must_wait(s, data, frame.content))
        return wait(s, event);
    if (framed == SMTPWIRE__FRAMED_LINE && s->phase == SERVER_COMMANDS && which == SMTPWIRE__MAY_BE_PLAIN) {
        const struct smtpwire__plain plain =
            smtpwire__server_plain(s, data, frame.content, smtpwire__readable(s->line.options, len));
        if (smtpwire__plain_command(&plain, &event->command))
            return smtpwire__server_obey(s, data, len, frame.content, event, frame.whole - frame.content);
    }
    smtpwire__event(event, SMTPWIRE_COMMAND, s->line.at, frame.whole);
    event->line.data = data;
    event->line.len = frame.content;
    return push_command_line(s, data, len, framed, &frame, event);
}

static SMTPWIRE__NOINLINE size_t push_commands(struct smtpwire_server *s, const char *data, size_t len,
                                               struct smtpwire_event *event)
{
    s->line.left = len;
    if (len == 0)
        return smtpwire__more(event, s->phase == SERVER_AUTH ? SMTPWIRE_INSIDE_AUTH : SMTPWIRE_INSIDE_NOTHING,
                              s->line.at, 0);
    if (s->due != 0 && s->due_verb != SMTPWIRE_VERB_RCPT)
        return wait(s, event);
    return smtpwire__server_any_line(s, data, len, SMTPWIRE__MAY_BE_PLAIN, event);
}

static size_t push_content(struct smtpwire_server *s, const char *data, size_t len, struct smtpwire_event *event)
{
    size_t taken = smtpwire_data_push(&s->data, data, len, event);
    s->line.at += taken;
    s->line.left = len - taken;
    if (event->kind == SMTPWIRE_END) {
        s->phase = SERVER_COMMANDS;
        s->line.scanner = s->data.scanner;
        ask_for_message(s, SMTPWIRE_VERB_END_OF_DATA, event);
    }
    return taken;
}

/* The octets of a chunk are there: END, behind what was held back if it was the last. */
static size_t end_chunk(struct smtpwire_server *s, size_t taken, struct smtpwire_event *event)
{
    if (s->chunk_last && smtpwire__chunk_finish(&s->data, event))
        return taken;
    smtpwire__data_end(&s->data, s->line.at, 0, event);
    event->end.chunk = 1;
    event->end.last = s->chunk_last;
    s->phase = SERVER_COMMANDS;
    if (s->chunk_last)
        ask_for_message(s, SMTPWIRE_VERB_END_OF_DATA, event);
    else
        ask(s, SMTPWIRE_VERB_BDAT, event);
    return taken;
}

static size_t push_chunk(struct smtpwire_server *s, const char *data, size_t len, struct smtpwire_event *event)
{
    const size_t here = s->chunk_left < len ? (size_t)s->chunk_left : len;
    const size_t taken = smtpwire_data_push(&s->data, data, here, event);

    s->line.at += taken;
    s->line.left = len - taken;
    s->chunk_left -= taken;
    if (event->kind != SMTPWIRE_MORE)
        return taken;
    if (s->chunk_left == 0)
        return end_chunk(s, taken, event);
    event->inside = SMTPWIRE_INSIDE_CHUNK;
    return taken;
}

static size_t push_phase(struct smtpwire_server *s, const char *data, size_t len, struct smtpwire_event *event)
{
    switch (s->phase) {
    case SERVER_CONTENT:
        return push_content(s, data, len, event);
    case SERVER_CHUNK:
        return push_chunk(s, data, len, event);
    case SERVER_SKIPPED_CHUNK:
        return push_skipped_chunk(s, len, event);
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

/* What is not a command, or not yet, or nothing any more. */
static SMTPWIRE__NOINLINE size_t push_other(struct smtpwire_server *s, const char *text, size_t len,
                                            struct smtpwire_event *event)
{
    size_t skipped;

    if (s->line.fatal)
        return server_fatal(s, s->fatal.id, 0, event);
    if (len < s->line.left)
        return server_fatal(s, SMTPWIRE_ERROR_MISUSE, s->line.at, event);
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

/* Fewer than 16 octets more than those of the line that have been looked at, or none, or what ends it. */
static SMTPWIRE__NOINLINE size_t push_few(struct smtpwire_server *s, const char *data, size_t len,
                                          struct smtpwire_event *event)
{
    size_t i = s->line.looked;

    while (i < len && (unsigned char)data[i] > '\r')
        i++;
    SMTPWIRE__STEPS(i - s->line.looked);
    if (len < s->line.cap) {
        if (i == len && len != 0)
            return smtpwire__server_line_begun(s, len, len, event);
        if (i + 1 == len && data[i] == '\r')
            return smtpwire__server_line_begun(s, len, i, event);
    }
    if (smtpwire__server_ends(s, data, len, i) && len - i == 2)
        return len < SMTPWIRE__SCAN_LINE_LEAST ? smtpwire__server_framed(s, data, len, i, event)
                                               : smtpwire__server_new_line(s, data, len, event);
    return push_commands(s, data, len, event);
}

SMTPWIRE__ALIGNED size_t smtpwire_server_push(struct smtpwire_server *server, const void *data, size_t len,
                                              struct smtpwire_event *event)
{
    struct smtpwire_server *s = server;
    const char *const octets = data;
    const size_t looked = s->line.looked, more = len - looked;

    /* In a line of which nothing has been refused yet: one octet more may come whatever is due. Behind a line that
     * waits, and behind a CR, none has been looked at. */
    if (SMTPWIRE__MOSTLY(more == 1 && looked != 0 && (unsigned char)octets[looked] > '\r' && len < s->line.cap &&
                         len >= s->line.left)) {
        SMTPWIRE__STEPS(1);
        return smtpwire__server_line_begun(s, len, len, event);
    }
    if ((s->line.fatal | s->line.skipping | s->phase | s->due) != 0 || len < s->line.left)
        return push_other(s, octets, len, event);
    return more >= SMTPWIRE__SCAN_LINE_LEAST ? smtpwire__server_new_line(s, octets, len, event)
                                             : push_few(s, octets, len, event);
}
