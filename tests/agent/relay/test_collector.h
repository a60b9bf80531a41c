// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/server.h>

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "heaptap/v1/ingest.grpc.pb.h"
#include "tests/agent/relay/decoded_session.h"

namespace heaptap::relay::test {

/// What a collector has on disk: it outlives the server.
struct StoredSession {
  v1::Hello hello;
  std::uint64_t lastStored = 0;
  std::uint64_t hellos = 0;
  DecodedSession content;
  std::uint64_t mostInFlight = 0;  ///< Most bytes that were ever received and not yet acknowledged.
  bool complete = false;           ///< The relay has said that nothing more follows.
};

class CollectorStorage {
 public:
  /// Waits until `condition` holds for the session of the relay under test (there is one).
  void waitFor(const std::function<bool(const StoredSession&)>& condition);
  /// A look at the session, under the lock.
  void inspect(const std::function<void(StoredSession&)>& look);
  void inspectAll(const std::function<void(std::map<std::string, StoredSession>&)>& look);

 private:
  friend class TestCollector;
  std::mutex m_mutex;
  std::condition_variable m_changed;
  std::map<std::string, StoredSession> m_sessions;
};

/// A small, real Ingest server on a Unix socket.
class TestCollector final : private v1::Ingest::Service {
 public:
  struct Behaviour {
    std::uint64_t creditBytes = 1 << 20;
    std::optional<grpc::Status> refusal = std::nullopt;
    std::function<bool()> mayRefuse = [] { return true; };  ///< Asked for each stream, if there is a refusal.
    std::function<bool()> mayAcknowledge = [] { return true; };
    std::optional<v1::ControlCommand> command = std::nullopt;  ///< Sent at the beginning of a stream.
  };
  TestCollector(const std::string& socketPath, CollectorStorage& storage, Behaviour behaviour);
  /// Breaks all streams at once.
  ~TestCollector() override;

 private:
  grpc::Status Record(grpc::ServerContext* context,
                      grpc::ServerReaderWriter<v1::RecordReply, v1::RecordRequest>* stream) override;

  CollectorStorage& m_storage;
  const Behaviour m_behaviour;
  std::unique_ptr<grpc::Server> m_server;
};

}  // namespace heaptap::relay::test
