/* Runs rows of a suite and compares what comes with what each wants. Input and content are streamed: a row of many
 * millions of octets takes no memory for them, but in the modes that need their input whole. */
#include "suite.h"

#include "json.h"
#include "run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WHOLE_MAX = 1 << 24, KINDS_MAX = 16 };

/* ---- where the octets come from ---- */

struct source {
    const struct row *row;
    size_t part;
    uint64_t times; /* of the part: those that are done */
    size_t octet;
};

static ptrdiff_t read_source(void *from, char *room, size_t size)
{
    struct source *s = from;
    size_t len = 0, n;
    while (len < size && s->part < s->row->part_count) {
        const struct part *part = &s->row->parts[s->part];
        n = part->len - s->octet < size - len ? part->len - s->octet : size - len;
        memcpy(room + len, part->octets + s->octet, n);
        len += n;
        s->octet += n;
        if (s->octet == part->len) {
            s->octet = 0;
            if (++s->times >= part->times || part->len == 0) {
                s->times = 0;
                s->part++;
            }
        }
    }
    return (ptrdiff_t)len;
}

/* ---- what comes, beside what is wanted ---- */

struct outcome {
    const struct row *row;
    struct run run;
    int fatal, refused, more;
    char error[40]; /* the first */
    uint64_t offset;
    size_t events;
    struct {
        char name[16];
        uint64_t count;
    } counts[KINDS_MAX];
    int in_content;        /* joining pieces: */
    struct record content; /* where they stand */
    const char *rest;      /* of the data that is wanted, in UTF-8; null: not asked for */
    size_t rest_len;
    int data_differs;
    char why[512]; /* the first difference */
};

/* Tells a difference, unless one was told before. */
#define DIFFERS(o, ...)                                                                                                \
    do {                                                                                                               \
        if ((o)->why[0] == '\0')                                                                                       \
            snprintf((o)->why, sizeof(o)->why, __VA_ARGS__);                                                           \
    } while (0)

static void count(struct outcome *o, const char *name, size_t len)
{
    size_t i;
    for (i = 0; i < KINDS_MAX && o->counts[i].count != 0; i++)
        if (strlen(o->counts[i].name) == len && memcmp(o->counts[i].name, name, len) == 0)
            break;
    if (i == KINDS_MAX || len >= sizeof o->counts[i].name)
        return;
    memcpy(o->counts[i].name, name, len);
    o->counts[i].count++;
}

/* The event that is wanted next, or null. */
static json_t *wanted_event(struct outcome *o) { return json_array_get(o->row->events, o->events); }

static void compare_value(struct outcome *o, const char *key, const json_t *got, const json_t *want)
{
    char *shown, *wanted;
    if (json_equal(got, want))
        return;
    shown = got != NULL ? json_dumps(got, JSON_ENCODE_ANY | JSON_ENSURE_ASCII | JSON_COMPACT) : NULL;
    wanted = json_dumps(want, JSON_ENCODE_ANY | JSON_ENSURE_ASCII | JSON_COMPACT);
    DIFFERS(o, "event %zu, %s: wanted %.160s, got %.160s", o->events, key, wanted != NULL ? wanted : "?",
            shown != NULL ? shown : "none");
    free(shown);
    free(wanted);
}

/* An event has come whole. */
static void compare(struct outcome *o, const struct record *record, int content)
{
    const struct smtpwire_slice *name = &record->value[KEY_event].text;
    json_t *want = wanted_event(o), *got, *value;
    const char *key;
    count(o, name->data, name->len);
    if (o->row->events != NULL && o->why[0] == '\0') {
        if (want == NULL)
            DIFFERS(o, "event %zu: wanted no more, got %.*s", o->events, (int)name->len, name->data);
        got = record_json(record);
        json_object_foreach (want, key, value)
            if (!content || strcmp(key, "data") != 0)
                compare_value(o, key, json_object_get(got, key), value);
        json_decref(got);
        if (content && (o->data_differs || o->rest_len != 0))
            DIFFERS(o, "event %zu, data: another one", o->events);
    }
    o->events++;
}

/* ---- content ---- */

