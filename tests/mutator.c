/* The mutator of the fuzz targets: the same seed gives the same octets, nothing is written outside what is given, what
 * it makes is mostly but not always well-formed, and knows every row of the tables. */
#include "../fuzz/mutator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned passed, failed;
#define CHECK(condition, ...)                                                                                          \
    do {                                                                                                               \
        if (condition) {                                                                                               \
            passed++;                                                                                                  \
        } else {                                                                                                       \
            failed++;                                                                                                  \
            printf("FAILED: " __VA_ARGS__);                                                                            \
            printf(" (line %d)\n", __LINE__);                                                                          \
        }                                                                                                              \
    } while (0)

static const struct {
    const char *name;
    size_t head;
} targets[] = {
#define ROW(name, head, language) {#name, head},
    FUZZ_TARGETS(ROW)};
enum { TARGETS = sizeof targets / sizeof targets[0], SEEDS = 400, MAX = 4096 };

static const char sample[] = "\x01\x02\x03\x04\x05\x06\x07\x08\x09"
                             "EHLO a.example\r\nMAIL FROM:<a@b> SIZE=10\r\nRCPT TO:<c@d>\r\nBDAT 3 LAST\r\nabcQUIT\r\n";

/* In a block of exactly max octets. */
static uint8_t *mutated(const char *target, size_t size, size_t max, uint64_t seed, size_t *len)
{
    uint8_t *block = malloc(max != 0 ? max : 1);
    if (block == NULL)
        abort();
    memcpy(block, sample, size);
    *len = fuzz_mutate(target, block, size, max, seed);
    return block;
}

static void mutations(size_t t)
{
    const size_t size = sizeof sample - 1;
    unsigned same_head = 0, different = 0, equal = 0, within = 0;
    uint64_t seed;
    for (seed = 0; seed < SEEDS; seed++) {
        const size_t max = size + (size_t)(seed % 7) * 50;
        size_t one_len, again_len, next_len;
        uint8_t *one = mutated(targets[t].name, size, max, seed, &one_len);
        uint8_t *again = mutated(targets[t].name, size, max, seed, &again_len);
        uint8_t *next = mutated(targets[t].name, size, max, seed + SEEDS, &next_len);
        within += one_len <= max;
        equal += one_len == again_len && memcmp(one, again, one_len) == 0;
        different += one_len != next_len || memcmp(one, next, one_len) != 0;
        same_head += one_len >= targets[t].head && memcmp(one, sample, targets[t].head) == 0;
        free(one);
        free(again);
        free(next);
    }
    CHECK(within == SEEDS, "%s: longer than there is room for", targets[t].name);
    CHECK(equal == SEEDS, "%s: one seed, two results", targets[t].name);
    CHECK(different > SEEDS * 9 / 10, "%s: two seeds, one result", targets[t].name);
    CHECK(same_head > SEEDS * 8 / 10, "%s: the head is not left alone", targets[t].name);
    CHECK(targets[t].head == 0 || same_head < SEEDS, "%s: the head never changes", targets[t].name);
}

static void small(size_t t)
{
    uint64_t seed;
    for (seed = 0; seed < SEEDS; seed++) {
        const size_t max = (size_t)(seed % 64), sixth = (size_t)(seed / 64), size = sixth < max ? sixth : max;
        size_t len;
        uint8_t out[64], *block = mutated(targets[t].name, size, max, seed, &len), *exact = malloc(max + 1);
        CHECK(len <= max, "%s: %zu octets of %zu", targets[t].name, len, max);
        free(block);
        if (exact == NULL)
            abort();
        len = fuzz_cross(targets[t].name, (const uint8_t *)sample, sizeof sample - 1, (const uint8_t *)sample, size,
                         exact, max, seed);
        CHECK(len <= max, "%s: %zu octets of %zu crossed", targets[t].name, len, max);
        CHECK(len < targets[t].head || memcmp(exact, sample, targets[t].head) == 0, "%s: crossed, another head",
              targets[t].name);
        CHECK(fuzz_cross(targets[t].name, exact, 0, exact, 0, out, sizeof out, seed) == 0, "%s: something of nothing",
              targets[t].name);
        free(exact);
    }
}

static uint8_t body[MAX + 1];
static size_t generate(enum fuzz_language language, uint64_t seed)
{
    struct fuzz_text t = {body, 0, MAX, seed};
    fuzz_body(&t, language);
    return t.len;
}

/* Every name of the tables is in the dictionary, and occurs in what clients or servers are made to say. */
static void words(enum fuzz_language language, const char *const *names, unsigned count)
{
    unsigned char seen[256] = {0};
    const char *word;
    unsigned i, j;
    uint64_t seed;
    for (seed = 0; seed < 8000; seed++) {
        body[generate(language, seed)] = 0;
        for (i = 0; i < count; i++)
            if (!seen[i] && strstr((const char *)body, names[i]) != NULL)
                seen[i] = 1;
    }
    for (i = 0; i < count; i++) {
        if (names[i][0] >= 'a' && names[i][0] <= 'z') /* of no command */
            continue;
        CHECK(seen[i], "%s is never generated", names[i]);
        for (j = 0; (word = fuzz_word(language, j)) != NULL && strcmp(word, names[i]) != 0; j++)
            continue;
        CHECK(word != NULL, "%s is not in the dictionary", names[i]);
    }
}

