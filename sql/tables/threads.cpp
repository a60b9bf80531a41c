// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "sql/tables/all_tables.h"

namespace heaptap::sql {
namespace {

const model::Thread& threadOf(const Row& row) { return row.session.definitions().threads[row.at]; }

constexpr std::array kThreadFields{
    Field{{"id", "INTEGER", "from 0, in the order of their first events"},
          [](const Row& row, Cell cell) { cell.set(row.at); }},
    Field{{"tid", "INTEGER", "the kernel's id"},
          [](const Row& row, Cell cell) { cell.set(threadOf(row).tid); }},
    Field{{"name", "TEXT", "its last one; NULL: unknown"},
          [](const Row& row, Cell cell) { cell.setUnlessEmpty(row.session.threadNames()[row.at]); }},
    Field{{"first_seen_ns", "INTEGER", "its first event"},
          [](const Row& row, Cell cell) { cell.set(threadOf(row).firstSeenNs); }},
};

constexpr RowTableWords kThreads{
    "threads", "Threads that allocated or freed", kThreadFields,
    [](const DecodedSession& session) { return session.definitions().threads.size(); }};

}  // namespace

const RowTableWords& threadsTable() { return kThreads; }

}  // namespace heaptap::sql
