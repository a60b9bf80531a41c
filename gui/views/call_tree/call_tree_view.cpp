// SPDX-License-Identifier: Apache-2.0
#include "gui/views/call_tree/call_tree_view.h"
