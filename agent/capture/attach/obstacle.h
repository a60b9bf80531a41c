// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace heaptap::capture {

/// Why this process is not recorded.
enum class Obstacle : std::uint32_t {
  None,
  NotAsked,          ///< No variable names a relay or a collector, and this user has no relay.
  LongPath,          ///< The socket's path does not fit into a socket address.
  NobodyListens,     ///< At the socket that HEAPTAP_RELAY names, or that a started relay should have made.
  HungUp,            ///< The relay closed the connection without an answer.
  NoAnswer,          ///< Not within the time that a program may be held up.
  AnotherUser,       ///< The socket or its folder is not ours.
  OtherVersion,      ///< The relay speaks another version.
  NoRoom,            ///< The relay has no memory for one more program.
  Stopped,           ///< The relay records no more programs.
  OtherName,         ///< The relay records programs of other names only.
  CollectorRefused,  ///< The relay does not send to the collector that HEAPTAP_COLLECTOR names.
  NoMemory,          ///< The shared memory cannot be mapped here, or would take what the program may need.
  NoDescriptor,      ///< This process may open no descriptor or socket.
  AdoptsOrphans,     ///< A relay that was started from here would become our child.
  NoRelayProgram,    ///< heaptap-relay cannot be executed.
  BadBufferSize,
  BadSampleInterval,  ///< HEAPTAP_BUFFER_SIZE is no size, or out of bounds.
  FileSizeLimit,      ///< This process may not write a file as large as the buffer (ulimit -f).
  NoBufferFile,       ///< The file cannot be made.
  DiskFull,           ///< Its space cannot be reserved.
  Count,
};

/// Remembers why. The first reason counts.
void noteObstacle(Obstacle obstacle);

/// One sentence; null when there is no obstacle.
const char* obstacleText();

/// With HEAPTAP_VERBOSE set, writes one line to standard error if there is an obstacle. Nothing otherwise.
void tellObstacle();

}  // namespace heaptap::capture
