// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/flat_hash_map.h>

#include <string>

#include "collector/model/symbol_table.h"

namespace heaptap::ingest {

/// Keeps each text of a symbol table once.
class TextInterner {
 public:
  /// The id of `text` in `symbols`, which gets it when it is new. Always called with the same table, to
  /// which nobody else adds texts.
  model::TextId intern(model::SymbolTable& symbols, const std::string& text);

 private:
  absl::flat_hash_map<std::string, model::TextId> m_ids;
};

}  // namespace heaptap::ingest
