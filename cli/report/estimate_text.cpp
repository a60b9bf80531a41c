// SPDX-License-Identifier: Apache-2.0
#include "cli/report/estimate_text.h"

#include <cmath>

#include "text/quantity.h"

namespace heaptap::cli {
namespace {

std::uint64_t whole(double error) { return static_cast<std::uint64_t>(std::llround(error)); }

}  // namespace

std::string bytesError(double error) { return error > 0 ? " ± " + formatBytes(whole(error)) : std::string(); }

std::string countError(double error) { return error > 0 ? " ± " + formatCount(whole(error)) : std::string(); }

std::string samplingText(const v1::Sampling& sampling) {
  return "one allocation in " + formatBytes(sampling.interval()) + " on average, " +
         formatCount(sampling.samples()) + " recorded";
}

}  // namespace heaptap::cli
