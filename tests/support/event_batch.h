// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include "heaptap/v1/ingest.pb.h"

namespace heaptap::test {

/// The batch as it travels, packed by Protocol Buffers' own code.
inline v1::EventBatch packed(const v1::UnpackedEventBatch& batch) {
  v1::EventBatch bytes;
  EXPECT_TRUE(bytes.ParseFromString(batch.SerializeAsString()));
  return bytes;
}

/// The columns of a batch, unpacked by Protocol Buffers' own code.
inline v1::UnpackedEventBatch unpacked(const v1::EventBatch& batch) {
  v1::UnpackedEventBatch columns;
  EXPECT_TRUE(columns.ParseFromString(batch.SerializeAsString()));
  return columns;
}

}  // namespace heaptap::test
