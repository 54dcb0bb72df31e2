/* Says what the library makes of words: reads "MODE HEX" lines, answers each with "ok" or "ERROR OFFSET", of content
 * with "end N ERROR OFFSET" or "more". A word that a session takes goes through it as well, at every cut (judge.py says
 * which); "differs" is the answer where that makes a difference, or where what follows the word is not understood.
 *
 * Options are zeroed, but that commands are judged with every extension offered, by five more modes than "zeroed":
 * "command" delivers unknown parameters, "lmtp" does so in LMTP; "unknown" unknown commands as well; "known" does
 * neither, and has SMTPUTF8 in force; "lower" is known with lower-case digits in xtext. Behind "+" a mode may name
 * leniencies to have as well, with
 * "+" between them. Each input is a heap block of exactly its size. For tests/proof/judge.py.
 *
 * usage: judge [some]   some: lines at one cut instead of every one, each push in a heap block of exactly its size.
 *
 * SPDX-License-Identifier: MIT
 */
#include "smtpwire.h"

#include "judge_push.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct judge_options {
    const char *mode;
    struct smtpwire_options options;
} command_modes[] = {
    {"zeroed", {0}},
    {"command", {.lax = SMTPWIRE_LAX_UNKNOWN_PARAMETER, .extensions = SMTPWIRE_OFFER_ALL}},
    {"unknown",
     {.lax = SMTPWIRE_LAX_UNKNOWN_PARAMETER | SMTPWIRE_LAX_UNKNOWN_COMMAND, .extensions = SMTPWIRE_OFFER_ALL}},
    {"lmtp", {.lmtp = 1, .lax = SMTPWIRE_LAX_UNKNOWN_PARAMETER, .extensions = SMTPWIRE_OFFER_ALL}},
    {"known", {.smtputf8 = 1, .extensions = SMTPWIRE_OFFER_ALL}},
    {"lower", {.lax = SMTPWIRE_LAX_XTEXT_LOWER_CASE, .smtputf8 = 1, .extensions = SMTPWIRE_OFFER_ALL}},
};

/* Whether the mode is of a command; if not, the options are zeroed. */
static bool mode_options(const char *mode, struct smtpwire_options *options)
{
    size_t i;
    memset(options, 0, sizeof *options);
    for (i = 0; i < sizeof command_modes / sizeof *command_modes; i++)
        if (strcmp(mode, command_modes[i].mode) == 0) {
            *options = command_modes[i].options;
            return true;
        }
    return false;
}

#define LENIENCY(id, bit, name, text) {name, UINT32_C(1) << (bit)},
static const struct judge_leniency {
    const char *name;
    uint32_t bit;
} leniencies[] = {SMTPWIRE_LENIENCIES(LENIENCY)};

static uint32_t leniency_bit(const char *name)
{
    size_t i;
    for (i = 0; i < sizeof leniencies / sizeof *leniencies; i++)
        if (strcmp(leniencies[i].name, name) == 0)
            return leniencies[i].bit;
    fprintf(stderr, "judge: no leniency %s\n", name);
    exit(2);
}

/* Cuts the leniencies off the mode. */
static uint32_t named_leniencies(char *mode)
{
    char *name = strchr(mode, '+');
    uint32_t lax = 0;

    while (name != NULL) {
        char *next = strchr(name + 1, '+');
        *name++ = '\0';
        if (next != NULL)
            *next = '\0';
        lax |= leniency_bit(name);
        name = next;
    }
    return lax;
}

static struct judge_verdict verdict_of(int result, const struct smtpwire_error *error)
{
    struct judge_verdict verdict = {.accepted = result == 0};
    if (result != 0) {
        verdict.id = error->id;
        verdict.offset = error->offset;
    }
    return verdict;
}

/* ---- Values --------------------------------------------------------------------------------------------------- */

/* The text of a reply that is written, which the machine smtpwire_utf8 judges. */
static struct judge_verdict judge_text(const char *data, size_t len)
{
    static const struct smtpwire_options utf8 = {.smtputf8 = 1};
    struct smtpwire_reply reply = {.code = 250, .text = {data, len}};
    struct smtpwire_error error;
    char room[512];
    const ptrdiff_t written = smtpwire_reply_write(&reply, &utf8, room, sizeof room, &error);
    struct judge_verdict verdict = verdict_of(written < 0, &error);
    if (written < 0)
        verdict.offset -= 4;
    return verdict;
}

