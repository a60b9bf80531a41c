// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/encode/hello_writer.h"

#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>

#include "agent/relay/base/session_id.h"
#include "agent/relay/encode/batch_encoder.h"
#include "base/version.h"

namespace heaptap::relay {
namespace {

std::int64_t unixTimeNs() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string hostName() {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  return name.data();
}

/// What it was called, if that has a name.
std::string nameOf(const v1::Hello& hello) {
  if (hello.command().empty() || std::filesystem::path(hello.command(0)).filename().empty())
    return hello.executable();
  return hello.command(0);
}

}  // namespace

HelloWriter::HelloWriter(bool withoutEvents)
    : m_withoutEvents(withoutEvents), m_treeId(randomId()), m_host(hostName()) {}

v1::Hello HelloWriter::write(const TargetProcess& process, const std::string& parent) {
  v1::Hello hello;
  hello.set_session_id(randomId());
  hello.set_agent_version(kVersion);
  for (const std::string& argument : process.command()) hello.add_command(argument);
  hello.set_executable(process.executable());
  hello.set_working_directory(process.workingDirectory());
  hello.set_pid(static_cast<std::uint32_t>(process.pid()));
  hello.set_parent_pid(static_cast<std::uint32_t>(process.parentPid()));
  hello.set_host(m_host);
  hello.set_started_at_unix_ns(unixTimeNs());
  hello.set_time_unit_ns(BatchEncoder::kTimeUnitNs);
  hello.set_tree_id(m_treeId);
  hello.set_parent_session_id(parent);
  hello.set_without_events(m_withoutEvents);
  const std::lock_guard lock(m_mutex);
  if (m_nextImage == 0) {
    m_firstProgram = nameOf(hello);
    m_firstPid = hello.pid();
  }
  hello.set_image(m_nextImage++);
  hello.set_first_program(m_firstProgram);
  hello.set_first_pid(m_firstPid);
  return hello;
}

}  // namespace heaptap::relay
