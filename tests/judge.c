/* Says what the library makes of lines and values: reads "MODE HEX" lines, answers each with "ok" or "ERROR OFFSET".
 * Options are zeroed, but that commands are judged with every extension offered, by three more modes than "zeroed":
 * "command" delivers unknown parameters; "known" does not, and has SMTPUTF8 in force; "lower" is known with lower-case
 * digits in xtext. Behind "+" the mode may name leniencies to have as well, with "+" between them. Each input is a heap
 * block of exactly its size. For tests/proof/judge.py.
 */
#include "smtpwire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int nibble(char digit) { return digit <= '9' ? digit - '0' : digit - 'a' + 10; }

/* "capability" asks whether it is a keyword line, "keyword" also whether its parameters are as they should be: "none 0"
 * where they are not. */
static int parse_capability(const char *mode, const char *data, size_t len, const struct smtpwire_options *options,
                            struct smtpwire_error *error)
{
    struct smtpwire_capability capability;
    if (smtpwire_capability_parse(data, len, options, &capability, error) < 0)
        return -1;
    memset(error, 0, sizeof *error);
    return strcmp(mode, "keyword") == 0 && (capability.flags & SMTPWIRE_FLAG_BAD_VALUE) != 0 ? -1 : 0;
}

#define LENIENCY(id, bit, name, text) {name, UINT32_C(1) << (bit)},
static const struct {
    const char *name;
    uint32_t bit;
} leniencies[] = {SMTPWIRE_LENIENCIES(LENIENCY)};

/* Cuts the leniencies off the mode's name. */
static uint32_t named_leniencies(char *mode)
{
    char *save, *name;
    uint32_t lax = 0;
    size_t i;

    (void)strtok_r(mode, "+", &save);
    while ((name = strtok_r(NULL, "+", &save)) != NULL) {
        for (i = 0; i < sizeof leniencies / sizeof *leniencies && strcmp(leniencies[i].name, name) != 0; i++)
            ;
        if (i == sizeof leniencies / sizeof *leniencies)
            exit(2);
        lax |= leniencies[i].bit;
    }
    return lax;
}

static int parse(char *mode, const char *data, size_t len, struct smtpwire_error *error)
{
    struct smtpwire_options options = {.lax = named_leniencies(mode)}, any = options, known, lower;
    struct smtpwire_command command;
    struct smtpwire_reply reply;
    struct smtpwire_address address;
    uint32_t flags;

    any.extensions = SMTPWIRE_OFFER_ALL;
    known = any;
    known.smtputf8 = 1;
    lower = known;
    lower.lax |= SMTPWIRE_LAX_XTEXT_LOWER_CASE;
    any.lax |= SMTPWIRE_LAX_UNKNOWN_PARAMETER;
    if (strcmp(mode, "command") == 0)
        return smtpwire_command_parse(data, len, &any, &command, error);
    if (strcmp(mode, "zeroed") == 0)
        return smtpwire_command_parse(data, len, &options, &command, error);
    if (strcmp(mode, "known") == 0)
        return smtpwire_command_parse(data, len, &known, &command, error);
    if (strcmp(mode, "lower") == 0)
        return smtpwire_command_parse(data, len, &lower, &command, error);
    if (strcmp(mode, "reply") == 0)
        return smtpwire_reply_parse(data, len, &options, &reply, error);
    if (strcmp(mode, "capability") == 0 || strcmp(mode, "keyword") == 0)
        return parse_capability(mode, data, len, &options, error);
    if (strcmp(mode, "reverse_path") == 0)
        return smtpwire_reverse_path_parse(data, len, &options, &address, &flags, error);
    if (strcmp(mode, "forward_path") == 0)
        return smtpwire_forward_path_parse(data, len, &options, &address, &flags, error);
    if (strcmp(mode, "mailbox") == 0)
        return smtpwire_mailbox_parse(data, len, &options, &address, &flags, error);
    return smtpwire_domain_parse(data, len, &options, &address, &flags, error);
}

int main(void)
{
    static char line[8192];
    while (fgets(line, sizeof line, stdin) != NULL) {
        char *hex = strchr(line, ' '), *data;
        struct smtpwire_error error;
        size_t len, i;

        if (hex == NULL)
            return 2;
        *hex++ = '\0';
        len = strcspn(hex, "\n") / 2;
        data = malloc(len);
        if (data == NULL)
            return 2;
        for (i = 0; i < len; i++)
            data[i] = (char)(nibble(hex[2 * i]) * 16 + nibble(hex[2 * i + 1]));
        if (parse(line, data, len, &error) == 0)
            puts("ok");
        else
            printf("%s %llu\n", smtpwire_error_name(error.id), (unsigned long long)error.offset);
        free(data);
    }
    return 0;
}
