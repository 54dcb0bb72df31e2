#include "settings.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char settings_help[] =
    "usage: smtpwire MODE [options] [FILE|-]\n"
    "       smtpwire suite [--json] [--chunk N] FILE...\n"
    "Reads octets as they stand on an SMTP wire and tells what they mean, strictly.\n"
    "\n"
    "modes\n"
    "  server         what a client sends; every good command is taken as answered positively\n"
    "  client         what a server sends\n"
    "  data           the content of a message after 354, up to its lone dot\n"
    "  command reply  one line; a CRLF at its end may be there\n"
    "  capability     one line of an EHLO reply behind its first, without 250- before it\n"
    "  path mailbox domain   one value; a CRLF at its end may be there\n"
    "  greeting ehlo forward challenge   the text of one reply: of the greeting, of EHLO's first line, of 251 or 551,\n"
    "                 of 334\n"
    "  suite          rows of octets and what they mean, such as corpus/hostile/*.jsonl: which hold here\n"
    "\n"
    "options\n"
    "  --json                   one object per event and line, octets as U+0000 to U+00FF\n"
    "  --chunk N                push N octets at a time\n"
    "  --path forward|reverse   which path (default: reverse)\n"
    "  --reply VERB=CODE[,...]  server: answer VERB so, one code after the other; also greeting, end-of-data,\n"
    "                           burl-last, error\n"
    "  --sent VERB[,VERB...]    client: the commands that were sent, in order; none at the end: and no others\n"
    "  --content KIND=POLICY    bare_lf, bare_cr, nul: reject, pass, normalise\n"
    "  --message-max N          the longest message, in octets as delivered\n"
    "  --tls                    the connection is in TLS from its start\n"
    "  --lmtp                   LMTP: LHLO, and a reply for each recipient behind the content\n"
    "  --smtputf8               addresses may hold UTF-8 although no SMTPUTF8 was seen\n"
    "  --offer LIST|all|none    the extensions that are offered, see --list extensions (default: all)\n"
    "  --lax NAME[,NAME...]     leniencies, see --list lax\n"
    "  --limit NAME=N           limits, see --list limits\n"
    "  --list WHAT              print a table: lax, limits, errors, flags, extensions\n"
    "  --help, --version\n"
    "\n"
    "exit status: 0 all accepted, 1 something refused or cut off, 2 usage or I/O\n";

struct name {
    const char *name;
    unsigned value;
};

static const struct name modes[] = {
    {"server", MODE_SERVER},         {"client", MODE_CLIENT},     {"data", MODE_DATA},       {"command", MODE_COMMAND},
    {"reply", MODE_REPLY},           {"path", MODE_PATH},         {"mailbox", MODE_MAILBOX}, {"domain", MODE_DOMAIN},
    {"capability", MODE_CAPABILITY}, {"greeting", MODE_GREETING}, {"ehlo", MODE_EHLO},       {"forward", MODE_FORWARD},
    {"challenge", MODE_CHALLENGE},   {"suite", MODE_SUITE},
};
static const struct name kinds[] = {
    {"bare_lf", SMTPWIRE_CONTENT_BARE_LF}, {"bare_cr", SMTPWIRE_CONTENT_BARE_CR}, {"nul", SMTPWIRE_CONTENT_NUL}};
static const struct name policies[] = {
    {"reject", SMTPWIRE_POLICY_REJECT}, {"pass", SMTPWIRE_POLICY_PASS}, {"normalise", SMTPWIRE_POLICY_NORMALISE}};
static const struct name paths[] = {{"reverse", 0}, {"forward", 1}};
static const struct name tables[] = {{"lax", 0}, {"limits", 0}, {"errors", 0}, {"flags", 0}, {"extensions", 0}};

#define VERB_ROW(id, name, implemented) {name, SMTPWIRE_VERB_##id},
#define LIMIT_ROW(id, name, value, rfc, text) {name, SMTPWIRE_LIMIT_##id},
#define LAX_ROW(id, bit, name, text) {name, 1U << (bit)},
#define EXTENSION_ROW(id, bit, name, rfc) {name, SMTPWIRE_EXTENSION_##id},
static const struct name verbs[] = {SMTPWIRE_VERBS(VERB_ROW){"error", REPLY_TO_ERROR}};
static const struct name limits[] = {SMTPWIRE_LIMITS(LIMIT_ROW)};
static const struct name leniencies[] = {SMTPWIRE_LENIENCIES(LAX_ROW)};
static const struct name extensions[] = {SMTPWIRE_EXTENSIONS(EXTENSION_ROW)};

static const struct name *lookup(const struct name *names, size_t count, const char *text, size_t len)
{
    size_t i;
    for (i = 0; i < count; i++)
        if (strlen(names[i].name) == len && strncasecmp(names[i].name, text, len) == 0)
            return &names[i];
    return NULL;
}
#define LOOKUP(names, text, len) lookup(names, COUNT(names), text, len)

