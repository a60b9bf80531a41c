// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "collector/ingest/symbol_reader.h"
#include "collector/model/definitions.h"
#include "heaptap/v1/ingest.pb.h"

namespace heaptap::ingest {

/// Checks messages that define, and adds what they define to a session's definitions, whose only writer it
/// is: it is always called with the same ones. Each message is checked whole before anything of it is added.
/// Threads: one at a time.
/// Errors:  Corrupt when a message breaks a rule of ingest.proto; the definitions are then unchanged.
class DefinitionsReader {
 public:
  Result<void> apply(const v1::Modules& message, model::Definitions& definitions);
  Result<void> apply(const v1::ModuleNames& message, model::Definitions& definitions);
  Result<void> apply(const v1::Threads& message, model::Definitions& definitions);
  Result<void> apply(const v1::Frames& message, model::Definitions& definitions);
  Result<void> apply(const v1::StackNodes& message, model::Definitions& definitions);
  Result<void> apply(const v1::Heaps& message, model::Definitions& definitions);
  Result<void> apply(const v1::Pairs& message, model::Definitions& definitions);
  Result<void> apply(const v1::Symbols& message, model::Definitions& definitions);

 private:
  void say(std::uint32_t module, v1::ModuleNames::Missing missing, model::Definitions& definitions);

  SymbolReader m_symbols;
  std::vector<model::NamesMissing> m_missing;  ///< By module, as it was said last.
};

}  // namespace heaptap::ingest
