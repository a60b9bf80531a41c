// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace heaptap::cli {

/// One line on the terminal (standard error) that says what is being done and how far it is, once that has
/// taken a second; erased at the end. Nothing where standard error is no terminal, or in the background.
/// There is one at a time: messages and reports on the terminal make it give way.
/// Owns: a thread that draws. Threads: any.
class Progress {
 public:
  /// `isQuiet`: nothing is drawn.
  explicit Progress(bool isQuiet);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// What is done from now on: "reading app.heaptap".
  void begin(std::string what);
  /// How much of it is done, from 0 to 1.
  void reach(double share);
  /// How much of it is done, where the whole is not known. Units: bytes.
  void count(std::uint64_t bytes);

  /// The line goes away until it is drawn the next time: somebody else writes a line.
  static void giveWay();
  /// It goes away for good: somebody else writes from now on.
  static void end();

 private:
  void run(const std::stop_token& stop);
  void draw();
  void erase();

  std::mutex m_mutex;  ///< For what follows.
  std::condition_variable_any m_wake;
  std::string m_what;
  std::optional<double> m_share;
  std::uint64_t m_bytes = 0;
  std::chrono::steady_clock::time_point m_began = std::chrono::steady_clock::now();
  bool m_isDrawn = false;
  std::jthread m_thread;  ///< Last: it uses all others. None: nothing is drawn.
};

}  // namespace heaptap::cli
