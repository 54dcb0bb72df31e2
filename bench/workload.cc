/* SPDX-License-Identifier: MIT */
#include "workload.h"

#include <cstdint>

namespace
{

struct random_numbers {
    uint64_t state = 0x5EED5EED5EEDULL;
    size_t below(size_t limit)
    {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        return static_cast<size_t>(state >> 11) % limit;
    }
};

template <size_t N> const char *one_of(random_numbers &r, const char *const (&words)[N]) { return words[r.below(N)]; }

struct mailbox {
    std::string octets;
    size_t parts; /* without the "@" */
};

mailbox join(const std::string &local, const std::string &host)
{
    return {local + "@" + host, local.size() + host.size()};
}

std::string domain(random_numbers &r)
{
    static const char *const hosts[] = {"mail", "mx1", "smtp-out", "lists", "relay3", "bounces", "eu-west-1"};
    static const char *const names[] = {"example",   "acme-corp", "university", "widgets", "hosting24",
                                        "northwind", "bank",      "newsletter", "post",    "stadtwerke"};
    static const char *const tops[] = {"com", "org", "net", "co.uk", "de", "info"};
    std::string d = r.below(3) == 0 ? std::string(one_of(r, hosts)) + "." : "";
    return d + one_of(r, names) + "." + one_of(r, tops);
}

std::string local(random_numbers &r)
{
    static const char *const first[] = {"john",  "maria", "wei",  "info",      "no-reply",
                                        "ahmed", "sven",  "olga", "catherine", "benjamin"};
    static const char *const last[] = {"smith", "garcia", "chen", "mueller", "o'neill", "ivanova", "van_dijk"};
    std::string l = one_of(r, first);
    if (r.below(4) != 0)
        l += std::string(".") + one_of(r, last);
    if (r.below(4) == 0)
        l += "+tag" + std::to_string(r.below(10000));
    return l;
}

mailbox usual_mailbox(random_numbers &r)
{
    const std::string l = local(r);
    return join(l, domain(r));
}

mailbox unusual_mailbox(random_numbers &r)
{
    const std::string quoted = "\"" + local(r) + (r.below(2) != 0 ? " x\\\"y\"" : "\"");
    switch (r.below(3)) {
    case 0:
        return join(quoted, "[192.0.2." + std::to_string(r.below(256)) + "]");
    case 1:
        return join(local(r), "[IPv6:2001:db8::" + std::to_string(r.below(9999)) + "]");
    default:
        return join(quoted, domain(r));
    }
}

mailbox unicode_mailbox(random_numbers &r)
{
    static const char *const locals[] = {"\xd0\xb8\xd0\xb2\xd0\xb0\xd0\xbd", "\xe7\x94\xa8\xe6\x88\xb7",
                                         "j\xc3\xbcrgen", "\xf0\x9f\x93\xa7"};
    static const char *const hosts[] = {"\xd0\xbf\xd0\xbe\xd1\x87\xd1\x82\xd0\xb0", "m\xc3\xbcller",
                                        "\xe4\xbe\x8b\xe5\xad\x90"};
    const std::string l = std::string(one_of(r, locals)) + "." + local(r);
    return join(l, std::string(one_of(r, hosts)) + "." + domain(r));
}

std::string xtext(const std::string &text)
{
    std::string t;
    for (const char c : text)
        t += c == '+' ? std::string("+2B") : std::string(1, c);
    return t;
}

void value(workload &w, path_kind kind, const std::string &keyword, const std::string &text)
{
    w.octets += " " + keyword + "=" + text;
    if (kind == PATH_GENERIC)
        w.octets[w.octets.size() - text.size() - 2] = 'X';
    w.values += text.size();
}

void add_mail(workload &w, random_numbers &r, const mailbox &m, path_kind kind)
{
    w.octets += "MAIL FROM:<" + m.octets + ">";
    w.parts += m.parts;
    value(w, kind, "SIZE", std::to_string(r.below(10000000)));
    value(w, kind, "BODY", r.below(4) != 0 ? "8BITMIME" : "7BIT");
    w.octets += kind == PATH_UNICODE ? " SMTPUTF8\r\n" : "\r\n";
    w.lines++;
}

/* Of so many one has NOTIFY and ORCPT. */
void add_rcpt(workload &w, random_numbers &r, const mailbox &m, size_t notify, path_kind kind)
{
    w.octets += "RCPT TO:<" + m.octets + ">";
    w.parts += m.parts;
    if (r.below(notify) == 0) {
        value(w, kind, "NOTIFY", r.below(2) != 0 ? "SUCCESS,FAILURE" : "FAILURE,DELAY");
        value(w, kind, "ORCPT", "rfc822;" + xtext(usual_mailbox(r).octets));
    }
    w.octets += "\r\n";
    w.lines++;
}

void add_line(workload &w, const std::string &line)
{
    w.octets += line + "\r\n";
    w.lines++;
}

} // namespace

workload make_commands(size_t lines)
{
    random_numbers r;
    workload w = {"", 0, 0, 0};
    bool greeted = false;
    while (w.lines + 8 <= lines) {
        if (!greeted) {
            const std::string host = domain(r);
            add_line(w, "EHLO " + host);
            w.parts += host.size();
        }
        add_mail(w, r, usual_mailbox(r), PATH_USUAL);
        for (int i = 0; i < 3; i++)
            add_rcpt(w, r, usual_mailbox(r), 4, PATH_USUAL);
        greeted = r.below(4) != 0;
        add_line(w, "DATA");
        add_line(w, greeted ? "RSET" : "QUIT");
    }
    return w;
}

