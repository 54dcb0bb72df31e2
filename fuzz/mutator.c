/* Changes inputs by what they are made of: lines, and what stands between delimiters in them. One source for libFuzzer
 * (LLVMFuzzerCustomMutator, LLVMFuzzerCustomCrossOver) and AFL++ (afl_custom_fuzz in a shared object); each build is
 * for one fuzz target, whose name is the macro TARGET. It is never instrumented, else its own code would count as
 * coverage.
 */
#include "mutator.h"

#include <stdlib.h>
#include <string.h>

struct span {
    size_t from, len;
};

/* The part behind the head, in which there is room for max octets. */
struct body {
    uint8_t *data;
    size_t size, max;
    struct fuzz_text *t; /* for its dice, and for what is generated */
    enum fuzz_language language;
};

static uint32_t dice(const struct body *b, uint32_t sides) { return fuzz_dice(b->t, sides); }

/* 0 to size - 1, or 0. */
static size_t somewhere(const struct body *b, size_t size) { return size == 0 ? 0 : fuzz_dice(b->t, (uint32_t)size); }

/* Puts len octets, which are not the body's own, where removed octets are. What does not fit is not done. */
static void replace(struct body *b, struct span removed, const uint8_t *data, size_t len)
{
    const size_t rest = b->size - removed.from - removed.len;
    if (removed.from + len + rest > b->max)
        return;
    if (rest != 0)
        memmove(b->data + removed.from + len, b->data + removed.from + removed.len, rest);
    if (len != 0)
        memcpy(b->data + removed.from, data, len);
    b->size = removed.from + len + rest;
}

/* Those of lines and addresses, those of codes in values, and HTAB. */
static const char delimiters[] = "<>@:., =\"[]\r\n-;\t+\\{}";
enum { DELIMITERS = sizeof delimiters - 1 };

static int is_delimiter(uint8_t octet) { return octet == 0xFE || memchr(delimiters, octet, DELIMITERS) != NULL; }

static struct span pick_token(const struct body *b)
{
    size_t from = somewhere(b, b->size), to = from;
    while (from > 0 && !is_delimiter(b->data[from - 1]))
        from--;
    while (to < b->size && !is_delimiter(b->data[to]))
        to++;
    return (struct span){from, to - from};
}

/* Through its LF. */
static struct span pick_line(const struct body *b)
{
    size_t from = somewhere(b, b->size), to = from;
    while (from > 0 && b->data[from - 1] != '\n')
        from--;
    while (to < b->size && b->data[to] != '\n')
        to++;
    return (struct span){from, to - from + (to < b->size)};
}

/* With the space before it. */
static struct span pick_word(const struct body *b)
{
    size_t from = somewhere(b, b->size), to = from + (b->size != 0);
    while (from > 0 && b->data[from] != ' ')
        from--;
    while (to < b->size && memchr(" \r\n", b->data[to], 3) == NULL)
        to++;
    return (struct span){from, to - from};
}

static struct span pick_digits(const struct body *b)
{
    size_t at = somewhere(b, b->size), from, to;
    while (at < b->size && (b->data[at] < '0' || b->data[at] > '9'))
        at++;
    for (from = at; from > 0 && b->data[from - 1] >= '0' && b->data[from - 1] <= '9';)
        from--;
    for (to = at; to < b->size && b->data[to] >= '0' && b->data[to] <= '9';)
        to++;
    return (struct span){from, to - from};
}

/* An octet string that a span holds, kept while the body changes. */
static size_t copy(const struct body *b, struct span span)
{
    b->t->len = 0;
    fuzz_put(b->t, b->data + span.from, span.len);
    return b->t->len;
}

static struct span empty(struct span span) { return (struct span){span.from, 0}; }

static void generated(struct body *b, struct span removed, int line)
{
    b->t->len = 0;
    if (line)
        fuzz_line(b->t, b->language);
    else
        fuzz_part(b->t, b->language);
    replace(b, removed, b->t->data, b->t->len);
}

static void moved(struct body *b, struct span from, struct span to) { replace(b, to, b->t->data, copy(b, from)); }

static struct span with_delimiter(struct span token)
{
    return token.from == 0 ? token : (struct span){token.from - 1, token.len + 1};
}

