/* The loops around the library's push functions, as a program that embeds it would have them.
 *
 * SPDX-License-Identifier: MIT */
#include "rows.h"

namespace
{

size_t more(size_t shown, size_t piece, size_t size) { return size - shown < piece ? size : shown + piece; }

void greet(smtpwire_server *server, const smtpwire_options &o)
{
    smtpwire_server_init(server, &o);
    smtpwire_server_replied(server, 220);
}

} // namespace

/* Every command is replied to, DATA with a refusal; behind QUIT a connection begins. */
total run_server(const std::string &s, const smtpwire_options &o, size_t piece)
{
    smtpwire_server server;
    smtpwire_event event;
    total t = {0, 0, 0, 0};
    size_t done = 0, shown = 0;

    greet(&server, o);
    for (;;) {
        done += smtpwire_server_push(&server, s.data() + done, shown - done, &event);
        t.pushes++;
        switch (event.kind) {
        case SMTPWIRE_COMMAND:
            t.lines++;
            t.parts +=
                event.command.address.local.len + event.command.address.domain.len + event.command.address.literal.len;
            if (event.command.verb == SMTPWIRE_VERB_QUIT)
                greet(&server, o);
            else if (event.command.verb != SMTPWIRE_VERB_BDAT)
                smtpwire_server_replied(&server, event.command.verb == SMTPWIRE_VERB_DATA ? 554 : 250);
            break;
        case SMTPWIRE_CONTENT:
            t.parts += event.content.len;
            break;
        case SMTPWIRE_END:
        case SMTPWIRE_ERROR:
            for (; event.replies != 0; event.replies--)
                smtpwire_server_replied(&server, event.error.id != SMTPWIRE_ERROR_NONE ? event.error.code : 250);
            break;
        default:
            if (shown == s.size() || event.kind == SMTPWIRE_FATAL)
                return t;
            shown = more(shown, piece, s.size());
        }
    }
}

/* Replies to that command, each sent when the one before it has been answered. */
total run_client(const std::string &s, const smtpwire_options &o, unsigned verb)
{
    static const char greeting[] = "220 x\r\n";
    smtpwire_client client;
    smtpwire_event event;
    total t = {0, 0, 0, 0};
    size_t done = 0;

    smtpwire_client_init(&client, &o);
    smtpwire_client_push(&client, greeting, sizeof greeting - 1, &event);
    smtpwire_client_sent(&client, verb);
    for (;;) {
        done += smtpwire_client_push(&client, s.data() + done, s.size() - done, &event);
        t.pushes++;
        if (event.kind != SMTPWIRE_REPLY && event.kind != SMTPWIRE_ERROR)
            return t;
        t.lines += event.kind == SMTPWIRE_REPLY;
        t.parts += event.kind == SMTPWIRE_REPLY ? event.reply.text.len : 0;
        if (event.reply.last)
            smtpwire_client_sent(&client, verb);
    }
}

total run_lines(const std::string &s, const smtpwire_options &o)
{
    smtpwire_line line;
    smtpwire_event event;
    total t = {0, 0, 0, 0};
    size_t done = 0;

    smtpwire_line_init(&line, &o, 4096);
    for (;;) {
        done += smtpwire_line_push(&line, s.data() + done, s.size() - done, &event);
        t.pushes++;
        if (event.kind != SMTPWIRE_LINE)
            return t;
        t.lines++;
        t.parts += event.line.len;
    }
}

/* lines: ends of content, of which the workloads have none. */
total run_content(const std::string &s, const smtpwire_options &o, size_t piece, std::string *delivered)
{
    smtpwire_data data;
    smtpwire_event event;
    total t = {0, 0, 0, 0};
    size_t done = 0, shown = 0;

    smtpwire_data_init(&data, &o);
    for (;;) {
        done += smtpwire_data_push(&data, s.data() + done, shown - done, &event);
        t.pushes++;
        if (event.kind == SMTPWIRE_CONTENT) {
            t.parts += event.content.len;
            if (delivered != nullptr)
                delivered->append(event.content.data, event.content.len);
        } else if (event.kind != SMTPWIRE_MORE) {
            t.lines++;
            return t;
        } else if (shown == s.size()) {
            return t;
        } else {
            shown = more(shown, piece, s.size());
        }
    }
}

total run_stuff(const std::string &s, const smtpwire_options &o)
{
    smtpwire_stuff stuffing;
    smtpwire_slice slices[16];
    total t = {0, 0, 0, 0};
    size_t done = 0, taken = 0;

    smtpwire_stuff_init(&stuffing, &o);
    while (done < s.size()) {
        const ptrdiff_t count =
            smtpwire_stuff_push(&stuffing, s.data() + done, s.size() - done, &taken, slices, 16, nullptr);
        t.pushes++;
        for (ptrdiff_t i = 0; i < count; i++)
            t.parts += slices[i].len;
        done += taken;
    }
    return t;
}
