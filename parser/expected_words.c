/* What smtpwire_expected_find() has found, in words for people.
 *
 * SPDX-License-Identifier: MIT */
#include "internal.h"

/* From so many visible characters on it is told which are not there; up to so many are told one by one. */
enum { NEARLY_ALL = 70, ONE_BY_ONE = 3 };

struct words {
    uint8_t left[32];     /* octets that are in no item yet */
    unsigned total, done; /* items */
    int writing;          /* 0: they are counted, since the last one has "or" before it */
    char *text;
    size_t size, len;
};

static int is_left(const struct words *w, unsigned octet) { return (w->left[octet / 8] >> octet % 8 & 1) != 0; }

static void drop(struct words *w, unsigned low, unsigned high)
{
    for (; low <= high; low++)
        w->left[low / 8] &= (uint8_t) ~(1U << low % 8);
}

static unsigned count(const struct words *w, unsigned low, unsigned high)
{
    unsigned found = 0;
    for (; low <= high; low++)
        found += is_left(w, low) ? 1U : 0U;
    return found;
}

static void put(struct words *w, const char *text)
{
    for (; *text != '\0'; text++, w->len++)
        if (w->writing && w->len < w->size)
            w->text[w->len] = *text;
}

static void put_octet(struct words *w, unsigned octet)
{
    const char text[2] = {(char)octet, '\0'};
    put(w, text);
}

static void put_quoted(struct words *w, unsigned octet)
{
    put(w, octet == '"' ? "'" : "\"");
    put_octet(w, octet);
    put(w, octet == '"' ? "'" : "\"");
}

static void item(struct words *w, const char *text)
{
    if (w->done != 0)
        put(w, w->done + 1 == w->total ? " or " : ", ");
    w->done++;
    put(w, text);
}

/* Nearly all visible characters: which are missing. */
static void put_others(struct words *w)
{
    const unsigned missing = 126 - 32 - count(w, 33, 126);
    unsigned octet, told = 0;
    item(w, is_left(w, ' ') ? "a printable character" : "a visible character");
    put(w, missing == 0 ? "" : missing > ONE_BY_ONE ? " other than any of " : " other than ");
    for (octet = 33; octet <= 126; octet++)
        if (!is_left(w, octet) && missing > ONE_BY_ONE) {
            put_octet(w, octet);
        } else if (!is_left(w, octet)) {
            put(w, told++ != 0 ? " and " : "");
            put_quoted(w, octet);
        }
    drop(w, 32, 126);
}

/* alone: nothing but letters and digits is there. */
static void put_letters_and_digits(struct words *w, int alone)
{
    const int upper = count(w, 'A', 'F') == 6, digits = count(w, '0', '9') == 10;
    const int letters = count(w, 'A', 'Z') == 26 && count(w, 'a', 'z') == 26;
    unsigned low;

    if (letters && digits && alone) {
        item(w, "a letter or digit");
    } else if (letters) {
        item(w, "a letter");
        if (digits)
            item(w, "a digit");
    } else if (digits && upper) {
        item(w, count(w, 'a', 'f') == 6 ? "a hexadecimal digit" : "an upper-case hexadecimal digit");
        drop(w, 'A', 'F');
        drop(w, 'a', 'f');
    } else if (digits) {
        item(w, "a digit");
    }
    if (letters) {
        drop(w, 'A', 'Z');
        drop(w, 'a', 'z');
    }
    if (digits)
        drop(w, '0', '9');
    for (low = '0'; low < '9' && !is_left(w, low); low++)
        ;
    if (count(w, '0', '9') > ONE_BY_ONE && count(w, low, low + count(w, '0', '9') - 1) == count(w, '0', '9')) {
        item(w, "a digit from ");
        put_octet(w, low);
        put(w, " to ");
        put_octet(w, low + count(w, '0', '9') - 1);
        drop(w, '0', '9');
    }
}

static void put_characters(struct words *w)
{
    unsigned octet, single;
    for (octet = 'a'; octet <= 'z'; octet++)
        if (is_left(w, octet) && is_left(w, octet - 0x20))
            drop(w, octet, octet);
    single = count(w, 33, 126) <= ONE_BY_ONE;
    if (!single)
        item(w, "one of ");
    for (octet = 33; octet <= 126; octet++) {
        if (is_left(w, octet) && single) {
            item(w, "");
            put_quoted(w, octet);
        } else if (is_left(w, octet)) {
            put_octet(w, octet);
        }
    }
    if (is_left(w, ' '))
        item(w, "a space");
    if (is_left(w, '\t'))
        item(w, "a tab");
}

SMTPWIRE__SMALL static void describe(struct words *w, const struct smtpwire_expected *expected)
{
    memcpy(w->left, expected->octets, sizeof w->left);
    w->done = 0;
    w->len = 0;
    if (count(w, 33, 126) >= NEARLY_ALL)
        put_others(w);
    else
        put_letters_and_digits(w, count(w, 0, 255) == 62 && !expected->end);
    if (count(w, 128, 255) == 128)
        item(w, "an octet over 127");
    else if (count(w, 0xC2, 0xF4) != 0)
        item(w, "a UTF-8 character");
    else if (count(w, 128, 0xBF) != 0)
        item(w, "the next octet of the UTF-8 character");
    put_characters(w);
    if (expected->end)
        item(w, expected->kind >= SMTPWIRE_EXPECTED_REVERSE_PATH ? "the end" : "the end of the line");
}

size_t smtpwire_expected_write(const struct smtpwire_expected *expected, char *text, size_t size)
{
    struct words w = {{0}, 0, 0, 0, text, size, 0};
    describe(&w, expected);
    w.total = w.done;
    w.writing = 1;
    describe(&w, expected);
    if (expected->rule[0] != '\0') {
        put(&w, " (");
        put(&w, expected->rfc);
        if (expected->rfc[0] != '\0')
            put(&w, ", ");
        put(&w, expected->rule);
        put(&w, ")");
    }
    return w.len;
}
