// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "agent/relay/drain/drain.h"
#include "agent/relay/encode/hello_writer.h"
#include "agent/relay/process/process_session.h"
#include "agent/relay/target/execution_notes.h"
#include "agent/relay/target/recorded_buffer.h"
#include "agent/relay/target/session_clock.h"

namespace heaptap::relay {

/// Sends what a buffer file holds to the collector, as the relay would have done while its programs ran: one
/// session for the process that made the file, and one for each that was forked from it. How they ended is
/// not known, but for those that have executed another program.
/// Threads: all functions from one.
class Recovery final : private ProcessRegister {
 public:
  /// Words for `heaptap recover`, as in RunChannel.
  using Say = std::function<void(const std::string&)>;

  /// `withoutEvents`: only numbers are sent, no single events.
  Recovery(RecordedBuffer buffer, Uplink::Options uplink, symbols::SearchPlaces places, bool withoutEvents,
           const Matching& matching, Say say);

  /// Returns: whether everything is stored.
  bool run();

 private:
  struct Member {
    std::shared_ptr<const TargetProcess> process;
    std::unique_ptr<ProcessSession> session;
    RecordedProcess recorded;
  };

  RecordedProcess* find(std::uint32_t index) override;
  [[nodiscard]] std::vector<RecordedProcess*> all() const override;
  RecordedProcess& meet(RecordedProcess recorded, std::shared_ptr<const TargetProcess> process);
  bool noteExecution(const Member& member);
  void noteChildren();
  static void tellOf(const ExecutionNote& note, const Member& member, bool inPlace);
  void drain();
  void waitForRoom() const;
  bool waitForOutcomes();

  RecordedBuffer m_buffer;
  const Uplink::Options m_uplink;
  const Say m_say;
  HelloWriter m_hellos;
  const std::shared_ptr<BinaryNames> m_binaries;
  SessionClock m_clock;
  const BlockStores m_blocks;
  std::map<std::uint32_t, std::unique_ptr<Member>> m_members;  ///< By index.
  Drain m_drain;
};

}  // namespace heaptap::relay
