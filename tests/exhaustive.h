/* What exhaustive_data.c and exhaustive_lines.c share: all strings over an alphabet, the ways to cut one, feeding the
 * parts to a push function under its contract, and telling what differed.
 *
 * A way to cut is a mask: bit k set means that a push ends behind the first k octets. Everything is always pushed in
 * the end, so bit 0 is an empty push first and the bit of the string's own length an empty push last.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EXHAUSTIVE_H
#define EXHAUSTIVE_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Strings -------------------------------------------------------------------------------------------------- */

static inline uint32_t exhaustive_count(uint32_t letters, size_t len)
{
    uint32_t count = 1;
    while (len-- > 0)
        count *= letters;
    return count;
}

/* String number ordinal of that length; ordinal below exhaustive_count(). */
static inline void exhaustive_string(char *octets, size_t len, uint32_t ordinal, const char *alphabet, uint32_t letters)
{
    for (size_t i = 0; i < len; i++) {
        octets[i] = alphabet[ordinal % letters];
        ordinal /= letters;
    }
}

static inline void exhaustive_print(const char *octets, size_t len)
{
    putchar('"');
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)octets[i];
        if (c == '\r')
            fputs("\\r", stdout);
        else if (c == '\n')
            fputs("\\n", stdout);
        else if (c < 32 || c > 126)
            printf("\\x%02x", c);
        else
            putchar(c);
    }
    putchar('"');
}

/* ---- Feeding -------------------------------------------------------------------------------------------------- */

/* What the caller of a push function holds. Either a window on the input itself (quick), or a block of its own for
 * each push, of exactly the size pushed: a sanitizer then sees a read past the end, and a slice or a pointer kept
 * from an earlier push points to memory that was overwritten and freed. */
struct exhaustive_feed {
    const char *input;
    size_t shown; /* octets of the input that were pushed */
    size_t done;  /* octets of the input that push said it is done with */
    size_t base;  /* where in the input the block begins */
    char *block;
    bool blocks;
};

static inline void exhaustive_feed_start(struct exhaustive_feed *feed, const char *input, bool blocks)
{
    feed->input = input;
    feed->shown = feed->done = feed->base = 0;
    feed->block = NULL;
    feed->blocks = blocks;
}

/* Through volatile, since a compiler drops stores to memory that is freed next. */
static inline void exhaustive_feed_drop(struct exhaustive_feed *feed)
{
    volatile char *old = feed->block;
    for (size_t i = 0; feed->block && i < feed->shown - feed->base; i++)
        old[i] = (char)0xA5;
    free(feed->block);
    feed->block = NULL;
}

/* A block of exactly what is held and what is new; null where that is nothing. */
static inline char *exhaustive_feed_block(const struct exhaustive_feed *feed, size_t held, size_t fresh)
{
    if (held + fresh == 0)
        return NULL;
    char *block = malloc(held + fresh);
    if (!block)
        abort();
    if (held > 0)
        memcpy(block, feed->block + (feed->done - feed->base), held);
    if (fresh > 0)
        memcpy(block + held, feed->input + feed->shown, fresh);
    return block;
}

/* Hold the input up to `upto`: what push is not done with, in front of what is new. */
static inline void exhaustive_feed_more(struct exhaustive_feed *feed, size_t upto)
{
    if (feed->blocks) {
        char *block = exhaustive_feed_block(feed, feed->shown - feed->done, upto - feed->shown);
        exhaustive_feed_drop(feed);
        feed->block = block;
        feed->base = feed->done;
    }
    feed->shown = upto;
}

/* What to push; null where nothing is held. */
static inline const char *exhaustive_feed_data(const struct exhaustive_feed *feed)
{
    if (!feed->blocks)
        return feed->input + feed->done;
    return feed->block ? feed->block + (feed->done - feed->base) : NULL;
}

static inline size_t exhaustive_feed_len(const struct exhaustive_feed *feed) { return feed->shown - feed->done; }

/* ---- Differences ---------------------------------------------------------------------------------------------- */

struct exhaustive_difference {
    const char *what;
    char expected[32], got[32];
};

static inline bool exhaustive_differ(struct exhaustive_difference *diff, const char *what, uint64_t expected,
                                     uint64_t got)
{
    diff->what = what;
    snprintf(diff->expected, sizeof diff->expected, "%" PRIu64, expected);
    snprintf(diff->got, sizeof diff->got, "%" PRIu64, got);
    return false;
}

/* True if the two are the same; else the difference is kept. */
static inline bool exhaustive_same(struct exhaustive_difference *diff, const char *what, uint64_t expected,
                                   uint64_t got)
{
    return expected == got || exhaustive_differ(diff, what, expected, got);
}

/* As exhaustive_same(), for ids that have a name. */
static inline bool exhaustive_same_id(struct exhaustive_difference *diff, const char *what,
                                      const char *(*name)(unsigned), unsigned expected, unsigned got)
{
    if (expected == got)
        return true;
    diff->what = what;
    snprintf(diff->expected, sizeof diff->expected, "%s", name(expected));
    snprintf(diff->got, sizeof diff->got, "%s", name(got));
    return false;
}

/* ---- Tally ---------------------------------------------------------------------------------------------------- */

enum { EXHAUSTIVE_SHOWN = 10 };

struct exhaustive_tally {
    bool cuts;    /* every single cut, in blocks; else every composition */
    size_t fewer; /* octets that the longest string has less, for what runs slowly or often */
    uint64_t passed, failed;
};

/* Returns 0, or -1 if the argument is none of "all", "cuts" and "short", which is cuts of shorter strings. */
static inline int exhaustive_start(struct exhaustive_tally *tally, int argc, char **argv)
{
    tally->passed = tally->failed = 0;
    tally->fewer = argc == 2 && strcmp(argv[1], "short") == 0 ? 2 : 0;
    tally->cuts = tally->fewer != 0 || (argc == 2 && strcmp(argv[1], "cuts") == 0);
    if (tally->cuts || (argc == 2 && strcmp(argv[1], "all") == 0))
        return 0;
    fprintf(stderr, "usage: %s all|cuts|short\n", argv[0]);
    return -1;
}

/* Count a string that failed; print it if it is one of the first. */
static inline void exhaustive_failed(struct exhaustive_tally *tally, const char *octets, size_t len, const char *under,
                                     uint32_t mask, const struct exhaustive_difference *diff)
{
    if (tally->failed++ >= EXHAUSTIVE_SHOWN)
        return;
    exhaustive_print(octets, len);
    printf(" %s, cut at", under);
    for (size_t k = 0; k <= len; k++)
        if (mask >> k & 1)
            printf(" %zu", k);
    printf("%s: %s: expected %s, got %s\n", mask == 0 ? " none" : "", diff->what, diff->expected, diff->got);
}

static inline int exhaustive_finish(const struct exhaustive_tally *tally)
{
    printf("%" PRIu64 " passed, %" PRIu64 " failed\n", tally->passed, tally->failed);
    return tally->failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