workload make_paths(size_t lines, path_kind kind)
{
    random_numbers r;
    workload w = {"", 0, 0, 0};
    while (w.lines < lines) {
        const mailbox m = kind == PATH_UNUSUAL   ? unusual_mailbox(r)
                          : kind == PATH_UNICODE ? unicode_mailbox(r)
                                                 : usual_mailbox(r);
        if (w.lines % 4 == 0)
            add_mail(w, r, m, kind);
        else
            add_rcpt(w, r, m, 3, kind);
    }
    return w;
}

static workload make_lines(size_t octets, const std::string &letters, size_t shortest, size_t longest)
{
    random_numbers r;
    workload w = {"", 0, 0, 0};
    size_t stuffed = 0;
    while (w.octets.size() + 80 < octets) {
        const size_t len = shortest + r.below(longest - shortest + 1);
        std::string line = r.below(100) == 0 ? ".." : "A";
        stuffed += line.size() - 1;
        while (line.size() < len)
            line += letters[r.below(letters.size())];
        add_line(w, line);
    }
    w.parts = w.octets.size() - stuffed;
    return w;
}

static const char of_text[] = "etaoin shrdlu cmfwyp vbgkqj xz, ETAOIN. 0123";

workload make_text(size_t octets) { return make_lines(octets, of_text, 58, 76); }

workload make_lengths(size_t octets) { return make_lines(octets, of_text, 0, 76); }

workload make_base64(size_t octets)
{
    return make_lines(octets, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 76, 76);
}

workload make_replies(size_t lines)
{
    static const struct {
        const char *code, *text;
    } replies[] = {{"250 2.1.0 ", "Sender ok"},
                   {"250 2.1.5 ", "Recipient ok"},
                   {"250 2.0.0 ", "Ok: queued as 4F2B81C0D3"},
                   {"354 ", "Go ahead, end with a dot"},
                   {"550 5.1.1 ", "User unknown in local table"},
                   {"451 4.7.1 ", "Greylisted, please try again in 300 seconds"},
                   {"250-2.1.5 ", "Recipient ok, the message will be forwarded"},
                   {"552 5.2.2 ", "Mailbox full, over its quota"},
                   {"221 2.0.0 ", "Bye"}};
    static const char behind[] = "to another host";
    random_numbers r;
    workload w = {"", 0, 0, 0};
    while (w.lines < lines) {
        const auto &reply = replies[r.below(sizeof replies / sizeof replies[0])];
        add_line(w, std::string(reply.code) + reply.text);
        w.parts += std::string(reply.text).size();
        if (reply.code[3] == '-') {
            add_line(w, std::string("250 2.1.5 ") + behind);
            w.parts += sizeof behind - 1;
        }
    }
    return w;
}

workload make_capabilities(size_t lines)
{
    static const char *const keywords[] = {"PIPELINING",
                                           "SIZE 35882577",
                                           "ETRN",
                                           "STARTTLS",
                                           "8BITMIME",
                                           "AUTH PLAIN LOGIN XOAUTH2",
                                           "ENHANCEDSTATUSCODES",
                                           "DSN",
                                           "LIMITS RCPTMAX=100",
                                           "SMTPUTF8",
                                           "DELIVERBY 300",
                                           "CHUNKING"};
    random_numbers r;
    workload w = {"", 0, 0, 0};
    while (w.lines + 13 <= lines) {
        std::string text = domain(r) + " greets [192.0.2." + std::to_string(r.below(256)) + "]";
        for (const char *keyword : keywords) {
            if (r.below(5) == 0)
                continue;
            add_line(w, "250-" + text);
            w.parts += text.size();
            text = keyword;
            w.values += text.size() - (text.find(' ') != std::string::npos);
        }
        add_line(w, "250 " + text);
        w.parts += text.size();
    }
    return w;
}

workload make_chunks(size_t chunks)
{
    random_numbers r;
    workload w = {"EHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n", 3, 5, 0};
    for (; chunks != 0; chunks--) {
        const size_t len = 1 + r.below(64);
        add_line(w, "BDAT " + std::to_string(len));
        w.octets += std::string(len, 'x');
        w.parts += len;
    }
    return w;
}

workload make_xtext(size_t lines)
{
    random_numbers r;
    workload w = {"", 0, 0, 0};
    while (w.lines < lines) {
        const std::string text = usual_mailbox(r).octets;
        add_line(w, xtext(text));
        w.parts += text.size();
    }
    return w;
}

workload make_utf8(size_t lines)
{
    static const char *const letters[] = {"\xc3\xbc", "\xd0\xb8", "\xe7\x94\xa8", "\xf0\x9f\x93\xa7"};
    random_numbers r;
    workload w = {"", 0, 0, 0};
    while (w.lines < lines) {
        std::string l;
        while (l.size() <= 60)
            l += one_of(r, letters);
        const mailbox m = join(l, domain(r));
        add_line(w, m.octets);
        w.parts += m.parts;
    }
    return w;
}
