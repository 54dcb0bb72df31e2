/* Lines made from the automata: at each place one of the octets is taken that the library says are expected there. So
 * they are well-formed whatever the grammar learns, but for lengths and numbers; where a walk is cut short, a beginning
 * of such. */
#include "generate.h"

#include <stddef.h>

enum { LONGEST = 100 };

static const struct smtpwire_options strict = {.extensions = SMTPWIRE_OFFER_ALL},
                                     utf8 = {.extensions = SMTPWIRE_OFFER_ALL, .smtputf8 = 1};

static int is_expected(const struct smtpwire_expected *e, unsigned octet)
{
    return (e->octets[octet / 8] >> octet % 8 & 1) != 0;
}

/* Letters and digits are in most sets and lead nowhere new: what is none of them is taken as often. */
static int choose(struct fuzz_text *t, const struct smtpwire_expected *e, int alnum)
{
    unsigned octet, count = 0, chosen;
    for (octet = 0; octet < 256; octet++)
        count += is_expected(e, octet) && ((octet | 32U) - 'a' < 26U || octet - '0' < 10U) == alnum;
    if (count == 0)
        return -1;
    chosen = fuzz_dice(t, count);
    for (octet = 0; octet < 256; octet++)
        if (is_expected(e, octet) && ((octet | 32U) - 'a' < 26U || octet - '0' < 10U) == alnum && chosen-- == 0)
            return (int)octet;
    return -1;
}

/* MemorySanitizer's, where the program is built with it: then the library may not be called from here, since this file
 * does not tell it which octets have a value. */
void __msan_init(void) __attribute__((weak)); /* NOLINT: not our name */

void gen_walk(struct fuzz_text *t, size_t from, unsigned kind)
{
    const struct smtpwire_options *options = fuzz_dice(t, 4) == 0 ? &utf8 : &strict;
    uint32_t steps = LONGEST;
    struct smtpwire_expected e = {0};
    if (__msan_init != NULL)
        return;
    while (steps-- != 0 && t->len < t->room &&
           smtpwire_expected_find(kind, (const char *)t->data + from, t->len - from, options, &e)) {
        const int alnum = fuzz_dice(t, 3) != 0;
        int octet = choose(t, &e, alnum);
        if (octet < 0)
            octet = choose(t, &e, !alnum);
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
    gen_walk(&inner, 0, SMTPWIRE_EXPECTED_COMMAND);
    t->dice = inner.dice;
    fuzz_put(t, line + head, inner.len - head);
}
