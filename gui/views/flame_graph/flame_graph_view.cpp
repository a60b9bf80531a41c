// SPDX-License-Identifier: Apache-2.0
#include "gui/views/flame_graph/flame_graph_view.h"
