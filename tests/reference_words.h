/* Words of the wire's grammar, at random from a seed, then spoiled a little. */
#ifndef REFERENCE_WORDS_H
#define REFERENCE_WORDS_H

#include <stddef.h>
#include <stdint.h>

enum { WORD_MAX = 8192 };

struct words {
    uint64_t state;
    size_t len;
    unsigned char data[WORD_MAX];
};

/* A number from 0 to below - 1. */
uint64_t words_random(struct words *words, uint64_t below);

/* Writes a word of the kind that a letter names: 'C' command line, 'P' path or mailbox or domain, 'R' reply line, 'K'
 * keyword line of an EHLO reply, 'X' xtext, 'S' stream. */
void words_make(struct words *words, char kind);

/* Replaces, inserts, deletes or doubles somewhere. */
void words_spoil(struct words *words);

#endif
