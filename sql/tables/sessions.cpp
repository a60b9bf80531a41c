// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "collector/query/summary.h"
#include "proto/words/session_words.h"
#include "sql/tables/all_tables.h"
#include "text/quantity.h"
#include "text/shell_word.h"

namespace heaptap::sql {
namespace {

const query::Overview& whole(const Row& row) { return row.session.overview(); }
const model::Identity& who(const Row& row) { return row.session.view().identity; }

std::string hexUnlessNone(const model::SessionId& id) { return id.isNone() ? std::string() : id.hex(); }

constexpr std::array kSessionFields{
    Field{{"id", "TEXT", "of the session: 32 hexadecimal digits"},
          [](const Row& row, Cell cell) { cell.set(std::string_view(who(row).id.hex())); }},
    Field{{"tree_id", "TEXT", "shared by all sessions of one heaptap run; NULL: unknown"},
          [](const Row& row, Cell cell) { cell.setUnlessEmpty(hexUnlessNone(who(row).tree)); }},
    Field{{"parent_id", "TEXT",
           "the session of the parent process, or of the program before an exec; NULL: none"},
          [](const Row& row, Cell cell) { cell.setUnlessEmpty(hexUnlessNone(who(row).parent)); }},
    Field{{"image", "INTEGER", "how many programs the process had executed before"},
          [](const Row& row, Cell cell) { cell.set(who(row).image); }},
    Field{{"command", "TEXT", "the command line, as a shell reads it"},
          [](const Row& row, Cell cell) { cell.setUnlessEmpty(shellLine(who(row).command)); }},
    Field{{"executable", "TEXT", "path of the program"},
          [](const Row& row, Cell cell) { cell.setUnlessEmpty(who(row).executable); }},
    Field{{"working_directory", "TEXT", "where it was started"},
          [](const Row& row, Cell cell) { cell.setUnlessEmpty(who(row).workingDirectory); }},
    Field{{"host", "TEXT", "the machine"},
          [](const Row& row, Cell cell) { cell.setUnlessEmpty(who(row).host); }},
    Field{{"pid", "INTEGER", "of the process"},
          [](const Row& row, Cell cell) { cell.setUnlessZero(who(row).pid); }},
    Field{{"parent_pid", "INTEGER", "of its parent"},
          [](const Row& row, Cell cell) { cell.setUnlessZero(who(row).parentPid); }},
    Field{{"started_at", "TEXT", "when the session began, RFC 3339 in UTC"},
          [](const Row& row, Cell cell) {
            cell.set(std::string_view(formatTimestamp(who(row).startedAtUnixNs)));
          }},
    Field{{"started_at_unix_ns", "INTEGER", "the same, in ns since 1970: to add to every other time"},
          [](const Row& row, Cell cell) { cell.set(who(row).startedAtUnixNs); }},
    Field{{"duration_ns", "INTEGER", "until its end, or the last event where that is not known"},
          [](const Row& row, Cell cell) { cell.set(whole(row).durationNs()); }},
    Field{{"state", "TEXT", "complete, recording, or cut short"},
          [](const Row& row, Cell cell) {
            cell.set(std::string_view(stateWord(query::infoOf(whole(row)).state())));
          }},
    Field{{"ending", "TEXT", "how the process ended: exited 0; NULL: unknown"},
          [](const Row& row, Cell cell) { cell.setUnlessEmpty(query::endText(whole(row).ending)); }},
    Field{{"exit_status", "INTEGER", "as a shell shows it; NULL: unknown"},
          [](const Row& row, Cell cell) { cell.set(query::exitStatus(whole(row).ending)); }},
    Field{{"sample_interval", "INTEGER",
           "bytes between samples on average; NULL: every allocation is recorded"},
          [](const Row& row, Cell cell) { cell.setUnlessZero(who(row).sampleInterval); }},
    Field{{"allocations", "INTEGER",
           "of malloc's heap, as are the next ones; where allocations are sampled, estimates"},
          [](const Row& row, Cell cell) { cell.set(whole(row).totals.allocations); }},
    Field{{"frees", "INTEGER", "blocks that were freed"},
          [](const Row& row, Cell cell) { cell.set(whole(row).totals.frees); }},
    Field{{"allocated_bytes", "INTEGER", "sum of all requested bytes"},
          [](const Row& row, Cell cell) { cell.set(whole(row).totals.allocatedBytes); }},
    Field{{"live_blocks", "INTEGER", "not freed at the end of the session"},
          [](const Row& row, Cell cell) { cell.set(whole(row).liveBlocks); }},
    Field{{"live_bytes", "INTEGER", "requested bytes of these"},
          [](const Row& row, Cell cell) { cell.set(whole(row).totals.liveBytes); }},
    Field{{"peak_bytes", "INTEGER", "the largest sum of live requested bytes"},
          [](const Row& row, Cell cell) { cell.set(whole(row).totals.peakBytes); }},
    Field{{"peak_at_ns", "INTEGER", "when that was first reached"},
          [](const Row& row, Cell cell) { cell.set(whole(row).totals.peakAtNs); }},
    Field{{"temporaries", "INTEGER",
           "freed by the thread that allocated them, with no allocation by it between"},
          [](const Row& row, Cell cell) { cell.set(whole(row).totals.temporaries); }},
    Field{{"findings", "INTEGER", "wrong uses of the heap, each with its stacks once"},
          [](const Row& row, Cell cell) { cell.set(whole(row).findings); }},
    Field{{"dropped_events", "INTEGER", "were not recorded: see the table gap"},
          [](const Row& row, Cell cell) { cell.set(whole(row).drops.total().events()); }},
    Field{{"events_not_stored", "INTEGER", "were counted, but are not in the file: quota or full disk"},
          [](const Row& row, Cell cell) { cell.set(whole(row).custody.eventsNotStored); }},
    Field{{"recorded_by", "TEXT", "the version of heaptap, or of what the session was imported from"},
          [](const Row& row, Cell cell) { cell.setUnlessEmpty(who(row).agentVersion); }},
};

constexpr RowTableWords kSessions{"sessions",
                                  "The session in the file, and what it adds up to: one row",
                                  kSessionFields,
                                  [](const DecodedSession&) -> std::size_t { return 1; },
                                  0,
                                  false};

}  // namespace

const RowTableWords& sessionsTable() { return kSessions; }

}  // namespace heaptap::sql
