/* send: hands one message to an SMTP or LMTP server by smtpwire's session for clients, as a model to start from.
 *
 *     send [--lmtp] HOST PORT FROM TO... < message         FROM may be "<>"
 *
 * Exit status: 0 at least one recipient has it, 1 none has, 2 usage. Refusals are told on standard error. The message's
 * lines must end in CRLF: a bare LF or CR is refused, never sent. It goes by BDAT in chunks where CHUNKING is offered,
 * else by DATA. Not here: STARTTLS, AUTH, trying again, time limits, downgrading what a server without 8BITMIME cannot
 * take.
 *
 * SPDX-License-Identifier: MIT */
#include <smtpwire.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CHUNK = 262144, BATCH = 100 /* commands in flight: so many replies fit the socket's buffer */, SLICES = 16 };

struct recipient {
    const char *name;
    struct smtpwire_command command;
    int taken; /* its RCPT was answered 2xx */
};

enum capability { PIPELINING, CHUNKING, EIGHT_BIT, UTF8 };

struct client {
    int fd;
    struct smtpwire_client session;
    unsigned code;      /* of the last reply; 0 if it was faulty */
    int faulty, inside; /* a line of this reply was; this reply has begun */
    int content;        /* it is due: the replies that are awaited are to it */
    int offered[4];     /* by enum capability */
    struct recipient *recipients;
    size_t count, answered, taken, ended, delivered; /* recipients */
    size_t in;
    char input[16384];
};

static struct smtpwire_options options = {
    .smtputf8 = 1, .extensions = SMTPWIRE_OFFER_ALL}; /* whether UTF-8 may be sent is asked once EHLO is answered */

static void give_up(const char *what, const char *why)
{
    (void)fprintf(stderr, "send: %s: %s\n", what, why);
    exit(1);
}

static void write_slices(struct client *c, const struct smtpwire_slice *slices, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t at = 0; at < slices[i].len;) {
            ssize_t n = send(c->fd, slices[i].data + at, slices[i].len - at, MSG_NOSIGNAL);
            if (n < 0)
                give_up("connection", "broken while sending");
            at += (size_t)n;
        }
}

/* ---- Replies ---- */

static void tell(const char *who, const struct smtpwire_event *ev)
{
    (void)fprintf(stderr, "send: %s: %.*s\n", who, (int)ev->line.len, ev->line.data);
}

static void capability(struct client *c, struct smtpwire_slice text)
{
    static const char *const known[] = {"PIPELINING", "CHUNKING", "8BITMIME", "SMTPUTF8"};
    const char *space = text.len != 0 ? memchr(text.data, ' ', text.len) : NULL;
    size_t len = space != NULL ? (size_t)(space - text.data) : text.len;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        c->offered[i] |= len == strlen(known[i]) && strncasecmp(text.data, known[i], len) == 0;
}

/* A reply is complete. What it answers to a recipient is counted, since replies come in the order of the recipients. */
static void answered(struct client *c, const struct smtpwire_event *ev)
{
    const int good = c->code / 100 == 2;
    const unsigned verb = ev->reply.verb;
    struct recipient *one = c->recipients;
    if (verb == SMTPWIRE_VERB_RCPT) {
        one += c->answered++;
        one->taken = good;
        c->taken += (size_t)good;
    } else if (verb == SMTPWIRE_VERB_END_OF_DATA || verb == SMTPWIRE_VERB_BDAT_LAST) {
        while (options.lmtp && c->ended < c->count && !c->recipients[c->ended].taken)
            c->ended++; /* LMTP has a reply for each that was taken (RFC 2033 section 4.2) */
        one += options.lmtp ? c->ended++ : 0;
        c->delivered += good ? (options.lmtp ? 1 : c->taken) : 0;
    }
    if (!good && c->code != 354)
        tell(verb == SMTPWIRE_VERB_RCPT || options.lmtp ? one->name : smtpwire_verb_name(verb), ev);
}

