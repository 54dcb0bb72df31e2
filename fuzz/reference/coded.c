/* Lengths of an address in xtext (RFC 3461 section 4) or in the form of RFC 6533 section 3: it is decoded code by code,
 * and where a limit is met all codes that might have stood there are tried. */
#include "coded.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct decoded {
    const struct input *in;
    const struct smtpwire_options *options;
    rule *address;
    unsigned char *octets;
    size_t count;
};

static size_t put_UTF8(unsigned char *octets, unsigned long point)
{
    size_t count = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4, i;
    for (i = count; i-- > 1; point >>= 6)
        octets[i] = (unsigned char)(0x80 | (point & 0x3F));
    octets[0] = (unsigned char)(point | (count == 1 ? 0 : (0xF00UL >> count) & 0xFF));
    return count;
}

/* Decodes the code at a place; returns where it ends, or 0 if it does not within what was read. */
static size_t decode(struct decoded *d, size_t at)
{
    const struct input *in = d->in;
    char digits[8] = {0};
    size_t end = at + 3;
    if (in->data[at] == '+' && in->spelling != SPELLING_UNITEXT) {
        if (end > in->furthest)
            return 0;
        memcpy(digits, in->data + at + 1, 2);
        d->octets[d->count++] = (unsigned char)strtoul(digits, NULL, 16);
        return end;
    }
    if (in->data[at] != '\\' || in->spelling != SPELLING_UNITEXT) {
        d->octets[d->count++] = in->data[at];
        return at + 1;
    }
    for (; end < in->furthest && in->data[end] != '}' && end - at < 10; end++)
        digits[end - at - 3] = (char)in->data[end];
    if (end >= in->furthest)
        return 0;
    d->count += put_UTF8(d->octets + d->count, strtoul(digits, NULL, 16));
    return end + 1;
}

/* Whether the first count octets, and then these, begin some address within the limits. */
static int fits(const struct decoded *d, size_t count, const unsigned char *then, size_t more)
{
    struct input plain;
    size_t len = count + more;
    unsigned char *octets = malloc(len);
    int good;
    if (octets == NULL)
        abort();
    memcpy(octets, d->octets, count);
    memcpy(octets + count, then, more);
    input_begin(&plain, octets, len);
    plain.utf8 = d->in->utf8;
    plain.any_tag = d->in->any_tag;
    good = reach(&plain, 0, d->address) == len && mailbox_too_long(&plain, 0, d->options).offset >= len;
    input_end(&plain);
    free(octets);
    return good;
}

/* Whether some code that begins with these octets fits: xtext. */
static int xtext_fits(const struct decoded *d, size_t count, const unsigned char *code, size_t len)
{
    int lower = d->in->spelling == SPELLING_LOWER_XTEXT;
    unsigned value;
    size_t i;
    for (value = 32; value < 256; value++) {
        unsigned char octet = (unsigned char)value, digits[4];
        snprintf((char *)digits, sizeof digits, "+%02X", value);
        for (i = 0; i < len; i++)
            if (code[i] != digits[i] && !(lower && is_ALPHA(code[i]) && (code[i] & 0xDF) == digits[i]))
                break;
        if (i == len && value != 127 && fits(d, count, &octet, 1))
            return 1;
    }
    return 0;
}

/* The same of RFC 6533: \x{ and digits, of which those of ASCII are known by name and the others by how many octets of
 * UTF-8 they make. */
static int unitext_fits(const struct decoded *d, size_t count, const unsigned char *code, size_t len)
{
    static const unsigned long classes[][2] = {{0x80, 0x7FF}, {0x800, 0xD7FF}, {0xE000, 0xFFFF}, {0x10000, 0x10FFFF}};
    static const unsigned long ascii[] = {0x20, 0x2B, 0x3D, 0x5C};
    char digits[16] = {0};
    unsigned long prefix, low, high;
    size_t have = len > 3 ? len - 3 : 0, ended = len > 3 && code[len - 1] == '}', width, i;
    unsigned char utf8[4];
    have -= ended;
    memcpy(digits, code + 3, have < 8 ? have : 0);
    prefix = strtoul(digits, NULL, 16);
    for (width = have < 2 ? 2 : have; width <= (ended ? have : 6); width++) {
        low = prefix << 4 * (width - have);
        high = low + (1UL << 4 * (width - have)) - 1;
        for (i = 0; i < 4 && width == 2; i++)
            if (ascii[i] >= low && ascii[i] <= high && fits(d, count, utf8, put_UTF8(utf8, ascii[i])))
                return 1;
        for (i = 0; i < 4; i++) {
            unsigned long shortest = 1UL << 4 * (width - 1), from = low > classes[i][0] ? low : classes[i][0];
            from = from > shortest ? from : shortest;
            if (from <= high && from <= classes[i][1] && fits(d, count, utf8, put_UTF8(utf8, from)))
                return 1;
        }
    }
    return 0;
}

/* How much of a code could stand behind the first count octets. */
static size_t code_fits(const struct decoded *d, size_t count, const unsigned char *code, size_t len)
{
    for (; len > 0; len--)
        if (code[0] == '+' && d->in->spelling != SPELLING_UNITEXT ? xtext_fits(d, count, code, len)
            : code[0] == '\\'                                     ? unitext_fits(d, count, code, len)
                                                                  : fits(d, count, code, len))
            return len;
    return 0;
}

size_t coded_too_long(struct input *in, size_t at, rule *address, const struct smtpwire_options *options, size_t *until)
{
    struct decoded d = {in, options, address, malloc(4 * in->len + 4), 0};
    size_t over = SIZE_MAX;
    if (d.octets == NULL)
        abort();
    while (at < in->furthest) {
        size_t count = d.count, end = decode(&d, at), len = (end == 0 ? in->furthest : end) - at;
        size_t good = code_fits(&d, count, in->data + at, len);
        if (good < len) {
            over = at + good;
            *until = in->data[at] == '\\' ? at + len : 0;
            break;
        }
        at += len;
    }
    free(d.octets);
    return over;
}
