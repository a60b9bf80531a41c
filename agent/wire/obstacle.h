// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

/// What keeps a program from being recorded. The target knows it; it tells its user, and the relay when that
/// can be reached, so that `heaptap run` can say it.
namespace heaptap::wire {

/// Why a process is not recorded, as it says itself.
enum class Obstacle : std::uint32_t {
  None,
  NotAsked,          ///< No variable names a relay or a collector, and this user has no relay.
  LongPath,          ///< The socket's path does not fit into a socket address.
  NoListener,        ///< At the socket that HEAPTAP_RELAY names, or that a started relay should have made.
  HungUp,            ///< The relay closed the connection without an answer.
  NoAnswer,          ///< Not within the time that a program may be held up.
  AnotherUser,       ///< The socket or its folder is not its own.
  OtherVersion,      ///< The relay speaks another version.
  NoRoom,            ///< The relay has no memory for one more program.
  Stopped,           ///< The relay records no more programs.
  OtherName,         ///< The relay records programs of other names only.
  CollectorRefused,  ///< The relay does not send to the collector that HEAPTAP_COLLECTOR names.
  NoMemory,          ///< The shared memory cannot be mapped here, or would take what the program may need.
  NoDescriptor,      ///< The process may open no descriptor or socket.
  AdoptsOrphans,     ///< A relay that was started from here would become our child.
  NoRelayProgram,    ///< heaptap-relay cannot be executed.
  BadBufferSize,
  BadSampleInterval,  ///< HEAPTAP_BUFFER_SIZE is no size, or out of bounds.
  FileSizeLimit,      ///< The process may not write a file as large as the buffer (ulimit -f).
  NoBufferFile,       ///< The file cannot be made.
  DiskFull,           ///< Its space cannot be reserved.
  Count,
};

/// Half a sentence or two; null for none.
constexpr const char* textOf(Obstacle obstacle) {
  switch (obstacle) {
    case Obstacle::None:
    case Obstacle::Count: break;
    case Obstacle::NotAsked:
      return "this user has no relay; set HEAPTAP_COLLECTOR, HEAPTAP_BUFFER or HEAPTAP_RELAY";
    case Obstacle::LongPath: return "the relay's socket path is too long; set a shorter XDG_RUNTIME_DIR";
    case Obstacle::NoListener: return "no relay listens at its socket";
    case Obstacle::HungUp: return "the relay hung up; its log tells more";
    case Obstacle::NoAnswer: return "the relay did not answer within 2 s";
    case Obstacle::AnotherUser: return "the relay's socket, or its folder, belongs to another user";
    case Obstacle::OtherVersion: return "the relay is of another version of heaptap; stop it";
    case Obstacle::NoRoom: return "the relay has no memory for one more program";
    case Obstacle::Stopped: return "the relay records no more programs";
    case Obstacle::OtherName: return "the relay records programs of other names only (run --only)";
    case Obstacle::CollectorRefused:
      return "the relay does not send there; HEAPTAP_COLLECTOR must be HOST:PORT, tls://HOST:PORT or "
             "unix:/PATH, and "
             "the relay one of this user";
    case Obstacle::NoMemory:
      return "there may not be enough memory for the program and heaptap; raise ulimit -v and -d";
    case Obstacle::NoDescriptor:
      return "it may not open the socket and the memory that heaptap needs; raise ulimit -n, and allow "
             "sockets";
    case Obstacle::AdoptsOrphans:
      return "this process adopts orphans, so it cannot start a relay without seeing it; start heaptap-relay";
    case Obstacle::NoRelayProgram: return "heaptap-relay cannot be started; set HEAPTAP_RELAY_PROGRAM";
    case Obstacle::BadSampleInterval: return "HEAPTAP_SAMPLE must be a number of bytes, written like 512K";
    case Obstacle::BadBufferSize: return "HEAPTAP_BUFFER_SIZE must be 1M to 8G, written like 64M";
    case Obstacle::FileSizeLimit:
      return "the buffer file would be larger than ulimit -f allows; set a smaller HEAPTAP_BUFFER_SIZE";
    case Obstacle::NoBufferFile: return "the file that HEAPTAP_BUFFER names cannot be made";
    case Obstacle::DiskFull:
      return "no space on the disk for the buffer file; set a smaller HEAPTAP_BUFFER_SIZE";
  }
  return nullptr;
}

}  // namespace heaptap::wire
