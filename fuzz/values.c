/* Generates values, one function for each nonterminal, mostly well-formed: a fault now and then, and
 * lengths and numbers at their limits. */
#include "generate.h"

#include <stdio.h>
#include <string.h>

uint32_t fuzz_dice(struct fuzz_text *t, uint32_t sides)
{
    uint64_t z = t->dice += UINT64_C(0x9E3779B97F4A7C15); /* splitmix64 */
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return (uint32_t)((z ^ z >> 31) >> 32) % sides;
}

void fuzz_put(struct fuzz_text *t, const void *data, size_t len)
{
    if (len > t->room - t->len)
        len = t->room - t->len;
    if (len != 0)
        memcpy(t->data + t->len, data, len);
    t->len += len;
}

void gen_put(struct fuzz_text *t, const char *text) { fuzz_put(t, text, strlen(text)); }

void gen_put_octet(struct fuzz_text *t, unsigned octet)
{
    const uint8_t c = (uint8_t)octet;
    fuzz_put(t, &c, 1);
}

int gen_seldom(struct fuzz_text *t) { return fuzz_dice(t, 24) == 0; }

#define LIMIT_DEFAULT(id, name, octets, ...) octets,
static const uint32_t limits[] = {SMTPWIRE_LIMITS(LIMIT_DEFAULT)};

enum { VALUE_NONE, VALUE_OPTIONAL, VALUE_REQUIRED };
#define PARAMETER(id, keyword, on, extensions, value, ...) {keyword, ON_##on, VALUE_##value},
static const struct {
    const char *keyword;
    uint8_t on, value;
} parameters[] = {SMTPWIRE_PARAMETERS(PARAMETER)};

size_t fuzz_length(struct fuzz_text *t)
{
    static const uint16_t edges[] = {0, 1, 2, 62, 63, 64, 65, 127, 128, 253, 254, 255, 256, 257};
    const uint32_t dice = fuzz_dice(t, 32);
    if (dice == 0)
        return ONE_OF(t, limits) - 2 + fuzz_dice(t, 4);
    return dice < 6 ? ONE_OF(t, edges) : 1 + fuzz_dice(t, 8);
}

void fuzz_number(struct fuzz_text *t)
{
    /* At and about 2^8, 2^16, 2^31, 2^32, 2^63, 2^64, and the bounds that RFCs give. */
    static const char *const numbers[] = {"0",
                                          "1",
                                          "00",
                                          "01",
                                          "255",
                                          "256",
                                          "65535",
                                          "65536",
                                          "2147483647",
                                          "2147483648",
                                          "2147483649",
                                          "4294967295",
                                          "4294967296",
                                          "4294967297",
                                          "9223372036854775807",
                                          "9223372036854775808",
                                          "9223372036854775809",
                                          "18446744073709551615",
                                          "18446744073709551616",
                                          "18446744073709551617",
                                          "99999999999999999999",
                                          "999999999",
                                          "1000000000",
                                          "-1",
                                          "+1",
                                          "00000000000000000000001",
                                          "100000000000000000000"};
    char text[12];
    if (fuzz_dice(t, 3) != 0) {
        snprintf(text, sizeof text, "%u", fuzz_dice(t, 2) != 0 ? fuzz_dice(t, 10) : fuzz_dice(t, 100000));
        gen_put(t, text);
    } else {
        gen_put(t, ONE_OF(t, numbers));
    }
}

void gen_fill(struct fuzz_text *t, const char *set, size_t len)
{
    const uint32_t sides = (uint32_t)strlen(set);
    while (len-- != 0)
        gen_put_octet(t, (unsigned char)set[fuzz_dice(t, sides)]);
}

void gen_name(struct fuzz_text *t, const char *text) /* in any case */
{
    const uint32_t how = fuzz_dice(t, 8);
    for (; *text != '\0'; text++) {
        const int is_letter = ((unsigned)*text | 32U) - 'a' < 26U;
        const int change = how == 0 || (how == 1 && fuzz_dice(t, 2) != 0);
        gen_put_octet(t, (unsigned char)*text ^ (is_letter && change ? 32U : 0U));
    }
}

