// SPDX-License-Identifier: Apache-2.0
#pragma once

/// All views of the window, for tests of what they show together.
#include "gui/views/address_map/address_map_view.h"
#include "gui/views/blocks/blocks_view.h"
#include "gui/views/call_sites/sites_view.h"
#include "gui/views/compare/compare_view.h"
#include "gui/views/findings/findings_view.h"
#include "gui/views/frame/main_window.h"
#include "gui/views/frame/session_page.h"
#include "gui/views/frame/view_table.h"
#include "gui/views/heaps/heaps_view.h"
#include "gui/views/leaks/leaks_view.h"
#include "gui/views/marks/marks_view.h"
#include "gui/views/sizes/sizes_view.h"
#include "gui/views/source/source_view.h"
#include "gui/views/sql/sql_view.h"
#include "gui/views/summary/summary_view.h"
#include "gui/views/threads/threads_view.h"
