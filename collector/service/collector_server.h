// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/channel.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "collector/service/collector_options.h"

namespace heaptap::service {

/// A collector in this process: records sessions, and answers queries about them and about stored files.
///
/// Role:    the only thing that hosts need to know. `heaptap run` starts one with an address; `report`
///          starts one without, adds a file, and asks through inProcessChannel(), as any client would.
/// Owns:    the gRPC server, its threads, the sessions and their open files.
/// Threads: every member function may be called from any thread. gRPC starts threads: create it after
///          the last fork.
class CollectorServer {
 public:
  /// Starts to listen.
  /// Errors: AlreadyExists: `files.firstImage` exists without `force`, or another process listens on an
  /// address.
  ///         NotWritable: the folder of the session files. Usage: an address that makes no sense.
  static Result<std::unique_ptr<CollectorServer>> start(CollectorOptions options);

  /// Shuts down as shutdown() does.
  ~CollectorServer();
  CollectorServer(const CollectorServer&) = delete;
  CollectorServer& operator=(const CollectorServer&) = delete;

  /// Serves a stored session too, and returns its id. A file added twice is served once.
  /// Errors: NotFound, NotASession, SchemaTooNew, Corrupt, NotPermitted.
  Result<std::string> addFile(const std::filesystem::path& file);

  /// A channel for the Query, Control and Ingest stubs that never leaves the process. Message sizes are
  /// not limited on it. It must not be used after shutdown().
  std::shared_ptr<grpc::Channel> inProcessChannel();

  /// The addresses it listens on, as clients call them: with the ports that were chosen, and with tls://
  /// where that is spoken.
  const std::vector<std::string>& addresses() const;

  /// Sessions being recorded now, those that wait for their relay to come back included.
  std::size_t liveSessions() const;

  /// Returns when no session is being recorded, or false after `timeout`. Sessions that open later are
  /// not waited for: call it when the relay has connected (SessionEvent::Kind::Opened) or has gone.
  bool waitUntilIdle(std::optional<std::chrono::milliseconds> timeout = std::nullopt);

  /// Ends every live session that is still open, cut short with everything stored, and closes its file.
  /// Their streams are cancelled. For a host that knows that nothing more will come.
  void finishSessions();

  /// Stops listening and ends all calls. Live sessions are stored as they are: cut short when
  /// `endWithStream` is set, else unfinished, to be resumed by the next collector on the same files.
  void shutdown();

 private:
  struct Parts;
  explicit CollectorServer(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> m_parts;
};

}  // namespace heaptap::service
