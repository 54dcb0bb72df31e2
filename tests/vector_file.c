#include "vector_file.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void text_append(struct text *text, const char *data, size_t len)
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

void text_expand(struct text *out, const char *in, size_t len, int keep)
{
    size_t i = 0;
    while (i < len) {
        const char *brace;
        if (in[i] != '\\' || i + 1 == len) {
            text_append(out, &in[i++], 1);
        } else if (in[i + 1] == '{' && (brace = memchr(in + i, '}', len - i)) != NULL) {
            char *text;
            unsigned long n = strtoul(in + i + 2, &text, 10);
            while (n-- != 0)
                text_expand(out, text + 1, (size_t)(brace - text - 1), keep);
            i = (size_t)(brace - in) + 1;
        } else if (keep) {
            text_append(out, in + i, 2);
            i += 2;
        } else if (in[i + 1] == 'x' && i + 3 < len) {
            char octet = (char)(hex(in[i + 2]) * 16 + hex(in[i + 3]));
            text_append(out, &octet, 1);
            i += 4;
        } else {
            char octet = in[i + 1] == 'r' ? '\r' : in[i + 1] == 'n' ? '\n' : in[i + 1];
            text_append(out, &octet, 1);
            i += 2;
        }
    }
}

int vector_settings(const struct vector *vector, struct settings *settings, char *words, size_t size)
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

enum fence { FENCE_NONE, FENCE_WIRE, FENCE_EVENTS, FENCE_OTHER };

struct reader {
    struct vector vector;
    const char *file;
    enum fence fence;
    void (*each)(const struct vector *vector, const char *file, void *context);
    void *context;
};

static void finish(struct reader *reader)
{
    struct vector *vector = &reader->vector;
    if (vector->title[0] != '\0')
        reader->each(vector, reader->file, reader->context);
    vector->title[0] = vector->command[0] = '\0';
    vector->has_wire = vector->has_events = 0;
    vector->wire.len = vector->events.len = 0;
    text_append(&vector->wire, "", 0);
    text_append(&vector->events, "", 0);
}

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

static void read_line(struct reader *reader, char *line, size_t len)
{
    struct vector *vector = &reader->vector;
    enum fence *fence = &reader->fence;

    if (len != 0 && line[len - 1] == '\n')
        line[--len] = '\0';
    if (strncmp(line, "```", 3) == 0) {
        *fence = *fence == FENCE_NONE ? open_fence(vector, line) : FENCE_NONE;
    } else if (*fence == FENCE_WIRE) {
        text_append(&vector->wire, line, len);
    } else if (*fence == FENCE_EVENTS) {
        text_append(&vector->events, line, len);
        text_append(&vector->events, "\n", 1);
    } else if (strncmp(line, "## ", 3) == 0) {
        finish(reader);
        snprintf(vector->title, sizeof vector->title, "%s", line + 3);
    } else if (strncmp(line, "    smtpwire ", 13) == 0) {
        snprintf(vector->command, sizeof vector->command, "%s", line + 4);
    }
}

int vector_file_read(const char *file, void (*each)(const struct vector *vector, const char *file, void *context),
                     void *context)
{
    struct reader reader;
    char *line = NULL;
    size_t size = 0;
    ssize_t len;
    FILE *in = fopen(file, "r");

    if (in == NULL) {
        perror(file);
        return -1;
    }
    memset(&reader, 0, sizeof reader);
    reader.file = file;
    reader.each = each;
    reader.context = context;
    while ((len = getline(&line, &size, in)) != -1)
        read_line(&reader, line, (size_t)len);
    finish(&reader);
    free(reader.vector.wire.data);
    free(reader.vector.events.data);
    free(line);
    fclose(in);
    return 0;
}
