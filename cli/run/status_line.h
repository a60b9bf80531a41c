// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

namespace heaptap::cli {

/// One line on the terminal that shows the live heap while COMMAND runs, from the collector's Query.Watch.
/// It is drawn only while `run` is in the terminal's foreground, and wiped at the end.
/// Owns:    a thread and a gRPC channel: create it after the last fork.
/// Threads: one.
class StatusLine {
 public:
  explicit StatusLine(const std::string& collectorAddress);
  ~StatusLine();
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;

  /// Shows this session from now on.
  void watch(const std::string& session);
  /// Shows a fixed text instead.
  void say(const std::string& text);

 private:
  class Watcher;

  std::string m_collectorAddress;
  std::unique_ptr<Watcher> m_watcher;
  bool m_drawn = false;
};

}  // namespace heaptap::cli
