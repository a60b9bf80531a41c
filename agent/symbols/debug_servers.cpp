// SPDX-License-Identifier: Apache-2.0
#include "agent/symbols/debug_servers.h"

#include <dlfcn.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <type_traits>

namespace heaptap::symbols {
namespace {

using Clock = std::chrono::steady_clock;

struct Client;

/// libdebuginfod (debuginfod_find_debuginfo(3)), loaded when it is first needed: it brings an HTTP client
/// with it, which takes longer to load than most programs run.
struct Library {
  using Find = int(Client*, const unsigned char* buildId, int length, char** path);
  using Progress = int(Client*, long done, long all);
  Client* (*begin)() = nullptr;
  void (*end)(Client*) = nullptr;
  Find* findDebugInformation = nullptr;
  Find* findExecutable = nullptr;
  void (*setProgress)(Client*, Progress*) = nullptr;

  Library() {
    void* const handle = dlopen("libdebuginfod.so.1", RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) return;
    const auto take = [handle](auto& function, const char* name) {
      function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(handle, name));
    };
    take(begin, "debuginfod_begin");
    take(end, "debuginfod_end");
    take(findDebugInformation, "debuginfod_find_debuginfo");
    take(findExecutable, "debuginfod_find_executable");
    take(setProgress, "debuginfod_set_progressfn");
  }
  [[nodiscard]] bool isWhole() const {
    return begin != nullptr && end != nullptr && findDebugInformation != nullptr &&
           findExecutable != nullptr && setProgress != nullptr;
  }
  static const Library& get() {
    static const Library library;
    return library;
  }
};

/// One question, as it goes on.
struct Question {
  const DebugServers::Patience& patience;
  Clock::time_point begun = Clock::now();
  Clock::time_point lastByte = begun;
  long done = 0;
  bool tookTooLong = false;
};

/// Of this thread: the library calls back on the thread that asks.
thread_local Question* t_question = nullptr;

/// Called each second at least. `done`: bytes, once a server has begun to send; before, and where it does not
/// say how many there will be, perhaps the number of calls. Returns: not 0: stop.
int watch(Client*, long done, long all) {
  Question& question = *t_question;
  const auto now = Clock::now();
  if (done > question.done + (all > 0 ? 0 : 1)) question.lastByte = now;
  question.done = done;
  question.tookTooLong =
      now - question.lastByte >= question.patience.silence || now - question.begun >= question.patience.each;
  return question.tookTooLong ? 1 : 0;
}

std::optional<std::chrono::seconds> secondsIn(const char* variable) {
  const char* const text = std::getenv(variable);
  if (text == nullptr) return std::nullopt;
  const std::string_view digits(text);
  unsigned seconds = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  constexpr unsigned kMost = 86'400;
  if (error != std::errc{} || end != digits.data() + digits.size() || seconds == 0 || seconds > kMost)
    return std::nullopt;
  return std::chrono::seconds(seconds);
}

}  // namespace

DebugServers::Patience DebugServers::Patience::fromEnvironment() {
  Patience patience;
  patience.silence = secondsIn("DEBUGINFOD_TIMEOUT").value_or(patience.silence);
  patience.each = secondsIn("DEBUGINFOD_MAXTIME").value_or(patience.each);
  return patience;
}

bool DebugServers::areKnown() {
  const char* const urls = std::getenv("DEBUGINFOD_URLS");
  return urls != nullptr && *urls != '\0' && Library::get().isWhole();
}

UniqueFd DebugServers::debugInformation(const std::string& buildId) {
  return ask(What::DebugInformation, buildId);
}

UniqueFd DebugServers::executable(const std::string& buildId) { return ask(What::Executable, buildId); }

bool DebugServers::hasBeenLeft() {
  const std::lock_guard lock(m_mutex);
  return m_hasBeenLeft;
}

UniqueFd DebugServers::ask(What what, const std::string& buildId) {
  const std::lock_guard lock(m_mutex);
  if (m_failures >= m_patience.failures || buildId.empty() || !areKnown()) return {};
  const Library& library = Library::get();
  Client* const client = library.begin();
  if (client == nullptr) return {};
  Question question{m_patience};
  t_question = &question;
  library.setProgress(client, &watch);
  auto* const find = what == What::Executable ? library.findExecutable : library.findDebugInformation;
  const int result = find(client, reinterpret_cast<const unsigned char*>(buildId.data()),
                          static_cast<int>(buildId.size()), nullptr);
  UniqueFd file(result);
  t_question = nullptr;
  library.end(client);
  if (file) {
    m_failures = 0;
  } else if (question.tookTooLong || result == -ETIME || result == -ETIMEDOUT) {
    ++m_failures;
    m_hasBeenLeft = true;
  }
  return file;
}

}  // namespace heaptap::symbols
