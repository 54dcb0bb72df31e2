/* The writer of replies (RFC 5321 sections 4.2 and 4.5.3.1.5, RFC 2034 section 4): folds text into lines of at most 512
 * octets, and has each judged by the parser as write.c does with commands.
 *
 * Not checked here: whether the code can answer the command, whether the enhanced status code is registered.
 *
 * SPDX-License-Identifier: MIT */
#include "internal.h"

/* RFC 5321 section 4.5.3.1.5, CRLF included. What is sent keeps to it, whatever is accepted. */
enum { REPLY_LINE_MAX = 512 };

/* A decimal number of at most five digits. */
static void put_number(struct smtpwire__composed *composed, unsigned number)
{
    char digits[5];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    smtpwire__put(composed, digits + at, sizeof digits - at);
}

/* How much of an over-long line goes into a line of the reply: through the last space that leaves it room octets, or,
 * if there is none, room octets, but not half a character; what is no UTF-8 is refused later. No octet is dropped. */
static size_t fold(const char *text, size_t room)
{
    size_t cut = room;
    while (cut > 0 && text[cut - 1] != ' ')
        cut--;
    if (cut > 0)
        return cut;
    for (cut = room; cut > room - 3 && ((unsigned char)text[cut] & 0xC0) == 0x80; cut--)
        ;
    return cut;
}

/* Takes the text of the next line of the reply off *text. Returns 1 if more follow. */
static int next_line(struct smtpwire_slice *text, size_t room, struct smtpwire_slice *line)
{
    const char *lf = text->len != 0 ? memchr(text->data, '\n', text->len) : NULL;
    size_t whole = lf != NULL ? (size_t)(lf - text->data) : text->len, taken;

    line->data = text->data;
    line->len = whole;
    if (lf != NULL && whole != 0 && text->data[whole - 1] == '\r')
        line->len--;
    if (line->len > room) {
        line->len = taken = fold(text->data, room);
        lf = text->data;
    } else {
        taken = lf != NULL ? whole + 1 : whole;
    }
    if (taken != 0)
        text->data += taken;
    text->len -= taken;
    return lf != NULL;
}

static void put_status(struct smtpwire__composed *composed, const struct smtpwire_reply *reply)
{
    put_number(composed, reply->enhanced[0]);
    SMTPWIRE__PUT(composed, ".");
    put_number(composed, reply->enhanced[1]);
    SMTPWIRE__PUT(composed, ".");
    put_number(composed, reply->enhanced[2]);
}

/* A line without text has no separator either, where the grammar needs none. */
static void put_line(struct smtpwire__composed *composed, const struct smtpwire_reply *reply,
                     const struct smtpwire_slice *line, int more)
{
    const int has_status = reply->enhanced[0] != 0;
    if (reply->code < 100) /* three digits are a code, whether or not it is one that may be sent */
        SMTPWIRE__PUT(composed, "0");
    if (reply->code < 10)
        SMTPWIRE__PUT(composed, "0");
    put_number(composed, reply->code);
    if (more)
        SMTPWIRE__PUT(composed, "-");
    else if (has_status || line->len != 0)
        SMTPWIRE__PUT(composed, " ");
    if (has_status) {
        put_status(composed, reply);
        if (line->len != 0)
            SMTPWIRE__PUT(composed, " ");
    }
    smtpwire__put(composed, line->data, line->len);
    SMTPWIRE__PUT(composed, "\r\n");
}

static size_t room_for_text(const struct smtpwire_reply *reply)
{
    struct smtpwire__composed status;
    memset(&status, 0, sizeof status);
    if (reply->enhanced[0] != 0) {
        put_status(&status, reply);
        SMTPWIRE__PUT(&status, " ");
    }
    return REPLY_LINE_MAX - (sizeof "250-" - 1) - status.len - (sizeof "\r\n" - 1);
}

/* One line, without its CRLF, says what it was to say. */
static int judge_reply_line(const char *data, size_t len, const struct smtpwire_reply *given,
                            const struct smtpwire_slice *text, const struct smtpwire_options *options,
                            struct smtpwire_error *error)
{
    struct smtpwire_reply read;
    size_t good;

    if (smtpwire_reply_parse(data, len, options, &read, error) < 0)
        return -1;
    smtpwire__error_set(error, SMTPWIRE_ERROR_REPLY_SYNTAX, 0);
    /* The code is three digits, and where the text is the one that was given, so is what stands between the two; but
     * without a class nothing of an enhanced code was written. */
    if (!smtpwire__same(read.text, *text) || read.enhanced[1] != given->enhanced[1] ||
        read.enhanced[2] != given->enhanced[2])
        return -1;
    if (!smtpwire__utf8_text(data, len, &good)) {
        error->offset = good;
        return -1;
    }
    good = smtpwire__ascii_length(data, len);
    if (good < len && !smtpwire__smtputf8(options)) {
        error->id = SMTPWIRE_ERROR_NON_ASCII;
        error->offset = good;
        return -1;
    }
    return 0;
}

static int judge_reply(const struct smtpwire__composed *composed, const struct smtpwire_reply *given,
                       const struct smtpwire_options *options, struct smtpwire_error *error)
{
    const size_t room = room_for_text(given);
    struct smtpwire_slice rest = given->text, line;
    struct smtpwire__composed measured;
    size_t begin = 0;
    int more;

    memset(&measured, 0, sizeof measured);
    do {
        more = next_line(&rest, room, &line);
        put_line(&measured, given, &line, more);
        if (judge_reply_line(composed->buf + begin, measured.len - begin - 2, given, &line, options, error) < 0) {
            error->offset += begin;
            return -1;
        }
        begin = measured.len;
    } while (more);
    return 0;
}

/* What the lines before took, and one line more: where the reply goes over a limit of those that read it, or
 * PTRDIFF_MAX. */
static size_t reply_over(const struct smtpwire_options *options, uint32_t lines, size_t before, size_t after)
{
    const uint32_t total = smtpwire__limit(options, SMTPWIRE_LIMIT_REPLY_TOTAL);
    if (lines >= smtpwire__limit(options, SMTPWIRE_LIMIT_REPLY_LINES))
        return before;
    return after > total ? total : PTRDIFF_MAX;
}

ptrdiff_t smtpwire_reply_write(const struct smtpwire_reply *reply, const struct smtpwire_options *options, char *buf,
                               size_t size, struct smtpwire_error *error)
{
    const size_t room = room_for_text(reply);
    struct smtpwire__composed composed;
    struct smtpwire_error ignored = {0}, *e = error != NULL ? error : &ignored;
    struct smtpwire_slice rest = reply->text, line;
    uint32_t lines = 0;
    size_t before, over;
    int more;

    memset(&composed, 0, sizeof composed);
    composed.buf = buf;
    composed.size = buf != NULL ? size : 0;
    do {
        before = composed.len;
        more = next_line(&rest, room, &line);
        put_line(&composed, reply, &line, more);
        over = reply_over(options, lines++, before, composed.len);
    } while (more && over == PTRDIFF_MAX);
    if (over != PTRDIFF_MAX) {
        smtpwire__error_set(e, SMTPWIRE_ERROR_REPLY_TOO_LONG, over);
        return smtpwire__unwritten(&composed);
    }
    if (composed.len > composed.size)
        return smtpwire__written(&composed);
    if (judge_reply(&composed, reply, options, e) < 0)
        return smtpwire__unwritten(&composed);
    return smtpwire__written(&composed);
}
