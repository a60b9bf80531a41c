// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/admission/run_channel.h"

#include <limits>

namespace heaptap::relay {
namespace {

/// A field of `packet` that is an int; nothing when it is none.
bool takeInt(ControlPacket& packet, int& number) {
  constexpr long kNone = std::numeric_limits<long>::min();
  const long field = packet.takeNumber(kNone);
  if (field < std::numeric_limits<int>::min() || field > std::numeric_limits<int>::max()) return false;
  number = static_cast<int>(field);
  return true;
}

}  // namespace

Result<RunChannel> RunChannel::adopt(int fd) {
  auto line = ControlChannel::adopt(fd);
  if (!line) return tl::unexpected(line.error());
  const pid_t peer = line->peer();
  return RunChannel(std::move(*line), peer);
}

std::vector<RunChannel::Message> RunChannel::receive() {
  std::vector<Message> messages;
  const bool wasClosed = closed();
  for (ControlPacket& packet : m_line.exchange()) {
    Message message;
    if (packet.word == "finish") {
      messages.push_back(message);
    } else if (packet.word == "exited" && takeInt(packet, message.pid) &&
               takeInt(packet, message.waitStatus)) {
      message.kind = Message::Kind::Exited;
      messages.push_back(message);
    }
  }
  if (closed() && !wasClosed) messages.push_back({});
  return messages;
}

}  // namespace heaptap::relay
