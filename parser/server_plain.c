/* Lines of the server's session that need no machine, seen as a whole. Most are read by scan_push_*(), plain_body.h;
 * here is what those leave, and the same without masks.
 *
 * SPDX-License-Identifier: MIT */
#include "server.h"

size_t smtpwire__server_obey(struct smtpwire_server *s, const char *data, size_t len, size_t content,
                             struct smtpwire_event *event, size_t end)
{
    const unsigned verb = event->command.verb;
    uint16_t disorder;

    smtpwire__server_told(s, data, content, content + end, event);
    smtpwire__server_one_due(s, verb, event);
    smtpwire__line_done(&s->line, len, content + end);
    disorder = smtpwire__server_disorder(s, verb);
    if (disorder != SMTPWIRE_ERROR_NONE) {
        event->kind = SMTPWIRE_ERROR;
        smtpwire__error_set(&event->error, disorder, event->at);
    }
    if (verb == SMTPWIRE_VERB_MAIL)
        smtpwire__server_ask_for_mail(s, event);
    return content + end;
}

/* What has neither been a path nor a word. */
static SMTPWIRE__NOINLINE size_t push_framed(struct smtpwire_server *s, const char *data, size_t len, size_t content,
                                             struct smtpwire_event *event)
{
    const struct smtpwire__plain plain = smtpwire__server_plain(s, data, content, len);
    if (!smtpwire__command_by_octets(&plain, &event->command))
        return smtpwire__server_any_line(s, data, len, SMTPWIRE__NOT_PLAIN, event);
    return event->command.verb == SMTPWIRE_VERB_RCPT ? smtpwire__server_rcpt(s, data, len, content, event)
                                                     : smtpwire__server_obey(s, data, len, content, event, 2);
}

size_t smtpwire__server_framed(struct smtpwire_server *s, const char *data, size_t len, size_t content,
                               struct smtpwire_event *event)
{
    const unsigned verb = content == 4 ? smtpwire__plain_word(data) : SMTPWIRE_VERB_UNKNOWN;
    if (verb == SMTPWIRE_VERB_UNKNOWN)
        return push_framed(s, data, len, content, event);
    smtpwire__blank_command(&event->command);
    smtpwire__plain_name(data, verb, &event->command);
    return smtpwire__server_obey(s, data, len, content, event, 2);
}

size_t smtpwire__server_parameters(struct smtpwire_server *s, const char *data, size_t len, size_t content,
                                   struct smtpwire_event *event, size_t path)
{
    if (smtpwire__plain_parameters(data + path, data + content, data + len, s->line.options,
                                   smtpwire__server_offered(s), &event->command))
        return smtpwire__server_obey(s, data, len, content, event, 2);
    return smtpwire__server_any_line(s, data, len, SMTPWIRE__NOT_PLAIN, event);
}

size_t smtpwire__server_open_line(struct smtpwire_server *s, const char *data, size_t len, size_t clear,
                                  struct smtpwire_event *event)
{
    if (clear == len && len < s->line.cap)
        return smtpwire__server_line_begun(s, len, len, event);
    return smtpwire__server_any_line(s, data, len, SMTPWIRE__MAY_BE_PLAIN, event);
}

/* Without masks. */
static SMTPWIRE__NOINLINE size_t push_line_octets(struct smtpwire_server *s, const char *data, size_t len,
                                                  struct smtpwire_event *event)
{
    const size_t clear = smtpwire__scan_line_start(data, len);
    if (!smtpwire__server_ends(s, data, len, clear))
        return smtpwire__server_open_line(s, data, len, clear, event);
    return smtpwire__server_framed(s, data, len, clear, event);
}

size_t smtpwire__server_new_line(struct smtpwire_server *s, const char *data, size_t len, struct smtpwire_event *event)
{
    SMTPWIRE__BY_VECTORS(s->line.scanner, len, push, (s, data, len, event))
    return push_line_octets(s, data, len, event);
}
