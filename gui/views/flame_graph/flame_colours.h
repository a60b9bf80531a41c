// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QColor>
#include <QHash>
#include <QPalette>
#include <vector>

#include "gui/models/trees/function_label.h"
#include "gui/views/painting/hues.h"
#include "gui/views/painting/legend.h"

namespace heaptap::gui {

/// What the colour of a box stands for.
enum class FlameColouring : quint8 {
  Kind,    ///< Whose code the function is.
  Module,  ///< The module that it is in: the widest ones have colours of their own.
  Change,  ///< How it differs from an earlier moment.
};

/// The colours of boxes. Modules keep theirs until they are forgotten.
class FlameColours {
 public:
  static constexpr std::size_t kModules = Hues::kCount;  ///< So many modules have colours of their own.

  explicit FlameColours(const QPalette& palette = {}) { setPalette(palette); }
  void setPalette(const QPalette& palette);
  void setColouring(FlameColouring colouring) { m_colouring = colouring; }
  [[nodiscard]] FlameColouring colouring() const { return m_colouring; }

  /// Gives colours to modules that have none, while there are any; the widest first.
  /// `widths`: by the module's path.
  void assign(const QHash<QString, double>& widths);
  void forgetModules() { m_modules.clear(); }

  [[nodiscard]] QColor of(const FunctionLabel& label) const;
  /// What was so much before: the deeper, the larger the part of it that has changed.
  [[nodiscard]] QColor ofChange(quint64 before, quint64 now) const;
  [[nodiscard]] std::vector<Meaning> legendOfChange() const;
  /// Of several boxes that are too narrow, and of the whole.
  [[nodiscard]] QColor neutral() const { return m_hues.neutral(); }
  /// That of a box that something else matters more than.
  [[nodiscard]] QColor faded(const QColor& colour) const { return m_hues.faded(colour); }
  /// For text on a box.
  [[nodiscard]] static QColor textOn(const QColor& colour) { return Hues::textOn(colour); }
  [[nodiscard]] QColor outline() const { return m_hues.outline(); }

  /// What colours mean, as far as they are in use.
  [[nodiscard]] std::vector<Meaning> legend(const std::vector<FunctionLabel>& shown) const;

 private:
  [[nodiscard]] QColor ofKind(CodeKind kind) const;

  FlameColouring m_colouring = FlameColouring::Kind;
  Hues m_hues;
  QColor m_growth;
  QColor m_shrinkage;
  QHash<QString, std::size_t> m_modules;
};

}  // namespace heaptap::gui
