/* What the smtpwire command was asked to do. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "smtpwire.h"

enum mode {
    MODE_SERVER,
    MODE_CLIENT,
    MODE_DATA,
    MODE_COMMAND,
    MODE_REPLY,
    MODE_CAPABILITY,
    MODE_PATH,
    MODE_MAILBOX,
    MODE_DOMAIN,
    MODE_GREETING,
    MODE_EHLO,
    MODE_FORWARD,
    MODE_CHALLENGE,
    MODE_SUITE
};

enum { CODES_MAX = 16, SENT_MAX = 256, REPLY_TO_ERROR = SMTPWIRE_VERB_COUNT };

/* The codes to answer a command with, one after the other; the last one from then on. */
struct codes {
    unsigned code[CODES_MAX];
    unsigned count, next;
};

struct settings {
    enum mode mode;
    struct smtpwire_options options;
    size_t chunk; /* octets a push, 0: as they come */
    int json, forward, tls, help, version;
    int of_a_run; /* an option was given that is not the suite's */
    const char *list;                            /* the table to print, or null */
    const char *file;                            /* "-" is standard input */
    char **files;                                /* of the suite */
    int file_count;
    struct codes codes[SMTPWIRE_VERB_COUNT + 1]; /* by verb, and for ERROR */
    uint8_t sent[SENT_MAX];
    size_t sent_count;
    int sent_all; /* no command was sent but these */
};

/* Reads the command's arguments. Returns 0, or -1 with a message for the user in it. */
int settings_parse(struct settings *settings, int argc, char **argv, char *message, size_t size);

extern const char settings_help[];

#endif