/* Well-formed characters of two to four octets at the ends of their ranges, and what is none: a surrogate, overlong
 * forms, beyond U+10FFFF, cut off, a continuation by itself (RFC 3629 section 4). */
void gen_utf8(struct fuzz_text *t)
{
    static const char *const good[] = {"\xC2\x80",     "\xC3\xA9",         "\xDF\xBF",         "\xE0\xA0\x80",
                                       "\xE6\x97\xA5", "\xED\x9F\xBF",     "\xEE\x80\x80",     "\xEF\xBF\xBF",
                                       "\xE2\x80\xA8", "\xF0\x90\x80\x80", "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF"};
    static const char *const bad[] = {"\xED\xA0\x80",
                                      "\xED\xBF\xBF",
                                      "\xC0\x80",
                                      "\xC1\xBF",
                                      "\xE0\x9F\xBF",
                                      "\xF0\x8F\xBF\xBF",
                                      "\xF4\x90\x80\x80",
                                      "\xF5\x80\x80\x80",
                                      "\xC3",
                                      "\xE6\x97",
                                      "\xF0\x9F\x98",
                                      "\x80",
                                      "\xBF",
                                      "\xFF"};
    gen_put(t, fuzz_dice(t, 6) == 0 ? ONE_OF(t, bad) : ONE_OF(t, good));
}

void gen_spoil(struct fuzz_text *t)
{
    static const char octets[] = "\0\r\n\t \x7F\"\\<>()[]@:;,.=+-_%/";
    if (gen_seldom(t))
        gen_put_octet(t, (unsigned char)octets[fuzz_dice(t, sizeof octets - 1)]);
    else if (gen_seldom(t))
        gen_put_octet(t, fuzz_dice(t, 256));
}

void gen_xtext(struct fuzz_text *t)
{
    static const char *const coded[] = {"+20",    "+2B", "+3D", "+3d", "+0D", "+0A", "+00", "+7F", "+80",
                                        "+C3+A9", "+",   "+4",  "+4G", "+22", "+5C", "+40", "+5B", "+5D"};
    size_t len = fuzz_length(t);
    while (len-- != 0) {
        if (fuzz_dice(t, 6) == 0)
            gen_put(t, ONE_OF(t, coded));
        else
            gen_fill(t, LETTERS DIGITS "@.!~<>,/", 1);
    }
    gen_spoil(t);
}

/* An address as xtext has it (RFC 3461 section 4.2) or as UTF-8 has it (RFC 6533 section 3), with codes where needed.
 */
static void coded_address(struct fuzz_text *t, int unicode)
{
    static const char *const points[] = {"\\x{7F}", "\\x{D800}", "\\x{10FFFF}", "\\x{110000}", "\\x{}", "\\x{"};
    uint8_t plain[600];
    struct fuzz_text inner = {plain, 0, sizeof plain, t->dice};
    size_t i;
    gen_mailbox(&inner);
    t->dice = inner.dice;
    for (i = 0; i < inner.len; i++) {
        char code[8];
        const int needed = plain[i] <= ' ' || plain[i] > '~' || plain[i] == '+' || plain[i] == '=';
        snprintf(code, sizeof code, unicode ? "\\x{%02X}" : "+%02X", plain[i]);
        if (needed || gen_seldom(t))
            gen_put(t, code);
        else
            gen_put_octet(t, plain[i]);
        if (unicode && gen_seldom(t))
            gen_put(t, ONE_OF(t, points));
    }
}

/* Of the first few, which are good, three times in four. */
static void gen_mostly(struct fuzz_text *t, const char *const *from, uint32_t good, uint32_t count)
{
    gen_put(t, from[fuzz_dice(t, fuzz_dice(t, 4) != 0 ? good : count)]);
}

