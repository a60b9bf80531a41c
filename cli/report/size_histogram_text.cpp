// SPDX-License-Identifier: Apache-2.0
#include "cli/report/size_histogram_text.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "cli/text/summary_words.h"
#include "text/quantity.h"
#include "text/utf8.h"

namespace heaptap::cli {
namespace {

constexpr double kBarColumns = 40;

}  // namespace

std::string sizeHistogramText(const v1::Site& site, std::size_t indent) {
  std::uint64_t most = 1;
  std::size_t labelColumns = 0;
  std::size_t countColumns = 0;
  std::vector<std::string> labels;
  for (const v1::SizeBucket& bucket : site.size_histogram()) {
    most = std::max(most, bucket.allocations());
    labels.push_back(formatSizeRange(bucket.min_bytes(), bucket.max_bytes()));
    labelColumns = std::max(labelColumns, width(labels.back()));
    countColumns = std::max(countColumns, width(formatCount(bucket.allocations())));
  }
  std::string text;
  std::size_t row = 0;
  for (const v1::SizeBucket& bucket : site.size_histogram()) {
    const double share = static_cast<double>(bucket.allocations()) / static_cast<double>(most);
    // At least one mark for what is there at all.
    const auto bar = static_cast<std::size_t>(std::max(1.0, std::round(kBarColumns * share)));
    text += std::string(indent, ' ') + paddedLeft(labels[row++], labelColumns) + "  " +
            paddedLeft(formatCount(bucket.allocations()), countColumns) + "  " +
            std::string(bucket.allocations() == 0 ? 0 : bar, '#') + "\n";
  }
  return text;
}

}  // namespace heaptap::cli
