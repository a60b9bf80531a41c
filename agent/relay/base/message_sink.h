// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "heaptap/v1/ingest.pb.h"

namespace heaptap::relay {

/// Takes the messages of one session, in order.
class MessageSink {
 public:
  virtual ~MessageSink() = default;
  /// Numbers the request and keeps its content; the caller may reuse it.
  virtual void send(v1::RecordRequest& request) = 0;
};

}  // namespace heaptap::relay
