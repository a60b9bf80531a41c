// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"

namespace heaptap {

/// The exit status of a program of heaptap that ends with this kind of error (docs/exit-codes.md).
/// `heaptap run` has its own, as its status is that of the command it runs.
constexpr int exitStatus(Code code) {
  switch (code) {
    case Code::Internal:
    case Code::CannotTrace:
    case Code::CannotExecute: return 1;
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
  }
  return 1;
}

}  // namespace heaptap