/* Many times: parameters, codes or lines of which each costs more than the one before. */
static void repeated(struct body *b, struct span span)
{
    uint32_t times = fuzz_dice(b->t, 64);
    copy(b, span);
    while (times-- != 0 && b->t->len + span.len <= b->t->room && b->t->len + b->size <= b->max)
        fuzz_put(b->t, b->data + span.from, span.len);
    replace(b, span, b->t->data, b->t->len);
}

/* Two lines that do not overlap change places. */
static void swap_lines(struct body *b)
{
    struct span one = pick_line(b), other = pick_line(b), later;
    if (one.from + one.len > other.from) {
        later = one;
        one = other;
        other = later;
    }
    if (one.from + one.len > other.from)
        return;
    copy(b, one);
    fuzz_put(b->t, b->data + one.from + one.len, other.from - one.from - one.len);
    if (b->t->len != other.from - one.from)
        return;
    memmove(b->data + one.from, b->data + other.from, other.len);
    memcpy(b->data + one.from + other.len, b->t->data + one.len, b->t->len - one.len);
    memcpy(b->data + one.from + other.len + b->t->len - one.len, b->t->data, one.len);
}

static void put_number(struct body *b, struct span digits, uint64_t number)
{
    char text[24];
    size_t from = sizeof text;
    do
        text[--from] = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    replace(b, digits, (const uint8_t *)text + from, sizeof text - from);
}

/* The octets behind a BDAT line get the size that they have: all of them, up to the next BDAT, up to somewhere, or up
 * to within a CRLF. Seldom it is right in its lower 32 bits alone. */
static void right_chunk(struct body *b)
{
    const struct span digits = pick_digits(b);
    size_t at = digits.from + digits.len, i;
    const uint8_t *cr;
    uint64_t left;
    while (at < b->size && b->data[at] != '\n')
        at++;
    if (digits.len == 0 || at++ == b->size)
        return;
    for (i = at + somewhere(b, b->size - at);
         i + 4 < b->size && b->data[i - 1] != '\r' && memcmp(b->data + i, "BDAT", 4) != 0;)
        i++;
    cr = memchr(b->data + at, '\r', b->size - at);
    left = dice(b, 3) == 0                       ? b->size - at
           : dice(b, 3) == 0 && cr != NULL       ? (size_t)(cr + 1 - b->data) - at
           : dice(b, 2) == 0 || i + 4 >= b->size ? somewhere(b, b->size - at)
                                                 : i - at;
    put_number(b, digits, left + (dice(b, 8) == 0 ? UINT64_C(1) << 32 : 0));
}

/* Every chunk has the size of what stands up to the next BDAT, or to the end, so that what was changed in it is in it.
 */
static void reframe(struct body *b)
{
    size_t at = 0, behind, end;
    while (at + 5 < b->size) {
        if (memcmp(b->data + at, "BDAT ", 5) != 0) {
            at++;
            continue;
        }
        for (behind = at += 5; behind < b->size && b->data[behind] >= '0' && b->data[behind] <= '9';)
            behind++;
        for (end = behind; end < b->size && b->data[end] != '\n';)
            end++;
        const struct span digits = {at, behind - at};
        const size_t from = end < b->size ? end + 1 : end;
        for (end = from; end < b->size && (end + 5 > b->size || memcmp(b->data + end, "BDAT ", 5) != 0);)
            end++;
        put_number(b, digits, end - from);
    }
}

/* CR, LF, NUL and dots where lines end and begin. */
static void line_ends(struct body *b)
{
    static const char *const ends[] = {"\n",    "\r",        "\r\n",  "\r\r\n", "\n\r", "",
                                       "\r\n.", "\r\n.\r\n", "\n.\n", "\r\n..", " \r\n"};
    const struct span line = pick_line(b);
    size_t end = line.from + line.len, from = end;
    const char *text = ends[dice(b, sizeof ends / sizeof ends[0])];
    while (from > line.from && (b->data[from - 1] == '\n' || b->data[from - 1] == '\r'))
        from--;
    replace(b, (struct span){from, end - from}, (const uint8_t *)text, strlen(text));
}

static void one_octet(struct body *b)
{
    static const uint8_t octets[] = "\0\r\n\t \x7F\"\\<>()[]@:;,.=+-_\x80\xFF";
    const uint8_t octet = octets[dice(b, sizeof octets - 1)];
    replace(b, (struct span){somewhere(b, b->size), dice(b, 2) != 0 && b->size != 0 ? 1U : 0U}, &octet, 1);
}