/* A number that ends at one of the octets in ends, which *text is left at. */
static int number(const char **text, unsigned long long max, const char *ends, unsigned long long *value)
{
    char *end;
    if (**text < '0' || **text > '9')
        return -1;
    errno = 0;
    *value = strtoull(*text, &end, 10);
    if (errno != 0 || *value > max || strchr(ends, *end) == NULL)
        return -1;
    *text = end;
    return 0;
}

/* Whether a server's session takes this code as an answer to that; to an error whatever its command could be told. */
static int can_answer(unsigned verb, unsigned code)
{
    if (code < 200 || code % 100 > 59)
        return 0;
    if (verb == REPLY_TO_ERROR)
        return 1;
    if (verb == SMTPWIRE_VERB_DATA)
        return code == 354 || code >= 400;
    if (verb == SMTPWIRE_VERB_AUTH || verb == SMTPWIRE_VERB_AUTH_RESPONSE)
        return code == 334 || code / 100 != 3;
    return code / 100 != 3;
}

static int set_reply(struct settings *s, const char *text)
{
    const char *equals = strchr(text, '=');
    const struct name *verb = equals != NULL ? LOOKUP(verbs, text, (size_t)(equals - text)) : NULL;
    struct codes *codes;
    unsigned long long code;
    if (verb == NULL)
        return -1;
    codes = &s->codes[verb->value];
    codes->count = 0;
    do {
        equals++;
        if (codes->count == CODES_MAX || number(&equals, 559, ",", &code) < 0 ||
            !can_answer(verb->value, (unsigned)code))
            return -1;
        codes->code[codes->count++] = (unsigned)code;
    } while (*equals == ',');
    return 0;
}

static int set_sent(struct settings *s, const char *text)
{
    for (;;) {
        size_t len = strcspn(text, ",");
        const struct name *verb = LOOKUP(verbs, text, len);
        if (strcmp(text, "none") == 0) {
            s->sent_all = 1;
            return 0;
        }
        if (verb == NULL || verb->value >= SMTPWIRE_VERB_COUNT || verb->value == SMTPWIRE_VERB_GREETING ||
            verb->value == SMTPWIRE_VERB_END_OF_DATA || s->sent_count == SENT_MAX)
            return -1;
        s->sent[s->sent_count++] = (uint8_t)verb->value;
        if (text[len] == '\0')
            return 0;
        text += len + 1;
    }
}

static int set_lax(struct settings *s, const char *text)
{
    for (;;) {
        size_t len = strcspn(text, ",");
        const struct name *lax = LOOKUP(leniencies, text, len);
        if (lax == NULL)
            return -1;
        s->options.lax |= lax->value;
        if (text[len] == '\0')
            return 0;
        text += len + 1;
    }
}

static int set_offer(struct settings *s, const char *text)
{
    s->options.extensions = strcmp(text, "all") == 0 ? SMTPWIRE_OFFER_ALL : 0;
    if (strcmp(text, "all") == 0 || strcmp(text, "none") == 0)
        return 0;
    for (;;) {
        size_t len = strcspn(text, ",");
        const struct name *extension = LOOKUP(extensions, text, len);
        if (extension == NULL)
            return -1;
        s->options.extensions |= UINT64_C(1) << extension->value;
        if (text[len] == '\0')
            return 0;
        text += len + 1;
    }
}

static int set_limit(struct settings *s, const char *text)
{
    const char *equals = strchr(text, '=');
    const struct name *limit = equals != NULL ? LOOKUP(limits, text, (size_t)(equals - text)) : NULL;
    unsigned long long value;
    if (limit == NULL)
        return -1;
    equals++;
    if (number(&equals, 1U << 24, "", &value) < 0 || value == 0)
        return -1;
    s->options.limit[limit->value] = (uint32_t)value;
    return 0;
}

static int set_message_max(struct settings *s, const char *text)
{
    unsigned long long value;
    if (number(&text, INT64_MAX, "", &value) < 0 || value == 0)
        return -1;
    s->options.message_max = value;
    return 0;
}

static int set_content(struct settings *s, const char *text)
{
    const char *equals = strchr(text, '=');
    const struct name *kind = equals != NULL ? LOOKUP(kinds, text, (size_t)(equals - text)) : NULL;
    const struct name *policy = equals != NULL ? LOOKUP(policies, equals + 1, strlen(equals + 1)) : NULL;
    if (kind == NULL || policy == NULL)
        return -1;
    s->options.content[kind->value] = (uint8_t)policy->value;
    return 0;
}

static int set_chunk(struct settings *s, const char *text)
{
    unsigned long long value;
    if (number(&text, 1U << 20, "", &value) < 0 || value == 0)
        return -1;
    s->chunk = (size_t)value;
    return 0;
}

static int set_path(struct settings *s, const char *text)
{
    const struct name *path = LOOKUP(paths, text, strlen(text));
    if (path == NULL)
        return -1;
    s->forward = (int)path->value;
    return 0;
}

static int set_list(struct settings *s, const char *text)
{
    s->list = text;
    return LOOKUP(tables, text, strlen(text)) != NULL ? 0 : -1;
}

