/* The octets that are measured, made from a fixed seed.
 *
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_WORKLOAD_H
#define BENCH_WORKLOAD_H

#include <cstddef>
#include <string>

struct workload {
    std::string octets;
    size_t lines;
};

workload make_commands(size_t lines);             /* W1: sessions of EHLO, MAIL, RCPT, DATA, RSET or QUIT */
workload make_paths(size_t lines, bool unusual);  /* W2: MAIL and RCPT; unusual (W2q): quoted local parts and literals */
workload make_text(size_t octets);                /* W3: lines of 60 to 78 octets, one in a hundred dot-stuffed */
workload make_base64(size_t octets);              /* W3: lines of 76 octets */
workload make_replies(size_t lines);              /* W4: with enhanced status codes */
workload make_capabilities(size_t lines);         /* W4e: replies to EHLO */

#endif
