// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"
#include "gui/models/site.h"
#include "gui/models/summary.h"
#include "gui/models/timeline.h"
#include "heaptap/v1/query.pb.h"

/// From what a collector says to what the viewer shows. A collector is a stranger: an answer that breaks
/// its own rules, or is larger than any session can be, is refused.
namespace heaptap::gui {

[[nodiscard]] Session readSession(const v1::SessionInfo& info);
[[nodiscard]] Summary readSummary(const v1::Summary& reply);
[[nodiscard]] LiveStatus readStatus(const v1::Status& reply);

/// Errors: Corrupt.
[[nodiscard]] Result<Timeline> readTimeline(const v1::Timeline& reply);

/// Collects the messages of one answer about sites.
class SitesReader {
 public:
  SitesReader();
  ~SitesReader();
  SitesReader(const SitesReader&) = delete;
  SitesReader& operator=(const SitesReader&) = delete;

  /// Errors: Corrupt.
  Result<void> add(const v1::SitesReply& reply);
  [[nodiscard]] Sites finish();

 private:
  class LinePool;
  std::unique_ptr<SiteSet> m_set;
  std::unique_ptr<LinePool> m_pool;
};

}  // namespace heaptap::gui
