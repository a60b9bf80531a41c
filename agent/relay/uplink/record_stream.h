// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/client_callback.h>

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>

#include "agent/relay/uplink/spool.h"
#include "heaptap/v1/ingest.grpc.pb.h"

namespace heaptap::relay {

/// What the threads around an uplink share: one mutex, one condition.
struct Monitor {
  std::mutex mutex;
  std::condition_variable changed;
};

/// One call of Ingest.Record. Messages go out as the bytes that the spool keeps, without being parsed again.
/// Threads: one owner; gRPC's own threads only change the members below, under the monitor's mutex, and
/// notify its condition.
class RecordStream final : private grpc::ClientBidiReactor<grpc::ByteBuffer, v1::RecordReply> {
 public:
  RecordStream(const std::shared_ptr<grpc::Channel>& channel, Monitor& monitor);
  /// Cancels a call that is not done, and waits for it.
  ~RecordStream() override;

  // Not with the monitor's mutex held. One write at a time: only when `canWrite`.
  void write(const Spool::Message& message);
  /// No more writes: the collector is to finish.
  void writesDone() { StartWritesDone(); }
  /// Waits for the end of the call, which is near when `ended`.
  grpc::Status end();

  // Only with the monitor's mutex held.
  [[nodiscard]] bool canWrite() const { return !m_writing && !m_ended; }
  std::deque<v1::RecordReply>& replies() { return m_replies; }
  /// Returns true when no more reply will come.
  [[nodiscard]] bool ended() const { return m_ended; }

 private:
  void OnWriteDone(bool ok) override;
  void OnReadDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

  Monitor& m_monitor;
  grpc::ClientContext m_context;
  grpc::TemplatedGenericStub<grpc::ByteBuffer, v1::RecordReply> m_stub;
  grpc::ByteBuffer m_outgoing;
  v1::RecordReply m_incoming;
  bool m_writing = false;
  bool m_ended = false;
  bool m_held = true;
  std::deque<v1::RecordReply> m_replies;
  std::optional<grpc::Status> m_status;
};

}  // namespace heaptap::relay
