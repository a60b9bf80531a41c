// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "heaptap/v1/query.pb.h"

/// How an estimate's standard error is put into words: nothing at all where the number is exact.
namespace heaptap::cli {

/// ` ± 1.2 MiB`. `error`: in bytes.
[[nodiscard]] std::string bytesError(double error);
/// ` ± 1,200`.
[[nodiscard]] std::string countError(double error);

/// `one allocation in 512 KiB on average, 1,234 recorded`. Of a sampled session only.
[[nodiscard]] std::string samplingText(const v1::Sampling& sampling);

}  // namespace heaptap::cli
