// SPDX-License-Identifier: Apache-2.0
#include "cli/ls/session_table.h"

#include <algorithm>
#include <array>

#include "proto/words/session_words.h"
#include "text/printable.h"
#include "text/quantity.h"
#include "text/shell_word.h"
#include "text/utf8.h"

namespace heaptap::cli {
namespace {

constexpr std::size_t kColumns = 7;
constexpr std::size_t kCommandColumns = 40;
constexpr std::array<bool, kColumns> kRight{false, false, true, false, true, true, false};

using Cells = std::array<std::string, kColumns>;

Cells cellsOf(const SessionRow& row) {
  const v1::SessionInfo& info = row.info;
  std::string command = printable(shellLine({info.command().begin(), info.command().end()}));
  if (width(command) > kCommandColumns)
    command = std::string(firstColumns(command, kCommandColumns - 1)) + "…";
  return {formatTime(info.started_at_unix_ns()),
          stateWord(info.state()),
          info.has_duration_ns() ? formatDuration(info.duration_ns()) : "-",
          printable(row.name),
          info.pid() == 0 ? "-" : std::to_string(info.pid()),
          row.bytes ? formatBytes(*row.bytes) : "-",
          command};
}

}  // namespace

std::string sessionTable(std::vector<SessionRow> rows) {
  if (rows.empty()) return {};
  std::stable_sort(rows.begin(), rows.end(), [](const SessionRow& a, const SessionRow& b) {
    return a.info.started_at_unix_ns() > b.info.started_at_unix_ns();
  });
  std::vector<Cells> lines{{"STARTED (UTC)", "STATE", "DURATION", "SESSION", "PID", "SIZE", "COMMAND"}};
  for (const SessionRow& row : rows) lines.push_back(cellsOf(row));
  std::array<std::size_t, kColumns> columns{};
  for (const Cells& line : lines)
    for (std::size_t i = 0; i < kColumns; ++i) columns[i] = std::max(columns[i], width(line[i]));
  std::string text;
  for (const Cells& line : lines) {
    std::string shown;
    for (std::size_t i = 0; i + 1 < kColumns; ++i)
      shown += (kRight[i] ? paddedLeft(line[i], columns[i]) : padded(line[i], columns[i])) + "  ";
    text += shown + line.back() + "\n";
  }
  return text;
}

}  // namespace heaptap::cli
