// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"

namespace heaptap::gui {

/// The exit status for an error, by the table of docs/exit-codes.md.
[[nodiscard]] constexpr int exitStatusFor(Code code) {
  switch (code) {
    case Code::Usage: return 2;
    case Code::NotFound: return 3;
    case Code::NotASession: return 4;
    case Code::SchemaTooNew:
    case Code::ProtocolTooNew: return 5;
    case Code::AlreadyExists: return 6;
    case Code::NotPermitted:
    case Code::NotWritable:
    case Code::StorageFull: return 7;
    case Code::Unavailable: return 8;
    case Code::Corrupt: return 9;
    case Code::Internal:
    case Code::CannotTrace:
    case Code::CannotExecute: break;
  }
  return 1;
}

}  // namespace heaptap::gui