/* One delimiter for another. */
static void other_delimiter(struct body *b)
{
    const size_t from = somewhere(b, b->size);
    size_t at = from;
    while (at < b->size && !is_delimiter(b->data[at]))
        at++;
    if (at < b->size)
        b->data[at] = (uint8_t)delimiters[dice(b, DELIMITERS)];
}

/* What reads on is behind the end: anywhere, or behind a token and its delimiter. */
static void cut_off(struct body *b)
{
    const struct span token = pick_token(b);
    const size_t behind = token.from + token.len;
    b->size = dice(b, 2) == 0 ? somewhere(b, b->size) : behind < b->size ? behind + dice(b, 2) : behind;
}

/* From somewhere in a line on, what the grammar has there. */
static void walked_on(struct body *b)
{
    struct span line = pick_line(b);
    while (line.len != 0 && memchr("\r\n", b->data[line.from + line.len - 1], 2) != NULL)
        line.len--;
    b->t->len = 0;
    if (fuzz_walk(b->t, b->data + line.from, line.len, b->language))
        replace(b, line, b->t->data, b->t->len);
}

/* A token becomes as long as a limit, or one octet shorter or longer. */
static void stretch(struct body *b)
{
    const struct span token = pick_token(b);
    const size_t wanted = fuzz_length(b->t);
    size_t i;
    copy(b, token);
    for (i = b->t->len; i < wanted && i < b->t->room; i++)
        b->t->data[i] = token.len != 0 ? b->data[token.from + i % token.len] : 'a';
    replace(b, token, b->t->data, wanted < b->t->room ? wanted : b->t->room);
}

static void other_case(struct body *b)
{
    const struct span token = pick_token(b);
    size_t i;
    for (i = token.from; i < token.from + token.len; i++)
        if ((b->data[i] | 32U) - 'a' < 26U)
            b->data[i] ^= 32;
}

static void anew(struct body *b)
{
    b->t->len = 0;
    fuzz_body(b->t, b->language);
    replace(b, (struct span){0, b->size}, b->t->data, b->t->len < b->max ? b->t->len : b->max);
}

static void change(struct body *b)
{
    const struct span token = pick_token(b), line = pick_line(b);
    switch (dice(b, 22)) {
    case 0:
    case 1:
        generated(b, token, 0);
        break;
    case 2:
        generated(b, empty(token), 0);
        break;
    case 3:
        moved(b, token, empty(token)); /* twice */
        break;
    case 4:
        replace(b, token, NULL, 0);
        break;
    case 5:
        moved(b, pick_token(b), token);
        break;
    case 6:
        generated(b, line, 1);
        break;
    case 7:
        generated(b, empty(line), 1);
        break;
    case 8:
        moved(b, line, empty(line));
        break;
    case 9:
        replace(b, line, NULL, 0);
        break;
    case 10:
        swap_lines(b);
        break;
    case 11:
        b->t->len = 0;
        fuzz_number(b->t);
        replace(b, pick_digits(b), b->t->data, b->t->len);
        break;
    case 12:
        right_chunk(b);
        break;
    case 13:
        line_ends(b);
        break;
    case 14:
        one_octet(b);
        break;
    case 15:
        stretch(b);
        break;
    case 16:
        other_case(b);
        break;
    case 17:
        cut_off(b);
        break;
    case 18:
        repeated(b, dice(b, 3) == 0 ? line : dice(b, 2) == 0 ? pick_word(b) : with_delimiter(token));
        break;
    case 19:
        other_delimiter(b);
        break;
    case 20:
        walked_on(b);
        break;
    default:
        if (dice(b, 4) == 0)
            anew(b);
        else
            moved(b, pick_line(b), empty(line));
    }
}

/* Where it can be any, the last octet of the head tells (fuzz/options.c, fuzz/limits.c). */
static enum fuzz_language language_of(const char *target, const uint8_t *data)
{
    static const uint8_t by_kind[] = {FUZZ_SESSION, FUZZ_REPLIES, FUZZ_SESSION, FUZZ_ANY};
    const size_t head = fuzz_head_of(target);
    const enum fuzz_language language = fuzz_language_of(target);
    return language == FUZZ_ANY && head != 0 ? (enum fuzz_language)by_kind[data[head - 1] & 3] : language;
}

