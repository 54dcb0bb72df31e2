/* Says what the library makes of lines and values: reads "MODE HEX" lines, answers each with "ok" or "ERROR OFFSET".
 * Options are zeroed, but that commands are judged with every extension offered, by three more modes than "zeroed":
 * "command" delivers unknown parameters; "known" does not, and has SMTPUTF8 in force; "lower" is known with lower-case
 * digits in xtext. Each input is a heap block of exactly its size. For tests/proof/judge.py.
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

static int parse(const char *mode, const char *data, size_t len, struct smtpwire_error *error)
{
    static const struct smtpwire_options options;
    static const struct smtpwire_options any = {.lax = SMTPWIRE_LAX_UNKNOWN_PARAMETER,
                                                .extensions = SMTPWIRE_OFFER_ALL};
    static const struct smtpwire_options known = {.smtputf8 = 1, .extensions = SMTPWIRE_OFFER_ALL};
    static const struct smtpwire_options lower = {
        .lax = SMTPWIRE_LAX_XTEXT_LOWER_CASE, .smtputf8 = 1, .extensions = SMTPWIRE_OFFER_ALL};
    static const struct smtpwire_options codes = {.lax = SMTPWIRE_LAX_REPLY_CODE};
    struct smtpwire_command command;
    struct smtpwire_reply reply;
    struct smtpwire_greeting greeting;
    struct smtpwire_slice challenge;
    struct smtpwire_address address;
    uint32_t flags;

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
    if (strcmp(mode, "lax_reply") == 0)
        return smtpwire_reply_parse(data, len, &codes, &reply, error);
    if (strcmp(mode, "greeting") == 0)
        return smtpwire_greeting_parse(data, len, &options, &greeting, error);
    if (strcmp(mode, "ehlo_greeting") == 0)
        return smtpwire_ehlo_greeting_parse(data, len, &options, &greeting, error);
    if (strcmp(mode, "forward_text") == 0)
        return smtpwire_forward_text_parse(data, len, &options, &address, &flags, error);
    if (strcmp(mode, "challenge") == 0)
        return smtpwire_challenge_parse(data, len, &challenge, error);
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
