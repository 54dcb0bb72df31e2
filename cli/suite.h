/* The mode suite: rows of octets and what they mean, as corpus/hostile/README.md defines them. */
#ifndef SUITE_H
#define SUITE_H

#include "settings.h"

#include <jansson.h>

/* A row of a suite. */
struct row {
    json_t *json;
    const char *id, *about, *verdict;
    const char *error; /* or null */
    uint64_t offset;
    const json_t *events, *counts; /* or null */
    struct settings settings;
    struct part {
        char *octets;
        size_t len;
        uint64_t times;
    } * parts;
    size_t part_count;
};

/* Reads a row, one line of a file. Returns 0, or -1 with what is wrong with it in message. Either way row_free() is
 * due. */
int row_read(struct row *row, const char *line, size_t len, char *message, size_t size);
void row_free(struct row *row);

/* Runs the rows of settings->files and prints what came of each. Returns the exit status. */
int suite_run(const struct settings *settings);

#endif