/* Until every reply is there that was asked for; a 354 asks for the content first. */
static void read_replies(struct client *c)
{
    struct smtpwire_event ev;
    size_t pos = 0;
    while (smtpwire_client_due(&c->session) != 0 && !c->content) {
        pos += smtpwire_client_push(&c->session, c->input + pos, c->in - pos, &ev);
        if (ev.kind == SMTPWIRE_FATAL)
            give_up("reply", smtpwire_error_text(ev.error.id));
        if (ev.kind == SMTPWIRE_MORE) {
            memmove(c->input, c->input + pos, c->in -= pos); /* pushed again with more behind it */
            pos = 0;
            ssize_t n = recv(c->fd, c->input + c->in, sizeof c->input - c->in, 0);
            if (n <= 0)
                give_up("connection", "closed by the server");
            c->in += (size_t)n;
            continue;
        }
        if (ev.kind == SMTPWIRE_ERROR)
            c->faulty = 1;
        else if (c->inside && (ev.reply.verb == SMTPWIRE_VERB_EHLO || ev.reply.verb == SMTPWIRE_VERB_LHLO))
            capability(c, ev.reply.text);
        c->inside = !ev.reply.last;
        if (!ev.reply.last)
            continue;
        c->code = c->faulty ? 0 : ev.reply.code;
        c->faulty = 0;
        answered(c, &ev);
        c->content = c->code == 354;
        if (ev.reply.code == 421)
            exit(c->delivered == 0); /* it is closing the connection */
    }
    memmove(c->input, c->input + pos, c->in -= pos);
}

/* ---- Commands ---- */

static void command(struct client *c, const struct smtpwire_command *what)
{
    const unsigned verb = what->verb == SMTPWIRE_VERB_BDAT && what->last ? SMTPWIRE_VERB_BDAT_LAST : what->verb;
    struct smtpwire_error error;
    char line[512];
    ptrdiff_t len = smtpwire_command_write(what, &options, line, sizeof line, &error);
    if (len < 0 || (size_t)len > sizeof line)
        give_up(smtpwire_verb_name(what->verb), len < 0 ? smtpwire_error_text(error.id) : "too long");
    if (smtpwire_client_due(&c->session) >= BATCH || smtpwire_client_sent(&c->session, verb) < 0) {
        read_replies(c);
        if (smtpwire_client_sent(&c->session, verb) < 0)
            give_up(smtpwire_verb_name(what->verb), "cannot be sent now");
    }
    write_slices(c, &(struct smtpwire_slice){line, (size_t)len}, 1);
    if (!c->offered[PIPELINING] && verb != SMTPWIRE_VERB_BDAT &&
        verb != SMTPWIRE_VERB_BDAT_LAST) /* their octets come first */
        read_replies(c);
}

/* ---- The message ---- */

static size_t read_message(char *buf)
{
    size_t len = fread(buf, 1, CHUNK, stdin);
    if (ferror(stdin))
        give_up("message", "cannot be read"); /* the connection ends without an end: no message */
    return len;
}

/* What is dot-stuffed has been looked at for bare CR and LF: what goes by BDAT passes here only for that. */
static void push_message(struct client *c, struct smtpwire_stuff *stuff, const char *data, size_t len, int sending)
{
    struct smtpwire_slice slices[SLICES];
    struct smtpwire_error error;
    size_t taken;
    for (; len != 0; data += taken, len -= taken) {
        ptrdiff_t n = smtpwire_stuff_push(stuff, data, len, &taken, slices, SLICES, &error);
        if (n < 0)
            give_up("message", smtpwire_error_text(error.id));
        if (sending)
            write_slices(c, slices, (size_t)n);
    }
}

static void send_by_chunks(struct client *c, struct smtpwire_stuff *stuff, char *buf)
{
    struct smtpwire_command bdat = {.verb = SMTPWIRE_VERB_BDAT};
    read_replies(c); /* so that no octet goes to a server that has refused every recipient */
    for (c->code = 250; c->taken != 0 && c->code / 100 == 2 && !bdat.last;) {
        const size_t len = read_message(buf);
        push_message(c, stuff, buf, len, 0);
        bdat.last = len < CHUNK;
        bdat.chunk_size = len;
        command(c, &bdat);
        write_slices(c, &(struct smtpwire_slice){buf, len}, 1);
        read_replies(c);
    }
}

