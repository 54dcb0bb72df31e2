/* Rules over sets of places; places.h says how. */
#include "places.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct block {
    struct block *next;
    size_t used, size;
    size_t room[];
};

static size_t *allocate(struct input *in, size_t count)
{
    struct block *block = in->blocks;
    if (block == NULL || block->size - block->used < count) {
        size_t size = count > 1024 ? count : 1024;
        block = malloc(sizeof *block + size * sizeof *block->room);
        if (block == NULL)
            abort();
        block->next = in->blocks;
        block->used = 0;
        block->size = size;
        in->blocks = block;
    }
    block->used += count;
    return block->room + block->used - count;
}

void input_begin(struct input *in, const void *data, size_t len)
{
    memset(in, 0, sizeof *in);
    in->data = data;
    in->len = len;
}

void input_end(struct input *in)
{
    while (in->blocks != NULL) {
        struct block *next = in->blocks->next;
        free(in->blocks);
        in->blocks = next;
    }
}

struct places none(void)
{
    struct places set = {0, NULL};
    return set;
}

struct places place(struct input *in, size_t at)
{
    struct places set = {1, allocate(in, 1)};
    set.at[0] = at;
    return set;
}

int has_place(struct places set, size_t at)
{
    size_t i;
    for (i = 0; i < set.count; i++)
        if (set.at[i] == at)
            return 1;
    return 0;
}

struct places either(struct input *in, struct places a, struct places b)
{
    struct places both = {0, NULL};
    size_t i = 0, j = 0;
    if (a.count == 0)
        return b;
    if (b.count == 0)
        return a;
    both.at = allocate(in, a.count + b.count);
    while (i < a.count || j < b.count) {
        size_t next = j == b.count || (i < a.count && a.at[i] < b.at[j]) ? a.at[i++] : b.at[j++];
        if (both.count == 0 || both.at[both.count - 1] != next)
            both.at[both.count++] = next;
    }
    return both;
}

struct places without(struct input *in, struct places set, size_t at)
{
    struct places rest = {0, NULL};
    size_t i;
    for (i = 0; i < set.count; i++)
        if (set.at[i] != at)
            rest = either(in, rest, place(in, set.at[i]));
    return rest;
}

/* One octet of the input, as it stands: the only place where the input is looked at. */
static int take(struct input *in, size_t *at, unsigned char low, unsigned char high)
{
    if (*at >= in->len || in->data[*at] < low || in->data[*at] > high)
        return 0;
    ++*at;
    if (*at > in->furthest)
        in->furthest = *at;
    return 1;
}

static int take_any_case(struct input *in, size_t *at, unsigned char letter)
{
    int small = letter | 0x20, is_letter = small >= 'a' && small <= 'z';
    return take(in, at, letter, letter) || (is_letter && take(in, at, letter ^ 0x20, letter ^ 0x20));
}

/* RFC 3461 section 4: an octet stands for itself if it is xchar; or else, or also, "+" and two hexadecimal digits. No
 * control character is spelled (RFC 4954 section 8, RFC 3461 section 4.4). */
static struct places spell_xtext(struct input *in, size_t from, unsigned char octet)
{
    struct places ends = none();
    char hex[3];
    size_t at = from;
    int lower = in->spelling == SPELLING_LOWER_XTEXT;
    if (octet < 32 || octet == 127 || from >= in->len || (in->data[from] != octet && in->data[from] != '+'))
        return ends;
    if (octet >= 33 && octet <= 126 && octet != '+' && octet != '=' && take(in, &at, octet, octet))
        ends = place(in, at);
    at = from;
    snprintf(hex, sizeof hex, "%02X", octet);
    if (take(in, &at, '+', '+') &&
        (lower ? take_any_case(in, &at, (unsigned char)hex[0])
               : take(in, &at, (unsigned char)hex[0], (unsigned char)hex[0])) &&
        (lower ? take_any_case(in, &at, (unsigned char)hex[1])
               : take(in, &at, (unsigned char)hex[1], (unsigned char)hex[1])))
        ends = either(in, ends, place(in, at));
    return ends;
}

/* RFC 6533 section 3: QCHAR stands for itself; SP, "\", "+" and "=" are EmbeddedUnicodeChars. Of the other ASCII
 * characters HEXPOINT has control characters only, of which no Mailbox has any. */
