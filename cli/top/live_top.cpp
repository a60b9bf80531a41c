// SPDX-License-Identifier: Apache-2.0
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <utility>

#include "base/unique_fd.h"
#include "cli/top/look_thread.h"
#include "cli/top/screen.h"
#include "cli/top/top_command.h"
#include "text/printable.h"

namespace heaptap::cli {
namespace {

/// Until then a session that cannot be opened leaves the screen as it is.
constexpr std::chrono::milliseconds kScreenComesAfter{500};

/// Signals as something to wait for. They are blocked from here on, also in threads that are started later.
class TerminalSignals {
 public:
  TerminalSignals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : {SIGWINCH, SIGCONT}) sigaddset(&set, number);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP}) {
      struct sigaction action {};
      // What is ignored (nohup) stays so; a descriptor would receive it.
      if (sigaction(number, nullptr, &action) == 0 && action.sa_handler != SIG_IGN) sigaddset(&set, number);
    }
    pthread_sigmask(SIG_BLOCK, &set, &m_before);
    m_descriptor = UniqueFd(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  }
  ~TerminalSignals() { pthread_sigmask(SIG_SETMASK, &m_before, nullptr); }
  TerminalSignals(const TerminalSignals&) = delete;
  TerminalSignals& operator=(const TerminalSignals&) = delete;

  [[nodiscard]] int descriptor() const { return m_descriptor.get(); }
  /// The next one that has arrived; 0: none.
  [[nodiscard]] int take() const {
    signalfd_siginfo signal{};
    return read(m_descriptor.get(), &signal, sizeof signal) == static_cast<ssize_t>(sizeof signal)
               ? static_cast<int>(signal.ssi_signo)
               : 0;
  }
  /// Ends the process by a signal that was taken, so that its parent sees what has ended it.
  void endBy(int number) const {
    std::signal(number, SIG_DFL);
    pthread_sigmask(SIG_SETMASK, &m_before, nullptr);
    raise(number);
  }

 private:
  sigset_t m_before{};
  UniqueFd m_descriptor;
};

class LiveTop {
 public:
  LiveTop(const TopOptions& options, const TerminalSignals& signals)
      : m_options(options),
        m_signals(signals),
        m_controls(options.order, options.filter),
        m_looks([&options] { return openWatched(options.target, options.collector); }, options.heap,
                options.interval) {
    m_news.name = options.target;
  }

  /// Until its reader has seen enough.
  Result<void> run() {
    const auto screenComes = std::chrono::steady_clock::now() + kScreenComesAfter;
    while (true) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(screenComes - std::chrono::steady_clock::now());
      const bool isTime = m_controls.picture() != nullptr || left.count() <= 0;
      if (!m_screen && isTime) {
        auto screen = Screen::open(hasColours(m_options.colour, STDOUT_FILENO));
        if (!screen) return tl::unexpected(std::move(screen.error()));
        m_screen = std::move(*screen);
      }
      if (m_screen) m_screen->draw(screenOf(m_controls, m_news, m_screen->size()));
      const bool hasKeys = wait(m_screen ? -1 : static_cast<int>(left.count()));
      if (const int ending = handleSignals(); ending != 0) {
        // A question that is under way is not waited for.
        m_screen.reset();
        m_signals.endBy(ending);
      }
      if (auto looked = takeLook(); !looked) return tl::unexpected(std::move(looked.error()));
      if (m_screen && (!hasKeys || handleKeys())) return {};
    }
  }

 private:
  /// False: the terminal has gone.
  bool wait(int timeoutMs) {
    std::array<pollfd, 3> waits{pollfd{m_signals.descriptor(), POLLIN, 0},
                                pollfd{m_looks.descriptor(), POLLIN, 0},
                                pollfd{m_screen ? m_screen->descriptor() : -1, POLLIN, 0}};
    poll(waits.data(), waits.size(), timeoutMs);
    return (waits[2].revents & (POLLHUP | POLLERR | POLLNVAL)) == 0;
  }

  int handleSignals() {
    while (const int number = m_signals.take()) {
      switch (number) {
        case SIGWINCH:
        case SIGCONT:
          if (m_screen) m_screen->resize();
          break;
        case SIGTSTP:
          if (m_screen) m_screen->leave();
          kill(getpid(), SIGSTOP);
          break;
        default: return number;
      }
    }
    return 0;
  }

  Result<void> takeLook() {
    LookThread::Latest latest = m_looks.take();
    if (latest.error && !latest.picture) return tl::unexpected(std::move(*latest.error));
    if (latest.picture && latest.picture != m_picture) {
      m_picture = std::move(latest.picture);
      m_controls.take(m_picture);
    }
    m_news.trouble.clear();
    if (latest.error)
      m_news.trouble = printable(latest.error->what) + (latest.isOver ? "" : " (asking again)");
    return {};
  }

  /// True: the reader has seen enough.
  bool handleKeys() {
    while (const auto key = m_screen->key()) {
      switch (m_controls.press(*key)) {
        case TopControls::Wish::Quit: return true;
        case TopControls::Wish::Restart: m_looks.restart(); break;
        case TopControls::Wish::None: break;
      }
    }
    return false;
  }

  const TopOptions& m_options;
  const TerminalSignals& m_signals;
  TopControls m_controls;
  TopNews m_news;
  std::shared_ptr<const TopPicture> m_picture;
  LookThread m_looks;
  std::unique_ptr<Screen> m_screen;  ///< Null: it has not begun.
};

}  // namespace

Result<void> showLive(const TopOptions& options) {
  const TerminalSignals signals;
  return LiveTop(options, signals).run();
}

}  // namespace heaptap::cli
