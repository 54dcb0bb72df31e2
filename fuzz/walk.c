/* Lines made from the automata: at each place one of the octets is taken that the library says are expected there. So
 * they are well-formed whatever the grammar learns, but for lengths and numbers; where a walk is cut short, a beginning
 * of such. */
#include "generate.h"

#include <stddef.h>
#include <string.h>

static const struct smtpwire_options strict = {.extensions = SMTPWIRE_OFFER_ALL},
                                     utf8 = {.extensions = SMTPWIRE_OFFER_ALL, .smtputf8 = 1};

static int is_expected(const struct smtpwire_expected *e, unsigned octet)
{
    return (e->octets[octet / 8] >> octet % 8 & 1) != 0;
}

/* Letters and digits, the rest of ASCII, and what is not. */
enum group { ALNUM, OTHER, NON_ASCII, GROUPS };

static enum group group_of(unsigned octet)
{
    return octet > 127 ? NON_ASCII : (octet | 32U) - 'a' < 26U || octet - '0' < 10U ? ALNUM : OTHER;
}

/* One octet for each place of UTF-8's automaton is enough: the first and the last of a range (RFC 3629 section 4). */
static int is_edge(unsigned octet)
{
    static const uint8_t edges[] = {0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC2, 0xDF, 0xE0,
                                    0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4};
    return octet < 128 || memchr(edges, (int)octet, sizeof edges) != NULL;
}

/* One that is expected, out of a group; -1 if there is none. */
static int choose(struct fuzz_text *t, const struct smtpwire_expected *e, enum group group)
{
    unsigned octet, count = 0, chosen;
    for (octet = 0; octet < 256; octet++)
        count += is_expected(e, octet) && group_of(octet) == group && is_edge(octet);
    if (count == 0)
        return -1;
    chosen = fuzz_dice(t, count);
    for (octet = 0; octet < 256; octet++)
        if (is_expected(e, octet) && group_of(octet) == group && is_edge(octet) && chosen-- == 0)
            return (int)octet;
    return -1;
}

/* Letters and digits are in most sets and lead nowhere new: what is none of them is taken half as often. */
static int choose_any(struct fuzz_text *t, const struct smtpwire_expected *e)
{
    static const uint8_t groups[] = {ALNUM, ALNUM, ALNUM, ALNUM, OTHER, OTHER, NON_ASCII};
    const unsigned first = ONE_OF(t, groups);
    unsigned i;
    for (i = 0; i < GROUPS; i++) {
        const int octet = choose(t, e, (enum group)((first + i) % GROUPS));
        if (octet >= 0)
            return octet;
    }
    return -1;
}

/* MemorySanitizer's, where the program is built with it: then the library may not be called from here, since this file
 * does not tell it which octets have a value. */
void __msan_init(void) __attribute__((weak)); /* NOLINT: not our name */

void gen_walk(struct fuzz_text *t, size_t from, unsigned kind, uint32_t steps)
{
    const struct smtpwire_options *options = fuzz_dice(t, 4) == 0 ? &utf8 : &strict;
    struct smtpwire_expected e = {0};
    if (__msan_init != NULL)
        return;
    while (steps-- != 0 && t->len < t->room &&
           smtpwire_expected_find(kind, (const char *)t->data + from, t->len - from, options, &e)) {
        const int octet = choose_any(t, &e);
        if (octet < 0 || (e.end && fuzz_dice(t, 8) == 0))
            break;
        gen_put_octet(t, (unsigned)octet);
    }
}

/* Parameters, as a command has them: by the automaton from the first on, or from where some others are cut off. */
void gen_walk_parameters(struct fuzz_text *t, uint32_t on)
{
    uint8_t line[600];
    struct fuzz_text inner = {line, 0, sizeof line, t->dice};
    size_t head;
    gen_put(&inner, on == ON_MAIL ? "MAIL FROM:<a@b> " : "RCPT TO:<a@b> ");
    head = inner.len;
    if (fuzz_dice(&inner, 3) != 0)
        gen_parameters(&inner, on);
    inner.len = head + fuzz_dice(&inner, (uint32_t)(inner.len - head) + 1);
    gen_walk(&inner, 0, SMTPWIRE_EXPECTED_COMMAND, GEN_LONGEST);
    t->dice = inner.dice;
    fuzz_put(t, line + head, inner.len - head);
}

/* Where a text of this language has lines of the automata, or is one: what stands before it in a line of the kind. */
static const char *kind_of(struct fuzz_text *t, enum fuzz_language language, unsigned *kind)
{
    static const uint8_t paths[] = {SMTPWIRE_EXPECTED_REVERSE_PATH, SMTPWIRE_EXPECTED_FORWARD_PATH,
                                    SMTPWIRE_EXPECTED_MAILBOX, SMTPWIRE_EXPECTED_DOMAIN};
    *kind = SMTPWIRE_EXPECTED_COMMAND;
    switch (language) {
    case FUZZ_ANY:
        return kind_of(t, fuzz_dice(t, 2) == 0 ? FUZZ_SESSION : FUZZ_REPLIES, kind);
    case FUZZ_SESSION:
        *kind = gen_seldom(t) ? SMTPWIRE_EXPECTED_AUTH_RESPONSE : SMTPWIRE_EXPECTED_COMMAND;
        return "";
    case FUZZ_COMMAND:
        return "";
    case FUZZ_REPLIES:
    case FUZZ_REPLY:
        *kind = SMTPWIRE_EXPECTED_REPLY;
        return "";
    case FUZZ_CAPABILITY:
        *kind = SMTPWIRE_EXPECTED_CAPABILITY;
        return "";
    case FUZZ_PATH:
        *kind = ONE_OF(t, paths);
        return "";
    case FUZZ_PARAMETERS:
        return fuzz_dice(t, 2) == 0 ? "MAIL FROM:<a@b> " : "RCPT TO:<a@b> ";
    default:
        return NULL;
    }
}

int fuzz_walk(struct fuzz_text *t, const uint8_t *line, size_t len, enum fuzz_language language)
{
    uint8_t octets[1024];
    struct fuzz_text inner = {octets, 0, sizeof octets, t->dice};
    unsigned kind;
    const char *before = kind_of(&inner, language, &kind);
    size_t head, from = 0, cut;
    if (before == NULL)
        return 0;
    gen_put(&inner, before);
    head = inner.len;
    if (len > sizeof octets / 2)
        len = sizeof octets / 2;
    cut = fuzz_dice(&inner, (uint32_t)len + 1);
    fuzz_put(&inner, line, cut);
    if (kind == SMTPWIRE_EXPECTED_REPLY && cut >= 4 && fuzz_dice(&inner, 2) == 0) {
        kind = SMTPWIRE_EXPECTED_CAPABILITY;
        from = 4;
    }
    if (fuzz_dice(&inner, 4) == 0) {
        gen_walk(&inner, from, kind, GEN_LONGEST);
    } else {
        gen_walk(&inner, from, kind, 1 + fuzz_dice(&inner, 4));
        cut += fuzz_dice(&inner, 2);
        if (cut < len)
            fuzz_put(&inner, line + cut, len - cut);
    }
    t->dice = inner.dice;
    fuzz_put(t, octets + head, inner.len - head);
    return 1;
}
