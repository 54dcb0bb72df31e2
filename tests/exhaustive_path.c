/* Paths, exhaustively: the shorter way that parser/address.rl has for plain ones against its machine, over every string
 * of up to seven octets behind "<" from an alphabet with one of each kind, and for each octet of all 256 in each place
 * of a plain path ("short": strings of up to five). Same verdict, same octet behind, same marks and spans wherever the
 * shorter way was taken or not.
 *
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include "exhaustive.h"

enum { LETTERS = 9, LONGEST = 7 };

static const char alphabet[LETTERS] = {'a', '1', '.', '-', '@', '>', '_', ' ', '"'};
static uint64_t passed, failed, plain;

/* Of objects that were zeroed before. */
static bool same_octets(const void *a, const void *b, size_t size) { return memcmp(a, b, size) == 0; }

static void try_path(enum smtpwire__address_kind kind, const char *text, size_t len)
{
    struct smtpwire_address one, two;
    struct smtpwire__marks run = {0}, machine = {0};
    const unsigned char *p = (const unsigned char *)text, *behind, *expected;
    bool same;

    memset(&one, 0, sizeof one);
    memset(&two, 0, sizeof two);
    run.address = &one;
    machine.address = &two;
    behind = smtpwire__address_run(kind, p, p + len, &run);
    expected = smtpwire__address_machine(kind, p, p + len, &machine);
    machine.address = &one;
    same = behind == expected && same_octets(&one, &two, sizeof one) && same_octets(&run, &machine, sizeof run);
    plain += expected != NULL;
    if (same) {
        passed++;
        return;
    }
    if (failed++ < EXHAUSTIVE_SHOWN) {
        exhaustive_print(text, len);
        puts(": not as the machine has it");
    }
}

static void strings(size_t longest)
{
    char text[1 + LONGEST];
    text[0] = '<';
    for (size_t len = 0; len <= longest; len++)
        for (uint32_t n = 0; n < exhaustive_count(LETTERS, len); n++) {
            exhaustive_string(text + 1, len, n, alphabet, LETTERS);
            try_path(SMTPWIRE__REVERSE_PATH, text, 1 + len);
            try_path(SMTPWIRE__FORWARD_PATH, text, 1 + len);
        }
}

/* Two octets, each any, in each place of a plain path and of what may stand behind it. */
static void octets(void)
{
    static const char path[] = "<ab.c+d@e-f.g1> S";
    char text[sizeof path - 1];
    for (size_t i = 0; i + 1 < sizeof text; i++)
        for (unsigned pair = 0; pair < 65536; pair++)
            for (size_t len = sizeof text - 2; len <= sizeof text; len += 2) {
                memcpy(text, path, sizeof text);
                text[i] = (char)(pair >> 8);
                text[i + 1] = (char)(pair & 255);
                try_path(pair & 1 ? SMTPWIRE__REVERSE_PATH : SMTPWIRE__FORWARD_PATH, text, len);
            }
}

int main(int argc, char **argv)
{
    strings(argc == 2 && strcmp(argv[1], "short") == 0 ? LONGEST - 2 : LONGEST);
    octets();
    if (plain < 100000) /* nearly nothing would be compared */
        failed++;
    printf("%" PRIu64 " passed, %" PRIu64 " failed\n", passed, failed);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
