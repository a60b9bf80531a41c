// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "gui/client/reply_text.h"
#include "gui/models/finding.h"

namespace heaptap::gui {

/// Collects the messages of one answer about findings.
class FindingsReader {
 public:
  /// Errors: Corrupt: more, or deeper stacks, than any session has.
  Result<void> add(const v1::FindingsReply& reply);
  [[nodiscard]] Findings finish();

 private:
  Result<std::vector<StackLine>> stack(const google::protobuf::RepeatedPtrField<v1::StackLine>& lines);

  std::vector<Finding> m_findings;
  std::size_t m_lines = 0;
  TextPool m_texts;
};

}  // namespace heaptap::gui
