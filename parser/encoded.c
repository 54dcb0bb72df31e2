/* Addresses behind an encoding: xtext (RFC 3461 section 4), and what RFC 6533 section 3 has for UTF-8. They are decoded
 * and judged as addresses; what is wrong is told at the octet of the code that no code of an address has there.
 *
 * Not checked here: the encoding itself, which is the values' machine's (parameter.rl).
 *
 * SPDX-License-Identifier: MIT */
#include "internal.h"

/* An address in 64 + 1 + 255 octets; no limit lets through more of one that is encoded. */
enum { ADDRESS_MAX = 320 };

struct decoding {
    const struct smtpwire_options *options;
    char text[ADDRESS_MAX];
    size_t len;
    unsigned attribute; /* enum smtpwire__attribute_kind; NOTHING: it is an address of a parameter */
    int null_path;      /* "<>" may stand for the address (RFC 4954 section 5) */
    int ascii;          /* it is in ASCII (RFC 5336 section 3.1) */
    int unicode;        /* \x{HEX} instead of +HH */
    struct smtpwire__place place;
};

/* How much of text some address begins with. */
static size_t address_viable(const struct decoding *d, int *accepted)
{
    if (d->attribute != SMTPWIRE__ATTRIBUTE_NOTHING)
        return smtpwire__attribute_viable(d->attribute, d->text, d->len, accepted);
    if (!d->null_path || d->len == 0 || d->text[0] != '<')
        return smtpwire__mailbox_viable(d->text, d->len, d->options,
                                        d->ascii ? SMTPWIRE__UTF8_FORBIDDEN : SMTPWIRE__UTF8_ALLOWED, accepted);
    *accepted = d->len == 2 && d->text[1] == '>';
    return d->len == 1 || d->text[1] != '>' ? 1 : 2;
}

size_t smtpwire__put_utf8(uint32_t point, char *out)
{
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    if (point < 0x800) {
        out[0] = (char)(0xC0 | point >> 6);
        out[1] = (char)(0x80 | (point & 63));
        return 2;
    }
    if (point < 0x10000) {
        out[0] = (char)(0xE0 | point >> 12);
        out[1] = (char)(0x80 | (point >> 6 & 63));
        out[2] = (char)(0x80 | (point & 63));
        return 3;
    }
    out[0] = (char)(0xF0 | point >> 18);
    out[1] = (char)(0x80 | (point >> 12 & 63));
    out[2] = (char)(0x80 | (point >> 6 & 63));
    out[3] = (char)(0x80 | (point & 63));
    return 4;
}

/* Decodes one unit at text into out; returns how long it is on the wire, 0 if it is cut off. */
static size_t decode_unit(const struct decoding *d, const char *text, size_t len, char out[4], size_t *count)
{
    const char *brace;
    uint32_t point = 0;
    size_t i;

    *count = 1;
    if (!d->unicode)
        return smtpwire__xtext_unit(text, len, out);
    brace = memchr(text, '}', len);
    if (brace == NULL)
        return 0;
    for (i = 3; text + i < brace; i++)
        point = point * 16 + smtpwire__hex(text[i]);
    *count = smtpwire__put_utf8(point, out);
    return (size_t)(brace + 1 - text);
}

/* Decodes whole units up to the one that holds octet stop of the text, or that has no room; returns where it ended.
 * What stands for itself is copied at once. */
static size_t decode(struct decoding *d, struct smtpwire_slice value, size_t stop, size_t *unit_size)
{
    size_t at = 0, count, plain;
    const char *unit;
    char octets[4];

    for (d->len = 0; at < value.len; at += *unit_size) {
        unit = memchr(value.data + at, d->unicode ? '\\' : '+', value.len - at);
        plain = unit != NULL ? (size_t)(unit - value.data) - at : value.len - at;
        *unit_size = 1;
        count = plain < stop - d->len ? plain : stop - d->len;
        memcpy(d->text + d->len, value.data + at, count);
        SMTPWIRE__STEPS(1 + count / 8);
        d->len += count;
        at += count;
        if (count < plain || at == value.len)
            break;
        *unit_size = decode_unit(d, value.data + at, value.len - at, octets, &count);
        if (*unit_size == 0 || d->len + count > stop)
            break;
        memcpy(d->text + d->len, octets, count);
        d->len += count;
    }
    return at;
}

/* ---- what could stand behind the text ---- */

static void find_place(struct decoding *d)
{
    if (d->attribute != SMTPWIRE__ATTRIBUTE_NOTHING) {
        d->place.room = d->place.label_room = SIZE_MAX;
        smtpwire__attribute_place(&d->place, d->attribute, d->text, d->len);
    } else {
        smtpwire__mailbox_place(&d->place, d->text, d->len, d->options);
        if (d->null_path && d->len == 2 && d->text[0] == '<')
            d->place.complete = 1;
    }
}

static int follows(const struct decoding *d, unsigned octet)
{
    if (d->len == ADDRESS_MAX || (d->ascii && octet > 127))
        return 0;
    if (d->attribute != SMTPWIRE__ATTRIBUTE_NOTHING)
        return smtpwire__attribute_follows(&d->place, (char)octet);
    if (d->null_path && d->len != 0 && d->text[0] == '<')
        return d->len == 1 && octet == '>';
    /* That "<" could begin the text makes no difference: so could a digit, which is asked for first. */
    return smtpwire__mailbox_follows(&d->place, (char)octet);
}

