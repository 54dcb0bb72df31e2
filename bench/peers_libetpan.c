/* libetpan: replies, by what its client does with a command that is answered by one. The stream that it writes to drops
 * all.
 *
 * SPDX-License-Identifier: MIT */
#include <libetpan/libetpan.h>

#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "peers.h"

struct wire {
    const char *octets;
    size_t len;
};

static ssize_t wire_read(mailstream_low *low, void *buf, size_t size)
{
    struct wire *wire = low->data;
    if (size > wire->len)
        size = wire->len;
    memcpy(buf, wire->octets, size);
    wire->octets += size;
    wire->len -= size;
    return (ssize_t)size;
}

static ssize_t wire_write(mailstream_low *low, const void *buf, size_t size)
{
    (void)low, (void)buf;
    return (ssize_t)size;
}

static int wire_close(mailstream_low *low)
{
    (void)low;
    return 0;
}

static int wire_descriptor(mailstream_low *low)
{
    (void)low;
    return -1;
}

static void wire_free(mailstream_low *low) { free(low); }

static mailstream_low_driver driver = {.mailstream_read = wire_read,
                                       .mailstream_write = wire_write,
                                       .mailstream_close = wire_close,
                                       .mailstream_get_fd = wire_descriptor,
                                       .mailstream_free = wire_free};

/* One command for each reply, until the octets end. Its lines are those of the texts. */
static struct peer_total replies(const char *octets, size_t len, int command(mailsmtp *))
{
    struct wire wire = {octets, len};
    mailsmtp *session = mailsmtp_new(0, NULL);
    struct peer_total t = {0, 0, 0};

    session->stream = mailstream_new(mailstream_low_new(&wire, &driver), 8192);
    while (command(session) != MAILSMTP_ERROR_STREAM) {
        const char *text = session->response;
        t.lines++;
        for (; *text != '\0'; text++)
            t.lines += *text == '\n' && text[1] != '\0';
    }
    mailstream_close(session->stream);
    session->stream = NULL;
    mailsmtp_free(session);
    return t;
}

struct peer_total libetpan_replies(const char *octets, size_t len) { return replies(octets, len, mailsmtp_noop); }

struct peer_total libetpan_ehlo(const char *octets, size_t len) { return replies(octets, len, mailesmtp_ehlo); }
