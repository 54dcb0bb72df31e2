/* Reply lines (RFC 5321 section 4.2) with their enhanced status codes (RFC 2034, RFC 3463).
 *
 * Not checked here: the length of the line (line.c; over 512 octets is flagged), and that all lines of a reply have
 * the same code (client.c).
 *
 * SPDX-License-Identifier: MIT */
#include "internal.h"
#include "scan.h"

struct reply_marks {
    const unsigned char *text, *text_end;
    const unsigned char *status_end; /* null unless it was complete */
    int eight_bit;
};

%%{
    machine smtpwire_reply;
    alphtype unsigned char;
    include core "../grammar/core.rl";

    action text_begin { m->text = p; }
    action text_end { m->text_end = p; }
    action status_begin { }
    action status_end { m->status_end = p; }
    action eight_bit { m->eight_bit = 1; }

    include reply "../grammar/reply.rl";

    # Two labels of one machine, which differ in their code only; it is never entered at its start.
    action labels { (void)fentry(replies::strict); (void)fentry(replies::lax); }
    replies := (
        start:  any @labels    -> final,
        strict: reply_line     -> final,
        lax:    lax_reply_line -> final
    );
    write data noerror;
}%%

static size_t run_reply(int cs, const char *line, size_t len, struct reply_marks *m, int *accepted)
{
    const unsigned char *start = (const unsigned char *)line;
    const unsigned char *p = start, *pe = start + len, *eof = pe;
    %% write exec;
    SMTPWIRE__RAN(p - start);
    *accepted = cs >= smtpwire_reply_first_final;
    return (size_t)(p - start);
}

%%{
    machine smtpwire_utf8;
    alphtype unsigned char;
    include core "../grammar/core.rl";
    main := ( HTAB | 32..126 | UTF8_non_ascii )*;
    write data noerror noentry;
}%%

int smtpwire__utf8_text(const char *data, size_t len, size_t *viable)
{
    const unsigned char *start = (const unsigned char *)data, *p = start, *pe = start + len;
    int cs;
    %% write init;
    %% write exec;
    SMTPWIRE__RAN(p - start);
    *viable = (size_t)(p - start);
    return cs >= smtpwire_utf8_first_final;
}

