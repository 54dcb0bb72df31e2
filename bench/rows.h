/* What is measured: rows, each a run over a workload and what it must add up to.
 *
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_ROWS_H
#define BENCH_ROWS_H

#include "smtpwire.h"
#include "workload.h"

#include <deque>
#include <functional>
#include <string>
#include <vector>

struct total {
    size_t lines, parts, values; /* as in struct workload */
    size_t pushes;               /* calls of a push function; not compared */
};

struct row {
    std::string name; /* WORKLOAD/WHAT */
    const workload *w;
    std::function<total()> run;
    total expected;
    bool baseline; /* nothing of this library runs */
};

struct sizes {
    size_t lines;         /* of W1, W2, W4 and their like */
    size_t large, cached; /* octets of W3; no large ones with 0 */
    unsigned best;        /* enum smtpwire_simd of the rows that do not name one */
};

struct suite {
    std::deque<workload> workloads;
    std::vector<row> rows;
    const workload *keep(workload w)
    {
        workloads.push_back(std::move(w));
        return &workloads.back();
    }
    void add(const std::string &name, const workload *w, total expected, std::function<total()> run,
             bool baseline = false)
    {
        rows.push_back({name, w, std::move(run), expected, baseline});
    }
};

/* Ends the program if the content that a parser delivers is not that of its workload, octet for octet. */
void add_rows(suite &s, const sizes &z);

/* rows_runs.cc: the loops around the library. piece: that many octets more at each push. */
total run_server(const std::string &s, const smtpwire_options &o, size_t piece);
total run_client(const std::string &s, const smtpwire_options &o, unsigned verb);
total run_lines(const std::string &s, const smtpwire_options &o);
total run_content(const std::string &s, const smtpwire_options &o, size_t piece, std::string *delivered);
total run_stuff(const std::string &s, const smtpwire_options &o);

inline total operator+(total a, const total &b)
{
    return {a.lines + b.lines, a.parts + b.parts, a.values + b.values, a.pushes + b.pushes};
}

#endif