static void send_by_data(struct client *c, struct smtpwire_stuff *stuff, char *buf)
{
    struct smtpwire_slice end;
    struct smtpwire_error error;
    size_t len;
    command(c, &(struct smtpwire_command){.verb = SMTPWIRE_VERB_DATA});
    read_replies(c);
    if (c->code != 354)
        return;
    while (c->taken != 0 &&
           (len = read_message(buf)) != 0) /* none taken, and 354: only the end (RFC 2920 section 3.1) */
        push_message(c, stuff, buf, len, 1);
    if (smtpwire_stuff_end(stuff, &end, &error) < 0)
        give_up("message", smtpwire_error_text(error.id));
    write_slices(c, &end, 1);
    c->content = 0;
    read_replies(c);
}

static void converse(struct client *c, const struct smtpwire_command *hello, struct smtpwire_command *mail, int utf8)
{
    static char buf[CHUNK];
    struct smtpwire_stuff stuff;
    read_replies(c); /* the greeting */
    if (c->code / 100 == 2)
        command(c, hello), read_replies(c);
    if (c->code / 100 != 2)
        return;
    if (utf8 && !c->offered[UTF8])
        give_up("server", "takes no UTF-8 in addresses");
    mail->parameters.data = utf8 ? "BODY=8BITMIME SMTPUTF8" : "BODY=8BITMIME"; /* RFC 6531 asks for both */
    mail->parameters.len = utf8 || c->offered[EIGHT_BIT] ? strlen(mail->parameters.data) : 0;
    command(c, mail);
    for (size_t i = 0; i < c->count; i++)
        command(c, &c->recipients[i].command);
    smtpwire_stuff_init(&stuff, NULL);
    (c->offered[CHUNKING] ? send_by_chunks : send_by_data)(c, &stuff, buf);
}

/* All addresses are looked at before anything is sent. */
static void read_address(struct smtpwire_command *what, unsigned verb, const char *text, int *utf8)
{
    struct smtpwire_error error;
    uint32_t flags = 0;
    what->verb = (uint16_t)verb;
    if (verb == SMTPWIRE_VERB_MAIL && strcmp(text, "<>") == 0) {
        what->address.path = (struct smtpwire_slice){text, 2};
    } else if (smtpwire_mailbox_parse(text, strlen(text), &options, &what->address, &flags, &error) < 0) {
        (void)fprintf(stderr, "send: %s at %llu\n", smtpwire_error_text(error.id), (unsigned long long)error.offset);
        exit(2);
    }
    for (; *text != '\0'; text++)
        *utf8 |= (*text & 0x80) != 0;
}

static int connect_to(const char *host, const char *port)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *all, *one;
    int fd = -1;
    if (getaddrinfo(host, port, &hints, &all) != 0)
        give_up(host, "not found");
    for (one = all; one != NULL && fd < 0; one = one->ai_next) {
        fd = socket(one->ai_family, one->ai_socktype, one->ai_protocol);
        if (fd >= 0 && connect(fd, one->ai_addr, one->ai_addrlen) < 0) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(all);
    if (fd < 0)
        give_up(host, "cannot be connected to");
    return fd;
}

int main(int argc, char **argv)
{
    static struct client c;
    struct smtpwire_command mail = {0}, hello = {.address.literal = {"[127.0.0.1]", 11}};
    int utf8 = 0;
    if (argc > 1 && strcmp(argv[1], "--lmtp") == 0) {
        options.lmtp = 1;
        argc--, argv++;
    }
    if (argc < 5)
        return fputs("usage: send [--lmtp] HOST PORT FROM TO... < message\n", stderr), 2;
    hello.verb = options.lmtp ? SMTPWIRE_VERB_LHLO : SMTPWIRE_VERB_EHLO;
    read_address(&mail, SMTPWIRE_VERB_MAIL, argv[3], &utf8);
    c.count = (size_t)argc - 4;
    c.recipients = calloc(c.count, sizeof *c.recipients);
    for (size_t i = 0; i < c.count && c.recipients != NULL; i++) {
        c.recipients[i].name = argv[4 + i];
        read_address(&c.recipients[i].command, SMTPWIRE_VERB_RCPT, argv[4 + i], &utf8);
    }
    c.fd = c.recipients == NULL ? -1 : connect_to(argv[1], argv[2]);
    if (c.fd < 0)
        return 1;
    smtpwire_client_init(&c.session, &options);
    converse(&c, &hello, &mail, utf8);
    command(&c, &(struct smtpwire_command){.verb = SMTPWIRE_VERB_QUIT});
    read_replies(&c);
    free(c.recipients);
    return c.delivered == 0;
}
