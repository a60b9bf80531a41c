// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <google/protobuf/message_lite.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace heaptap {

/// Messages as they are stored: serialized, in one zstd frame.
/// Threads: one at a time. Owns its buffers, which are reused.
class BlobEncoder {
 public:
  BlobEncoder();
  Result<std::string> encode(const google::protobuf::MessageLite& message);
  /// Of a message that is serialized already.
  Result<std::string> encode(std::string_view plain);
  /// The same of a message whose fields are columns: each large one gets a zstd block, and so an entropy
  /// table, of its own. To who decodes it is a frame as any other.
  Result<std::string> encodeColumns(const google::protobuf::MessageLite& message);

 private:
  Result<void> serialize(const google::protobuf::MessageLite& message);
  Result<std::string> compressed(std::size_t size);
  struct Free {
    void operator()(ZSTD_CCtx_s* context) const;
  };
  std::unique_ptr<ZSTD_CCtx_s, Free> m_context;
  std::string m_plain;
  std::string m_compressed;
};

/// How large the message in a blob is, as the blob says; it is no larger, but what it holds may be anything.
/// Errors: Corrupt when the blob is not a frame, or says that it is larger than 2 GiB, or than any frame of
///         so many bytes.
Result<std::size_t> plainBytes(std::string_view blob);

/// Errors: Corrupt when the blob is not a frame, says that it is larger than `maxPlainBytes`, or does not
///         hold such a message.
class BlobDecoder {
 public:
  static constexpr std::size_t kMaxPlainBytes = 0x7FFF'FFFF;

  BlobDecoder();
  Result<void> decode(std::string_view blob, google::protobuf::MessageLite& message,
                      std::size_t maxPlainBytes = kMaxPlainBytes);

 private:
  struct Free {
    void operator()(ZSTD_DCtx_s* context) const;
  };
  std::unique_ptr<ZSTD_DCtx_s, Free> m_context;
  std::string m_plain;
};

}  // namespace heaptap
