// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "heaptap/v1/ingest.grpc.pb.h"

namespace heaptap::service {

/// One stream of a relay.
class TestRelay {
 public:
  TestRelay(const std::shared_ptr<grpc::Channel>& channel, const v1::Hello& hello)
      : m_stub(v1::Ingest::NewStub(channel)), m_stream(m_stub->Record(&m_context)) {
    v1::RecordRequest first;
    *first.mutable_hello() = hello;
    m_stream->Write(first);
  }
  ~TestRelay() {
    if (m_stream) kill();
  }
  TestRelay(const TestRelay&) = delete;
  TestRelay& operator=(const TestRelay&) = delete;

  /// Waits for the answer to the hello; none when it was refused.
  std::optional<v1::Accepted> accepted() {
    v1::RecordReply reply;
    if (!m_stream->Read(&reply) || !reply.has_accepted()) return std::nullopt;
    return reply.accepted();
  }
  bool send(const v1::RecordRequest& message) { return m_stream->Write(message); }
  bool send(const std::vector<v1::RecordRequest>& messages, std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) {
      if (!send(messages[i])) return false;
    }
    return true;
  }
  /// Waits until everything up to `sequence` is acknowledged.
  bool waitForAck(std::uint64_t sequence) {
    v1::RecordReply reply;
    while (m_stream->Read(&reply)) {
      if (reply.has_ack() && reply.ack().last_stored() >= sequence) return true;
    }
    return false;
  }
  std::optional<v1::ControlCommand> waitForCommand() {
    v1::RecordReply reply;
    while (m_stream->Read(&reply)) {
      if (reply.has_command()) return reply.command();
    }
    return std::nullopt;
  }
  /// The last word: half-close, then whatever the collector answers in the end.
  grpc::Status finish() {
    m_stream->WritesDone();
    return end();
  }
  /// Reads to the end without a half-close.
  grpc::Status end() {
    v1::RecordReply reply;
    while (m_stream->Read(&reply)) {
    }
    const grpc::Status status = m_stream->Finish();
    m_stream.reset();
    return status;
  }
  /// Breaks the stream, as a relay that dies does.
  void kill() {
    m_context.TryCancel();
    end();
  }

 private:
  grpc::ClientContext m_context;
  std::unique_ptr<v1::Ingest::Stub> m_stub;
  std::unique_ptr<grpc::ClientReaderWriter<v1::RecordRequest, v1::RecordReply>> m_stream;
};

}  // namespace heaptap::service
