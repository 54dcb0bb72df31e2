/* Replays the test vectors: markdown files whose sections hold a claim, a command line, the octets on the wire and the
 * log of events expected for them (tests/vectors/README.md has the form).
 *
 * Each is replayed whole, at every chunk size and at every single cut. Every chunk is a heap block of exactly its size;
 * what is left of it is copied in front of the next, then the block is overwritten and freed, so that no slice into it
 * can be used any more. There is no way to make this program write expectations.
 */
#include "run.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct text {
    char *data;
    size_t len, size;
};

struct vector {
    char title[200];
    char command[400];
    struct text wire, events;
    int has_wire, has_events;
};

static unsigned passed, failed;

static void append(struct text *text, const char *data, size_t len)
{
    if (text->len + len + 1 > text->size) {
        text->size = 2 * (text->len + len + 64);
        text->data = realloc(text->data, text->size);
        if (text->data == NULL)
            abort();
    }
    if (len != 0)
        memcpy(text->data + text->len, data, len);
    text->len += len;
    text->data[text->len] = '\0';
}

static int hex(char digit)
{
    return isdigit((unsigned char)digit) ? digit - '0' : tolower((unsigned char)digit) - 'a' + 10;
}

/* Decodes one escape at *at into octets, or copies the octet; keep: leave all escapes but \{N:text} as they are. */
static void expand(struct text *out, const char *in, size_t len, int keep)
{
    size_t i = 0;
    while (i < len) {
        const char *brace;
        if (in[i] != '\\' || i + 1 == len) {
            append(out, &in[i++], 1);
        } else if (in[i + 1] == '{' && (brace = memchr(in + i, '}', len - i)) != NULL) {
            char *text;
            unsigned long n = strtoul(in + i + 2, &text, 10);
            while (n-- != 0)
                expand(out, text + 1, (size_t)(brace - text - 1), keep);
            i = (size_t)(brace - in) + 1;
        } else if (keep) {
            append(out, in + i, 2);
            i += 2;
        } else if (in[i + 1] == 'x' && i + 3 < len) {
            char octet = (char)(hex(in[i + 2]) * 16 + hex(in[i + 3]));
            append(out, &octet, 1);
            i += 4;
        } else {
            char octet = in[i + 1] == 'r' ? '\r' : in[i + 1] == 'n' ? '\n' : in[i + 1];
            append(out, &octet, 1);
            i += 2;
        }
    }
}

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
    append(&log->text, line, len);
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
    append(&log->data, data->text.data, data->text.len);
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
    append(&log.text, "", 0);
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

static int parse_command(const struct vector *vector, struct settings *settings, char *words, size_t size)
{
    char *argv[32];
    char message[200], *save = NULL, *word;
    int argc = 0;

    snprintf(words, size, "%s", vector->command);
    for (word = strtok_r(words, " ", &save); word != NULL && argc < 31; word = strtok_r(NULL, " ", &save))
        argv[argc++] = word;
    argv[argc] = NULL;
    if (argc < 2 || strcmp(argv[0], "smtpwire") != 0) {
        printf("no command line\n");
        return -1;
    }
    if (settings_parse(settings, argc, argv, message, sizeof message) < 0) {
        printf("%s: %s\n", vector->command, message);
        return -1;
    }
    return 0;
}

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
    if (parse_command(vector, &settings, words, sizeof words) < 0)
        return 0;
    append(&wire, "", 0);
    append(&expected, "", 0);
    expand(&wire, vector->wire.data, vector->wire.len, 0);
    expand(&expected, vector->events.data, vector->events.len, 1);
    good = agrees(&settings, &wire, expected.data, wire.len + 1, 0);
    for (i = 1; good && i < wire.len; i++)
        good = agrees(&settings, &wire, expected.data, i, 0) && agrees(&settings, &wire, expected.data, 0, i);
    free(wire.data);
    free(expected.data);
    return good;
}

static void finish(struct vector *vector, const char *file)
{
    if (vector->title[0] != '\0') {
        if (check(vector)) {
            passed++;
        } else {
            printf("FAILED %s: %s\n\n", file, vector->title);
            failed++;
        }
    }
    vector->title[0] = vector->command[0] = '\0';
    vector->has_wire = vector->has_events = 0;
    vector->wire.len = vector->events.len = 0;
    append(&vector->wire, "", 0);
    append(&vector->events, "", 0);
}

enum fence { FENCE_NONE, FENCE_WIRE, FENCE_EVENTS, FENCE_OTHER };

static enum fence open_fence(struct vector *vector, const char *line)
{
    if (strcmp(line, "```wire") == 0) {
        vector->has_wire = 1;
        return FENCE_WIRE;
    }
    if (strcmp(line, "```events") == 0) {
        vector->has_events = 1;
        return FENCE_EVENTS;
    }
    return FENCE_OTHER;
}

static void run_files_line(struct vector *vector, const char *file, enum fence *fence, char *line, size_t len)
{
    if (len != 0 && line[len - 1] == '\n')
        line[--len] = '\0';
    if (strncmp(line, "```", 3) == 0) {
        *fence = *fence == FENCE_NONE ? open_fence(vector, line) : FENCE_NONE;
    } else if (*fence == FENCE_WIRE) {
        append(&vector->wire, line, len);
    } else if (*fence == FENCE_EVENTS) {
        append(&vector->events, line, len);
        append(&vector->events, "\n", 1);
    } else if (strncmp(line, "## ", 3) == 0) {
        finish(vector, file);
        snprintf(vector->title, sizeof vector->title, "%s", line + 3);
    } else if (strncmp(line, "    smtpwire ", 13) == 0) {
        snprintf(vector->command, sizeof vector->command, "%s", line + 4);
    }
}

static int run_file_of_vectors(const char *file)
{
    struct vector vector;
    enum fence fence = FENCE_NONE;
    char *line = NULL;
    size_t size = 0;
    ssize_t len;
    FILE *in = fopen(file, "r");

    if (in == NULL) {
        perror(file);
        return -1;
    }
    memset(&vector, 0, sizeof vector);
    finish(&vector, file);
    while ((len = getline(&line, &size, in)) != -1)
        run_files_line(&vector, file, &fence, line, (size_t)len);
    finish(&vector, file);
    free(vector.wire.data);
    free(vector.events.data);
    free(line);
    fclose(in);
    return 0;
}

int main(int argc, char **argv)
{
    int i;
    for (i = 1; i < argc; i++)
        if (run_file_of_vectors(argv[i]) < 0)
            failed++;
    printf("%u passed, %u failed\n", passed, failed);
    return failed != 0;
}
