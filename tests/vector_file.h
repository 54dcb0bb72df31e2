/* Reads test vectors: markdown files whose sections hold a claim, a command line, the octets on the wire and the log of
 * events expected for them (tests/vectors/README.md has the form). */
#ifndef VECTOR_FILE_H
#define VECTOR_FILE_H

#include "settings.h"

#include <stddef.h>

/* A text that grows; a NUL stands behind it. All zero is empty, without a block. */
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

void text_append(struct text *text, const char *data, size_t len);

/* Appends in with its escapes decoded; keep: leave all escapes but \{N:text} as they are. */
void text_expand(struct text *out, const char *in, size_t len, int keep);

/* What the vector's command line asks for; words holds the strings that settings refers to. Returns -1, and prints why,
 * if it is none. */
int vector_settings(const struct vector *vector, struct settings *settings, char *words, size_t size);

/* Calls each for every vector of a file, wire and events not yet expanded. Returns -1 if the file cannot be read. */
int vector_file_read(const char *file, void (*each)(const struct vector *vector, const char *file, void *context),
                     void *context);

#endif
