// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/process/executions.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "programs/executable_image.h"

namespace heaptap::relay {
namespace {

using Clock = std::chrono::steady_clock;

/// How long a program that is recorded may take until its hello: the library tries for two seconds.
constexpr std::chrono::milliseconds kHelloTime{2500};
constexpr std::size_t kMaxPending = 4096;
constexpr std::size_t kRememberedHellos = 4096;
constexpr std::size_t kRememberedRefusals = 4096;
constexpr std::chrono::milliseconds kExecTime{200};
/// How long it takes to notice an execution, mostly.
constexpr std::chrono::milliseconds kNoticeTime{500};
constexpr const char* kPreloadName = "libheaptap_preload.so";

/// As execvp(3) finds a name, in this relay's own PATH, which is mostly that of the program.
std::string inPath(const std::string& name) {
  const char* const variable = std::getenv("PATH");
  std::string_view rest = variable != nullptr ? variable : "/bin:/usr/bin";
  while (!rest.empty()) {
    const std::string_view folder = rest.substr(0, rest.find(':'));
    std::string file = std::string(folder) + "/" + name;
    if (!folder.empty() && access(file.c_str(), X_OK) == 0) return file;
    rest.remove_prefix(std::min(folder.size() + 1, rest.size()));
  }
  return name;
}

/// A path to show and to look at, from what was called.
std::string fullPath(const ProcessRoster::Executed& executed) {
  const std::string& path = executed.path;
  if (path.empty() || path.front() == '/') return path;
  if (path.find('/') == std::string::npos) return inPath(path);
  return executed.folder + "/" + path;
}

/// What the file itself says; empty when nothing in it speaks against recording.
std::string reasonIn(const UniqueFd& file, const std::string& path) {
  if (!file) return {};
  const auto image = programs::readExecutableImage(file.get(), path);
  return image ? programs::whyNotRecorded(*image) : std::string();
}

/// A program that has ended: from its file, which may be another one by now.
std::string reasonInFile(const std::string& path) {
  const UniqueFd file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status {};
  if (!file || fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
  if (std::string reason = reasonIn(file, path); !reason.empty()) return reason;
  if ((status.st_mode & S_ISUID) != 0 && status.st_uid != geteuid())
    return "it is a set-uid program, and the loader ignores LD_PRELOAD for those";
  return {};
}

}  // namespace

bool Executions::add(ProcessRoster::Executed executed) {
  if (m_pending.size() >= kMaxPending) return false;
  // A child that posix_spawn has made may be faster than its parent's word on it.
  if (!executed.inPlace && std::find(m_recorded.begin(), m_recorded.end(), executed.pid) != m_recorded.end())
    return false;
  if (isJudged(executed.pid)) return false;
  Pending& pending =
      m_pending.emplace_back(Pending{.executed = std::move(executed), .deadline = Clock::now() + kHelloTime});
  std::erase_if(m_refusals, [&](const Refusal& each) {
    if (each.pid != pending.executed.pid) return false;
    pending.program = each.program;
    pending.told = each.why;
    if (each.parent) m_answered.push_back(*each.parent);
    return true;
  });
  return true;
}

/// Asks once: another process may get the id.
bool Executions::isJudged(pid_t pid) {
  const auto found = std::find(m_judged.begin(), m_judged.end(), pid);
  if (found == m_judged.end()) return false;
  m_judged.erase(found);
  return true;
}

void Executions::refused(pid_t pid, std::string program, const char* why, std::optional<std::string> parent) {
  for (Pending& pending : m_pending) {
    if (pending.executed.pid != pid) continue;
    if (!program.empty()) pending.program = std::move(program);
    pending.told = why;
    if (parent) m_answered.push_back(*std::move(parent));
    return;
  }
  if (m_refusals.size() < kMaxPending)
    m_refusals.push_back({pid, std::move(program), why, std::move(parent), Clock::now() + kNoticeTime});
  else if (parent)
    m_answered.push_back(*std::move(parent));
}

std::vector<std::string> Executions::recorded(pid_t pid) {
  std::vector<std::string> waiting;
  std::erase_if(m_pending, [&](const Pending& each) {
    if (each.executed.pid != pid) return false;
    waiting.push_back(each.executed.sessionId);
    return true;
  });
  m_recorded.push_back(pid);
  if (m_recorded.size() > kRememberedHellos) m_recorded.pop_front();
  return waiting;
}

std::vector<Executions::Verdict> Executions::judge(Clock::time_point now) {
  std::vector<Verdict> verdicts;
  std::erase_if(m_pending, [&](Pending& pending) {
    std::optional<std::string> reason;
    if (pending.executed.pid == 0) reason = reasonOfUnnamed(pending.executed);
    if (pending.told != nullptr) reason = pending.told;
    const bool hadEnded = pending.ended;
    if (!reason && !hadEnded) reason = certainReason(pending);
    if (!reason && !hadEnded && now < pending.deadline) return false;
    if (!reason) reason = bestReason(pending);
    Verdict& verdict = verdicts.emplace_back();
    verdict.toldByItself = pending.told != nullptr;
    verdict.sessionId = pending.executed.sessionId;
    verdict.pid = pending.executed.pid;
    const std::string path = pending.program.empty() ? fullPath(pending.executed) : pending.program;
    verdict.program.set_program(path);
    verdict.program.set_why(*reason);
    verdict.program.set_in_place(pending.executed.inPlace);
    verdict.program.set_times(1);
    return true;
  });
  std::erase_if(m_refusals, [&](Refusal& refusal) {
    const bool mayBeNoticed = !refusal.parent || !refusal.parent->empty();
    if (mayBeNoticed && now < refusal.deadline) return false;
    if (!refusal.parent) return true;
    if (mayBeNoticed) {
      m_judged.push_back(refusal.pid);
      if (m_judged.size() > kRememberedRefusals) m_judged.pop_front();
    }
    Verdict& verdict = verdicts.emplace_back();
    verdict.toldByItself = true;
    verdict.sessionId = *std::move(refusal.parent);
    verdict.pid = refusal.pid;
    verdict.program.set_program(refusal.program);
    verdict.program.set_why(refusal.why);
    verdict.program.set_times(1);
    return true;
  });
  for (std::string& session : std::exchange(m_answered, {}))
    verdicts.emplace_back().sessionId = std::move(session);
  return verdicts;
}

/// Of a process that cannot be looked at, only what its call says. Empty: nothing speaks against recording.
std::string Executions::reasonOfUnnamed(const ProcessRoster::Executed& executed) {
  if (std::string reason = reasonInFile(fullPath(executed)); !reason.empty()) return reason;
  return executed.hasPreload ? std::string() : kNotInEnvironment;
}

/// Why it will surely not say hello. None: it may.
std::optional<std::string> Executions::certainReason(Pending& pending) {
  const auto process = TargetProcess::open(pending.executed.pid, pending.executed.ownPid);
  if (!process || !process->hasMemory()) {
    // It may have said hello before. That is read before the next round.
    pending.ended = true;
    return std::nullopt;
  }
  pending.user = process->user();
  pending.program = process->executable();
  if (std::string reason = reasonIn(process->openExecutable(), pending.program); !reason.empty())
    return reason;
  if (process->isSecure())
    return "it runs with other rights than its caller's (set-uid, set-gid, file capabilities), and the "
           "loader "
           "ignores LD_PRELOAD for those";
  pending.isLoaded = pending.isLoaded || process->mappings().find(kPreloadName) != std::string::npos;
  pending.isSandboxed = process->seccompAtStart().mode != 0;
  // In the middle of an exec it is empty for a moment.
  const auto environment = process->environment();
  if (environment && !environment->empty())
    pending.isOutside = environment->find(kPreloadName) == std::string::npos;
  // Some time for a hello: a program that links the library needs no word of it in the environment.
  if (Clock::now() <= pending.deadline - kHelloTime + kExecTime) return std::nullopt;
  if (!pending.executed.hasPreload || pending.isOutside || (environment && environment->empty()))
    return kNotInEnvironment;
  return std::nullopt;
}

std::string Executions::bestReason(const Pending& pending) {
  const std::string path = pending.program.empty() ? fullPath(pending.executed) : pending.program;
  if (std::string reason = reasonInFile(path); !reason.empty()) return reason;
  if (!pending.executed.hasPreload || pending.isOutside) return kNotInEnvironment;
  if (pending.user && *pending.user != geteuid())
    return "it runs as another user, who may not read heaptap's libraries or reach its relay";
  if (pending.isLoaded && pending.isSandboxed)
    return "heaptap's library is in it, but was not heard of: its sandbox (seccomp) may forbid sockets";
  if (pending.isLoaded)
    return "heaptap's library is in it, but was not heard of: it may have no socket, or no time";
  if (pending.ended) return "it ended before heaptap's library was loaded";
  return "its loader did not load heaptap's library: it may not be able to read it";
}

}  // namespace heaptap::relay