static int set_json(struct settings *s, const char *text)
{
    (void)text;
    s->json = 1;
    return 0;
}

static int set_smtputf8(struct settings *s, const char *text)
{
    (void)text;
    s->options.smtputf8 = 1;
    return 0;
}

static int set_lmtp(struct settings *s, const char *text)
{
    (void)text;
    s->options.lmtp = 1;
    return 0;
}

static int set_tls(struct settings *s, const char *text)
{
    (void)text;
    s->tls = 1;
    return 0;
}

static int set_help(struct settings *s, const char *text)
{
    (void)text;
    s->help = 1;
    return 0;
}

static int set_version(struct settings *s, const char *text)
{
    (void)text;
    s->version = 1;
    return 0;
}

static const struct flag {
    const char *name;
    int takes;
    int (*set)(struct settings *, const char *);
} flags[] = {
    {"json", no_argument, set_json},
    {"chunk", required_argument, set_chunk},
    {"path", required_argument, set_path},
    {"reply", required_argument, set_reply},
    {"sent", required_argument, set_sent},
    {"content", required_argument, set_content},
    {"smtputf8", no_argument, set_smtputf8},
    {"lmtp", no_argument, set_lmtp},
    {"lax", required_argument, set_lax},
    {"limit", required_argument, set_limit},
    {"list", required_argument, set_list},
    {"offer", required_argument, set_offer},
    {"message-max", required_argument, set_message_max},
    {"tls", no_argument, set_tls},
    {"help", no_argument, set_help},
    {"version", no_argument, set_version},
};

static void set_defaults(struct settings *s)
{
    unsigned verb;
    memset(s, 0, sizeof *s);
    s->file = "-";
    s->options.extensions = SMTPWIRE_OFFER_ALL;
    for (verb = 0; verb < SMTPWIRE_VERB_COUNT; verb++) {
        s->codes[verb].count = verb != SMTPWIRE_VERB_AUTH; /* 334 or 235, as it asks for a line or brings one */
        s->codes[verb].code[0] = verb == SMTPWIRE_VERB_DATA            ? 354
                                 : verb == SMTPWIRE_VERB_GREETING      ? 220
                                 : verb == SMTPWIRE_VERB_STARTTLS      ? 220
                                 : verb == SMTPWIRE_VERB_XCLIENT       ? 220
                                 : verb == SMTPWIRE_VERB_QUIT          ? 221
                                 : verb == SMTPWIRE_VERB_AUTH_RESPONSE ? 235
                                                                       : 250;
    }
}

/* The files of the suite, whose rows have settings of their own. */
static int read_files(struct settings *s, int argc, char **argv, char *message, size_t size)
{
    s->mode = MODE_SUITE;
    s->files = argv + optind + 1;
    s->file_count = argc - optind - 1;
    if (s->file_count != 0 && !s->of_a_run)
        return 0;
    snprintf(message, size, s->of_a_run ? "suite takes only --json and --chunk" : "expected a file of rows");
    return -1;
}

static int read_operands(struct settings *s, int argc, char **argv, char *message, size_t size)
{
    const struct name *mode;
    if (s->help || s->version || s->list != NULL)
        return 0;
    mode = optind < argc ? LOOKUP(modes, argv[optind], strlen(argv[optind])) : NULL;
    if (optind < argc && mode == NULL) {
        snprintf(message, size, "no mode is called %.40s", argv[optind]);
        return -1;
    }
    if (mode != NULL && mode->value == MODE_SUITE)
        return read_files(s, argc, argv, message, size);
    if (mode == NULL || argc - optind > 2) {
        snprintf(message, size, "expected a mode and at most one file");
        return -1;
    }
    s->mode = (enum mode)mode->value;
    if (argc - optind == 2)
        s->file = argv[optind + 1];
    if (smtpwire_options_check(&s->options) < 0) {
        snprintf(message, size,
                 "these options do not go together (nul cannot be normalised; a line limit is at least 8)");
        return -1;
    }
    return 0;
}

int settings_parse(struct settings *settings, int argc, char **argv, char *message, size_t size)
{
    struct option options[COUNT(flags) + 1];
    size_t i;
    int which, index = 0;

    memset(options, 0, sizeof options);
    for (i = 0; i < COUNT(flags); i++) {
        options[i].name = flags[i].name;
        options[i].has_arg = flags[i].takes;
    }
    set_defaults(settings);
    optind = 0; /* this may be called more than once */
    opterr = 0;
    while ((which = getopt_long(argc, argv, "", options, &index)) != -1) {
        if (which != 0) {
            snprintf(message, size, "no such option, or its argument is missing: %.40s", argv[optind - 1]);
            return -1;
        }
        if (flags[index].set(settings, optarg) < 0) {
            snprintf(message, size, "--%s does not take %.40s", flags[index].name, optarg);
            return -1;
        }
        settings->of_a_run |= flags[index].set != set_json && flags[index].set != set_chunk;
    }
    return read_operands(settings, argc, argv, message, size);
}
