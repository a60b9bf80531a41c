// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/uplink/record_stream.h"

namespace heaptap::relay {
namespace {

/// The bytes themselves, shared; gRPC drops its reference when it has sent them.
grpc::ByteBuffer share(const Spool::Message& message) {
  auto* const owner = new Spool::Message(message);
  const auto drop = [](void* kept) { delete static_cast<Spool::Message*>(kept); };
  const grpc::Slice slice(const_cast<char*>(message->data()), message->size(), drop, owner);
  return {&slice, 1};
}

}  // namespace

RecordStream::RecordStream(const std::shared_ptr<grpc::Channel>& channel, Monitor& monitor)
    : m_monitor(monitor), m_stub(channel) {
  m_stub.PrepareBidiStreamingCall(&m_context, "/heaptap.v1.Ingest/Record", grpc::StubOptions(), this);
  // Held until end(): writes start from outside of gRPC's callbacks.
  AddHold();
  StartRead(&m_incoming);
  StartCall();
}

RecordStream::~RecordStream() {
  m_context.TryCancel();
  end();
}

grpc::Status RecordStream::end() {
  if (m_held) RemoveHold();
  m_held = false;
  std::unique_lock lock(m_monitor.mutex);
  m_monitor.changed.wait(lock, [this] { return m_status.has_value(); });
  return *m_status;
}

void RecordStream::write(const Spool::Message& message) {
  {
    const std::lock_guard lock(m_monitor.mutex);
    m_writing = true;
  }
  m_outgoing = share(message);
  StartWrite(&m_outgoing);
}

void RecordStream::OnWriteDone(bool) {
  // A failed write is the end of the call, which the pending read reports too.
  const std::lock_guard lock(m_monitor.mutex);
  m_writing = false;
  m_monitor.changed.notify_all();
}

void RecordStream::OnReadDone(bool ok) {
  {
    const std::lock_guard lock(m_monitor.mutex);
    if (ok)
      m_replies.push_back(std::move(m_incoming));
    else
      m_ended = true;
    m_monitor.changed.notify_all();
  }
  if (ok) StartRead(&m_incoming);
}

void RecordStream::OnDone(const grpc::Status& status) {
  const std::lock_guard lock(m_monitor.mutex);
  m_status = status;
  m_monitor.changed.notify_all();
}

}  // namespace heaptap::relay
