// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/sync_stream.h>

#include <mutex>

#include "heaptap/v1/ingest.pb.h"

namespace heaptap::service {

/// The replies of one Record call, which several threads send: acknowledgements by the storing thread,
/// commands by the threads of the calls that give them. gRPC allows one writer at a time.
/// Threads: any. Outlives the call: after close() nothing is sent any more.
class ReplyStream {
 public:
  using Stream = grpc::ServerReaderWriter<v1::RecordReply, v1::RecordRequest>;
  ReplyStream(grpc::ServerContext* context, Stream* stream) : m_context(context), m_stream(stream) {}

  /// False when the peer is gone.
  bool send(const v1::RecordReply& reply);
  bool acknowledge(std::uint64_t lastStored);
  /// Ends the call: its Read() returns false.
  void cancel();
  /// Must be called before the call's handler returns.
  void close();

 private:
  std::mutex m_writing;  ///< Held while sending, which may wait for the peer; never for a cancel().
  std::mutex m_mutex;
  grpc::ServerContext* m_context;
  Stream* m_stream;
};

}  // namespace heaptap::service
