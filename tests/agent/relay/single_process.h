// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "agent/relay/target/recorded_process.h"

namespace heaptap::relay::test {

/// A tree that consists of its first process.
class SingleProcess final : public ProcessRegister {
 public:
  SingleProcess(const TargetProcess& process, EventTranslator& translator) {
    m_first.process = &process;
    m_first.translator = &translator;
  }
  RecordedProcess* find(std::uint32_t index) override {
    return index == wire::kFirstProcess ? &m_first : nullptr;
  }
  [[nodiscard]] std::vector<RecordedProcess*> all() const override { return {&m_first}; }

 private:
  mutable RecordedProcess m_first;
};

}  // namespace heaptap::relay::test