static void begin_content(struct outcome *o, const struct record *record)
{
    const json_t *data = json_object_get(wanted_event(o), "data");
    o->in_content = 1;
    o->content = *record;
    o->content.value[KEY_data].type = TYPE_ABSENT;
    o->rest = json_string_value(data);
    o->rest_len = json_string_length(data);
    o->data_differs = data != NULL && o->rest == NULL;
}

static void add_content(struct outcome *o, const struct record *record)
{
    const struct smtpwire_slice *piece = &record->value[KEY_data].text;
    struct value *len = &o->content.value[KEY_len];
    size_t i;
    len->number = record->value[KEY_at].number + record->value[KEY_len].number - o->content.value[KEY_at].number;
    for (i = 0; o->rest != NULL && !o->data_differs && i < piece->len; i++) {
        unsigned octet = (unsigned char)piece->data[i];
        char utf8[2] = {(char)octet, 0};
        const size_t n = octet < 0x80 ? 1 : 2;
        if (n == 2) {
            utf8[0] = (char)(0xC0 | octet >> 6);
            utf8[1] = (char)(0x80 | (octet & 0x3F));
        }
        o->data_differs = o->rest_len < n || memcmp(o->rest, utf8, n) != 0;
        if (!o->data_differs) {
            o->rest += n;
            o->rest_len -= n;
        }
    }
}

static void end_content(struct outcome *o)
{
    if (o->in_content)
        compare(o, &o->content, 1);
    o->in_content = 0;
}

/* ---- a row ---- */

static void note_error(struct outcome *o, const struct record *record)
{
    const struct smtpwire_slice *error = &record->value[KEY_error].text;
    if (record->value[KEY_error].type == TYPE_ABSENT)
        return;
    if (!o->refused) {
        snprintf(o->error, sizeof o->error, "%.*s", (int)error->len, error->data);
        o->offset = record->value[KEY_offset].number;
    }
    o->refused = 1;
}

static void take(const struct record *record, void *context)
{
    struct outcome *o = context;
    const struct smtpwire_slice *event = &record->value[KEY_event].text;
    if (event->len == 7 && memcmp(event->data, "content", 7) == 0) {
        if (!o->in_content)
            begin_content(o, record);
        add_content(o, record);
        return;
    }
    end_content(o);
    note_error(o, record);
    o->fatal |= event->len == 5 && memcmp(event->data, "fatal", 5) == 0;
    o->more |= event->len == 4 && memcmp(event->data, "more", 4) == 0;
    compare(o, record, 0);
}

/* Modes that take their input whole have it in a block of exactly its size. */
static enum run_result run_whole(struct outcome *o, struct source *source)
{
    size_t len = 0, i;
    char *octets;
    for (i = 0; i < o->row->part_count; i++) {
        const struct part *part = &o->row->parts[i];
        if (part->len != 0 && part->times > (WHOLE_MAX - len) / part->len)
            return RUN_TOO_LONG;
        len += part->len * (size_t)part->times;
    }
    octets = malloc(len != 0 ? len : 1);
    if (octets == NULL)
        return RUN_MEMORY;
    read_source(source, octets, len);
    run_end(&o->run, octets, len);
    free(octets);
    return RUN_DONE;
}

static void compare_counts(struct outcome *o)
{
    const char *key;
    json_t *value;
    size_t i;
    json_object_foreach ((json_t *)o->row->counts, key, value) {
        uint64_t got = 0, want = (uint64_t)json_integer_value(value);
        for (i = 0; i < KINDS_MAX; i++)
            if (strcmp(o->counts[i].name, key) == 0)
                got = o->counts[i].count;
        if (got != want)
            DIFFERS(o, "counts, %s: wanted %llu, got %llu", key, (unsigned long long)want, (unsigned long long)got);
    }
}

static const char *verdict(const struct outcome *o)
{
    return o->fatal ? "fatal" : o->refused ? "refuse" : o->more ? "more" : "accept";
}

