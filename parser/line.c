/* Line framing: CRLF and nothing else ends a line (RFC 5321 section 2.3.8), and a line has a greatest length.
 *
 * What is inside a line is not looked at but for CR, LF and NUL. Each octet is looked at once however the lines are
 * cut, but for the last one looked at, which tells whether a CR came before.
 *
 * SPDX-License-Identifier: MIT */
#include "internal.h"
#include "scan.h"

int smtpwire_line_init(struct smtpwire_line *line, const struct smtpwire_options *options, uint32_t cap)
{
    if (smtpwire_options_check(options) < 0 || cap < 2)
        return -1;
    memset(line, 0, sizeof *line);
    smtpwire__line_start(line, options, cap);
    return 0;
}

/* Of an object that is all zero, the options being valid. */
void smtpwire__line_start(struct smtpwire_line *line, const struct smtpwire_options *options, uint32_t cap)
{
    line->options = options;
    line->cap = cap;
    line->lax_lf = (uint8_t)smtpwire__lax(options, SMTPWIRE_LAX_BARE_LF_COMMAND);
    line->scanner = (uint8_t)smtpwire__simd(options);
}

void smtpwire__line_restart(struct smtpwire_line *line)
{
    line->left = 0;
    line->looked = 0;
    line->skipping = line->saw_cr = 0;
}

/* Skips a refused line through its end; returns the octets taken. */
size_t smtpwire__line_skip(struct smtpwire_line *line, const char *data, size_t len)
{
    size_t i;
    for (i = 0; i < len && line->skipping; i++) {
        if (data[i] == '\n' && (line->saw_cr || line->lax_lf))
            line->skipping = 0;
        line->saw_cr = data[i] == '\r';
    }
    line->at += i;
    SMTPWIRE__STEPS(i);
    return i;
}

/* Judges octet i of the line, the octets before it being good. */
static enum smtpwire__framed judge(const struct smtpwire_line *line, const char *data, size_t i,
                                   struct smtpwire__frame *frame)
{
    const int after_cr = i > 0 && data[i - 1] == '\r';
    uint16_t id = SMTPWIRE_ERROR_NONE;
    size_t offset = i;

    if (data[i] == '\n' && (after_cr || line->lax_lf)) {
        frame->content = i - (size_t)after_cr;
        frame->whole = i + 1;
        return SMTPWIRE__FRAMED_LINE;
    }
    if (after_cr) {
        id = SMTPWIRE_ERROR_BARE_CR;
        offset = i - 1;
    } else if (data[i] == '\n') {
        id = SMTPWIRE_ERROR_BARE_LF;
    } else if (data[i] == '\0') {
        id = SMTPWIRE_ERROR_NUL;
    } else if (i + 1 == line->cap) {
        id = SMTPWIRE_ERROR_LINE_TOO_LONG;
        offset = line->cap;
    }
    if (id == SMTPWIRE_ERROR_NONE)
        return SMTPWIRE__FRAMED_MORE;
    frame->content = frame->whole = i + 1;
    smtpwire__error_set(&frame->error, id, line->at + offset);
    return SMTPWIRE__FRAMED_FAULT;
}

/* From the octet on that was not looked at before. */
enum smtpwire__framed smtpwire__line_find_on(struct smtpwire_line *line, const char *data, size_t len,
                                             struct smtpwire__frame *frame)
{
    size_t i = line->looked, plain, begin;

    /* Nothing up to there is any of CR, LF and NUL, or behind a CR, or over the limit. */
    if (i < len && i + 1 < line->cap && (i == 0 || data[i - 1] != '\r')) {
        plain = len < line->cap ? len : line->cap - 1;
        i += smtpwire__scan_over_cr(data + i, plain - i);
    }
    begin = i;
    for (; i < len; i++) {
        enum smtpwire__framed framed;
        /* An octet over CR is not the line's first: those are behind. */
        if ((unsigned char)data[i] > '\r' && data[i - 1] != '\r' && i + 1 != line->cap)
            continue;
        framed = judge(line, data, i, frame);
        if (framed != SMTPWIRE__FRAMED_MORE) {
            SMTPWIRE__STEPS(i - begin);
            line->looked = (uint32_t)i;
            return framed;
        }
    }
    SMTPWIRE__STEPS(i - begin);
    line->looked = (uint32_t)i;
    return SMTPWIRE__FRAMED_MORE;
}

void smtpwire__line_refuse(struct smtpwire_line *line, const char *data, const struct smtpwire__frame *frame)
{
    line->skipping = 1;
    line->saw_cr = data[frame->whole - 1] == '\r';
}

size_t smtpwire_line_push(struct smtpwire_line *line, const void *data, size_t len, struct smtpwire_event *event)
{
    const char *text = data;
    struct smtpwire__frame frame;
    struct smtpwire_error fatal;
    size_t skipped;

    if (line->fatal || len < line->left) {
        line->fatal = 1;
        memset(&fatal, 0, sizeof fatal);
        return smtpwire__fatal(&fatal, SMTPWIRE_ERROR_MISUSE, line->at, event);
    }
    skipped = smtpwire__line_skip(line, text, len);
    if (skipped != 0) {
        text += skipped;
        len -= skipped;
    }
    switch (len == 0 ? SMTPWIRE__FRAMED_MORE : smtpwire__line_find(line, text, len, &frame)) {
    case SMTPWIRE__FRAMED_LINE:
        smtpwire__event(event, SMTPWIRE_LINE, line->at, frame.whole);
        break;
    case SMTPWIRE__FRAMED_FAULT:
        smtpwire__event(event, SMTPWIRE_ERROR, line->at, frame.whole);
        event->error = frame.error;
        memset(&event->command, 0, sizeof event->command);
        smtpwire__line_refuse(line, text, &frame);
        break;
    default:
        line->left = len;
        return smtpwire__more(event,
                              line->skipping ? SMTPWIRE_INSIDE_SKIPPED
                              : len != 0     ? SMTPWIRE_INSIDE_LINE
                                             : SMTPWIRE_INSIDE_NOTHING,
                              line->at, skipped);
    }
    event->line.data = text;
    event->line.len = frame.content;
    smtpwire__line_done(line, len, frame.whole);
    return skipped + frame.whole;
}
