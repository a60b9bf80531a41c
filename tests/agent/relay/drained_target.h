// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <memory>

#include "agent/relay/drain/drain.h"
#include "tests/agent/relay/decoded_session.h"
#include "tests/agent/relay/single_process.h"
#include "tests/agent/relay/stream_writer.h"

namespace heaptap::relay::test {

/// Shared memory with everything that reads it, up to the messages. This process plays the target.
class DrainedTarget {
 public:
  explicit DrainedTarget(const SharedMemory::Options& options = smallMemory(), const Matching& matching = {})
      : memory(SharedMemory::create(options).value()),
        process(TargetProcess::open(getpid(), static_cast<std::uint32_t>(getpid())).value()),
        clock(memory->clockMode(), memory->clockBase()),
        translator(*memory, process, session, BlockStores(matching.shards)),
        processes(process, translator),
        drain(*memory, clock, processes, matching),
        stacks(*memory) {}

  /// Reads all there is.
  /// Returns: how many events were processed.
  std::size_t poll() {
    const std::size_t processed = drain.poll();
    translator.flush();
    drain.housekeep();
    return processed;
  }
  /// Reads all there is, then asks for a keyframe as a snapshot does.
  void keyframe() {
    drain.poll();
    drain.keyframeForSnapshot(*processes.all().front());
  }
  /// Ends the session and sends what is left.
  void finish() {
    drain.finish();
    translator.flush();
  }

  std::unique_ptr<SharedMemory> memory;
  TargetProcess process;
  DecodedSession session;
  SessionClock clock;
  EventTranslator translator;
  SingleProcess processes;
  Drain drain;
  StackWriter stacks;
};

}  // namespace heaptap::relay::test
