/* Inputs that are made to look like the wire: from nothing (generate.c) or from another input (mutator.c). Names,
 * verbs, parameters, capabilities, mechanisms, error codes and limits come from the tables of smtpwire.h, so that what
 * is added there is generated, too. The same seed gives the same octets, on every machine.
 */
#ifndef MUTATOR_H
#define MUTATOR_H

#include "smtpwire.h"

/* What the octets behind an input's head are. */
enum fuzz_language {
    FUZZ_SESSION,    /* what a client sends */
    FUZZ_REPLIES,    /* what a server sends */
    FUZZ_CONTENT,    /* what follows a 354 */
    FUZZ_ANY,        /* one of these */
    FUZZ_COMMAND,    /* a command line without its CRLF */
    FUZZ_REPLY,      /* a reply line without its CRLF */
    FUZZ_CAPABILITY, /* a keyword line of an EHLO reply, without code and CRLF */
    FUZZ_PARAMETERS, /* parameters of MAIL or RCPT with single spaces between */
    FUZZ_PATH,       /* a path, a mailbox or a domain */
    FUZZ_XTEXT,      /* xtext */
    FUZZ_PARTS,      /* values, each ended by 0xFE */
    FUZZ_CALLS       /* fuzz/api.c's list of calls */
};

/* X(target, octets in front that choose options, language). A target that is not here is FUZZ_ANY without a head. */
#define FUZZ_TARGETS(X)                                                                                                \
    X(api, 1, CALLS)                                                                                                   \
    X(bdat, 0, SESSION)                                                                                                \
    X(capability, 1, CAPABILITY)                                                                                       \
    X(client, 1, REPLIES)                                                                                              \
    X(command, 0, COMMAND)                                                                                             \
    X(conversation, 1, SESSION)                                                                                        \
    X(data, 1, CONTENT)                                                                                                \
    X(limits, 9, ANY)                                                                                                  \
    X(lmtp, 0, SESSION)                                                                                                \
    X(options, 3, ANY)                                                                                                 \
    X(parameter, 0, PARAMETERS)                                                                                        \
    X(path, 1, PATH)                                                                                                   \
    X(reply, 0, REPLY)                                                                                                 \
    X(server, 0, SESSION)                                                                                              \
    X(write, 2, PARTS)                                                                                                 \
    X(xtext, 0, XTEXT)

/* Octets that are put together: len of room are there, and what does not fit is left out. */
struct fuzz_text {
    uint8_t *data;
    size_t len, room;
    uint64_t dice;
};

/* 0 to sides - 1. */
uint32_t fuzz_dice(struct fuzz_text *t, uint32_t sides);
void fuzz_put(struct fuzz_text *t, const void *data, size_t len);

/* A whole body of this language; a piece of one: a line with its end where the language has lines, and a part of one.
 */
void fuzz_body(struct fuzz_text *t, enum fuzz_language language);
void fuzz_line(struct fuzz_text *t, enum fuzz_language language);
void fuzz_part(struct fuzz_text *t, enum fuzz_language language);
/* The line cut off somewhere, and how the grammar goes on from there, with or without what was cut off. Returns 0, and
 * nothing was put, where it has no lines in this language. */
int fuzz_walk(struct fuzz_text *t, const uint8_t *line, size_t len, enum fuzz_language language);
void fuzz_number(struct fuzz_text *t);
size_t fuzz_length(struct fuzz_text *t);

/* The language of a target, its octets in front, and the words of its dictionary; null behind the last. Rows of tables
 * that stand for no word of the wire are left out of it. */
enum fuzz_language fuzz_language_of(const char *target);
size_t fuzz_head_of(const char *target);
int fuzz_unnamed(const char *word);
const char *fuzz_word(enum fuzz_language language, uint32_t index);

/* Changes data[0..size), in which there is room for max octets, and returns the new size. */
size_t fuzz_mutate(const char *target, uint8_t *data, size_t size, size_t max, uint64_t seed);

/* Puts a part of one and a part of the other into out[0..max) and returns how many octets that are. */
size_t fuzz_cross(const char *target, const uint8_t *one, size_t one_size, const uint8_t *other, size_t other_size,
                  uint8_t *out, size_t max, uint64_t seed);

#endif
