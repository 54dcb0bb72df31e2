/* Streams of the library, in pieces, against those of the reference parser; compare.h. */
#include "difference.h"

#include <stdlib.h>
#include <string.h>

/* Lengths of pieces, from a seed. */
static size_t piece(uint64_t *cuts, size_t left)
{
    size_t len;
    *cuts = *cuts * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    len = 1 + (size_t)(*cuts >> 61);
    return len < left ? len : left;
}

/* What the library made of content. */
struct collected {
    unsigned char *out;
    size_t delivered, consumed;
    struct smtpwire_event last;
};

static int collect(struct smtpwire_data *state, const uint8_t *data, size_t len, uint64_t cuts, struct collected *c)
{
    size_t end = 0;
    for (;;) {
        c->consumed += smtpwire_data_push(state, data + c->consumed, end - c->consumed, &c->last);
        if (c->last.kind == SMTPWIRE_CONTENT) {
            if (c->last.content.len > 2 * len - c->delivered)
                return 0;
            memcpy(c->out + c->delivered, c->last.content.data, c->last.content.len);
            c->delivered += c->last.content.len;
        } else if (c->last.kind != SMTPWIRE_MORE || end == len) {
            return 1;
        } else {
            end += piece(&cuts, len - end);
        }
    }
}

static const char *different_content(const struct collected *library, const struct reference_content *reference,
                                     const unsigned char *out)
{
    /* What is held back at a cut is a dot or a CR whose meaning is not yet known; nothing else. */
    SAME_NUMBER("ended", library->last.kind == SMTPWIRE_END, reference->ended);
    SAME_NUMBER("consumed", library->consumed, reference->consumed);
    SAME_NUMBER("delivered", library->delivered, reference->delivered);
    SAME_NUMBER("content", reference->delivered != 0 && memcmp(library->out, out, reference->delivered) != 0, 0);
    if (!reference->ended)
        return NULL;
    SAME_NUMBER("size", library->last.end.size, reference->delivered);
    SAME_NUMBER("longest", library->last.end.longest, reference->longest);
    SAME_NUMBER("flags", library->last.end.flags, reference->flags);
    SAME_NUMBER("refused", library->last.error.id, reference->refused);
    if (reference->refused != SMTPWIRE_ERROR_NONE)
        SAME_NUMBER("refused at", library->last.error.offset, reference->refused_at);
    return NULL;
}

const char *reference_compare_content(const uint8_t *data, size_t len, const struct smtpwire_options *options,
                                      uint64_t cuts)
{
    struct smtpwire_data state;
    struct reference_content reference;
    unsigned char *out = malloc(2 * len + 2);
    struct collected library = {.out = malloc(2 * len + 2)};
    const char *difference;
    if (out == NULL || library.out == NULL || smtpwire_data_init(&state, options) < 0)
        abort();
    reference_content(data, len, options, out, &reference);
    if (!collect(&state, data, len, cuts, &library))
        difference = "content: more than twice as much as there is";
    else
        difference = different_content(&library, &reference, out);
    free(out);
    free(library.out);
    return difference;
}

/* One event of the framer. */
static const char *different_line(const struct smtpwire_event *event, const struct reference_line *reference)
{
    SAME_NUMBER("kind of event", event->kind, reference->kind);
    if (event->kind == SMTPWIRE_MORE)
        return NULL;
    SAME_NUMBER("at", event->at, reference->at);
    if (event->kind == SMTPWIRE_LINE) {
        SAME_NUMBER("len", event->len, reference->len);
        return different_number("line", event->line.len, reference->text);
    }
    SAME_NUMBER("error", event->error.id, reference->id);
    return different_number("offset", event->error.offset, reference->offset);
}

const char *reference_compare_lines(const uint8_t *data, size_t len, const struct smtpwire_options *options,
                                    uint32_t cap, uint64_t cuts)
{
    struct reference_framer framer = {
        .data = data, .len = len, .cap = cap, .lax_lf = (options->lax & SMTPWIRE_LAX_BARE_LF_COMMAND) != 0};
    struct smtpwire_line state;
    size_t at = 0, end = 0;
    if (smtpwire_line_init(&state, options, cap) < 0)
        return "init";
    for (;;) {
        struct smtpwire_event event;
        struct reference_line line;
        const char *difference;
        at += smtpwire_line_push(&state, data + at, end - at, &event);
        if (event.kind == SMTPWIRE_MORE && end < len) {
            end += piece(&cuts, len - end);
            continue;
        }
        reference_line(&framer, &line);
        difference = different_line(&event, &line);
        if (difference != NULL || event.kind == SMTPWIRE_MORE)
            return difference;
        if (event.kind == SMTPWIRE_LINE)
            SAME_NUMBER("consumed", at, framer.at);
    }
}
