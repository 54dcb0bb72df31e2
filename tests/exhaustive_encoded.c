/* Addresses behind an encoding, held against trial: behind parts of addresses of every shape, and of every length up to
 * limits that are set low, each unit of xtext, whole and cut off, and codes of \x{HEX}. How much of it is viable is
 * worked out from all octets, each tried as the next one of the address itself. "short": parts of half the length. */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX_ = 330, MAILBOX = SMTPWIRE__ATTRIBUTE_NOTHING };

struct subject {
    unsigned parameter, attribute; /* attribute: enum smtpwire__attribute_kind, or MAILBOX */
    const char *alphabet;          /* what the exhaustive part is made of */
    size_t depth, max;             /* its length; octets that an attribute may have */
    struct smtpwire_options options;
};

static size_t passed, failed;
static uint64_t dice = UINT64_C(0x9E3779B97F4A7C15);

static unsigned below(unsigned limit)
{
    dice ^= dice << 13;
    dice ^= dice >> 7;
    dice ^= dice << 17;
    return (unsigned)((dice >> 16) % limit);
}

static int is_viable(const struct subject *s, const char *text, size_t len, int ascii)
{
    int accepted;
    if (len > 320 || (s->attribute != MAILBOX && len > s->max))
        return 0;
    if (s->attribute != MAILBOX)
        return smtpwire__attribute_viable(s->attribute, text, len, &accepted) == len;
    if (s->parameter == SMTPWIRE_PARAMETER_AUTH && len != 0 && text[0] == '<')
        return len == 1 || (len == 2 && text[1] == '>');
    return smtpwire__mailbox_viable(text, len, &s->options, ascii ? SMTPWIRE__UTF8_FORBIDDEN : SMTPWIRE__UTF8_ALLOWED,
                                    &accepted) == len;
}

/* Which octets could follow the text, which has room for more. */
static void try_all(const struct subject *s, char *text, size_t len, int ascii, uint8_t next[256])
{
    const char kept = text[len];
    unsigned octet;
    for (octet = 0; octet < 256; octet++) {
        text[len] = (char)octet;
        next[octet] = octet >= 32 && octet != 127 && (!ascii || octet < 128) && is_viable(s, text, len + 1, ascii);
    }
    text[len] = kept;
}

static int any(const uint8_t next[256], unsigned low, unsigned high)
{
    for (; low <= high; low++)
        if (next[low])
            return 1;
    return 0;
}

static size_t wanted_xtext(const uint8_t next[256], unsigned octet, size_t digits)
{
    const unsigned high = octet & 0xF0U;
    if (digits == 2 && next[octet])
        return 3;
    if (digits != 0 && any(next, high, high + 15))
        return 2;
    return any(next, 0, 255) ? 1 : 0;
}

static size_t put_hex(char *out, unsigned octet, size_t digits)
{
    static const char hex[] = "0123456789ABCDEF";
    out[0] = '+';
    out[1] = hex[octet >> 4];
    out[2] = hex[octet & 15];
    return 1 + digits;
}

/* Every other octet that may stand for itself does. */
static size_t encode(const char *text, size_t len, char *out)
{
    size_t i, at = 0;
    for (i = 0; i < len; i++)
        if (i % 2 == 0 && text[i] > 32 && text[i] < 127 && text[i] != '+' && text[i] != '=')
            out[at++] = text[i];
        else
            at += put_hex(out + at, (unsigned char)text[i], 2);
    return at;
}

static void compare(const char *what, const char *value, size_t len, size_t got, size_t wanted)
{
    if (got == wanted) {
        passed++;
    } else if (failed++ < 20) {
        printf("FAILED: %s %.*s: %zu, not %zu\n", what, (int)len, value, got, wanted);
    }
}

