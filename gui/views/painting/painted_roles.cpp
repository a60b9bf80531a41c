// SPDX-License-Identifier: Apache-2.0
#include "gui/views/painting/painted_roles.h"

#include <QAccessibleWidget>
#include <QWidget>
#include <array>

namespace heaptap::gui {
namespace {

struct PaintedWidget {
  const char* type;
  QAccessible::Role role;
};
constexpr std::array kPainted{PaintedWidget{"heaptap::gui::FilterChip", QAccessible::Button},
                              PaintedWidget{"heaptap::gui::FlameGraph", QAccessible::Chart},
                              PaintedWidget{"heaptap::gui::HistogramChart", QAccessible::Chart},
                              PaintedWidget{"heaptap::gui::KeyNumber", QAccessible::StaticText},
                              PaintedWidget{"heaptap::gui::MapCanvas", QAccessible::Chart},
                              PaintedWidget{"heaptap::gui::TimelineView", QAccessible::Chart}};

/// Null: another factory knows more of it.
QAccessibleInterface* paintedInterface(const QString& type, QObject* object) {
  auto* const widget = qobject_cast<QWidget*>(object);
  if (widget == nullptr) return nullptr;
  for (const PaintedWidget& painted : kPainted)
    if (type == QLatin1String(painted.type)) return new QAccessibleWidget(widget, painted.role);
  return nullptr;
}

}  // namespace

void tellRolesOfPaintedWidgets() { QAccessible::installFactory(paintedInterface); }

}  // namespace heaptap::gui
