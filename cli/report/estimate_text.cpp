// SPDX-License-Identifier: Apache-2.0
#include "cli/report/estimate_text.h"

#include "text/quantity.h"

namespace heaptap::cli {

std::string bytesError(double error) {
  return error > 0 ? " ± " + formatBytes(wholeError(error)) : std::string();
}

std::string countError(double error) {
  return error > 0 ? " ± " + formatCount(wholeError(error)) : std::string();
}

std::string samplingText(const v1::Sampling& sampling) {
  return "one allocation in " + formatBytes(sampling.interval()) + " on average, " +
         formatCount(sampling.samples()) + " recorded";
}

}  // namespace heaptap::cli
