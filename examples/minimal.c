/* minimal: a server for SMTP and LMTP on poll(2) and smtpwire's session for servers, as a model to start from.
 *
 *     minimal [--lmtp] DIRECTORY [PORT]     without PORT, or where it is 0, any free port; it is printed
 *
 * Listens on 127.0.0.1 only, takes every recipient, and writes each message, octet for octet as it was meant, to a file
 * of its own in DIRECTORY. Not here: who may send to whom, STARTTLS, AUTH, a Received field, a log, parameters.
 *
 * SPDX-License-Identifier: MIT */
#include <smtpwire.h>
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS = 64, REPLY_ROOM = 1024, IDLE_SECONDS = 300 /* RFC 5321 section 4.5.3.2.7 */, CLOSE_SECONDS = 5 };

struct connection {
    int fd, closing; /* -1: this place is free */
    time_t deadline;
    struct smtpwire_server session;
    struct smtpwire_reply answer; /* what each of the replies that are due says */
    FILE *file;                   /* the message, from MAIL on; its name begins with a dot until it is complete */
    char name[64], input[16384], output[4096];
    size_t in, out; /* octets in the buffers */
};

/* clang-format off */
#define OFFERED "minimal.example\nPIPELINING\nCHUNKING\n8BITMIME\nSMTPUTF8\nDSN\nENHANCEDSTATUSCODES\nSIZE 67108864"
#define REPLY(code, a, b, c, text) {code, 0, 0, 0, {a, b, c}, 0, {text, sizeof text - 1}}
#define TO(verb, ...) [SMTPWIRE_VERB_##verb] = REPLY(__VA_ARGS__)
static const struct smtpwire_reply answers[SMTPWIRE_VERB_COUNT] = {
    TO(GREETING, 220, 0, 0, 0, "minimal.example ready"), TO(HELO, 250, 0, 0, 0, "minimal.example"),
    TO(EHLO, 250, 0, 0, 0, OFFERED), TO(LHLO, 250, 0, 0, 0, OFFERED), TO(MAIL, 250, 2, 1, 0, "sender taken"),
    TO(RCPT, 250, 2, 1, 5, "recipient taken"), TO(DATA, 354, 0, 0, 0, "send it, then a dot in a line of its own"),
    TO(BDAT, 250, 2, 0, 0, "chunk taken"), TO(END_OF_DATA, 250, 2, 6, 0, "message taken"),
    TO(RSET, 250, 2, 0, 0, "forgotten"), TO(NOOP, 250, 2, 0, 0, "nothing done"), TO(HELP, 214, 2, 0, 0, "see RFC 5321"),
    TO(VRFY, 252, 2, 1, 5, "send, and see"), TO(QUIT, 221, 2, 0, 0, "goodbye")};
static const struct smtpwire_reply not_offered = REPLY(502, 5, 5, 1, "command not offered");
static const struct smtpwire_reply not_written = REPLY(452, 4, 3, 1, "cannot write the message");
/* What the reply to EHLO says; a parameter of anything else is refused by the session. */
static struct smtpwire_options options = {.message_max = 67108864, .extensions = SMTPWIRE_OFFER(PIPELINING) |
    SMTPWIRE_OFFER(CHUNKING) | SMTPWIRE_OFFER(EIGHTBITMIME) | SMTPWIRE_OFFER(SMTPUTF8) | SMTPWIRE_OFFER(DSN) |
    SMTPWIRE_OFFER(SIZE)};
/* clang-format on */

static int directory; /* the current one, too */
static unsigned long messages;

/* 250 takes over the responsibility (RFC 5321 section 4.2.5): the file is on the disk by then, under its name. */
static void end_message(struct connection *c, int keep)
{
    if (c->file == NULL)
        return;
    keep = keep && fflush(c->file) == 0 && !ferror(c->file) && fsync(fileno(c->file)) == 0 &&
           rename(c->name, c->name + 1) == 0;
    c->answer = keep && fsync(directory) == 0 ? answers[SMTPWIRE_VERB_END_OF_DATA] : not_written;
    if (!keep)
        (void)unlink(c->name);
    (void)fclose(c->file);
    c->file = NULL;
}

static void handle(struct connection *c, const struct smtpwire_event *ev)
{
    if (ev->kind == SMTPWIRE_COMMAND) {
        c->answer = answers[ev->command.verb].code != 0 ? answers[ev->command.verb] : not_offered;
        if (ev->command.verb == SMTPWIRE_VERB_MAIL) {
            end_message(c, 0); /* chunks that no LAST has followed */
            (void)snprintf(c->name, sizeof c->name, ".%lld.%ld.%lu", (long long)time(NULL), (long)getpid(), ++messages);
            c->file = fopen(c->name, "wbx");
            c->answer = c->file == NULL ? not_written : answers[SMTPWIRE_VERB_MAIL];
        }
    } else if (ev->kind == SMTPWIRE_CONTENT) {
        (void)fwrite(ev->content.data, 1, ev->content.len, c->file); /* whether it failed is asked at the end */
    } else if (ev->error.id != SMTPWIRE_ERROR_NONE) { /* ERROR, FATAL, or END of what had a bare LF in it, say */
        const uint8_t *status = ev->error.enhanced;
        const char *text = smtpwire_error_text(ev->error.id);
        if (ev->kind == SMTPWIRE_END)
            end_message(c, 0);
        c->answer = (struct smtpwire_reply){
            .code = ev->error.code, .enhanced = {status[0], status[1], status[2]}, .text = {text, strlen(text)}};
    } else if (ev->end.chunk && !ev->end.last) {
        c->answer = answers[SMTPWIRE_VERB_BDAT];
    } else {
        end_message(c, 1);
    }
}

