// SPDX-License-Identifier: Apache-2.0
#include "collector/ingest/hello_reader.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "collector/ingest/corrupt.h"
#include "collector/ingest/limits.h"

namespace heaptap::ingest {
namespace {

/// 16 bytes, or none at all.
std::optional<model::SessionId> optionalId(const std::string& raw) {
  return raw.empty() ? model::SessionId{} : model::SessionId::fromBytes(raw);
}

bool textsFit(const v1::Hello& hello) {
  const auto fits = [](const std::string& text) { return text.size() <= kMaxTextBytes; };
  // An argument may be longer than a path: Linux allows 128 KiB, and the message as a whole is bounded.
  return fits(hello.agent_version()) && fits(hello.executable()) && fits(hello.host()) &&
         fits(hello.working_directory()) && fits(hello.first_program()) &&
         static_cast<std::size_t>(hello.command_size()) <= kMaxArguments;
}

}  // namespace

Result<void> checkProtocol(std::uint32_t protocol) {
  if (protocol > kProtocol) {
    return failure(Code::ProtocolTooNew, "hello",
                   "the relay speaks protocol " + std::to_string(protocol) + ", this collector up to " +
                       std::to_string(kProtocol),
                   "update the collector");
  }
  if (protocol == 0) return corrupt("hello", "protocol 0, expected 1 or more");
  return {};
}

Result<model::Identity> readHello(const v1::Hello& hello) {
  if (auto spoken = checkProtocol(hello.protocol()); !spoken) return tl::unexpected(spoken.error());
  const auto id = model::SessionId::fromBytes(hello.session_id());
  const auto tree = optionalId(hello.tree_id());
  const auto parent = optionalId(hello.parent_session_id());
  if (!id || id->isNone() || !tree || !parent)
    return corrupt("hello", "a session id that is not 16 random bytes");
  if (hello.time_unit_ns() == 0 || hello.time_unit_ns() > kMaxTimeUnitNs) {
    return corrupt("hello", "a time unit of " + std::to_string(hello.time_unit_ns()) + " ns, expected 1 to " +
                                std::to_string(kMaxTimeUnitNs));
  }
  if (hello.sample_interval() > kMaxSampleInterval) return corrupt("hello", "no such sample interval");
  if (!textsFit(hello)) return corrupt("hello", "a text that is too long");
  return model::Identity{.id = *id,
                         .tree = *tree,
                         .parent = *parent,
                         .image = hello.image(),
                         .agentVersion = hello.agent_version(),
                         .command = {hello.command().begin(), hello.command().end()},
                         .executable = hello.executable(),
                         .workingDirectory = hello.working_directory(),
                         .host = hello.host(),
                         .pid = hello.pid(),
                         .parentPid = hello.parent_pid(),
                         .startedAtUnixNs = hello.started_at_unix_ns(),
                         .timeUnitNs = hello.time_unit_ns(),
                         .sampleInterval = hello.sample_interval(),
                         .withoutEvents = hello.without_events(),
                         .firstProgram = hello.first_program(),
                         .firstPid = hello.first_pid()};
}

}  // namespace heaptap::ingest