/* Whether any octet could follow. What is not complete goes on somehow while there is room. What is complete, or has
 * no room for more of the same, goes on with one of these if at all. */
static int anything_follows(const struct decoding *d)
{
    static const char some[] = "a1.:@";
    size_t i;
    if (!d->place.complete && d->place.room != 0 && d->place.label_room != 0 && d->len < ADDRESS_MAX)
        return 1;
    for (i = 0; i < sizeof some - 1; i++)
        if (follows(d, (unsigned char)some[i]))
            return 1;
    return 0;
}

static int nibble_follows(const struct decoding *d, unsigned high)
{
    unsigned low;
    for (low = 0; low < 16; low++)
        if (follows(d, high * 16 + low))
            return 1;
    return 0;
}

/* Whether the character that hex stands for, or one that its digits begin, could follow. */
static int point_follows(const struct decoding *d, const char *digit, size_t digits)
{
    static const char special[][3] = {"20", "2B", "3D", "5C"};
    size_t i;
    if ((digits == 0 || digit[0] != '0') && follows(d, 0xC3))
        return 1;
    for (i = 0; i < SMTPWIRE__COUNT(special); i++) {
        size_t same = 0;
        while (same < digits && same < 2 && (special[i][same] | 0x20) == (digit[same] | 0x20))
            same++;
        if (same == digits && follows(d, smtpwire__hex(special[i][0]) * 16 + smtpwire__hex(special[i][1])))
            return 1;
    }
    return 0;
}

/* How much of a unit that is cut off (ended: 0), or cannot stand behind the text, could. */
static size_t unit_viable(const struct decoding *d, const char *unit, size_t size, int ended)
{
    size_t digits, count;
    if (!d->unicode)
        return size > 1 && nibble_follows(d, smtpwire__hex(unit[1])) ? 2 : (size_t)anything_follows(d);
    if (!point_follows(d, unit, 0))
        return 0;
    if (size <= 3)
        return size;
    count = size - (ended ? 4 : 3);
    for (digits = 0; digits < count && point_follows(d, unit + 3, digits + 1); digits++)
        ;
    return digits + 3;
}

/* How much of the value is viable whose first viable octets, decoded, are; in_ascii, if not null: the same where all
 * that comes is in ASCII. */
static size_t wire_viable(struct decoding *d, struct smtpwire_slice value, size_t viable, size_t *in_ascii)
{
    size_t size = 0;
    const size_t end = decode(d, value, viable, &size), rest = size != 0 ? size : value.len - end;
    size_t good = end;

    if (end < value.len && value.data[end] == (d->unicode ? '\\' : '+')) {
        find_place(d);
        good += unit_viable(d, value.data + end, rest, size != 0);
    }
    if (in_ascii != NULL) {
        d->ascii = 1;
        *in_ascii = good > end ? end + unit_viable(d, value.data + end, rest, size != 0) : end;
    }
    return good;
}

/* Decodes the value; returns how much of the text some address begins with, and whether that is all there is. */
static size_t read_text(struct decoding *d, struct smtpwire_slice value, int *accepted, int *whole)
{
    size_t size = 0;
    const size_t end = decode(d, value, ADDRESS_MAX, &size), viable = address_viable(d, accepted);
    *whole = end == value.len && viable == d->len;
    return viable;
}

size_t smtpwire__address_encoded(unsigned id, int unicode, const struct smtpwire_options *options,
                                 enum smtpwire__utf8 utf8, struct smtpwire_slice value, int *accepted, int *non_ascii)
{
    struct decoding d;
    size_t viable, good, in_ascii;
    int whole, over_127;

    d.options = options;
    d.attribute = SMTPWIRE__ATTRIBUTE_NOTHING;
    d.null_path = id == SMTPWIRE_PARAMETER_AUTH;
    d.ascii = id == SMTPWIRE_PARAMETER_ALT_ADDRESS;
    d.unicode = unicode;
    viable = read_text(&d, value, accepted, &whole);
    if (d.ascii || unicode)
        return whole ? value.len : wire_viable(&d, value, viable, NULL);
    over_127 = smtpwire__has_non_ascii(d.text, viable);
    *non_ascii = over_127;
    if (whole && (!over_127 || utf8 != SMTPWIRE__UTF8_FORBIDDEN))
        return value.len;
    if (utf8 != SMTPWIRE__UTF8_FORBIDDEN)
        return wire_viable(&d, value, viable, NULL);
    if (over_127) {
        d.ascii = 1;
        return wire_viable(&d, value, smtpwire__ascii_length(d.text, viable), NULL);
    }
    good = wire_viable(&d, value, viable, &in_ascii);
    *non_ascii = in_ascii < good;
    return in_ascii;
}

size_t smtpwire__attribute_encoded(unsigned kind, size_t max, struct smtpwire_slice xtext, int *accepted)
{
    struct decoding d;
    size_t size = 0, viable, good = xtext.len, end;
    int whole;

    smtpwire__zero(&d, sizeof d);
    d.attribute = kind;
    viable = read_text(&d, xtext, accepted, &whole);
    if (!whole)
        good = wire_viable(&d, xtext, viable, NULL);
    if (viable < max)
        return good;
    end = decode(&d, xtext, max, &size);
    if (end < good) { /* the next octet is one too many */
        *accepted = 0;
        return end;
    }
    return good;
}
