// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "base/error.h"
#include "blob/blob_codec.h"
#include "collector/model/session_record.h"
#include "collector/store/stored_row.h"

namespace heaptap::store {

/// Turns the messages of one session into rows: the compressing half of the store, apart from the
/// writing half (SessionWriter) so that the two can run on different threads.
/// Threads: one at a time.
class MessageEncoder {
 public:
  /// `record` holds everything up to where the encoder starts.
  explicit MessageEncoder(const model::SessionRecord& record)
      : m_texts(record.definitions.now().texts.size()), m_namings(record.definitions.now().namings.size()) {}

  /// Precondition: `message` is not a Hello, and was just applied to `record`.
  Result<StoredRow> encode(const v1::RecordRequest& message, const model::SessionRecord& record);

 private:
  Result<DefinitionBlob> definitions(DefinitionBlob::Kind kind, std::size_t idsAfter, int count,
                                     const google::protobuf::MessageLite& message);
  Result<MarkRow> mark(std::uint64_t sequence, const model::SessionRecord& record);
  Result<EventBlob> events(const v1::EventBatch& batch, const model::SessionRecord& record);
  /// The columns, which are compressed already; without events the sums.
  Result<EventBlob> events(const v1::CountedBatch& batch, const model::SessionRecord& record);
  /// What has come to be named since the last time.
  SymbolRows symbols(const model::DefinitionsView& known);

  BlobEncoder m_blobs;
  std::size_t m_texts;  ///< Texts that are in rows already; likewise the next.
  std::size_t m_namings;
};

}  // namespace heaptap::store
