/* Reads rows of the suite: JSON, checked for every key it has and must have. What a row asks of the parser becomes the
 * arguments of a command line, so that its names and values are those of the command. */
#include "record.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct reader {
    struct row *row;
    char *message;
    size_t size;
    char text[8192]; /* the arguments */
    size_t used;
    char *argv[64];
    int argc;
};

static int refuse_name(struct reader *r, const char *what, const char *name)
{
    snprintf(r->message, r->size, "%s%.40s", what, name);
    return -1;
}

static int refuse(struct reader *r, const char *what) { return refuse_name(r, what, ""); }

/* ---- strings ---- */

/* A string without NUL, or null. */
static const char *plain_string(const json_t *json)
{
    const char *text = json_string_value(json);
    return text != NULL && strlen(text) == json_string_length(json) ? text : NULL;
}

static int is_one_of(const char *text, const char *const *names, size_t count)
{
    size_t i;
    for (i = 0; text != NULL && i < count; i++)
        if (strcmp(names[i], text) == 0)
            return 1;
    return 0;
}

/* ---- the profile, as arguments ---- */

static int argument(struct reader *r, const char *text)
{
    size_t len = strlen(text) + 1;
    if (r->used + len > sizeof r->text || (size_t)r->argc + 1 >= COUNT(r->argv))
        return refuse(r, "profile: too long");
    memcpy(r->text + r->used, text, len);
    r->argv[r->argc++] = r->text + r->used;
    r->used += len;
    return 0;
}

/* Puts more behind the last argument. */
static int append(struct reader *r, const char *text)
{
    size_t len = strlen(text) + 1;
    if (r->used + len > sizeof r->text)
        return refuse(r, "profile: too long");
    memcpy(r->text + r->used - 1, text, len);
    r->used += len - 1;
    return 0;
}

static int append_value(struct reader *r, const json_t *value)
{
    const char *text = plain_string(value);
    char number[32];
    if (json_is_integer(value)) {
        snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
        text = number;
    }
    return text != NULL ? append(r, text) : refuse(r, "profile: neither a number nor a string");
}

/* A list behind what the last argument has, with commas between. */
static int append_list(struct reader *r, const json_t *array)
{
    size_t i;
    for (i = 0; i < json_array_size(array); i++)
        if ((i != 0 && append(r, ",") < 0) || append_value(r, json_array_get(array, i)) < 0)
            return -1;
    return i != 0 ? 0 : refuse(r, "profile: expected an array that is not empty");
}

static int profile_true(struct reader *r, const char *option, json_t *value)
{
    return json_is_true(value) ? argument(r, option) : refuse_name(r, "profile: this takes only true: ", option + 2);
}

static int profile_list(struct reader *r, const char *option, json_t *value)
{
    if (strcmp(option, "--offer") == 0 && json_is_array(value) && json_array_size(value) == 0)
        return argument(r, option) < 0 || argument(r, "none") < 0 ? -1 : 0;
    return argument(r, option) < 0 || argument(r, "") < 0 ? -1 : append_list(r, value);
}

static int profile_text(struct reader *r, const char *option, json_t *value)
{
    return argument(r, option) < 0 || argument(r, "") < 0 ? -1 : append_value(r, value);
}

/* KEY=value or KEY=value,value for each key. */
static int profile_object(struct reader *r, const char *option, json_t *value)
{
    const char *key;
    json_t *item;
    if (!json_is_object(value))
        return refuse(r, "profile: expected an object");
    json_object_foreach (value, key, item) {
        if (argument(r, option) < 0 || argument(r, key) < 0 || append(r, "=") < 0)
            return -1;
        if ((json_is_array(item) ? append_list(r, item) : append_value(r, item)) < 0)
            return -1;
    }
    return 0;
}

static const struct {
    const char *key, *option;
    int (*read)(struct reader *, const char *option, json_t *value);
} profile_keys[] = {
    {"smtputf8", "--smtputf8", profile_true},
    {"lmtp", "--lmtp", profile_true},
    {"tls", "--tls", profile_true},
    {"path", "--path", profile_text},
    {"lax", "--lax", profile_list},
    {"limits", "--limit", profile_object},
    {"content", "--content", profile_object},
    {"offer", "--offer", profile_list},
    {"replies", "--reply", profile_object},
    {"sent", "--sent", profile_list},
    {"message_max", "--message-max", profile_text},
};

