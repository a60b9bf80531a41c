// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mutex>
#include <string>

#include "agent/relay/target/target_process.h"
#include "heaptap/v1/ingest.pb.h"

namespace heaptap::relay {

/// Introduces sessions to the collector, and numbers the images of everything that this relay records.
/// Threads: any.
class HelloWriter {
 public:
  /// `withoutEvents`: the sessions are to be recorded without single events.
  explicit HelloWriter(bool withoutEvents = false);

  /// The hello of a new session that begins now. `parent`: the session it descends from; may be empty.
  v1::Hello write(const TargetProcess& process, const std::string& parent);

 private:
  const bool m_withoutEvents;
  const std::string m_treeId;
  const std::string m_host;
  std::mutex m_mutex;  ///< Guards what is below: images are numbered as they are named.
  std::uint32_t m_nextImage = 0;
  std::string m_firstProgram;
  std::uint32_t m_firstPid = 0;
};

}  // namespace heaptap::relay
