/* SPDX-License-Identifier: MIT */
#include "workload.h"

#include <cstdint>

namespace {

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

std::string domain(random_numbers &r)
{
    static const char *const hosts[] = {"mail", "mx1", "smtp-out", "lists", "relay3"};
    static const char *const names[] = {"example", "acme-corp", "university", "widgets", "hosting24"};
    static const char *const tops[] = {"com", "org", "net", "co.uk", "de"};
    std::string d = r.below(3) == 0 ? std::string(one_of(r, hosts)) + "." : "";
    return d + one_of(r, names) + "." + one_of(r, tops);
}

std::string local(random_numbers &r)
{
    static const char *const first[] = {"john", "maria", "wei", "info", "no-reply"};
    static const char *const last[] = {"smith", "garcia", "chen", "mueller", "o'neill"};
    std::string l = one_of(r, first);
    if (r.below(2) != 0)
        l += std::string(".") + one_of(r, last);
    if (r.below(5) == 0)
        l += "+tag" + std::to_string(r.below(100));
    return l;
}

std::string unusual_mailbox(random_numbers &r)
{
    const std::string l = "\"" + local(r) + (r.below(2) != 0 ? " x\\\"y\"" : "\"");
    switch (r.below(3)) {
    case 0:
        return l + "@[192.0.2." + std::to_string(r.below(256)) + "]";
    case 1:
        return local(r) + "@[IPv6:2001:db8::" + std::to_string(r.below(9999)) + "]";
    default:
        return l + "@" + domain(r);
    }
}

std::string mail(random_numbers &r, const std::string &mailbox)
{
    return "MAIL FROM:<" + mailbox + "> SIZE=" + std::to_string(r.below(10000000)) +
           (r.below(2) != 0 ? " BODY=8BITMIME" : "") + "\r\n";
}

/* notify: of so many one has NOTIFY and ORCPT. */
std::string rcpt(random_numbers &r, const std::string &mailbox, size_t notify)
{
    std::string line = "RCPT TO:<" + mailbox + ">";
    if (r.below(notify) == 0)
        line += " NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;" + local(r).substr(0, 3) + "@" + domain(r);
    return line + "\r\n";
}

} // namespace

workload make_commands(size_t lines)
{
    random_numbers r;
    workload w = {"", 0};
    bool greeted = false;
    while (w.lines + 8 <= lines) {
        if (!greeted) {
            w.octets += "EHLO " + domain(r) + "\r\n";
            w.lines++;
        }
        w.octets += mail(r, local(r) + "@" + domain(r));
        for (int i = 0; i < 3; i++)
            w.octets += rcpt(r, local(r) + "@" + domain(r), 4);
        greeted = r.below(2) != 0;
        w.octets += std::string("DATA\r\n") + (greeted ? "RSET\r\n" : "QUIT\r\n");
        w.lines += 6;
    }
    return w;
}

workload make_paths(size_t lines, bool unusual)
{
    random_numbers r;
    workload w = {"", lines};
    for (size_t i = 0; i < lines; i++) {
        const std::string mailbox = unusual ? unusual_mailbox(r) : local(r) + "@" + domain(r);
        w.octets += i % 4 == 0 ? mail(r, mailbox) : rcpt(r, mailbox, 3);
    }
    return w;
}

workload make_text(size_t octets)
{
    static const char letters[] = "etaoin shrdlu cmfwyp vbgkqj xz, ETAOIN. 0123";
    random_numbers r;
    workload w = {"", 0};
    while (w.octets.size() + 80 < octets) {
        const size_t len = 58 + r.below(19);
        w.octets += r.below(100) == 0 ? ".." : "A";
        for (size_t i = 1; i < len; i++)
            w.octets += letters[r.below(sizeof letters - 1)];
        w.octets += "\r\n";
        w.lines++;
    }
    return w;
}

workload make_base64(size_t octets)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    random_numbers r;
    workload w = {"", 0};
    while (w.octets.size() + 78 < octets) {
        for (size_t i = 0; i < 76; i++)
            w.octets += letters[r.below(64)];
        w.octets += "\r\n";
        w.lines++;
    }
    return w;
}

workload make_replies(size_t lines)
{
    static const char *const replies[] = {"250 2.1.0 Sender ok", "250 2.1.5 Recipient ok", "354 Go ahead, end with a dot",
                                          "250 2.0.0 Ok: queued as 4F2B81C0D3", "550 5.1.1 User unknown in table",
                                          "451 4.7.1 Greylisted, please try again in 300 seconds"};
    random_numbers r;
    workload w = {"", lines};
    for (size_t i = 0; i < lines; i++)
        w.octets += std::string(one_of(r, replies)) + "\r\n";
    return w;
}

workload make_capabilities(size_t lines)
{
    static const char *const words[] = {"PIPELINING", "SIZE 35882577", "8BITMIME", "STARTTLS", "AUTH PLAIN LOGIN XOAUTH2",
                                        "ENHANCEDSTATUSCODES", "CHUNKING", "DSN", "SMTPUTF8", "LIMITS RCPTMAX=100"};
    random_numbers r;
    workload w = {"", lines};
    for (size_t i = 0; i < lines; i++)
        w.octets += std::string("250-") + one_of(r, words) + "\r\n";
    return w;
}