static void check_xtext(const struct subject *s, char *text, size_t len)
{
    static char value[3 * TEXT_MAX_ + 8];
    uint8_t next[256], next_ascii[256];
    const size_t start = smtpwire__ascii_length(text, len);
    const int is_mailbox = s->attribute == MAILBOX;
    size_t digits, good, head, head_ascii, wanted, wanted_ascii;
    unsigned octet;
    int accepted, non_ascii;

    head_ascii = encode(text, start, value);
    head = encode(text, len, value);
    try_all(s, text, start, 1, next_ascii);
    try_all(s, text, len, s->parameter == SMTPWIRE_PARAMETER_ALT_ADDRESS, next);
    for (octet = 32; octet < 256; octet++)
        for (digits = octet == 32 ? 0 : octet % 16 == 0 ? 1 : 2; digits <= 2 && octet != 127; digits++) {
            const struct smtpwire_slice slice = {value, head + put_hex(value + head, octet, digits)};
            if (is_mailbox)
                good = smtpwire__address_encoded(s->parameter, 0, &s->options, SMTPWIRE__UTF8_ALLOWED, slice, &accepted,
                                                 &non_ascii);
            else
                good = smtpwire__attribute_encoded(s->attribute, s->max, slice, &accepted);
            wanted = head + wanted_xtext(next, octet, digits);
            compare("xtext", value, slice.len, good, wanted);
            if (!is_mailbox || s->parameter == SMTPWIRE_PARAMETER_ALT_ADDRESS)
                continue;
            wanted_ascii = start < len ? head_ascii + wanted_xtext(next_ascii, 0xF0, 0)
                                       : head + wanted_xtext(next_ascii, octet, digits);
            good = smtpwire__address_encoded(s->parameter, 0, &s->options, SMTPWIRE__UTF8_FORBIDDEN, slice, &accepted,
                                             &non_ascii);
            compare("in ASCII", value, slice.len, good, wanted_ascii);
            compare("over 127", value, slice.len, (size_t)non_ascii, wanted_ascii < wanted);
        }
}

static size_t wanted_code(const uint8_t next[256], const char *hex, size_t digits)
{
    static const char special[][3] = {"20", "2B", "3D", "5C"};
    size_t i, k, best = 0;
    if (!next[0xC3] && !next[0x20] && !next[0x2B] && !next[0x3D] && !next[0x5C])
        return 0;
    for (k = 0; k <= digits; k++)
        for (i = 0; i <= SMTPWIRE__COUNT(special); i++)
            if (i < SMTPWIRE__COUNT(special)
                    ? k <= 2 && strncmp(hex, special[i], k) == 0 && next[strtoul(special[i], NULL, 16)]
                    : next[0xC3])
                best = k;
    return 3 + best;
}

/* The text must be one that stands for itself. */
static void check_unicode(const struct subject *s, char *text, size_t len)
{
    static const char *const codes[] = {"20", "2B", "3D", "5C", "80", "FF", "100", "2BC", "7FF", "FFFF", "10FFFF"};
    char value[TEXT_MAX_ + 16];
    uint8_t next[256];
    size_t i, k, good;
    int accepted, non_ascii;

    for (i = 0; i < len; i++)
        if (text[i] == ' ' || text[i] == '+' || text[i] == '=' || text[i] == '\\')
            return;
    memcpy(value, text, len);
    try_all(s, text, len, 0, next);
    memcpy(value + len, "\\x{", 3);
    for (i = 0; i < SMTPWIRE__COUNT(codes); i++)
        for (k = 0; k <= strlen(codes[i]) + 1; k++) {
            const size_t digits = k <= strlen(codes[i]) ? k : k - 1, size = len + 3 + k;
            const uint32_t point = (uint32_t)strtoul(codes[i], NULL, 16);
            size_t wanted = len + wanted_code(next, codes[i], digits);
            memcpy(value + len + 3, codes[i], digits);
            if (k > digits) {
                value[size - 1] = '}';
                wanted += is_viable(s, text, len + smtpwire__put_utf8(point, text + len), 0) ? 1 : 0;
            }
            good = smtpwire__address_encoded(SMTPWIRE_PARAMETER_ORCPT, 1, &s->options, SMTPWIRE__UTF8_FORBIDDEN,
                                             (struct smtpwire_slice){value, size}, &accepted, &non_ascii);
            compare("utf-8", value, size, good, wanted);
        }
}

