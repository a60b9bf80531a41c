// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace heaptap::rpc {

/// From now on gRPC prints nothing of its own on standard error: what matters comes as a status, and is told
/// in one line of ours. With GRPC_VERBOSITY in the environment it prints what that asks for.
/// Starts no thread, so it may come before a fork.
void silence();

}  // namespace heaptap::rpc
