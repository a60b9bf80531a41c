// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>
#include <string>

#include "client/profile_source.h"
#include "gui/models/histograms/histogram.h"

namespace heaptap::gui {

/// How large the blocks of malloc's heap are. Errors: of the source. Threads: any.
[[nodiscard]] Result<Histogram> readSizes(client::ProfileSource& source, const std::string& session,
                                          const HistogramWish& wish, const std::stop_token& stop);

/// How long those lived that were freed, until the chosen instant or in the chosen stretch of time, of
/// any thread. Their series are those of readSizes(); ranges that the filter's lifetimes have a part of are
/// whole. One pass over the events of that time.
/// Errors: likewise; NotFound: the events are not stored.
[[nodiscard]] Result<Histogram> readLifetimes(client::ProfileSource& source, const std::string& session,
                                              const HistogramWish& wish, const std::stop_token& stop);

}  // namespace heaptap::gui