static struct places spell_unitext(struct input *in, struct places from, unsigned char octet)
{
    static const char *const spelled[] = {"20", "5C", "2B", "3D"};
    static const char stands_for[] = " \\+=";
    const char *found = octet == '\0' ? NULL : strchr(stands_for, octet);
    if (found == NULL) {
        size_t at = from.at[0];
        return octet >= 33 && octet <= 126 && take(in, &at, octet, octet) ? place(in, at) : none();
    }
    return exact(in, text(in, exact(in, from, "\\x{"), spelled[found - stands_for]), "}");
}

struct places octet(struct input *in, struct places from, int (*wanted)(unsigned char))
{
    struct places ends = none();
    size_t i;
    unsigned value;
    for (i = 0; i < from.count; i++) {
        size_t at = from.at[i];
        if (at >= in->len)
            continue;
        if (in->spelling == SPELLING_PLAIN) {
            if (wanted(in->data[at]) && take(in, &at, in->data[at], in->data[at]))
                ends = either(in, ends, place(in, at));
            continue;
        }
        for (value = 0; value < 256; value++)
            if (wanted((unsigned char)value))
                ends = either(in, ends,
                              in->spelling == SPELLING_UNITEXT ? spell_unitext(in, place(in, at), (unsigned char)value)
                                                               : spell_xtext(in, at, (unsigned char)value));
    }
    return ends;
}

/* Octets of a range, spelled as the input is. */
struct places range(struct input *in, struct places from, unsigned char low, unsigned char high)
{
    struct places ends = none();
    size_t i;
    unsigned value;
    for (i = 0; i < from.count; i++) {
        size_t at = from.at[i];
        if (in->spelling == SPELLING_PLAIN || in->spelling == SPELLING_UNITEXT) {
            if (take(in, &at, low, high))
                ends = either(in, ends, place(in, at));
            continue;
        }
        for (value = low; value <= high; value++)
            ends = either(in, ends, spell_xtext(in, at, (unsigned char)value));
    }
    return ends;
}

struct places text(struct input *in, struct places from, const char *letters)
{
    for (; *letters != '\0'; letters++) {
        struct places ends = none();
        size_t i;
        for (i = 0; i < from.count; i++) {
            size_t at = from.at[i];
            int small = *letters | 0x20;
            unsigned char letter = (unsigned char)*letters;
            if (in->spelling == SPELLING_XTEXT || in->spelling == SPELLING_LOWER_XTEXT) {
                ends = either(in, ends, spell_xtext(in, at, letter));
                if (small >= 'a' && small <= 'z')
                    ends = either(in, ends, spell_xtext(in, at, letter ^ 0x20));
            } else if (take_any_case(in, &at, letter)) {
                ends = either(in, ends, place(in, at));
            }
        }
        from = ends;
    }
    return from;
}

struct places exact(struct input *in, struct places from, const char *letters)
{
    for (; *letters != '\0'; letters++)
        from = range(in, from, (unsigned char)*letters, (unsigned char)*letters);
    return from;
}

/* The digits that go on from prefix to some number from low to high; unit is what the next one counts. */
static struct places digits(struct input *in, struct places from, unsigned unit, unsigned prefix, unsigned low,
                            unsigned high)
{
    struct places ends = none();
    unsigned digit;
    if (unit == 0 || from.count == 0)
        return from;
    for (digit = 0; digit <= 9; digit++) {
        unsigned next = prefix * 10 + digit;
        unsigned char octet_ = (unsigned char)('0' + digit);
        if (low / unit <= next && next <= high / unit)
            ends = either(in, ends, digits(in, range(in, from, octet_, octet_), unit / 10, next, low, high));
    }
    return ends;
}

/* Numbers from low to high in exactly width digits. */
struct places number(struct input *in, struct places from, unsigned width, unsigned low, unsigned high)
{
    unsigned unit = 1;
    while (--width > 0)
        unit *= 10;
    return digits(in, from, unit, 0, low, high);
}

/* RFC 3629 section 4, octet by octet. */
static struct places UTF8_octets(struct input *in, struct places from)
{
    static const struct {
        unsigned char low, high, second_low, second_high, tails;
    } form[] = {{0xC2, 0xDF, 0x80, 0xBF, 0}, {0xE0, 0xE0, 0xA0, 0xBF, 1}, {0xE1, 0xEC, 0x80, 0xBF, 1},
                {0xED, 0xED, 0x80, 0x9F, 1}, {0xEE, 0xEF, 0x80, 0xBF, 1}, {0xF0, 0xF0, 0x90, 0xBF, 2},
                {0xF1, 0xF3, 0x80, 0xBF, 2}, {0xF4, 0xF4, 0x80, 0x8F, 2}};
    struct places ends = none();
    size_t i;
    unsigned tail;
    for (i = 0; i < sizeof form / sizeof form[0]; i++) {
        struct places one = range(in, from, form[i].low, form[i].high);
        one = range(in, one, form[i].second_low, form[i].second_high);
        for (tail = 0; tail < form[i].tails; tail++)
            one = range(in, one, 0x80, 0xBF);
        ends = either(in, ends, one);
    }
    return ends;
}