void gen_date_time(struct fuzz_text *t)
{
    static const char *const days[] = {"2024-02-29", "2000-02-29", "0000-01-01", "9999-12-31", "2023-02-29",
                                       "1900-02-29", "2024-04-31", "2024-13-01", "2024-00-10", "2024-01-00"};
    static const char *const times[] = {"T00:00:00", "T23:59:60", "t12:00:00.5", "T24:00:00", "T12:60:00", "T1:00:00"};
    static const char *const zones[] = {"Z", "z", "+00:00", "-00:30", "+05:30", "-23:59", "+24:00", "-0000", ""};
    gen_mostly(t, days, 4, COUNT(days));
    gen_mostly(t, times, 3, COUNT(times));
    gen_mostly(t, zones, 6, COUNT(zones));
}

void gen_base64(struct fuzz_text *t)
{
    size_t len = fuzz_length(t);
    while (len-- != 0)
        gen_fill(t, LETTERS DIGITS "+/", 4);
    gen_put(t, fuzz_dice(t, 3) == 0 ? "YQ==" : fuzz_dice(t, 3) == 0 ? "YWI=" : "");
    gen_spoil(t);
}

void gen_words(struct fuzz_text *t, const char *const *from, uint32_t count, const char *between)
{
    uint32_t more = gen_seldom(t) ? fuzz_dice(t, 64) : 0; /* a long list */
    do {
        gen_name(t, from[fuzz_dice(t, count)]);
        if (more == 0 && fuzz_dice(t, 3) == 0)
            return;
        gen_put(t, between);
    } while ((more != 0 && more-- != 0) || !gen_seldom(t));
}

static void parameter_value(struct fuzz_text *t, uint32_t id)
{
    static const char *const bodies[] = {"7BIT", "8BITMIME", "BINARYMIME"}, *const rets[] = {"FULL", "HDRS"};
    static const char *const notify[] = {"NEVER", "SUCCESS", "FAILURE", "DELAY"}, *const by[] = {"N", "R", "NT", "RT"};
    static const char *const types[] = {"rfc822;", "utf-8;", "UTF-8;", "x400;", "\x2B;"};
    uint32_t type;
    switch (id) {
    case SMTPWIRE_PARAMETER_BODY:
        gen_name(t, ONE_OF(t, bodies));
        break;
    case SMTPWIRE_PARAMETER_RET:
        gen_name(t, ONE_OF(t, rets));
        break;
    case SMTPWIRE_PARAMETER_NOTIFY:
        if (fuzz_dice(t, 8) == 0)
            WORDS(t, notify, ",");
        else /* in a list NEVER is wrong */
            gen_words(t, notify + 1, COUNT(notify) - 1, ",");
        break;
    case SMTPWIRE_PARAMETER_ORCPT:
    case SMTPWIRE_PARAMETER_ALT_ADDRESS:
        type = fuzz_dice(t, COUNT(types));
        gen_put(t, id == SMTPWIRE_PARAMETER_ORCPT ? types[type] : "");
        coded_address(t, type == 1 || type == 2);
        break;
    case SMTPWIRE_PARAMETER_AUTH:
    case SMTPWIRE_PARAMETER_SUBMITTER:
        if (fuzz_dice(t, 6) == 0)
            gen_put(t, "<>");
        else
            coded_address(t, 0);
        break;
    case SMTPWIRE_PARAMETER_BY:
        fuzz_number(t);
        gen_put(t, ";");
        gen_name(t, ONE_OF(t, by));
        break;
    case SMTPWIRE_PARAMETER_HOLDUNTIL:
    case SMTPWIRE_PARAMETER_RRVS:
        gen_date_time(t);
        gen_put(t, fuzz_dice(t, 4) == 0 ? ";C" : fuzz_dice(t, 4) == 0 ? ";R" : "");
        break;
    case SMTPWIRE_PARAMETER_MTRK:
        gen_base64(t);
        gen_put(t, ":");
        fuzz_number(t);
        gen_put(t, fuzz_dice(t, 2) == 0 ? " ENVID=a@b" : ""); /* RFC 3885 section 3.2 */
        break;
    case SMTPWIRE_PARAMETER_SOLICIT:
        gen_name(t, "org.example:");
        gen_fill(t, LETTERS DIGITS, fuzz_length(t));
        break;
    case SMTPWIRE_PARAMETER_TRANSID:
        gen_put(t, "<");
        gen_fill(t, LETTERS DIGITS, fuzz_length(t));
        gen_put(t, fuzz_dice(t, 4) == 0 ? "." : "@example.org>");
        break;
    case SMTPWIRE_PARAMETER_ENVID:
        gen_xtext(t);
        break;
    default:
        if (fuzz_dice(t, 3) == 0)
            gen_fill(t, LETTERS DIGITS "!:;,+", fuzz_length(t));
        else
            fuzz_number(t);
    }
}

