/* The octets that are measured, made from a fixed seed, and what parsing them must add up to.
 *
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_WORKLOAD_H
#define BENCH_WORKLOAD_H

#include <cstddef>
#include <string>

struct workload {
    std::string octets;
    size_t lines;
    size_t parts;  /* octets of local parts, domains and literals; of a reply's text; of content without stuffed dots */
    size_t values; /* octets of parameters' values; of keywords and their parameters in a reply to EHLO */
};

workload make_commands(size_t lines);            /* W1: sessions of EHLO, MAIL, RCPT, DATA, RSET or QUIT */
workload make_paths(size_t lines, bool unusual); /* W2: MAIL and RCPT; unusual (W2q): quoted local parts and literals */
workload make_unicode(size_t lines);             /* W2u: MAIL and RCPT, addresses in UTF-8 */
workload make_text(size_t octets);               /* W3: lines of 60 to 78 octets, one in a hundred dot-stuffed */
workload make_base64(size_t octets);             /* W3: lines of 76 octets, one in a hundred behind a dot of its own */
workload make_replies(size_t lines);             /* W4: replies of one line and of two, with enhanced status codes */
workload make_capabilities(size_t lines);        /* W4e: replies to EHLO, a line of greeting and keyword lines each */
workload make_chunks(size_t chunks);             /* BDAT and its octets, in one message; lines are the BDATs */

#endif