static int is_HEXDIG(unsigned char o)
{
    return (o >= '0' && o <= '9') || (o >= 'A' && o <= 'F') || (o >= 'a' && o <= 'f');
}
static int is_HEXDIG8(unsigned char o) { return is_HEXDIG(o) && (o >= '8'); }
static int is_NZHEXDIG(unsigned char o) { return is_HEXDIG(o) && o != '0'; }
static int is_NZDHEXDIG(unsigned char o) { return is_NZHEXDIG(o) && o != 'D' && o != 'd'; }

static struct places hex_digits(struct input *in, struct places from, int (*first)(unsigned char), size_t more)
{
    struct places ends = octet(in, from, first);
    for (; more > 0; more--)
        ends = octet(in, ends, is_HEXDIG);
    return ends;
}

/* RFC 6533 section 3, HEXPOINT from U+0080 on; "10" 4*HEXDIG is meant as 4HEXDIG. */
static struct places HEXPOINT(struct input *in, struct places from) {
    struct places ends = hex_digits(in, from, is_HEXDIG8, 1), surrogates, plane_16;
    size_t i;
    ends = either(in, ends, hex_digits(in, from, is_NZHEXDIG, 2));
    ends = either(in, ends, hex_digits(in, from, is_NZDHEXDIG, 3));
    surrogates = range(in, text(in, from, "D"), '0', '7');
    plane_16 = text(in, from, "10");
    for (i = 0; i < 2; i++)
        surrogates = octet(in, surrogates, is_HEXDIG);
    for (i = 0; i < 4; i++)
        plane_16 = octet(in, plane_16, is_HEXDIG);
    ends = either(in, ends, either(in, surrogates, plane_16));
    return either(in, ends, hex_digits(in, from, is_NZHEXDIG, 4));
}

/* RFC 6532 section 3.1; in unitext of RFC 6533 also an EmbeddedUnicodeChar. */
struct places
UTF8_non_ascii(struct input *in, struct places from)
{
    struct places ends = none();
    if (in->spelling != SPELLING_UNITEXT)
        return UTF8_octets(in, from);
    in->spelling = SPELLING_PLAIN;
    if (in->raw_utf8)
        ends = UTF8_octets(in, from);
    ends = either(in, ends, exact(in, HEXPOINT(in, exact(in, from, "\\x{")), "}"));
    in->spelling = SPELLING_UNITEXT;
    return ends;
}

struct places repeat(struct input *in, struct places from, size_t min, size_t max, rule *element)
{
    unsigned char *end, *seen;
    struct places ends = {0, NULL};
    size_t count, i;
    if (from.count == 0)
        return ends;
    end = calloc(2, in->len + 1);
    if (end == NULL)
        abort();
    seen = end + in->len + 1;
    for (count = 0; from.count != 0; count++) {
        for (i = 0; count >= min && i < from.count; i++)
            end[from.at[i]] = 1;
        if (count == max)
            break;
        from = element(in, from);
        /* Where repetitions are not counted any more, no place need be gone on from twice. */
        if (count >= min && max == SIZE_MAX) {
            struct places fresh = {0, allocate(in, from.count)};
            for (i = 0; i < from.count; i++)
                if (!seen[from.at[i]]++)
                    fresh.at[fresh.count++] = from.at[i];
            from = fresh;
        }
    }
    ends.at = allocate(in, in->len + 1);
    for (i = 0; i <= in->len; i++)
        if (end[i])
            ends.at[ends.count++] = i;
    free(end);
    return ends;
}

struct places optional(struct input *in, struct places from, rule *element)
{
    return either(in, from, element(in, from));
}

size_t reach(struct input *in, size_t from, rule *element)
{
    size_t kept = in->furthest, furthest;
    in->furthest = from;
    element(in, place(in, from));
    furthest = in->furthest;
    in->furthest = kept;
    return furthest;
}
