/* Replays the test vectors: markdown files whose sections hold a claim, a command line, the octets on the wire and the
 * log of events expected for them (vector_file.h reads them).
 *
 * Each is replayed whole, at every chunk size and at every single cut. Every chunk is a heap block of exactly its size;
 * what is left of it is copied in front of the next, then the block is overwritten and freed, so that no slice into it
 * can be used any more. There is no way to make this program write expectations.
 */
#include "run.h"
#include "vector_file.h"

#include <stdlib.h>
#include <string.h>

static unsigned passed, failed;

/* ---- the log of one replay ---- */

struct log {
    struct text text;
    struct record content; /* waiting for more that joins it */
    struct text data;
    int waiting;
};

static void print(struct log *log, const struct record *record)
{
    char *line = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&line, &len);
    record_print_log(record, out);
    fclose(out);
    text_append(&log->text, line, len);
    free(line);
}

static void flush(struct log *log)
{
    if (!log->waiting)
        return;
    record_text(&log->content, KEY_data, log->data.data, log->data.len);
    print(log, &log->content);
    log->waiting = 0;
}

/* Content is cut where the pushes were cut: join what adjoins on the wire. */
static void collect(const struct record *record, void *context)
{
    struct log *log = context;
    const struct value *data = &record->value[KEY_data];
    if (record->value[KEY_event].text.len != 7 || memcmp(record->value[KEY_event].text.data, "content", 7) != 0) {
        flush(log);
        print(log, record);
        return;
    }
    if (log->waiting &&
        log->content.value[KEY_at].number + log->content.value[KEY_len].number == record->value[KEY_at].number) {
        log->content.value[KEY_len].number += record->value[KEY_len].number;
    } else {
        flush(log);
        log->content = *record;
        record_text(&log->content, KEY_event, "content", 7);
        log->data.len = 0;
        log->waiting = 1;
    }
    text_append(&log->data, data->text.data, data->text.len);
}

/* ---- one replay ---- */

struct feed {
    struct run run;
    char *tail;
    size_t tail_len;
};

static void *exactly(size_t len)
{
    void *block = malloc(len); /* malloc(0) is a block too: nothing may be read of it */
    if (block == NULL)
        abort();
    return block;
}

static void feed(struct feed *f, const char *octets, size_t len)
{
    const size_t size = f->tail_len + len;
    char *block = exactly(size);
    size_t taken;

    if (f->tail_len != 0)
        memcpy(block, f->tail, f->tail_len);
    if (len != 0)
        memcpy(block + f->tail_len, octets, len);
    free(f->tail);
    taken = run_push(&f->run, block, size);
    f->tail_len = size - taken;
    f->tail = exactly(f->tail_len);
    if (f->tail_len != 0)
        memcpy(f->tail, block + taken, f->tail_len);
    memset(block, 0xEE, size);
    free(block);
}

/* Replays the wire in chunks of this size, or, if it is 0, cut once at this place; returns the log. */
static char *replay(struct settings *settings, const struct text *wire, size_t chunk, size_t cut)
{
    struct feed f;
    struct log log;
    size_t pos = 0;

    memset(&f, 0, sizeof f);
    memset(&log, 0, sizeof log);
    text_append(&log.text, "", 0);
    run_start(&f.run, settings, collect, &log);
    if (chunk == 0) {
        feed(&f, wire->data, cut);
        feed(&f, wire->data + cut, wire->len - cut);
    } else {
        for (; pos < wire->len; pos += chunk)
            feed(&f, wire->data + pos, wire->len - pos < chunk ? wire->len - pos : chunk);
    }
    run_end(&f.run, f.tail, f.tail_len);
    flush(&log);
    free(f.tail);
    free(log.data.data);
    return log.text.data;
}

/* ---- one vector ---- */

static int agrees(struct settings *settings, const struct text *wire, const char *expected, size_t chunk, size_t cut)
{
    char *log = replay(settings, wire, chunk, cut);
    int good = strcmp(log, expected) == 0;
    if (!good)
        printf("--- chunk %zu cut %zu\n--- expected\n%s--- got\n%s", chunk, cut, expected, log);
    free(log);
    return good;
}

static int check(const struct vector *vector)
{
    static struct settings settings;
    struct text wire = {NULL, 0, 0}, expected = {NULL, 0, 0};
    char words[400];
    size_t i;
    int good;

    if (!vector->has_wire || !vector->has_events || vector->command[0] == '\0') {
        printf("a vector needs a command line, a wire fence and an events fence\n");
        return 0;
    }
    if (vector_settings(vector, &settings, words, sizeof words) < 0)
        return 0;
    text_append(&wire, "", 0);
    text_append(&expected, "", 0);
    text_expand(&wire, vector->wire.data, vector->wire.len, 0);
    text_expand(&expected, vector->events.data, vector->events.len, 1);
    good = agrees(&settings, &wire, expected.data, wire.len + 1, 0);
    for (i = 1; good && i < wire.len; i++)
        good = agrees(&settings, &wire, expected.data, i, 0) && agrees(&settings, &wire, expected.data, 0, i);
    free(wire.data);
    free(expected.data);
    return good;
}

static void run(const struct vector *vector, const char *file, void *context)
{
    (void)context;
    if (check(vector)) {
        passed++;
    } else {
        printf("FAILED %s: %s\n\n", file, vector->title);
        failed++;
    }
}

int main(int argc, char **argv)
{
    int i;
    for (i = 1; i < argc; i++)
        if (vector_file_read(argv[i], run, NULL) < 0)
            failed++;
    printf("%u passed, %u failed\n", passed, failed);
    return failed != 0;
}