static void reply(struct connection *c, int fatal)
{
    ptrdiff_t len = smtpwire_reply_write(&c->answer, NULL, c->output + c->out, sizeof c->output - c->out, NULL);
    c->out += len > 0 ? (size_t)len : 0; /* all our texts are good, and there is REPLY_ROOM */
    (void)smtpwire_server_replied(&c->session, c->answer.code);
    c->closing = fatal || c->answer.code == 221;
}

/* Does what can be done with the octets that are here. A full buffer of replies stops it: LMTP asks for any number. */
static void serve(struct connection *c)
{
    struct smtpwire_event ev = {.kind = SMTPWIRE_WAIT};
    size_t pos = 0;
    while (ev.kind != SMTPWIRE_MORE && !c->closing && sizeof c->output - c->out >= REPLY_ROOM) {
        if (smtpwire_server_due(&c->session) != 0) {
            reply(c, 0);
            continue;
        }
        pos += smtpwire_server_push(&c->session, c->input + pos, c->in - pos, &ev);
        if (ev.kind != SMTPWIRE_MORE)
            handle(c, &ev);
        if (ev.kind == SMTPWIRE_FATAL) /* asks for no reply, but it is kind to say why */
            reply(c, 1);
    }
    c->in = c->closing ? 0 : c->in - pos;
    memmove(c->input, c->input + pos, c->in); /* to be pushed again, with more behind it */
}

/* Returns 0 where the connection is over. Nothing is read while replies wait: who does not take them is not heard. */
static int run(struct connection *c)
{
    ssize_t n = 1;
    int full;
    if (c->out == 0 && (n = recv(c->fd, c->input + c->in, sizeof c->input - c->in, 0)) > 0)
        c->in += (size_t)n;
    if (n == 0 || (n < 0 && errno != EAGAIN))
        return 0;
    c->deadline = c->closing ? c->deadline : time(NULL) + IDLE_SECONDS;
    do {
        serve(c);
        full = sizeof c->output - c->out < REPLY_ROOM;
        if (c->out != 0 && (n = send(c->fd, c->output, c->out, MSG_NOSIGNAL)) > 0)
            memmove(c->output, c->output + n, c->out -= (size_t)n);
        else if (c->out != 0 && errno != EAGAIN)
            return 0;
    } while (full && c->out == 0);
    if (c->closing == 1 && c->out == 0) { /* and read on: close() with octets unread can destroy the last reply */
        c->closing = 2;
        c->deadline = time(NULL) + CLOSE_SECONDS;
        return shutdown(c->fd, SHUT_WR) == 0;
    }
    return 1;
}

static int listen_on(unsigned long port)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    socklen_t len = sizeof here;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&here, len) < 0 || listen(fd, CONNECTIONS) < 0 ||
        getsockname(fd, (struct sockaddr *)&here, &len) < 0 || printf("%u\n", ntohs(here.sin_port)) < 0)
        return -1;
    return fflush(stdout) == 0 ? fd : -1;
}

int main(int argc, char **argv)
{
    static struct connection all[CONNECTIONS];
    struct pollfd polled[CONNECTIONS + 1];
    unsigned long port = 0;
    int i = 1, listener;
    if (i < argc && strcmp(argv[i], "--lmtp") == 0)
        options.lmtp = (uint8_t)i++;
    if (i + 1 != argc && (i + 2 != argc || (port = strtoul(argv[i + 1], NULL, 10)) > 65535))
        return fputs("usage: minimal [--lmtp] DIRECTORY [PORT]\n", stderr), 2;
    if (chdir(argv[i]) < 0 || (directory = open(".", O_RDONLY | O_CLOEXEC)) < 0 || (listener = listen_on(port)) < 0)
        return perror("minimal"), 1;
    for (i = 0; i < CONNECTIONS; i++)
        all[i].fd = -1;
    for (;;) {
        polled[CONNECTIONS] = (struct pollfd){.fd = -1}; /* where all places are taken, who comes waits */
        for (i = 0; i < CONNECTIONS; i++) {
            polled[i] = (struct pollfd){all[i].fd, all[i].out != 0 ? POLLOUT : POLLIN, 0};
            if (all[i].fd < 0)
                polled[CONNECTIONS] = (struct pollfd){listener, POLLIN, 0};
        }
        if (poll(polled, CONNECTIONS + 1, 1000) < 0 && errno != EINTR)
            return perror("minimal"), 1;
        for (i = 0; i < CONNECTIONS; i++) {
            struct connection *c = &all[i];
            if (c->fd < 0 && (polled[CONNECTIONS].revents & POLLIN) != 0) {
                *c = (struct connection){.fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)};
                c->answer = answers[SMTPWIRE_VERB_GREETING];
                smtpwire_server_init(&c->session, &options);
                polled[CONNECTIONS].revents = 0;
                polled[i].revents = POLLOUT; /* the greeting */
            }
            if (c->fd >= 0 && (polled[i].revents != 0 ? !run(c) : time(NULL) > c->deadline)) {
                end_message(c, 0);
                close(c->fd);
                c->fd = -1;
            }
        }
    }
}