static int read_profile(struct reader *r, const json_t *json)
{
    static const char *const contexts[] = {"server",     "client", "data",    "command", "reply",
                                           "capability", "path",   "mailbox", "domain"};
    const char *context = plain_string(json_object_get(json, "context")), *key;
    json_t *profile = json_object_get(json, "profile"), *value;
    size_t i;
    if (!is_one_of(context, contexts, COUNT(contexts)))
        return refuse(r, "context: none of those that there are");
    if (profile != NULL && !json_is_object(profile))
        return refuse(r, "profile: expected an object");
    if (argument(r, "smtpwire") < 0 || argument(r, context) < 0)
        return -1;
    json_object_foreach (profile, key, value) {
        for (i = 0; i < COUNT(profile_keys) && strcmp(profile_keys[i].key, key) != 0;)
            i++;
        if (i == COUNT(profile_keys))
            return refuse_name(r, "profile: no such key: ", key);
        if (profile_keys[i].read(r, profile_keys[i].option, value) < 0)
            return -1;
    }
    return settings_parse(&r->row->settings, r->argc, r->argv, r->message, r->size);
}

/* ---- the input ---- */

/* Octets are never more than those of the UTF-8 they are read from. */
static int read_octets(struct reader *r, const json_t *json, char *octets, size_t *count)
{
    const unsigned char *text = (const unsigned char *)json_string_value(json);
    const size_t len = json_string_length(json);
    size_t i;
    for (i = 0; i < len; i++) {
        unsigned octet = text[i];
        if (octet >= 0xC4)
            return refuse(r, "input: a character over U+00FF");
        if (octet >= 0x80)
            octet = (octet & 3U) << 6 | (text[++i] & 0x3FU);
        octets[(*count)++] = (char)octet;
    }
    return 0;
}

/* The string of a part, and how often it comes; null if it is no part. */
static const json_t *part_string(const json_t *part, uint64_t *times)
{
    const json_t *string = part, *number = json_object_get(part, "times");
    *times = 1;
    if (json_is_object(part)) {
        if (json_object_size(part) != 2 || json_integer_value(number) < 1)
            return NULL;
        *times = (uint64_t)json_integer_value(number);
        string = json_object_get(part, "repeat");
    }
    return json_is_string(string) ? string : NULL;
}

static const json_t *input_part(const json_t *input, size_t i)
{
    return json_is_array(input) ? json_array_get(input, i) : input;
}

/* The octets that all parts need room for, or -1. */
static ptrdiff_t input_size(struct reader *r, const json_t *input, size_t count)
{
    size_t len = 0, i;
    uint64_t times;
    for (i = 0; i < count; i++) {
        const json_t *string = part_string(input_part(input, i), &times);
        if (string == NULL)
            return refuse(r, "input: expected strings, and {\"repeat\": string, \"times\": number}");
        len += json_string_length(string);
    }
    return (ptrdiff_t)len;
}

/* The parts, with their octets behind them, or null. */
static struct part *read_input(struct reader *r, const json_t *input, size_t *count)
{
    struct part *parts;
    ptrdiff_t len;
    size_t i;
    char *octets;
    *count = json_is_array(input) ? json_array_size(input) : 1;
    len = input_size(r, input, *count);
    if (len < 0)
        return NULL;
    parts = malloc(*count * sizeof *parts + (size_t)len + 1);
    if (parts == NULL) {
        refuse(r, "memory");
        return NULL;
    }
    octets = (char *)(parts + *count);
    for (i = 0; i < *count; i++) {
        parts[i].octets = octets;
        parts[i].len = 0;
        if (read_octets(r, part_string(input_part(input, i), &parts[i].times), octets, &parts[i].len) < 0) {
            free(parts);
            return NULL;
        }
        octets += parts[i].len;
    }
    return parts;
}

/* ---- what is wanted ---- */

