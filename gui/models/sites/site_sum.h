// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gui/models/sites/site.h"

namespace heaptap::gui {

/// What call sites come to. Nothing is added up across heaps: bytes and blocks are those of malloc's.
struct SiteSum {
  quint64 sites = 0;  ///< Of all heaps; those that have counted something.
  Estimate liveBytes;
  Estimate allocations;
};

/// Of the rows that pass; null: of all. Errors of samples are independent: their squares are added.
/// Cost: a pass over the rows; where the numbers are estimates, over all that they are made of.
[[nodiscard]] SiteSum sumOf(const SiteSet& sites, const SiteSet::Passing& passing);

/// `12 of 340 call sites  ·  3.40 MiB of 8.00 MiB live  ·  1,200 allocations`. `whole`: of all that there is;
/// null: it is not known.
[[nodiscard]] QString sumText(const SiteSum& sum, const SiteSum* whole);

}  // namespace heaptap::gui
