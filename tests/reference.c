/* Holds the library against the reference parser (fuzz/reference): words made from the grammar with a fixed seed and
 * spoiled up to three times, under options of all sorts, and every line of the test vectors.
 *
 * usage: reference [-n WORDS] [-s SEED] [-a] VECTOR_FILE...   -a: print all differences, not only the first
 */
#include "../fuzz/reference/compare.h"
#include "reference_words.h"
#include "vector_file.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned long passed, failed, shown = 10;

static void print_octets(const uint8_t *data, size_t len)
{
    size_t i;
    for (i = 0; i < len; i++)
        if (data[i] >= 32 && data[i] < 127 && data[i] != '\\')
            putchar(data[i]);
        else
            printf("\\x%02x", data[i]);
    putchar('\n');
}

static void count(const char *difference, const char *what, const uint8_t *data, size_t len,
                  const struct smtpwire_options *options)
{
    static const char *const names[] = {"local_part", "domain", "label", "path"};
    unsigned i;
    if (difference == NULL) {
        passed++;
        return;
    }
    if (failed++ >= shown)
        return;
    printf("%s: %s\n    ", what, difference);
    print_octets(data, len);
    printf("    extensions %#llx lax %#x smtputf8 %d lmtp %d", (unsigned long long)options->extensions,
           (unsigned)options->lax, options->smtputf8, options->lmtp);
    for (i = 0; i < 4; i++)
        if (options->limit[i] != 0)
            printf(" %s %u", names[i], (unsigned)options->limit[i]);
    putchar('\n');
}

enum {
#define LENIENCY_BIT_(id, bit, name, text) | 1 << (bit)
#define LENIENCY_ONE_(id, bit, name, text) +1
    ALL_LENIENCIES = 0 SMTPWIRE_LENIENCIES(LENIENCY_BIT_),
    LENIENCIES = 0 SMTPWIRE_LENIENCIES(LENIENCY_ONE_)
#undef LENIENCY_BIT_
#undef LENIENCY_ONE_
};

/* Options that differ in what they offer and let through. */
static void choose(struct words *words, struct smtpwire_options *options)
{
    unsigned i;
    memset(options, 0, sizeof *options);
    switch (words_random(words, 8)) {
    case 0:
        return;
    case 1:
        options->extensions = words_random(words, SMTPWIRE_OFFER_ALL + 1) & SMTPWIRE_OFFER_ALL;
        break;
    case 2:
        options->smtputf8 = 1;
        options->extensions = words_random(words, 2) * SMTPWIRE_OFFER_ALL;
        break;
    default:
        options->extensions = SMTPWIRE_OFFER_ALL;
        break;
    }
    /* Some leniencies, or one. */
    if (words_random(words, 4) == 0)
        options->lax = (uint32_t)words_random(words, ALL_LENIENCIES + 1U);
    else if (words_random(words, 4) == 0)
        options->lax = (uint32_t)1 << words_random(words, LENIENCIES);
    if (words_random(words, 8) == 0)
        options->message_max = (uint64_t)INT64_MAX >> words_random(words, 63);
    options->lmtp = words_random(words, 16) == 0;
    if (words_random(words, 16) == 0) {
        options->limit[SMTPWIRE_LIMIT_LOCAL_PART] = 12 + (uint32_t)words_random(words, 90);
        options->limit[SMTPWIRE_LIMIT_DOMAIN] = 12 + (uint32_t)words_random(words, 290);
        options->limit[SMTPWIRE_LIMIT_LABEL] = 4 + (uint32_t)words_random(words, 80);
        options->limit[SMTPWIRE_LIMIT_PATH] = 20 + (uint32_t)words_random(words, 300);
    }
    for (i = 0; i < 3; i++)
        options->content[i] = (uint8_t)words_random(words, i < 2 ? 4 : 3);
}

static void compare(char kind, const uint8_t *data, size_t len, const struct smtpwire_options *options, uint64_t cuts)
{
    switch (kind) {
    case 'C':
        count(reference_compare_command(data, len, options), "command", data, len, options);
        break;
    case 'P':
        count(reference_compare_address(data, len, options), "address", data, len, options);
        break;
    case 'R':
        count(reference_compare_reply(data, len, options), "reply", data, len, options);
        break;
    case 'T':
        count(reference_compare_reply_text(data, len, options), "reply text", data, len, options);
        break;
    case 'K':
        count(reference_compare_capability(data, len, options), "capability", data, len, options);
        break;
    case 'X':
        count(reference_compare_xtext(data, len), "xtext", data, len, options);
        break;
    default:
        count(reference_compare_content(data, len, options, cuts), "content", data, len, options);
        count(reference_compare_lines(data, len, options, 2 + (uint32_t)(cuts >> 58), cuts), "lines", data, len,
              options);
        break;
    }
}

/* Each word at the end of a block, so that nothing behind it can be read. */
static void compare_exactly(char kind, const void *data, size_t len, const struct smtpwire_options *options,
                            uint64_t cuts)
{
    uint8_t *block = malloc(len + 1);
    if (block == NULL)
        abort();
    if (len != 0)
        memcpy(block + 1, data, len);
    compare(kind, block + 1, len, options, cuts);
    free(block);
}

static void generated(struct words *words, unsigned long number)
{
    static const char kinds[] = "CCCCCCCCCCCCPPPRTTKKXSS";
    struct smtpwire_options options;
    char kind = kinds[number % (sizeof kinds - 1)];
    uint64_t times;
    words_make(words, kind);
    for (times = words_random(words, 4); times > 0; times--)
        words_spoil(words);
    choose(words, &options);
    compare_exactly(kind, words->data, words->len, &options, words_random(words, UINT64_MAX));
}

/* All lines of a vector's octets, whatever it is about, as lines of every kind. */
static void vector(const struct vector *vector, const char *file, void *context)
{
    struct settings settings;
    struct text wire = {NULL, 0, 0};
    char words[400];
    size_t at, end;
    const char *kind;
    (void)file;
    (void)context;
    memset(&settings, 0, sizeof settings);
    if (vector_settings(vector, &settings, words, sizeof words) < 0)
        return;
    text_append(&wire, "", 0);
    text_expand(&wire, vector->wire.data, vector->wire.len, 0);
    compare_exactly('S', wire.data, wire.len, &settings.options, wire.len);
    for (at = 0; at < wire.len; at = end + 2) {
        for (end = at; end < wire.len && !(wire.data[end] == '\r' && end + 1 < wire.len && wire.data[end + 1] == '\n');
             end++)
            ;
        for (kind = "CPRTKX"; *kind != '\0'; kind++)
            compare_exactly(*kind, wire.data + at, end - at, &settings.options, 0);
    }
    free(wire.data);
}

int main(int argc, char **argv)
{
    static struct words words;
    unsigned long number, most = 300000;
    int i;
    words.state = 1;
    for (i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-n") == 0 && i + 1 < argc)
            most = strtoul(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "-s") == 0 && i + 1 < argc)
            words.state = strtoull(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "-a") == 0)
            shown = ULONG_MAX;
        else if (vector_file_read(argv[i], vector, NULL) < 0)
            failed++;
    }
    for (number = 0; number < most; number++)
        generated(&words, number);
    printf("%lu passed, %lu failed\n", passed, failed);
    return failed != 0;
}
