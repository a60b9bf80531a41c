// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace heaptap::gui {

/// Lets screen readers say what the widgets are that the project paints: Qt cannot know. May be called again.
void tellRolesOfPaintedWidgets();

}  // namespace heaptap::gui