/* One parameter, with or without a blank behind it, of which nothing is left. */
static struct judge_verdict judge_parameter(const char *data, size_t len)
{
    struct smtpwire_slice rest = {data, len};
    struct smtpwire_parameter parameter;
    size_t read = 0;

    if (smtpwire_parameter_next(&rest, &parameter) && parameter.keyword.data == data)
        read = parameter.keyword.len + (parameter.value.data != NULL ? parameter.value.len + 1 : 0);
    return (struct judge_verdict){
        .accepted = rest.len == 0 && (read == len || (read == len - 1 && (data[read] == ' ' || data[read] == '\t'))),
        .id = SMTPWIRE_ERROR_PARAMETER_SYNTAX,
        .offset = read,
    };
}

static struct judge_verdict judge_decoded(const char *data, size_t len)
{
    struct smtpwire_slice xtext = {data, len};
    return (struct judge_verdict){.accepted = smtpwire_xtext_decode(xtext, NULL, 0) >= 0};
}

static struct judge_verdict judge_value(const char *mode, const char *data, size_t len,
                                        const struct smtpwire_options *options)
{
    struct smtpwire_address address;
    struct smtpwire_greeting greeting;
    struct smtpwire_slice challenge;
    struct smtpwire_error error;
    uint32_t flags;
    int result;

    if (strcmp(mode, "text") == 0)
        return judge_text(data, len);
    if (strcmp(mode, "parameter") == 0)
        return judge_parameter(data, len);
    if (strcmp(mode, "decoded") == 0)
        return judge_decoded(data, len);
    if (strcmp(mode, "local_part") == 0)
        result = smtpwire_local_part_decode(data, len, options, NULL, 0, &error) < 0;
    else if (strcmp(mode, "reverse_path") == 0)
        result = smtpwire_reverse_path_parse(data, len, options, &address, &flags, &error);
    else if (strcmp(mode, "forward_path") == 0)
        result = smtpwire_forward_path_parse(data, len, options, &address, &flags, &error);
    else if (strcmp(mode, "mailbox") == 0)
        result = smtpwire_mailbox_parse(data, len, options, &address, &flags, &error);
    else if (strcmp(mode, "domain") == 0)
        result = smtpwire_domain_parse(data, len, options, &address, &flags, &error);
    else if (strcmp(mode, "greeting") == 0)
        result = smtpwire_greeting_parse(data, len, options, &greeting, &error);
    else if (strcmp(mode, "ehlo_greeting") == 0)
        result = smtpwire_ehlo_greeting_parse(data, len, options, &greeting, &error);
    else if (strcmp(mode, "forward_text") == 0)
        result = smtpwire_forward_text_parse(data, len, options, &address, &flags, &error);
    else if (strcmp(mode, "challenge") == 0)
        result = smtpwire_challenge_parse(data, len, &challenge, &error);
    else
        abort();
    return verdict_of(result, &error);
}

/* ---- Lines, each as a line and through its session ------------------------------------------------------------ */

static bool is_same(struct judge_verdict line, struct judge_verdict pushed)
{
    return line.accepted == pushed.accepted && line.id == pushed.id && line.offset == pushed.offset;
}

static struct judge_verdict judge_command(const char *data, size_t len, const struct smtpwire_options *options,
                                          enum judge_cuts cuts, bool *same)
{
    struct smtpwire_command command;
    struct smtpwire_error error;
    const struct judge_verdict line = verdict_of(smtpwire_command_parse(data, len, options, &command, &error), &error);
    struct judge_verdict pushed = judge_push_command(data, len, options, cuts, same);

    /* The session knows that BDAT is not offered, and says so behind its octets. */
    if (line.accepted && command.verb == SMTPWIRE_VERB_BDAT && options->extensions == 0 &&
        pushed.id == SMTPWIRE_ERROR_COMMAND_NOT_IMPLEMENTED && pushed.offset == 0)
        return line;
    *same = *same && is_same(line, pushed);
    return line;
}

