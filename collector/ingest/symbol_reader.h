// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "base/error.h"
#include "collector/ingest/text_interner.h"
#include "collector/model/symbol_table.h"
#include "heaptap/v1/ingest.pb.h"

namespace heaptap::ingest {

/// Checks Symbols messages and adds them to a symbol table, whose only writer it is.
class SymbolReader {
 public:
  /// `frames`: how many ids of frames are defined, id 0 included.
  /// Errors: Corrupt; the table is then unchanged.
  Result<void> apply(const v1::Symbols& message, std::size_t frames, model::SymbolTable& symbols);

 private:
  TextInterner m_texts;
};

}  // namespace heaptap::ingest
