/* Generates addresses, mostly well-formed, as values.c does with all else. */
#include "generate.h"

/* "Postmaster" is read letter by letter: so is what begins like it. */
static void atom(struct fuzz_text *t)
{
    char postmaster[] = "Postmaster";
    if (fuzz_dice(t, 16) == 0) {
        postmaster[fuzz_dice(t, sizeof postmaster)] = '\0';
        gen_name(t, postmaster);
    } else {
        gen_fill(t, LETTERS DIGITS "!#$%&'*+-/=?^_`{|}~", fuzz_length(t));
    }
    if (fuzz_dice(t, 12) == 0)
        gen_utf8(t);
    gen_spoil(t);
}

static void quoted_string(struct fuzz_text *t)
{
    size_t len = fuzz_length(t);
    gen_put(t, "\"");
    while (len-- != 0) {
        if (fuzz_dice(t, 6) == 0)
            gen_fill(t, "\\", 1);
        gen_fill(t, LETTERS " @<>:,.!~", 1);
    }
    if (fuzz_dice(t, 8) == 0)
        gen_put(t, "\\\"\\\\");
    if (fuzz_dice(t, 12) == 0)
        gen_utf8(t);
    if (!gen_seldom(t))
        gen_put(t, "\"");
}

void gen_local_part(struct fuzz_text *t)
{
    if (fuzz_dice(t, 5) == 0) {
        quoted_string(t);
        return;
    }
    atom(t);
    while (fuzz_dice(t, 3) == 0) {
        gen_put(t, ".");
        atom(t);
    }
}

static void label(struct fuzz_text *t)
{
    gen_fill(t, LETTERS DIGITS, 1);
    gen_fill(t, LETTERS DIGITS "-", fuzz_length(t) / 2 * 2);
    gen_fill(t, LETTERS DIGITS, 1);
    if (fuzz_dice(t, 16) == 0)
        gen_utf8(t);
    gen_spoil(t);
}

static void ipv4(struct fuzz_text *t)
{
    static const char *const octets[] = {"0",   "1",   "9",   "10",  "99",  "100", "199",
                                         "200", "249", "250", "255", "256", "01"};
    int i;
    for (i = 0; i < 4; i++) {
        gen_put(t, ONE_OF(t, octets));
        if (i != 3 || gen_seldom(t))
            gen_put(t, ".");
    }
}

static void ipv6(struct fuzz_text *t)
{
    const uint32_t groups = gen_seldom(t) ? fuzz_dice(t, 10) : 8, gap = fuzz_dice(t, 2) != 0 ? fuzz_dice(t, 8) : 99;
    const uint32_t width = gap == 99 ? 0 : 1 + fuzz_dice(t, 7), last = fuzz_dice(t, 3) == 0 ? 6 : 99;
    uint32_t i;
    for (i = 0; i < groups; i++) {
        if (i == gap) {
            gen_put(t, i == 0 ? "::" : ":");
            i += width;
            continue;
        }
        if (i == last) {
            ipv4(t);
            break;
        }
        gen_fill(t, DIGITS "abcdefABCDEF", 1 + fuzz_dice(t, 4) + (gen_seldom(t) ? 1 : 0));
        if (i != 7)
            gen_put(t, ":");
    }
}

void gen_literal(struct fuzz_text *t)
{
    gen_put(t, "[");
    switch (fuzz_dice(t, 4)) {
    case 0:
        ipv4(t);
        break;
    case 1:
        gen_fill(t, LETTERS DIGITS "-", 1 + fuzz_length(t));
        gen_put(t, ":");
        gen_fill(t, LETTERS DIGITS "!.~", fuzz_length(t));
        break;
    default:
        gen_name(t, "IPv6:");
        ipv6(t);
    }
    gen_spoil(t);
    gen_put(t, "]");
}

/* About as long as a domain may be: 253 to 257 octets. */
static void long_domain(struct fuzz_text *t)
{
    size_t left = 251 + fuzz_dice(t, 7);
    while (left > 64) {
        gen_fill(t, LETTERS DIGITS, 63);
        gen_put(t, ".");
        left -= 64;
    }
    gen_fill(t, LETTERS DIGITS, left != 0 ? left : 1);
}

void gen_domain(struct fuzz_text *t)
{
    if (fuzz_dice(t, 5) == 0) {
        gen_literal(t);
        return;
    }
    if (fuzz_dice(t, 40) == 0) {
        long_domain(t);
        return;
    }
    label(t);
    while (fuzz_dice(t, 2) == 0) {
        gen_put(t, ".");
        label(t);
    }
}

void gen_mailbox(struct fuzz_text *t)
{
    gen_local_part(t);
    gen_put(t, "@");
    gen_domain(t);
}

void gen_path(struct fuzz_text *t)
{
    const uint32_t dice = fuzz_dice(t, 16);
    uint32_t many = dice == 1 ? fuzz_dice(t, 80) : 0;
    gen_put(t, gen_seldom(t) ? "" : "<");
    for (; many > 1; many--) { /* a long source route */
        gen_put(t, "@");
        gen_fill(t, LETTERS, 1);
        gen_put(t, ",");
    }
    while (dice == 1 || dice == 2) { /* a source route */
        gen_put(t, "@");
        gen_domain(t);
        if (fuzz_dice(t, 2) == 0) {
            gen_put(t, ":");
            break;
        }
        gen_put(t, ",");
    }
    if (dice == 3)
        gen_name(t, "Postmaster");
    else if (dice != 4)
        gen_mailbox(t);
    gen_put(t, gen_seldom(t) ? "" : ">");
}
