// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal/progress.h"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <utility>

#include "cli/terminal/terminal.h"
#include "text/printable.h"
#include "text/quantity.h"
#include "text/utf8.h"

namespace heaptap::cli {
namespace {

constexpr std::chrono::milliseconds kFirstDrawn{1000};
constexpr std::chrono::milliseconds kNextDrawn{100};

std::mutex g_mutex;  ///< For the next, and for its lifetime.
Progress* g_progress = nullptr;

void writeError(const std::string& text) { (void)!write(STDERR_FILENO, text.data(), text.size()); }

}  // namespace

Progress::Progress(bool isQuiet) {
  if (isQuiet || !isTerminal(STDERR_FILENO)) return;
  {
    const std::lock_guard lock(g_mutex);
    g_progress = this;
  }
  // Signals are for the thread that works.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  m_thread = std::jthread([this](const std::stop_token& stop) { run(stop); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Progress::~Progress() {
  {
    const std::lock_guard lock(g_mutex);
    if (g_progress == this) g_progress = nullptr;
  }
  if (!m_thread.joinable()) return;
  m_thread.request_stop();
  m_thread.join();
  erase();
}

void Progress::begin(std::string what) {
  const std::lock_guard lock(m_mutex);
  m_what = std::move(what);
  m_share.reset();
  m_bytes = 0;
}

void Progress::reach(double share) {
  const std::lock_guard lock(m_mutex);
  m_share = share;
}

void Progress::count(std::uint64_t bytes) {
  const std::lock_guard lock(m_mutex);
  m_bytes = bytes;
}

void Progress::giveWay() {
  const std::lock_guard lock(g_mutex);
  if (g_progress == nullptr) return;
  const std::lock_guard own(g_progress->m_mutex);
  g_progress->erase();
}

void Progress::end() {
  const std::lock_guard lock(g_mutex);
  if (g_progress == nullptr) return;
  g_progress->m_thread.request_stop();
  const std::lock_guard own(g_progress->m_mutex);
  g_progress->erase();
  g_progress->m_what.clear();
  g_progress = nullptr;
}

void Progress::erase() {
  if (std::exchange(m_isDrawn, false)) writeError("\r\033[K");
}

void Progress::draw() {
  if (m_what.empty() || !isInForeground(STDERR_FILENO)) return;
  std::string text = "heaptap: " + printable(m_what);
  if (m_share) text += ", " + std::to_string(static_cast<int>(*m_share * 100)) + " %";
  if (m_bytes != 0) text += ", " + formatBytes(m_bytes);
  const auto passed = std::chrono::steady_clock::now() - m_began;
  text += ", " + std::to_string(std::chrono::duration_cast<std::chrono::seconds>(passed).count()) + " s";
  const std::size_t columns = terminalSize(STDERR_FILENO).columns;
  writeError("\r" + std::string(firstColumns(text, columns - 1)) + "\033[K");
  m_isDrawn = true;
}

void Progress::run(const std::stop_token& stop) {
  std::unique_lock lock(m_mutex);
  for (auto time = kFirstDrawn; !m_wake.wait_for(lock, stop, time, [&stop] { return stop.stop_requested(); });
       time = kNextDrawn)
    draw();
}

}  // namespace heaptap::cli
