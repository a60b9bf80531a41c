// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/flat_hash_map.h>

#include <string>
#include <string_view>

#include "base/error.h"
#include "collector/model/definitions.h"
#include "heaptap/v1/ingest.pb.h"

namespace heaptap::ingest {

/// Checks Symbols messages and adds them to the definitions of a session, whose only writer of texts it is.
class SymbolReader {
 public:
  /// Errors: Corrupt; the definitions are then unchanged.
  Result<void> apply(const v1::Symbols& message, model::Definitions& definitions);

 private:
  /// The id of a text, which is kept once.
  model::TextId intern(const std::string& text, model::Definitions& definitions);

  /// By texts of the definitions, which never move. Always those of the same session.
  absl::flat_hash_map<std::string_view, model::TextId> m_texts;
};

}  // namespace heaptap::ingest