static uint16_t code_of(const char *line)
{
    return (uint16_t)((line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0'));
}

/* What a line that the grammar refuses still tells: three digits of which the first is one a reply can have, and the
 * separator, are enough to count replies by. Returns whether they are there. */
static int salvage(const char *line, size_t len, int lax, struct smtpwire_reply *reply)
{
    const char low = lax ? '0' : '2', high = lax ? '9' : '5';
    if (len < 3 || line[0] < low || line[0] > high || line[1] < '0' || line[1] > '9' || line[2] < '0' || line[2] > '9')
        return 0;
    if (len > 3 && line[3] != '-' && line[3] != ' ' && line[3] != '\r' && line[3] != '\n')
        return 0;
    reply->code = code_of(line);
    reply->last = len == 3 || line[3] != '-';
    return 1;
}

static void take_status(const struct reply_marks *m, struct smtpwire_reply *reply)
{
    const unsigned char *p = m->text + 1;
    size_t used = (size_t)(m->status_end - m->text);
    unsigned field = 0, number = 0;

    if (*m->text - '0' != reply->code / 100) {
        reply->flags |= SMTPWIRE_FLAG_CLASS_MISMATCH;
        return;
    }
    reply->enhanced[0] = reply->code / 100;
    while (++p != m->status_end) /* from the octet behind the first dot on */
        if (*p == '.') {
            reply->enhanced[++field] = (uint16_t)number;
            number = 0;
        } else {
            number = number * 10 + (unsigned)(*p - '0');
        }
    reply->enhanced[2] = (uint16_t)number;
    if (used < reply->text.len)
        used++; /* the space */
    reply->text.len -= used;
    reply->text.data = reply->text.len != 0 ? reply->text.data + used : NULL;
}

/* A line as servers send them: a strict code, printable ASCII, no enhanced status code or one of single digits whose class
 * is the code's. Returns 0, and nothing is decided, for all others, good or not. */
static SMTPWIRE__INLINE int plain_reply(const char *line, size_t len, int with_status, struct smtpwire_reply *reply)
{
    const char *text = line + 4;
    size_t status = 0;
    uint32_t code, reach;

    if (len < SMTPWIRE__SCAN_TEXT_LEAST || len > 512 - 2 || !smtpwire__scan_text(line, len))
        return 0;
    /* Bit 7 of each octet of code stays 1 where the octet reaches 2, 0 and 0, and of reach where 5, 5 and 9 reach it. */
    code = smtpwire__load_4(line);
    reach = UINT32_C(0xFFB9B5B5) - code;
    if (((((code | UINT32_C(0x808080)) - UINT32_C(0x303032)) & reach) & UINT32_C(0x808080)) != UINT32_C(0x808080))
        return 0;
    if (!SMTPWIRE__MOSTLY(line[3] == '-') && line[3] != ' ')
        return 0;
    reply->verb = 0;
    reply->zero = 0;
    reply->enhanced[0] = reply->enhanced[1] = reply->enhanced[2] = 0;
    reply->flags = 0;
    if (with_status && len > 5 && text[1] == '.' && (text[0] == '2' || text[0] == '4' || text[0] == '5')) {
        status = 5 + (len > 9);
        if (len < 9 || text[0] != line[0] || text[2] < '0' || text[2] > '9' || text[3] != '.' || text[4] < '0' ||
            text[4] > '9' || (len > 9 && text[5] != ' '))
            return 0;
        reply->enhanced[0] = (uint16_t)(text[0] - '0');
        reply->enhanced[1] = (uint16_t)(text[2] - '0');
        reply->enhanced[2] = (uint16_t)(text[4] - '0');
    }
    reply->code = code_of(line);
    reply->last = ~code >> 24 & 1; /* "-" is odd */
    reply->text.len = len - 4 - status;
    reply->text.data = reply->text.len != 0 ? text + status : NULL;
    SMTPWIRE__STEPS(len / 8);
    return 1;
}

int smtpwire__reply_machine(const char *line, size_t len, const struct smtpwire_options *options, int with_status,
                            struct smtpwire_reply *reply, struct smtpwire_error *error)
{
    const int lax = smtpwire__lax(options, SMTPWIRE_LAX_REPLY_CODE);
    const int entry = lax ? smtpwire_reply_en_replies_lax : smtpwire_reply_en_replies_strict;
    struct reply_marks marks = {NULL, NULL, NULL, 0};
    int accepted = 0, counts;
    size_t viable;

    memset(reply, 0, sizeof *reply);
    viable = len == 0 ? 0 : run_reply(entry, line, len, &marks, &accepted);
    if (!accepted) {
        counts = salvage(line, len, lax, reply);
        if (!smtpwire__framing_fault(line, len, error))
            smtpwire__error_set(error, SMTPWIRE_ERROR_REPLY_SYNTAX, viable);
        smtpwire__error_unsent(error);
        return counts ? -1 : -2;
    }
    reply->code = code_of(line);
    reply->last = len == 3 || line[3] != '-';
    if (marks.eight_bit)
        reply->flags |= SMTPWIRE_FLAG_EIGHT_BIT;
    if (len + 2 > 512) /* RFC 5321 section 4.5.3.1.5 */
        reply->flags |= SMTPWIRE_FLAG_LONG_LINE;
    if (marks.text != NULL) {
        reply->text.data = smtpwire__text(marks.text);
        reply->text.len = (size_t)(marks.text_end - marks.text);
        if (with_status && marks.status_end != NULL)
            take_status(&marks, reply);
    }
    return 0;
}

int smtpwire__reply_parse(const char *line, size_t len, const struct smtpwire_options *options, int with_status,
                          struct smtpwire_reply *reply, struct smtpwire_error *error)
{
    if (plain_reply(line, len, with_status, reply))
        return 0;
    return smtpwire__reply_machine(line, len, options, with_status, reply, error);
}

/* Not part of smtpwire_reply_parse(), which needs no room for an error. */
static SMTPWIRE__NOINLINE int reply_unusual(const char *line, size_t len, const struct smtpwire_options *options,
                                            struct smtpwire_reply *reply, struct smtpwire_error *error)
{
    struct smtpwire_error ignored;
    return smtpwire__reply_machine(line, len, options, 1, reply, error != NULL ? error : &ignored) < 0 ? -1 : 0;
}

int smtpwire_reply_parse(const char *line, size_t len, const struct smtpwire_options *options,
                         struct smtpwire_reply *reply, struct smtpwire_error *error)
{
    return plain_reply(line, len, 1, reply) ? 0 : reply_unusual(line, len, options, reply, error);
}