/* Of the lines generated many are good, many are not; every parameter is accepted, every verb is. */
static void lines(void)
{
    static const struct smtpwire_options options = {.extensions = SMTPWIRE_OFFER_ALL, .lmtp = 0};
    unsigned good = 0, verbs[SMTPWIRE_VERB_COUNT] = {0}, values[SMTPWIRE_PARAMETER_COUNT] = {0}, i;
    unsigned errors[SMTPWIRE_ERROR_COUNT] = {0};
    enum { LINES = 150000 };
    uint64_t seed;
    for (seed = 0; seed < LINES; seed++) {
        const size_t len = generate(FUZZ_COMMAND, seed);
        struct smtpwire_command command;
        struct smtpwire_parameter parameter;
        struct smtpwire_slice rest;
        struct smtpwire_error error;
        if (smtpwire_command_parse((const char *)body, len, &options, &command, &error) < 0) {
            errors[error.id]++;
            continue;
        }
        good++;
        verbs[command.verb]++;
        for (rest = command.parameters; smtpwire_parameter_next(&rest, &parameter);)
            values[parameter.id]++;
    }
    CHECK(good > LINES / 4 && good < LINES * 9 / 10, "%u of %d lines are good", good, (int)LINES);
#define ACCEPTED_VERB(id, name, implemented)                                                                           \
    CHECK(!(implemented) || SMTPWIRE_VERB_##id == SMTPWIRE_VERB_LHLO || verbs[SMTPWIRE_VERB_##id] != 0, "no good %s",  \
          name);
    SMTPWIRE_VERBS(ACCEPTED_VERB)
    for (i = 1; i < SMTPWIRE_PARAMETER_COUNT; i++)
        CHECK(values[i] != 0, "no good %s", smtpwire_parameter_name(i));
    for (i = SMTPWIRE_ERROR_COMMAND_UNKNOWN; i <= SMTPWIRE_ERROR_NON_ASCII; i++)
        CHECK(errors[i] != 0 || i == SMTPWIRE_ERROR_MESSAGE_TOO_LARGE || i == SMTPWIRE_ERROR_LINE_TOO_LONG ||
                  i == SMTPWIRE_ERROR_AUTH_SYNTAX,
              "never %s", smtpwire_error_name(i));
}

static void replies(void)
{
    unsigned good = 0, capabilities[SMTPWIRE_CAPABILITY_COUNT] = {0}, i;
    enum { LINES = 20000 };
    uint64_t seed;
    for (seed = 0; seed < LINES; seed++) {
        struct smtpwire_reply reply;
        struct smtpwire_capability capability;
        size_t len = generate(FUZZ_REPLY, seed);
        good += smtpwire_reply_parse((const char *)body, len, NULL, &reply, NULL) == 0;
        len = generate(FUZZ_CAPABILITY, seed);
        if (smtpwire_capability_parse((const char *)body, len, NULL, &capability, NULL) == 0)
            capabilities[capability.id]++;
    }
    CHECK(good > LINES / 4 && good < LINES * 9 / 10, "%u of %d reply lines are good", good, (int)LINES);
    for (i = 1; i < SMTPWIRE_CAPABILITY_COUNT; i++)
        CHECK(capabilities[i] != 0, "no good %s", smtpwire_capability_name(i));
}

int main(int argc, char **argv)
{
#define NAME(id, name, ...) name,
    static const char *const verbs[] = {SMTPWIRE_VERBS(NAME)}, *const mechanisms[] = {SMTPWIRE_MECHANISMS(NAME)};
    static const char *const capabilities[] = {SMTPWIRE_CAPABILITIES(NAME)};
    static const char *const parameters[] = {SMTPWIRE_PARAMETERS(NAME)};
    size_t t;
    int i, found = 0;
    for (t = 0; t < TARGETS; t++) {
        mutations(t);
        small(t);
    }
    words(FUZZ_SESSION, verbs, SMTPWIRE_VERB_COUNT);
    words(FUZZ_SESSION, mechanisms, sizeof mechanisms / sizeof mechanisms[0]);
    words(FUZZ_SESSION, parameters + 1, SMTPWIRE_PARAMETER_COUNT - 1);
    words(FUZZ_REPLIES, capabilities + 1, SMTPWIRE_CAPABILITY_COUNT - 1);
    words(FUZZ_REPLIES, mechanisms, sizeof mechanisms / sizeof mechanisms[0]);
    lines();
    replies();
    for (i = 1; i < argc; i++) { /* the fuzz targets there are */
        for (t = 0; t < TARGETS && strcmp(targets[t].name, argv[i]) != 0; t++)
            continue;
        CHECK(t < TARGETS, "%s is not in fuzz/mutator.h", argv[i]);
        found += t < TARGETS;
    }
    CHECK(argc == 1 || found == TARGETS, "fuzz/mutator.h has targets that are none");
    printf("%u passed, %u failed\n", passed, failed);
    return failed != 0;
}
