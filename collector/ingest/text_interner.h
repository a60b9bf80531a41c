// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/flat_hash_map.h>

#include <string>
#include <string_view>

#include "collector/model/definitions.h"

namespace heaptap::ingest {

/// Keeps each text of a session's definitions once.
class TextInterner {
 public:
  /// The id of `text` in `definitions`, which get it when it is new. Always called with the same ones, to
  /// which no other code adds texts.
  model::TextId intern(model::Definitions& definitions, const std::string& text);

 private:
  absl::flat_hash_map<std::string_view, model::TextId>
      m_ids;  ///< By texts of the definitions, which never move.
};

}  // namespace heaptap::ingest
