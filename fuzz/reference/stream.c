/* Content (RFC 5321 sections 4.1.1.4 and 4.5.2) and lines (section 2.3.8), octet by octet over all that there is. */
#include "reference.h"

#include <string.h>

enum state { LINE_BEGIN, LINE_DOT, LINE_DOT_CR, TEXT, TEXT_CR };

/* Where delivery goes, and what is known so far. */
struct delivery {
    const struct smtpwire_options *options;
    unsigned char *out;
    struct reference_content *content;
};

/* at: of the octet on the wire that this one stands for. */
static void deliver(struct delivery *to, unsigned char octet, size_t at)
{
    if (to->content->refused != SMTPWIRE_ERROR_NONE)
        return;
    if (to->options->message_max != 0 && to->content->delivered >= to->options->message_max) {
        to->content->refused = SMTPWIRE_ERROR_MESSAGE_TOO_LARGE;
        to->content->refused_at = at;
        return;
    }
    to->out[to->content->delivered++] = octet;
}

/* An octet that a policy is about: bare LF, bare CR, NUL. */
static void special(struct delivery *to, unsigned char octet, unsigned kind, size_t at)
{
    static const unsigned errors[] = {SMTPWIRE_ERROR_CONTENT_BARE_LF, SMTPWIRE_ERROR_CONTENT_BARE_CR,
                                      SMTPWIRE_ERROR_CONTENT_NUL};
    static const uint32_t flags[] = {SMTPWIRE_FLAG_BARE_LF, SMTPWIRE_FLAG_BARE_CR, SMTPWIRE_FLAG_NUL};
    unsigned policy = to->options->content[kind];
    if (policy == SMTPWIRE_POLICY_DEFAULT)
        policy = kind == SMTPWIRE_CONTENT_NUL ? SMTPWIRE_POLICY_PASS : SMTPWIRE_POLICY_REJECT;
    to->content->flags |= flags[kind];
    if (policy == SMTPWIRE_POLICY_REJECT && to->content->refused == SMTPWIRE_ERROR_NONE) {
        to->content->refused = errors[kind];
        to->content->refused_at = at;
    }
    if (policy == SMTPWIRE_POLICY_NORMALISE) {
        deliver(to, '\r', at);
        deliver(to, '\n', at);
    } else {
        deliver(to, octet, at);
    }
}

/* An octet of text that is not CR. */
static void plain(struct delivery *to, unsigned char octet, size_t at)
{
    if (octet > 127)
        to->content->flags |= SMTPWIRE_FLAG_EIGHT_BIT;
    if (octet == '\n')
        special(to, octet, SMTPWIRE_CONTENT_BARE_LF, at);
    else if (octet == '\0')
        special(to, octet, SMTPWIRE_CONTENT_NUL, at);
    else
        deliver(to, octet, at);
}

void reference_content(const void *data, size_t len, const struct smtpwire_options *options, unsigned char *out,
                       struct reference_content *content)
{
    const unsigned char *octets = data;
    struct delivery to = {options, out, memset(content, 0, sizeof *content)};
    uint64_t line = 0, limit = options->limit[SMTPWIRE_LIMIT_TEXT_LINE];
    enum state state = LINE_BEGIN;
    size_t at;
    for (at = 0; at < len; at++) {
        unsigned char octet = octets[at];
        if (state == LINE_DOT_CR && octet == '\n') {
            content->ended = 1;
            at++;
            break;
        }
        if (state == TEXT_CR && octet == '\n') {
            deliver(&to, '\r', at - 1);
            deliver(&to, '\n', at);
            line++;
            content->longest = line > content->longest ? line : content->longest;
            line = 0;
            state = LINE_BEGIN;
            continue;
        }
        if (state == LINE_DOT_CR || state == TEXT_CR) /* the CR before this octet was bare */
            special(&to, '\r', SMTPWIRE_CONTENT_BARE_CR, at - 1);
        if (state == LINE_BEGIN && octet == '.') {
            state = LINE_DOT;
            continue; /* stuffed, or the end's: not of the line */
        }
        line++;
        if (octet == '\r') {
            state = state == LINE_DOT ? LINE_DOT_CR : TEXT_CR;
        } else {
            plain(&to, octet, at);
            state = TEXT;
        }
    }
    content->consumed = at;
    content->state = (unsigned)state;
    if (content->longest > (limit != 0 ? limit : 1000)) /* RFC 5321 section 4.5.3.1.6 */
        content->flags |= SMTPWIRE_FLAG_LONG_LINE;
}

/* Skips the rest of a line that was refused, through its CRLF. */
static int skip(struct reference_framer *f)
{
    for (; f->at < f->len; f->at++)
        if (f->data[f->at] == '\n' && (f->lax_lf || (f->at > 0 && f->data[f->at - 1] == '\r'))) {
            f->at++;
            f->skipping = 0;
            return 1;
        }
    return 0;
}

/* The line from f->at on, up to the first octet that is against the rules or ends it. */
void reference_line(struct reference_framer *f, struct reference_line *line)
{
    size_t i;
    memset(line, 0, sizeof *line);
    line->kind = SMTPWIRE_MORE;
    if (f->skipping && !skip(f))
        return;
    line->at = f->at;
    for (i = f->at; i < f->len; i++) {
        unsigned char octet = f->data[i];
        int after_cr = i > f->at && f->data[i - 1] == '\r';
        if (after_cr && octet != '\n') {
            line->id = SMTPWIRE_ERROR_BARE_CR;
            line->offset = i - 1;
        } else if (octet == '\n' && !after_cr && !f->lax_lf) {
            line->id = SMTPWIRE_ERROR_BARE_LF;
            line->offset = i;
        } else if (octet == '\0') {
            line->id = SMTPWIRE_ERROR_NUL;
            line->offset = i;
        } else if (octet == '\n') {
            line->kind = SMTPWIRE_LINE;
            line->len = i + 1 - f->at;
            line->text = line->len - 1 - (size_t)after_cr;
            f->at = i + 1;
            return;
        } else if (i + 1 - f->at == f->cap) {
            line->id = SMTPWIRE_ERROR_LINE_TOO_LONG;
            line->offset = i + 1;
        }
        if (line->id != SMTPWIRE_ERROR_NONE) {
            line->kind = SMTPWIRE_ERROR;
            f->at = i + 1;
            f->skipping = 1;
            return;
        }
    }
}
