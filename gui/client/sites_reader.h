// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "gui/client/reply_text.h"
#include "gui/models/site.h"

namespace heaptap::gui {

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
  Result<std::vector<quint32>> stack(const google::protobuf::RepeatedPtrField<v1::StackLine>& lines);

  std::unique_ptr<SiteSet> m_set;
  std::unique_ptr<LinePool> m_pool;
};

}  // namespace heaptap::gui
