// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.h"
#include "collector/ingest/definitions_reader.h"
#include "collector/model/definitions.h"
#include "heaptap/v1/query.pb.h"

namespace heaptap::client {

/// A session's definitions as far as they were fetched. Threads: one at a time; its views anywhere.
class FetchedDefinitions {
 public:
  explicit FetchedDefinitions(std::string where) : m_where(std::move(where)) {}

  [[nodiscard]] const model::Definitions& definitions() const { return m_definitions; }
  /// What to ask for next.
  [[nodiscard]] const v1::DefinitionsPosition& position() const { return m_position; }

  /// Takes one message of the answer.
  /// Errors: Corrupt. Afterwards the ids may mean something else than the collector's: start anew.
  Result<void> add(const v1::DefinitionsReply& reply);

 private:
  Result<void> apply(const v1::DefinitionsReply& reply);

  std::string m_where;
  model::Definitions m_definitions;
  ingest::DefinitionsReader m_reader;
  v1::DefinitionsPosition m_position;
};

}  // namespace heaptap::client
