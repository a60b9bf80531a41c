// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "analysis/own_code.h"
#include "client/profile.h"
#include "client/site_table.h"
#include "gui/models/sites/site.h"

namespace heaptap::gui {

class NameTexts;

/// The sites of a profile. Numbers are there; names, stacks, sizes and frees are looked up in the profile
/// when they are asked for. Owns: a share of the profile, and of the texts that all sets of a series use.
class ProfileSites : public SiteSet {
 public:
  /// `positions`: by row, the place in the table.
  ProfileSites(std::shared_ptr<const client::SiteTable> table, std::vector<std::uint32_t> positions,
               quint64 series, quint64 namesVersion, std::shared_ptr<NameTexts> texts);
  ~ProfileSites() override;

  [[nodiscard]] std::optional<SiteErrors> errors(std::size_t row) const override;
  [[nodiscard]] QString heapName(std::size_t row) const override;
  [[nodiscard]] SiteLabel label(std::size_t row) const override;
  [[nodiscard]] std::optional<StackLine> innermost(std::size_t row) const override;
  [[nodiscard]] Site site(std::size_t row) const override;
  /// Kept, as all tables and trees of a moment have the same filter.
  [[nodiscard]] Passing rowsThatPass(const SiteFilter& filter) const override;
  [[nodiscard]] std::vector<SourceLineSites> linesOf(const QString& file, quint32 heap,
                                                     const SiteFilter& filter,
                                                     const std::stop_token& stop) const override;
  [[nodiscard]] CostTreePtr tree(const TreeQuery& query, const std::stop_token& stop) const override;
  [[nodiscard]] std::vector<std::size_t> rowsAt(const TreeQuery& query,
                                                const std::vector<quint32>& path) const override;
  [[nodiscard]] std::vector<bool> functionsWith(const QString& text,
                                                const std::stop_token& stop) const override;
  [[nodiscard]] FunctionLabel function(quint32 id) const override;
  [[nodiscard]] bool isEstimated(quint32 heap) const override;

 private:
  [[nodiscard]] const client::Profile& profile() const { return m_table->profile(); }
  [[nodiscard]] model::StackId stackOf(std::size_t row) const {
    return static_cast<model::StackId>(numbers()[row].stack);
  }

  std::shared_ptr<const client::SiteTable> m_table;
  std::vector<std::uint32_t> m_positions;
  std::shared_ptr<NameTexts> m_texts;
  mutable std::mutex m_mutex;  ///< Of the two below.
  mutable SiteFilter m_filter;
  mutable Passing m_passing;
  mutable std::unique_ptr<analysis::OwnCode> m_ownCode;  ///< Null until a label is asked for.
};

/// A stack of a profile, innermost line first.
[[nodiscard]] std::vector<StackLine> readStack(const client::Profile& profile, model::StackId stack,
                                               NameTexts& texts);

}  // namespace heaptap::gui
