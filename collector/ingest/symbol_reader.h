// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"
#include "collector/ingest/text_interner.h"
#include "collector/model/definitions.h"
#include "heaptap/v1/ingest.pb.h"

namespace heaptap::ingest {

/// Checks Symbols messages and adds them to the definitions of a session, whose only writer of texts it is.
class SymbolReader {
 public:
  /// Errors: Corrupt; the definitions are then unchanged.
  Result<void> apply(const v1::Symbols& message, model::Definitions& definitions);

 private:
  TextInterner m_texts;
};

}  // namespace heaptap::ingest
