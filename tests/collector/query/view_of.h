// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "collector/ingest/session_ingest.h"
#include "collector/query/session_view.h"
#include "tests/collector/recorded_program.h"

namespace heaptap::query {

/// What a collector would know of a program.
inline SharedView viewOf(test::RecordedProgram& program, Custody custody = {.state = State::Complete}) {
  auto ingest = ingest::SessionIngest::begin(program.hello());
  for (const auto& message : program.messages()) {
    const auto applied = ingest->apply(message);
    EXPECT_TRUE(applied) << applied.error().line();
  }
  return std::make_shared<const SessionView>(viewOf(ingest->record(), custody));
}

}  // namespace heaptap::query