static void one_parameter(struct fuzz_text *t, uint32_t on)
{
    uint32_t id = 0, tries;
    for (tries = 0; tries < 16; tries++) {
        id = fuzz_dice(t, COUNT(parameters));
        if ((parameters[id].on & on) != 0 || gen_seldom(t))
            break;
    }
    if (gen_seldom(t))
        gen_fill(t, LETTERS DIGITS "-", fuzz_length(t));
    else
        gen_name(t, parameters[id].keyword);
    if (parameters[id].value == VALUE_NONE       ? gen_seldom(t)
        : parameters[id].value == VALUE_OPTIONAL ? fuzz_dice(t, 4) != 0
                                                 : !gen_seldom(t)) {
        gen_put(t, "=");
        parameter_value(t, id);
    }
    gen_spoil(t);
}

void gen_parameters(struct fuzz_text *t, uint32_t on)
{
    const uint32_t most = fuzz_dice(t, 12) == 0 ? 50 : 3; /* many are of names in no table */
    do
        most == 3 ? one_parameter(t, on) : gen_fill(t, LETTERS, 1 + fuzz_dice(t, 4));
    while (fuzz_dice(t, most) != 0 && (gen_put(t, gen_seldom(t) ? "\t" : " "), 1));
}

void gen_text(struct fuzz_text *t)
{
    gen_fill(t, LETTERS DIGITS "    .,:;!\"<>()=~\t", fuzz_length(t));
    if (fuzz_dice(t, 12) == 0)
        gen_utf8(t);
    gen_spoil(t);
}

/* A CRLF, as a rule. */
void gen_line_end(struct fuzz_text *t)
{
    static const char *const ends[] = {"\n", "\r", "\r\r\n", "\n\r", "\r\n\r\n", " \r\n", "", "\r\n."};
    gen_put(t, fuzz_dice(t, 32) == 0 ? ONE_OF(t, ends) : "\r\n");
}

void gen_content_part(struct fuzz_text *t)
{
    static const char *const parts[] = {
        "\r\n",    "\r\n",    "\r\n.",       "\r\n..",      ".",
        "\r",      "\n",      "\n.\n",       "\n.\r\n",     "\r.\r",
        "\r\n.\n", "\r\n.\r", "\r\n.\r\r\n", "\r\r\n.\r\n", "\r\n.\r\nMAIL FROM:<a@b>\r\n"};
    const uint32_t dice = fuzz_dice(t, 16);
    if (dice == 0)
        gen_put_octet(t, 0);
    else if (dice == 1)
        gen_put_octet(t, fuzz_dice(t, 256));
    else if (dice < 6)
        gen_text(t);
    else
        gen_put(t, ONE_OF(t, parts));
}

void gen_content(struct fuzz_text *t)
{
    uint32_t parts = fuzz_dice(t, 12);
    while (parts-- != 0)
        gen_content_part(t);
    if (!gen_seldom(t))
        gen_put(t, "\r\n.\r\n");
}