/* Room for what is generated; the mutator is single-threaded, as fuzzers are. */
enum { ROOM = 1 << 14 };
static uint8_t room[ROOM];

size_t fuzz_mutate(const char *target, uint8_t *data, size_t size, size_t max, uint64_t seed)
{
    const size_t head = fuzz_head_of(target);
    struct fuzz_text text = {room, 0, ROOM, seed};
    struct body b;
    uint32_t changes;
    if (max < head)
        return size;
    for (; size < head; size++)
        data[size] = (uint8_t)fuzz_dice(&text, 256);
    if (head != 0 && fuzz_dice(&text, 8) == 0) /* limits, say, of which several must fit each other */
        for (changes = 1 + fuzz_dice(&text, (uint32_t)head); changes != 0; changes--)
            data[fuzz_dice(&text, (uint32_t)head)] = (uint8_t)fuzz_dice(&text, 256);
    b = (struct body){data + head, size - head, max - head, &text, language_of(target, data)};
    if (b.size == 0)
        anew(&b);
    for (changes = 1 + fuzz_dice(&text, 4); changes != 0; changes--)
        change(&b);
    if (fuzz_dice(&text, 3) == 0)
        reframe(&b);
    return head + b.size;
}

/* The lines of one up to somewhere, and those of the other from somewhere on. */
size_t fuzz_cross(const char *target, const uint8_t *one, size_t one_size, const uint8_t *other, size_t other_size,
                  uint8_t *out, size_t max, uint64_t seed)
{
    struct fuzz_text text = {out, 0, max, seed};
    const size_t head = fuzz_head_of(target);
    size_t until = one_size != 0 ? fuzz_dice(&text, (uint32_t)one_size + 1) : 0;
    size_t from = other_size != 0 ? fuzz_dice(&text, (uint32_t)other_size + 1) : 0;
    const int by_lines = fuzz_dice(&text, 4) != 0;
    while (by_lines && until < one_size && one[until - (until != 0)] != '\n')
        until++;
    while (by_lines && from < other_size && other[from - (from != 0)] != '\n')
        from++;
    if (until < head)
        until = head < one_size ? head : one_size;
    if (from < head)
        from = head < other_size ? head : other_size;
    fuzz_put(&text, one, until);
    fuzz_put(&text, other + from, other_size - from);
    return text.len;
}

/* ---- libFuzzer ---- */
#ifdef TARGET
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max) __attribute__((weak));
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t one_size, const uint8_t *other, size_t other_size,
                                 uint8_t *out, size_t max, unsigned seed);

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    if (seed % 3 == 0 && LLVMFuzzerMutate != NULL)
        return LLVMFuzzerMutate(data, size, max);
    return fuzz_mutate(TARGET, data, size, max, seed);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t one_size, const uint8_t *other, size_t other_size,
                                 uint8_t *out, size_t max, unsigned seed)
{
    return fuzz_cross(TARGET, one, one_size, other, other_size, out, max, seed);
}

/* ---- AFL++ ---- */
struct afl {
    uint64_t seed;
    uint8_t *out;
    size_t room;
};
void *afl_custom_init(void *afl, unsigned seed);
size_t afl_custom_fuzz(struct afl *a, uint8_t *data, size_t size, uint8_t **out, uint8_t *other, size_t other_size,
                       size_t max);
void afl_custom_deinit(struct afl *a);

void *afl_custom_init(void *afl, unsigned seed)
{
    struct afl *a = calloc(1, sizeof *a);
    (void)afl;
    if (a != NULL)
        a->seed = seed;
    return a;
}

size_t afl_custom_fuzz(struct afl *a, uint8_t *data, size_t size, uint8_t **out, uint8_t *other, size_t other_size,
                       size_t max)
{
    if (a->room < max) {
        free(a->out);
        a->out = malloc(max);
        a->room = a->out != NULL ? max : 0;
    }
    *out = a->out;
    if (a->out == NULL)
        return 0;
    a->seed++;
    if (other_size != 0 && a->seed % 8 == 0)
        return fuzz_cross(TARGET, data, size, other, other_size, a->out, max, a->seed);
    if (size > max)
        size = max;
    memcpy(a->out, data, size);
    return fuzz_mutate(TARGET, a->out, size, max, a->seed);
}

void afl_custom_deinit(struct afl *a)
{
    free(a->out);
    free(a);
}
#endif
