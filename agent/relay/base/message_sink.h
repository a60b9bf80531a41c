// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "agent/relay/base/recorded_event.h"
#include "heaptap/v1/ingest.pb.h"

namespace heaptap::relay {

/// Takes the messages of one session, in order.
class MessageSink {
 public:
  virtual ~MessageSink() = default;
  /// Numbers the request and keeps its content; the caller may reuse it.
  virtual void send(v1::RecordRequest& request) = 0;
  /// The same of a batch. `events`: its events once more, which the sink may exchange for any other vector.
  virtual void sendBatch(v1::RecordRequest& request, std::vector<RecordedEvent>& /*events*/) {
    send(request);
  }
};

}  // namespace heaptap::relay
