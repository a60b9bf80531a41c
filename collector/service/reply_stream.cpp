// SPDX-License-Identifier: Apache-2.0
#include "collector/service/reply_stream.h"

namespace heaptap::service {

bool ReplyStream::send(const v1::RecordReply& reply) {
  const std::lock_guard writing(m_writing);
  return m_stream != nullptr && m_stream->Write(reply);
}

bool ReplyStream::acknowledge(std::uint64_t lastStored) {
  v1::RecordReply reply;
  reply.mutable_ack()->set_last_stored(lastStored);
  return send(reply);
}

void ReplyStream::cancel() {
  const std::lock_guard lock(m_mutex);
  if (m_context != nullptr) m_context->TryCancel();
}

void ReplyStream::close() {
  const std::lock_guard writing(m_writing);
  const std::lock_guard lock(m_mutex);
  m_stream = nullptr;
  m_context = nullptr;
}

}  // namespace heaptap::service
