/* SPDX-License-Identifier: MIT */
#include "peers.h"

#include <memory>

namespace
{

total of(const peer_total &t) { return {t.lines, t.parts, t.values, 0}; }

/* The suite grows while it is gone through, so workloads are looked for by name. */
const workload *find(const suite &s, const std::string &name)
{
    for (const row &r : s.rows)
        if (r.name == name + "/memchr")
            return r.w;
    return nullptr;
}

void add(suite &s, const std::string &on, const char *what, bool parts,
         const std::function<peer_total(const std::string &)> &run)
{
    const workload *w = find(s, on);
    s.add(on + "/" + what, w, {w->lines, parts ? w->parts : 0, 0, 0}, [w, run] { return of(run(w->octets)); });
}

/* Its stream wants the end of the content to be there. */
void add_content(suite &s, const std::string &on)
{
    const workload *w = find(s, on);
    const auto ended = std::make_shared<std::string>(w->octets + ".\r\n");
    s.add(on + "/dovecot", w, {0, w->parts, 0, 0},
          [ended] { return of(dovecot_content(ended->data(), ended->size())); });
}

} // namespace

void add_peers(suite &s)
{
    dovecot_begin();
    for (const char *name : {"W1", "W2"})
        add(s, name, "dovecot", true, [](const std::string &o) { return dovecot_commands(o.data(), o.size()); });
    add(s, "W4", "dovecot", true, [](const std::string &o) { return dovecot_replies(o.data(), o.size()); });
    add(s, "W4e", "dovecot", true, [](const std::string &o) { return dovecot_ehlo(o.data(), o.size()); });
    add(s, "W4", "libetpan", false, [](const std::string &o) { return libetpan_replies(o.data(), o.size()); });
    add(s, "W4e", "libetpan", false, [](const std::string &o) { return libetpan_ehlo(o.data(), o.size()); });
    for (const char *name : {"W3-text-64M", "W3-base64-64M", "W3-text-256K", "W3-base64-256K"})
        add_content(s, name);
}
