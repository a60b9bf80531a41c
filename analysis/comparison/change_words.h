// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "analysis/comparison/comparison.h"

namespace heaptap::analysis {

/// `new`, `gone`, `grew`, `shrank`, `noise`, or `same`; only a site can be new or gone.
[[nodiscard]] std::string_view verdictOn(const SiteChange& site);
[[nodiscard]] std::string_view verdictOn(const Change& change);

/// `1.21 MiB`, or `12`.
[[nodiscard]] std::string quantity(std::uint64_t value, bool isBytes);
/// `+1.21 MiB`, `-12`, `0`.
[[nodiscard]] std::string signedQuantity(const Change& change, bool isBytes);
/// `+12.5 %`; empty: nothing was there before, or it is the same.
[[nodiscard]] std::string relativeChange(const Change& change);

/// What is to be thought of a comparison, in a sentence:
///
///     bytes left at the end: +12.0 KiB (+33.3 %), from 36.0 KiB to 48.0 KiB. 3 sites grew, the most parse in
///     parser.cpp (+8.00 KiB); 1 shrank; 2 differ within the noise.
///
/// `cost`: what was compared, in words. What comes from the program is shown printable.
[[nodiscard]] std::string headlineOf(const Comparison& comparison, std::string_view cost, bool isBytes);

}  // namespace heaptap::analysis