static enum run_result run_row(struct outcome *o, struct row *row, const struct settings *settings)
{
    struct source source = {.row = row};
    enum run_result result;
    memset(o, 0, sizeof *o);
    o->row = row;
    row->settings.chunk = settings->chunk;
    run_start(&o->run, &row->settings, take, o);
    result = row->settings.mode > MODE_DATA ? run_whole(o, &source) : run_input(&o->run, read_source, &source);
    end_content(o);
    if (strcmp(verdict(o), row->verdict) != 0)
        snprintf(o->why, sizeof o->why, "another verdict; first error: %s at %llu", o->refused ? o->error : "none",
                 (unsigned long long)o->offset);
    else if (row->error != NULL && (strcmp(row->error, o->error) != 0 || row->offset != o->offset))
        snprintf(o->why, sizeof o->why, "wanted %.40s at %llu, got %s at %llu", row->error,
                 (unsigned long long)row->offset, o->error, (unsigned long long)o->offset);
    if (o->row->events != NULL && o->events < json_array_size(o->row->events))
        DIFFERS(o, "event %zu: wanted, but there is none", o->events);
    compare_counts(o);
    return result;
}

static void print_row(const struct outcome *o, int json)
{
    const struct row *row = o->row;
    json_t *object;
    if (!json) {
        printf("%-32s %-7s%-8s%s\n", row->id, row->verdict, verdict(o), row->about);
        if (o->why[0] != '\0')
            printf("%-32s FAILED: %s\n", "", o->why);
        return;
    }
    object = json_pack("{s:s, s:b, s:s, s:s, s:s}", "id", row->id, "passed", o->why[0] == '\0', "wanted", row->verdict,
                       "got", verdict(o), "about", row->about);
    if (o->why[0] != '\0')
        json_object_set_new(object, "why", json_string(o->why));
    json_dumpf(object, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_ENSURE_ASCII);
    putchar('\n');
    json_decref(object);
}

/* ---- a file ---- */

struct suite {
    const struct settings *settings;
    json_t *ids; /* of all rows so far */
    uint64_t passed, failed;
};

static int fail(const char *file, uint64_t line, const char *message)
{
    fflush(stdout);
    fprintf(stderr, "smtpwire: %s:%llu: %s\n", file, (unsigned long long)line, message);
    return -1;
}

static int run_line(struct suite *suite, const char *file, uint64_t number, const char *line, size_t len)
{
    static struct row row;
    static struct outcome outcome;
    static const char *const results[] = {"", "memory", "", "input: too long for its context"};
    char message[200];
    enum run_result result;
    int bad = row_read(&row, line, len, message, sizeof message);
    if (!bad && json_object_get(suite->ids, row.id) != NULL) {
        snprintf(message, sizeof message, "id: there was one such row already: %.80s", row.id);
        bad = -1;
    }
    if (!bad) {
        json_object_set_new(suite->ids, row.id, json_true());
        result = run_row(&outcome, &row, suite->settings);
        if (result != RUN_DONE) {
            snprintf(message, sizeof message, "%s", results[result]);
            bad = -1;
        }
    }
    if (bad) {
        fail(file, number, message);
    } else {
        print_row(&outcome, suite->settings->json);
        suite->passed += outcome.why[0] == '\0';
        suite->failed += outcome.why[0] != '\0';
    }
    row_free(&row);
    return bad;
}

static int run_file(struct suite *suite, const char *file)
{
    const uint64_t passed = suite->passed, failed = suite->failed;
    FILE *in = fopen(file, "r");
    char *line = NULL;
    size_t room = 0;
    ssize_t len = 0;
    uint64_t number;
    int bad = 0;
    if (in == NULL)
        return fail(file, 0, strerror(errno));
    for (number = 1; !bad && (len = getline(&line, &room, in)) >= 0; number++)
        bad = run_line(suite, file, number, line, (size_t)len);
    if (ferror(in))
        bad = fail(file, number, strerror(errno));
    free(line);
    fclose(in);
    if (!bad && !suite->settings->json)
        printf("%s: %llu passed, %llu failed\n", file, (unsigned long long)(suite->passed - passed),
               (unsigned long long)(suite->failed - failed));
    return bad;
}

int suite_run(const struct settings *settings)
{
    struct suite suite = {.settings = settings, .ids = json_object()};
    int i, bad = 0;
    for (i = 0; !bad && i < settings->file_count; i++)
        bad = run_file(&suite, settings->files[i]);
    if (!bad && !settings->json)
        printf("%llu passed, %llu failed\n", (unsigned long long)suite.passed, (unsigned long long)suite.failed);
    json_decref(suite.ids);
    return bad ? 2 : suite.failed != 0 ? 1 : 0;
}
