// SPDX-License-Identifier: Apache-2.0
#include "cli/run/spawn.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace heaptap::cli {
namespace {

/// The attributes and file actions of one posix_spawn.
class SpawnPlan {
 public:
  SpawnPlan() {
    posix_spawnattr_init(&m_attributes);
    posix_spawn_file_actions_init(&m_actions);
  }
  ~SpawnPlan() {
    posix_spawnattr_destroy(&m_attributes);
    posix_spawn_file_actions_destroy(&m_actions);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  void setMask(const sigset_t& mask) {
    posix_spawnattr_setsigmask(&m_attributes, &mask);
    m_flags |= POSIX_SPAWN_SETSIGMASK;
  }
  void setAllSignalsToDefault() {
    sigset_t all;
    sigfillset(&all);
    posix_spawnattr_setsigdefault(&m_attributes, &all);
    m_flags |= POSIX_SPAWN_SETSIGDEF;
  }
  /// posix_spawn ignores the signals that libc uses itself in what it starts: they are to be as they are
  /// here. libc's own functions refuse to name them.
  void keepInternalSignals() {
    sigset_t defaults;
    sigemptyset(&defaults);
    unsigned long set = 0;
    for (const int number : {32, 33}) {
      unsigned long action[4] = {};  // The kernel's: the handler first.
      if (syscall(SYS_rt_sigaction, number, nullptr, action, sizeof set) == 0 && action[0] == 0)
        set |= 1UL << (number - 1);
    }
    std::memcpy(&defaults, &set, sizeof set);
    posix_spawnattr_setsigdefault(&m_attributes, &defaults);
    m_flags |= POSIX_SPAWN_SETSIGDEF;
  }
  void startSession() { m_flags |= POSIX_SPAWN_SETSID; }
  void open(int number, const char* path, int mode) {
    posix_spawn_file_actions_addopen(&m_actions, number, path, mode, 0);
  }
  void closeFrom(int number) { posix_spawn_file_actions_addclosefrom_np(&m_actions, number); }
  void duplicate(int from, int to) { posix_spawn_file_actions_adddup2(&m_actions, from, to); }

  /// 0, or the errno of what failed, the exec included.
  int spawn(pid_t& pid, const char* file, std::vector<std::string>& argv, const Environment& environment) {
    posix_spawnattr_setflags(&m_attributes, static_cast<short>(m_flags));
    std::vector<std::string> variables = environment.entries();
    return posix_spawn(&pid, file, &m_actions, &m_attributes, pointersTo(argv).data(),
                       pointersTo(variables).data());
  }

 private:
  static std::vector<char*> pointersTo(std::vector<std::string>& strings) {
    std::vector<char*> pointers;
    pointers.reserve(strings.size() + 1);
    for (std::string& text : strings) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
  }

  posix_spawnattr_t m_attributes;
  posix_spawn_file_actions_t m_actions;
  int m_flags = 0;
};

bool names(const std::string& entry, const std::string& name) {
  return entry.size() > name.size() && entry[name.size()] == '=' && entry.starts_with(name);
}

}  // namespace

Environment Environment::current() {
  Environment environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry)
    environment.m_entries.emplace_back(*entry);
  return environment;
}

void Environment::set(const std::string& name, const std::string& value) {
  remove(name);
  m_entries.push_back(name + "=" + value);
}

void Environment::remove(const std::string& name) {
  std::erase_if(m_entries, [&name](const std::string& entry) { return names(entry, name); });
}

std::optional<std::string> Environment::get(const std::string& name) const {
  const auto found = std::find_if(m_entries.begin(), m_entries.end(),
                                  [&name](const std::string& e) { return names(e, name); });
  if (found == m_entries.end()) return std::nullopt;
  return found->substr(name.size() + 1);
}

Result<pid_t> spawnCommand(const std::filesystem::path& file, std::vector<std::string> argv,
                           const Environment& environment, const sigset_t& mask) {
  SpawnPlan plan;
  plan.setMask(mask);
  plan.keepInternalSignals();
  pid_t pid = -1;
  if (const int error = plan.spawn(pid, file.c_str(), argv, environment); error != 0) {
    errno = error;
    return systemFailure(error == ENOENT ? Code::NotFound : Code::CannotExecute, file.string(),
                         "cannot be executed",
                         error == E2BIG ? "shorten its arguments or the environment" : "");
  }
  return pid;
}

Result<pid_t> spawnCompanion(const std::filesystem::path& file, std::vector<std::string> argv,
                             const UniqueFd& control) {
  SpawnPlan plan;
  sigset_t none;
  sigemptyset(&none);
  plan.setMask(none);
  plan.setAllSignalsToDefault();
  plan.startSession();
  plan.open(STDIN_FILENO, "/dev/null", O_RDONLY);
  plan.open(STDOUT_FILENO, "/dev/null", O_WRONLY);
  plan.open(STDERR_FILENO, "/dev/null", O_WRONLY);
  plan.duplicate(control.get(), kControlDescriptor);
  plan.closeFrom(kControlDescriptor +
                 1);  // What `run` inherited, such as the far end of a pipe of its caller.
  Environment environment = Environment::current();
  environment.remove("LD_PRELOAD");
  environment.remove("HEAPTAP_RELAY");
  pid_t pid = -1;
  if (const int error = plan.spawn(pid, file.c_str(), argv, environment); error != 0) {
    errno = error;
    return systemFailure(Code::Unavailable, file.string(), "cannot be started");
  }
  return pid;
}

}  // namespace heaptap::cli
