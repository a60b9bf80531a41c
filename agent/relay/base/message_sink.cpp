// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/base/message_sink.h"

#include "agent/relay/base/whole_columns.h"

namespace heaptap::relay {

void MessageSink::sendBatch(const BatchHead& head, std::vector<RecordedEvent>& events) {
  v1::RecordRequest request;
  writeWholeColumns(head, events, *request.mutable_batch());
  send(request);
}

}  // namespace heaptap::relay
