/* Other libraries over the same workloads, called by what their public headers have. bench/peers.cc makes rows of them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_PEERS_H
#define BENCH_PEERS_H

#include <stddef.h>

#ifdef __cplusplus
#include "rows.h"

/* Rows of peers for the workloads that the suite has. */
void add_peers(suite &s);

extern "C" {
#endif

/* Each adds up what struct total does; 0 lines if something is refused. */
struct peer_total {
    size_t lines, parts, values;
};

void dovecot_begin(void);
struct peer_total dovecot_commands(const char *octets, size_t len);
struct peer_total dovecot_replies(const char *octets, size_t len);
struct peer_total dovecot_ehlo(const char *octets, size_t len);
struct peer_total dovecot_content(const char *octets, size_t len);
struct peer_total libetpan_replies(const char *octets, size_t len);
struct peer_total libetpan_ehlo(const char *octets, size_t len);

#ifdef __cplusplus
}
#endif

#endif