static void check(const struct subject *s, char *text, size_t len)
{
    check_xtext(s, text, len);
    if (s->parameter == SMTPWIRE_PARAMETER_ORCPT)
        check_unicode(s, text, len);
}

static void check_all(const struct subject *s, char *text, size_t len)
{
    const char *octet;
    check(s, text, len);
    for (octet = s->alphabet; len < s->depth && *octet != '\0'; octet++) {
        text[len] = *octet;
        if (is_viable(s, text, len + 1, s->parameter == SMTPWIRE_PARAMETER_ALT_ADDRESS))
            check_all(s, text, len + 1);
    }
}

/* Goes on at random with what can follow, as far as there is anything. */
static void check_walk(const struct subject *s)
{
    static char text[TEXT_MAX_ + 8];
    uint8_t next[256];
    size_t len;
    for (len = 0; len < TEXT_MAX_ - 1; len++) {
        unsigned octet = below(4) == 0 ? below(256) : (unsigned)"abcdefg.@-[1:"[below(13)];
        try_all(s, text, len, s->parameter == SMTPWIRE_PARAMETER_ALT_ADDRESS, next);
        if (below(6) == 0 || !any(next, 0, 255))
            check(s, text, len);
        if (!any(next, 0, 255))
            return;
        while (!next[octet])
            octet = (octet + 1) % 256;
        text[len] = (char)octet;
    }
}

int main(int argc, char **argv)
{
    static const char mailbox[] = "a.@\"\\-[1:]I\xC3\xA9", host[] = "1.:[]UNF2I";
    static const struct smtpwire_options low = {
        .limit = {[SMTPWIRE_LIMIT_LOCAL_PART] = 3, [SMTPWIRE_LIMIT_DOMAIN] = 4, [SMTPWIRE_LIMIT_LABEL] = 2}};
    static const struct smtpwire_options high = {
        .limit = {[SMTPWIRE_LIMIT_LOCAL_PART] = 400, [SMTPWIRE_LIMIT_DOMAIN] = 400, [SMTPWIRE_LIMIT_LABEL] = 400}};
    static const struct smtpwire_options none = {.lax = 0}, any_tag = {.lax = SMTPWIRE_LAX_UNREGISTERED_TAG};
    const int brief = argc == 2 && strcmp(argv[1], "short") == 0;
    struct subject subjects[] = {
        {SMTPWIRE_PARAMETER_AUTH, MAILBOX, "a.@<>\"", 4, 0, none},
        {SMTPWIRE_PARAMETER_AUTH, MAILBOX, mailbox, 6, 0, low},
        {SMTPWIRE_PARAMETER_ORCPT, MAILBOX, mailbox, 5, 0, low},
        {SMTPWIRE_PARAMETER_ALT_ADDRESS, MAILBOX, mailbox, 4, 0, low},
        {SMTPWIRE_PARAMETER_SUBMITTER, MAILBOX, mailbox, 4, 0, any_tag},
        {SMTPWIRE_PARAMETER_SUBMITTER, MAILBOX, "", 0, 0, high},
        {0, SMTPWIRE__ATTRIBUTE_TEXT, "a[", 3, 255, none},
        {0, SMTPWIRE__ATTRIBUTE_TEXT_64, "a[", 3, 64, none},
        {0, SMTPWIRE__ATTRIBUTE_ADDRESS, host, 4, 255, none},
        {0, SMTPWIRE__ATTRIBUTE_PORT, "1653[U", 5, 255, none},
        {0, SMTPWIRE__ATTRIBUTE_PROTOCOL, "SMTPE", 6, 255, none},
        {0, SMTPWIRE__ATTRIBUTE_SOURCE, "LOCAREMT[UN", 7, 255, none},
    };
    static char text[TEXT_MAX_ + 8];
    size_t i;
    unsigned walks;

    for (i = 0; i < sizeof subjects / sizeof subjects[0]; i++) {
        subjects[i].depth /= brief ? 2 : 1;
        check_all(&subjects[i], text, 0);
        for (walks = 0; walks < (brief ? 4 : 40); walks++)
            check_walk(&subjects[i]);
    }
    printf("%zu passed, %zu failed\n", passed, failed);
    return failed != 0;
}
