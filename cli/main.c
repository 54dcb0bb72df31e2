/* The smtpwire command: what octets on an SMTP wire mean. See smtpwire(1). */
#include "run.h"
#include "suite.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct output {
    int json, colour;
};

static void print(const struct record *record, void *context)
{
    const struct output *output = context;
    if (output->json)
        record_print_json(record, stdout);
    else
        record_print_people(record, stdout, output->colour);
}

#define ERROR_LINE(id, name, code, subject, detail, rfc, text)                                                         \
    if ((code) != 0)                                                                                                   \
        printf("%-24s %u %u.%u.%u  %s%s%s\n", name, (unsigned)(code), (unsigned)(code) / 100, (unsigned)(subject),     \
               (unsigned)(detail), text, (rfc)[0] != '\0' ? ", " : "", rfc);                                           \
    else                                                                                                               \
        printf("%-24s -          %s%s%s\n", name, text, (rfc)[0] != '\0' ? ", " : "", rfc);
#define LIMIT_LINE(id, name, value, rfc, text) printf("%-16s %-6u %s, %s\n", name, (unsigned)(value), text, rfc);
#define FLAG_LINE(id, bit, name, text) printf("%-16s %s\n", name, text);
#define EXTENSION_LINE(id, bit, name, rfc) printf("%-16s on   %s\n", name, (rfc)[0] != '\0' ? rfc : "no RFC");
#define LAX_LINE(id, bit, name, text) printf("%-16s off  %s\n", name, text);

static int list(const char *what)
{
    if (strcmp(what, "errors") == 0) {
        SMTPWIRE_ERRORS(ERROR_LINE)
    } else if (strcmp(what, "limits") == 0) {
        SMTPWIRE_LIMITS(LIMIT_LINE)
    } else if (strcmp(what, "flags") == 0) {
        SMTPWIRE_FLAGS(FLAG_LINE)
    } else if (strcmp(what, "extensions") == 0) {
        SMTPWIRE_EXTENSIONS(EXTENSION_LINE)
    } else {
        SMTPWIRE_LENIENCIES(LAX_LINE)
    }
    return 0;
}

static int fail(const char *what)
{
    fprintf(stderr, "smtpwire: %s: %s\n", what, strerror(errno));
    return 2;
}

static ptrdiff_t read_file(void *from, char *room, size_t size)
{
    size_t got = fread(room, 1, size, from);
    return got == 0 && ferror((FILE *)from) ? -1 : (ptrdiff_t)got;
}

static int run_file(struct run *run, FILE *in, const char *name)
{
    switch (run_input(run, read_file, in)) {
    case RUN_MEMORY:
        return fail("memory");
    case RUN_UNREADABLE:
        return fail(name);
    case RUN_TOO_LONG:
        fprintf(stderr, "smtpwire: %s: more than one line\n", name);
        return 2;
    default:
        return run->refused ? 1 : 0;
    }
}

int main(int argc, char **argv)
{
    static struct settings settings;
    static struct run run;
    char message[160];
    struct output output;
    FILE *in = stdin;
    int status;

    if (settings_parse(&settings, argc, argv, message, sizeof message) < 0) {
        fprintf(stderr, "smtpwire: %s\n%s", message, settings_help);
        return 2;
    }
    if (settings.help || settings.version || settings.list != NULL) {
        if (settings.help)
            fputs(settings_help, stdout);
        else if (settings.version)
            printf("smtpwire %s\n", smtpwire_version());
        else
            list(settings.list);
        return fflush(stdout) == 0 ? 0 : fail("standard output");
    }
    if (settings.mode == MODE_SUITE) {
        status = suite_run(&settings);
        return fflush(stdout) == 0 ? status : fail("standard output");
    }
    if (strcmp(settings.file, "-") != 0 && (in = fopen(settings.file, "rb")) == NULL)
        return fail(settings.file);
    output.json = settings.json;
    output.colour = isatty(STDOUT_FILENO);
    run_start(&run, &settings, print, &output);
    status = run_file(&run, in, settings.file);
    if (in != stdin)
        fclose(in);
    if (fflush(stdout) != 0)
        return fail("standard output");
    return status;
}
