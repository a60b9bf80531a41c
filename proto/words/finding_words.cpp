// SPDX-License-Identifier: Apache-2.0
#include "proto/words/finding_words.h"

#include "proto/words/origin_name.h"
#include "text/quantity.h"

namespace heaptap {
inline namespace words {

std::string findingWords(const v1::FindingReport& finding) {
  switch (finding.kind()) {
    case v1::FINDING_DOUBLE_FREE: return "double free";
    case v1::FINDING_UNKNOWN_FREE: return "free of what is no block";
    case v1::FINDING_MISMATCHED_FREE:
      return "mismatched free: " + std::string(originName(finding.allocation_origin())) + ", then " +
             std::string(originName(finding.free_origin()));
    case v1::FINDING_WRONG_SIZE:
      return "wrong size: " + std::string(originName(finding.free_origin())) +
             (finding.has_declared_size() ? " of " + formatNumberOf(finding.declared_size(), "byte") : "");
    case v1::FINDING_WRONG_ALIGNMENT:
      return "wrong alignment: " + std::string(originName(finding.free_origin())) +
             " of a block aligned to " + std::to_string(finding.declared_alignment()) + ", allocated to " +
             std::to_string(finding.alignment());
    default: return "wrong use";
  }
}

std::string_view findingKey(v1::FindingKind kind) {
  switch (kind) {
    case v1::FINDING_DOUBLE_FREE: return "doubleFree";
    case v1::FINDING_UNKNOWN_FREE: return "unknownFree";
    case v1::FINDING_MISMATCHED_FREE: return "mismatchedFree";
    case v1::FINDING_WRONG_SIZE: return "wrongSize";
    case v1::FINDING_WRONG_ALIGNMENT: return "wrongAlignment";
    default: return "unknown";
  }
}

}  // namespace words
}  // namespace heaptap
