// SPDX-License-Identifier: Apache-2.0
#include "rpc/silence.h"

#include <grpc/support/log.h>

#include <cstdlib>

namespace heaptap::rpc {

void silence() {
  if (std::getenv("GRPC_VERBOSITY") == nullptr) gpr_set_log_function([](gpr_log_func_args*) {});
}

}  // namespace heaptap::rpc
