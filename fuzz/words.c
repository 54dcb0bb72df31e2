/* The words of the wire, by language, from the tables of smtpwire.h; and what language a target's inputs have. */
#include "mutator.h"

#include <string.h>

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))
#define NAME(id, name, ...) name,
static const char *const verbs[] = {SMTPWIRE_VERBS(NAME)};
static const char *const mechanisms[] = {SMTPWIRE_MECHANISMS(NAME)};
static const char *const capabilities[] = {SMTPWIRE_CAPABILITIES(NAME)};
static const char *const attribute_names[] = {SMTPWIRE_ATTRIBUTES(NAME)};
static const char *const limit_names[] = {"MAILMAX", "RCPTMAX", "RCPTDOMAINMAX"};
#define PARAMETER_NAME(id, keyword, ...) keyword,
static const char *const parameter_names[] = {SMTPWIRE_PARAMETERS(PARAMETER_NAME)};
/* What is no name in a table of smtpwire.h. */
static const char *const others[] = {"FROM:", "TO:",  "FROM:<", "TO:<",     "\r\n",  "\r\n.\r\n",
                                     "\n.\n", "::",   "[IPv6:", "<>",       "LAST",  "Postmaster",
                                     "@",     "250-", "250 ",   "354 \r\n", "=\r\n", "+3D"};

/* Rows such as "unknown" and "end-of-data" are no words of the wire. */
int fuzz_unnamed(const char *word) { return word[0] >= 'a' && word[0] <= 'z'; }

#define IN(language) (1U << FUZZ_##language)
#define SENT_BY_CLIENTS (IN(SESSION) | IN(ANY) | IN(COMMAND) | IN(CALLS) | IN(PARTS))
#define SENT_BY_SERVERS (IN(REPLIES) | IN(ANY) | IN(REPLY) | IN(CAPABILITY) | IN(CALLS) | IN(PARTS))

const char *fuzz_word(enum fuzz_language language, uint32_t index)
{
    static const struct {
        const char *const *words;
        uint32_t count, languages;
    } tables[] = {{verbs, SMTPWIRE_VERB_COUNT, SENT_BY_CLIENTS | IN(CONTENT)},
                  {mechanisms, COUNT(mechanisms), SENT_BY_CLIENTS | SENT_BY_SERVERS},
                  {capabilities, COUNT(capabilities), SENT_BY_SERVERS},
                  {parameter_names, COUNT(parameter_names), SENT_BY_CLIENTS | IN(PARAMETERS)},
                  {attribute_names, COUNT(attribute_names), SENT_BY_CLIENTS},
                  {limit_names, COUNT(limit_names), SENT_BY_SERVERS},
                  {others, COUNT(others), ~0U}};
    uint32_t i, word;
    for (i = 0; i < COUNT(tables); i++)
        for (word = 0; word < tables[i].count && (tables[i].languages >> language & 1) != 0; word++)
            if (!fuzz_unnamed(tables[i].words[word]) && index-- == 0)
                return tables[i].words[word];
    return NULL;
}

static const struct {
    const char *name;
    size_t head;
    enum fuzz_language language;
} targets[] = {
#define TARGET_ROW(name, head, language) {#name, head, FUZZ_##language},
    FUZZ_TARGETS(TARGET_ROW){NULL, 0, FUZZ_ANY}};

static size_t target_index(const char *name)
{
    size_t i = 0;
    while (targets[i].name != NULL && strcmp(targets[i].name, name) != 0)
        i++;
    return i;
}

enum fuzz_language fuzz_language_of(const char *target) { return targets[target_index(target)].language; }

size_t fuzz_head_of(const char *target) { return targets[target_index(target)].head; }