static int read_events(struct reader *r, const json_t *events)
{
    size_t i;
    if (events != NULL && !json_is_array(events))
        return refuse(r, "events: expected an array");
    for (i = 0; i < json_array_size(events); i++) {
        json_t *event = json_array_get(events, i), *value;
        const char *key;
        if (!json_is_string(json_object_get(event, "event")))
            return refuse(r, "events: each is an object with an event");
        json_object_foreach (event, key, value)
            if (!is_one_of(key, record_key_names, KEY_COUNT))
                return refuse_name(r, "events: no such key: ", key);
    }
    return 0;
}

static int read_counts(struct reader *r, json_t *counts)
{
    const char *key;
    json_t *value;
    if (counts != NULL && !json_is_object(counts))
        return refuse(r, "counts: expected an object");
    json_object_foreach (counts, key, value)
        if (json_integer_value(value) < 1)
            return refuse(r, "counts: expected numbers over 0");
    return 0;
}

static int read_wants(struct reader *r, json_t *json)
{
    static const char *const verdicts[] = {"accept", "refuse", "fatal", "more"};
    struct row *row = r->row;
    const json_t *offset = json_object_get(json, "offset");
    row->verdict = plain_string(json_object_get(json, "verdict"));
    if (!is_one_of(row->verdict, verdicts, COUNT(verdicts)))
        return refuse(r, "verdict: none of those that there are");
    if (row->verdict[0] == 'r' || row->verdict[0] == 'f') {
        row->error = plain_string(json_object_get(json, "error"));
        row->offset = (uint64_t)json_integer_value(offset);
        if (row->error == NULL || json_integer_value(offset) < 0 || !json_is_integer(offset))
            return refuse(r, "error, offset: expected, with this verdict");
    } else if (offset != NULL || json_object_get(json, "error") != NULL) {
        return refuse(r, "error, offset: not with this verdict");
    }
    row->events = json_object_get(json, "events");
    row->counts = json_object_get(json, "counts");
    return read_events(r, row->events) < 0 ? -1 : read_counts(r, json_object_get(json, "counts"));
}

/* ---- the row ---- */

static int read_keys(struct reader *r, json_t *json)
{
    static const char *const keys[] = {"id",    "about",  "kind",   "context", "profile", "input", "verdict",
                                       "error", "offset", "events", "counts",  "rfc",     "wrong", "seen_in"};
    static const char *const texts[] = {"id", "about", "kind", "rfc", "wrong"};
    static const char *const kinds[] = {"framing", "data",  "chunk",      "command", "address", "parameter",
                                        "reply",   "limit", "capability", "session", "cpu"};
    const json_t *seen_in = json_object_get(json, "seen_in");
    const char *key;
    json_t *value;
    size_t i;
    if (!json_is_object(json))
        return refuse(r, "expected an object");
    json_object_foreach (json, key, value)
        if (!is_one_of(key, keys, COUNT(keys)))
            return refuse_name(r, "no such key: ", key);
    for (i = 0; i < COUNT(texts); i++)
        if (plain_string(json_object_get(json, texts[i])) == NULL)
            return refuse_name(r, "expected a string: ", texts[i]);
    if (!is_one_of(json_string_value(json_object_get(json, "kind")), kinds, COUNT(kinds)))
        return refuse(r, "kind: none of those that there are");
    for (i = 0; i < json_array_size(seen_in) && json_is_string(json_array_get(seen_in, i));)
        i++;
    if (!json_is_array(seen_in) || i != json_array_size(seen_in))
        return refuse(r, "seen_in: expected an array of strings");
    return 0;
}

int row_read(struct row *row, const char *line, size_t len, char *message, size_t size)
{
    struct reader r = {.row = row, .message = message, .size = size};
    json_error_t error;
    memset(row, 0, sizeof *row);
    row->json = json_loadb(line, len, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &error);
    if (row->json == NULL)
        return refuse_name(&r, "no JSON object: ", error.text);
    if (read_keys(&r, row->json) < 0 || read_profile(&r, row->json) < 0 || read_wants(&r, row->json) < 0)
        return -1;
    row->parts = read_input(&r, json_object_get(row->json, "input"), &row->part_count);
    if (row->parts == NULL)
        return -1;
    row->id = json_string_value(json_object_get(row->json, "id"));
    row->about = json_string_value(json_object_get(row->json, "about"));
    return 0;
}

void row_free(struct row *row)
{
    free(row->parts);
    json_decref(row->json);
}