static struct judge_verdict judge_reply(const char *data, size_t len, const struct smtpwire_options *options,
                                        enum judge_cuts cuts, bool *same)
{
    struct smtpwire_reply reply;
    struct smtpwire_error error;
    const struct judge_verdict line = verdict_of(smtpwire_reply_parse(data, len, options, &reply, &error), &error);
    const struct judge_verdict pushed = judge_push_reply(data, len, options, cuts, same);
    *same = *same && is_same(line, pushed);
    return line;
}

/* The session keeps what the line offers, if it is a good line of a reply. "keyword" asks also whether the parameters
 * are as they should be: "none 0" where they are not. */
static struct judge_verdict judge_capability(const char *mode, const char *data, size_t len,
                                             const struct smtpwire_options *options, enum judge_cuts cuts, bool *same)
{
    struct smtpwire_capability capability;
    struct smtpwire_capabilities found, kept = judge_push_capability(data, len, options, cuts, same);
    struct smtpwire_reply reply;
    struct smtpwire_error error;
    struct judge_verdict line = verdict_of(smtpwire_capability_parse(data, len, options, &capability, &error), &error);
    char *whole = malloc(len + 4);

    if (whole == NULL)
        abort();
    memcpy(whole, "250-", 4);
    memcpy(whole + 4, data, len);
    memset(&found, 0, sizeof found);
    if (line.accepted && smtpwire_reply_parse(whole, len + 4, options, &reply, &error) == 0)
        smtpwire_capabilities_add(&found, &capability);
    free(whole);
    *same = *same && memcmp(&found, &kept, sizeof found) == 0;
    if (strcmp(mode, "keyword") == 0 && line.accepted && (capability.flags & SMTPWIRE_FLAG_BAD_VALUE) != 0)
        line.accepted = false;
    return line;
}

static struct judge_verdict judge_word(const char *mode, uint32_t lax, const char *data, size_t len,
                                       enum judge_cuts cuts, bool *same)
{
    struct smtpwire_options options;
    const bool is_command = mode_options(mode, &options);

    options.lax |= lax;
    if (is_command)
        return judge_command(data, len, &options, cuts, same);
    if (strcmp(mode, "reply") == 0)
        return judge_reply(data, len, &options, cuts, same);
    if (strcmp(mode, "capability") == 0 || strcmp(mode, "keyword") == 0)
        return judge_capability(mode, data, len, &options, cuts, same);
    if (strcmp(mode, "auth") == 0)
        return judge_push_auth(data, len, cuts, same);
    return judge_value(mode, data, len, &options);
}

/* ---- Words from the input ------------------------------------------------------------------------------------- */

static int nibble(char digit) { return digit <= '9' ? digit - '0' : digit - 'a' + 10; }

static void answer(char *mode, const char *data, size_t len, enum judge_cuts cuts)
{
    const uint32_t lax = named_leniencies(mode);
    const bool is_data = strcmp(mode, "data") == 0, is_chunk = strcmp(mode, "chunk") == 0;
    struct judge_verdict verdict;
    bool same = true;

    if (is_data)
        verdict = judge_push_data(data, len, cuts, &same);
    else if (is_chunk)
        verdict = judge_push_chunk(data, len, cuts, &same);
    else
        verdict = judge_word(mode, lax, data, len, cuts, &same);
    if (!same)
        puts("differs");
    else if ((is_data || is_chunk) && verdict.accepted)
        printf("end %llu %s %llu\n", (unsigned long long)verdict.end, smtpwire_error_name(verdict.id),
               (unsigned long long)verdict.offset);
    else if (is_data || is_chunk)
        puts("more");
    else if (verdict.accepted)
        puts("ok");
    else
        printf("%s %llu\n", smtpwire_error_name(verdict.id), (unsigned long long)verdict.offset);
}

int main(int argc, char **argv)
{
    const enum judge_cuts cuts = argc > 1 && strcmp(argv[1], "some") == 0 ? JUDGE_SOME_CUTS : JUDGE_EVERY_CUT;
    static char line[8192];
    while (fgets(line, sizeof line, stdin) != NULL) {
        char *hex = strchr(line, ' '), *data;
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
        answer(line, data, len, cuts);
        free(data);
    }
    return 0;
}
