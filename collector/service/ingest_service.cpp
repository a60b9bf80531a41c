// SPDX-License-Identifier: Apache-2.0
#include "collector/service/ingest_service.h"

#include <algorithm>

#include "collector/ingest/hello_reader.h"
#include "collector/ingest/limits.h"
#include "collector/service/thread_cpu.h"
#include "rpc/status.h"

namespace heaptap::service {
namespace {

/// Un-acknowledged bytes that a relay may have under way.
constexpr std::uint64_t kCreditBytes = 32U << 20;

v1::RecordReply accepted(std::uint32_t protocol, std::uint64_t lastStored) {
  v1::RecordReply reply;
  reply.mutable_accepted()->set_protocol(std::min(protocol, ingest::kProtocol));
  reply.mutable_accepted()->set_last_stored(lastStored);
  reply.mutable_accepted()->set_credit_bytes(kCreditBytes);
  return reply;
}

/// A relay that did not hear that its session was finished asks again: it has nothing to add.
grpc::Status recordNothing(ReplyStream::Stream& stream, std::uint32_t protocol, std::uint64_t lastStored) {
  stream.Write(accepted(protocol, lastStored));
  v1::RecordRequest message;
  while (stream.Read(&message)) {
    if (message.sequence() > lastStored)
      return {grpc::StatusCode::FAILED_PRECONDITION, "the session has ended"};
  }
  return grpc::Status::OK;
}

}  // namespace

grpc::Status IngestService::Preflight(grpc::ServerContext*, const v1::PreflightRequest* request,
                                      v1::PreflightReply* reply) {
  if (const auto spoken = ingest::checkProtocol(request->protocol()); !spoken)
    return rpc::toStatus(spoken.error());
  reply->set_protocol(std::min(request->protocol(), ingest::kProtocol));
  return grpc::Status::OK;
}

grpc::Status IngestService::Record(grpc::ServerContext* context, ReplyStream::Stream* stream) {
  v1::RecordRequest first;
  if (!stream->Read(&first)) return {grpc::StatusCode::CANCELLED, "the stream ended before a hello"};
  if (!first.has_hello() || first.sequence() != 0) {
    return {grpc::StatusCode::INVALID_ARGUMENT, "the first message must be a hello, with sequence 0"};
  }
  const auto admission = m_recorder.admit(first.hello());
  if (!admission) return rpc::toStatus(admission.error());
  const std::uint32_t protocol = first.hello().protocol();
  if (!admission->live) return recordNothing(*stream, protocol, admission->lastStored);
  return record(*context, *stream, admission->live, protocol);
}

grpc::Status IngestService::record(grpc::ServerContext& context, ReplyStream::Stream& stream,
                                   const std::shared_ptr<LiveSession>& session, std::uint32_t protocol) {
  const auto replies = std::make_shared<ReplyStream>(&context, &stream);
  // What is acknowledged in between comes after it, or is in it.
  v1::RecordReply welcome = accepted(protocol, session->attach(replies));
  welcome.mutable_accepted()->set_without_events(session->isWithoutEvents());
  welcome.mutable_accepted()->set_keyframe_bytes(session->keyframeBytes());
  replies->send(welcome);
  struct Closing {
    std::shared_ptr<ReplyStream> replies;
    ~Closing() { replies->close(); }
  } const closing{replies};

  ThreadCpu cpu;
  v1::RecordRequest message;
  while (stream.Read(&message)) {
    auto received = session->receive(message);
    session->noteCpu(cpu.lap());
    if (!received) {
      session->detach(replies);
      if (received.error().code != Code::Unavailable) m_recorder.fail(session, received.error());
      return rpc::toStatus(received.error());
    }
  }
  const std::uint64_t lastStored = session->flush();
  // A connection that broke looks like a half-close until something is sent, and sometimes even then. Before
  // the goodbye it is no end in any case.
  const bool halfClosed =
      replies->acknowledge(lastStored) && !context.IsCancelled() && session->saidGoodbye();
  if (!session->detach(replies)) return {grpc::StatusCode::ABORTED, "another stream took over the session"};
  if (!halfClosed && !m_recorder.endsWithStream()) {
    m_recorder.left(session);
    return grpc::Status::CANCELLED;
  }
  const auto ended = m_recorder.end(session);
  return ended ? grpc::Status::OK : rpc::toStatus(ended.error());
}

}  // namespace heaptap::service
