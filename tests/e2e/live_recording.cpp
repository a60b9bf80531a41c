// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/live_recording.h"

#include <gtest/gtest.h>

#include <charconv>
#include <fstream>

#include "tests/support/process_tree.h"

namespace heaptap::test {
namespace {

Launch launchFor(const std::filesystem::path& folder, const std::vector<std::string>& argv,
                 const std::vector<std::string>& options) {
  std::vector<std::string> run{HEAPTAP_COMMAND, "run", "-q", "-o", folder / "recording.heaptap"};
  run.insert(run.end(), options.begin(), options.end());
  run.emplace_back("--");
  run.insert(run.end(), argv.begin(), argv.end());
  return {.argv = run, .environment = {}, .folder = folder};
}

/// The name and the parent of a process, from its stat line: "PID (NAME) STATE PARENT …".
bool isChildNamed(const std::string& stat, const std::string& name, pid_t parent) {
  const std::size_t end = stat.rfind(')');
  if (end == std::string::npos || stat.find("(" + name.substr(0, 15) + ")") == std::string::npos)
    return false;
  pid_t found = 0;
  std::from_chars(stat.data() + end + 4, stat.data() + stat.size(), found);
  return found == parent;
}

}  // namespace

LiveRecording::LiveRecording(const std::vector<std::string>& argv, const std::vector<std::string>& options)
    : m_run(launchFor(m_folder.path(), argv, options)) {}

void LiveRecording::waitFor(std::string_view text) {
  if (!m_run.waitForOutput(text)) ADD_FAILURE() << "the program ended without saying " << text;
}

void LiveRecording::tell(std::string_view line) { m_run.writeInput(std::string(line) + "\n"); }

Outcome LiveRecording::finish() { return m_run.finish(); }

std::string LiveRecording::saidLast(std::string_view prefix) const {
  const std::string& out = m_run.output();
  const std::size_t at = out.rfind(prefix);
  return at == std::string::npos ? std::string() : out.substr(at, out.find('\n', at) - at);
}

pid_t LiveRecording::command(std::string_view program) const { return childOf(m_run.pid(), program); }

pid_t LiveRecording::relay() const {
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    pid_t pid = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), pid).ec != std::errc()) continue;
    std::ifstream file(entry.path() / "stat");  // Empty when the process has gone meanwhile.
    std::string stat;
    std::getline(file, stat);
    if (isChildNamed(stat, "heaptap-relay", m_run.pid())) return pid;
  }
  ADD_FAILURE() << "no relay runs";
  return -1;
}

}  // namespace heaptap::test
