// SPDX-License-Identifier: Apache-2.0
#include "gui/views/frame/view_table.h"

#include <QStringList>
#include <array>

#include "gui/views/address_map/address_map_view.h"
#include "gui/views/blocks/blocks_view.h"
#include "gui/views/call_sites/sites_view.h"
#include "gui/views/call_tree/call_tree_view.h"
#include "gui/views/compare/compare_view.h"
#include "gui/views/findings/findings_view.h"
#include "gui/views/flame_graph/flame_graph_view.h"
#include "gui/views/heaps/heaps_view.h"
#include "gui/views/leaks/leaks_view.h"
#include "gui/views/marks/marks_view.h"
#include "gui/views/sizes/sizes_view.h"
#include "gui/views/source/source_view.h"
#include "gui/views/sql/sql_view.h"
#include "gui/views/summary/summary_view.h"
#include "gui/views/threads/threads_view.h"

namespace heaptap::gui {
namespace {

constexpr std::size_t kNumberKeys = 9;

template <class Kind>
View* make(QWidget* parent) {
  return new Kind(parent);
}

constexpr std::array kViews{
    ViewEntry{
        "summary", QT_TRANSLATE_NOOP("heaptap::gui::View", "&Summary"),
        QT_TRANSLATE_NOOP("heaptap::gui::View", "What the session comes to, and where its memory comes from"),
        Follows::Nothing, true, make<SummaryView>},
    ViewEntry{"leaks", QT_TRANSLATE_NOOP("heaptap::gui::View", "&Leaks"),
              QT_TRANSLATE_NOOP("heaptap::gui::View", "What the program did not free, by root cause"),
              Follows::Names, true, make<LeaksView>},
    ViewEntry{"live-heap", QT_TRANSLATE_NOOP("heaptap::gui::View", "Li&ve Heap"),
              QT_TRANSLATE_NOOP("heaptap::gui::View",
                                "Call sites with live blocks: now, at the chosen time, or grown within it"),
              Follows::Everything, true, make<LiveHeapView>},
    ViewEntry{"call-sites", QT_TRANSLATE_NOOP("heaptap::gui::View", "&Call Sites"),
              QT_TRANSLATE_NOOP("heaptap::gui::View", "All places that allocated: one row for each stack"),
              Follows::Everything, true, make<CallSitesView>},
    ViewEntry{"call-tree", QT_TRANSLATE_NOOP("heaptap::gui::View", "Call &Tree"),
              QT_TRANSLATE_NOOP("heaptap::gui::View", "Who calls whom, and for how much of the heap"),
              Follows::Everything, true, make<CallTreeView>},
    ViewEntry{
        "flame-graph", QT_TRANSLATE_NOOP("heaptap::gui::View", "&Flame Graph"),
        QT_TRANSLATE_NOOP("heaptap::gui::View", "The call tree as a picture: boxes as wide as their cost"),
        Follows::Everything, true, make<FlameGraphView>},
    ViewEntry{"sizes", QT_TRANSLATE_NOOP("heaptap::gui::View", "Si&zes and Lifetimes"),
              QT_TRANSLATE_NOOP("heaptap::gui::View",
                                "How large blocks are, and how long they lived, by call site"),
              Follows::NamesAndSizes, false, make<SizesView>},
    ViewEntry{"blocks", QT_TRANSLATE_NOOP("heaptap::gui::View", "&Blocks"),
              QT_TRANSLATE_NOOP("heaptap::gui::View",
                                "Single blocks that are live: the largest, the oldest, by address"),
              Follows::Everything, true, make<BlocksView>},
    ViewEntry{
        "address-map", QT_TRANSLATE_NOOP("heaptap::gui::View", "&Address Map"),
        QT_TRANSLATE_NOOP("heaptap::gui::View", "Where live blocks are, page by page, and what keeps pages"),
        Follows::Everything, false, make<AddressMapView>},
    ViewEntry{"threads", QT_TRANSLATE_NOOP("heaptap::gui::View", "T&hreads"),
              QT_TRANSLATE_NOOP("heaptap::gui::View", "Which threads free what which threads allocate"),
              Follows::NamesAndSizes, false, make<ThreadsView>},
    ViewEntry{
        "compare", QT_TRANSLATE_NOOP("heaptap::gui::View", "Com&pare"),
        QT_TRANSLATE_NOOP("heaptap::gui::View", "What differs from another time, or from another session"),
        Follows::Names, true, make<CompareView>},
    ViewEntry{
        "source", QT_TRANSLATE_NOOP("heaptap::gui::View", "So&urce"),
        QT_TRANSLATE_NOOP("heaptap::gui::View", "The source file of a call site, with what each line costs"),
        Follows::Everything, true, make<SourceView>},
    ViewEntry{
        "findings", QT_TRANSLATE_NOOP("heaptap::gui::View", "Fin&dings"),
        QT_TRANSLATE_NOOP("heaptap::gui::View", "Wrong uses of the heap: double frees, mismatched frees, …"),
        Follows::Names, false, make<FindingsView>},
    ViewEntry{"marks", QT_TRANSLATE_NOOP("heaptap::gui::View", "&Marks"),
              QT_TRANSLATE_NOOP("heaptap::gui::View", "Named moments, and the heap at each of them"),
              Follows::Nothing, false, make<MarksView>},
    ViewEntry{"heaps", QT_TRANSLATE_NOOP("heaptap::gui::View", "&Heaps"),
              QT_TRANSLATE_NOOP("heaptap::gui::View",
                                "Other heaps than malloc's: mappings, allocators with a name"),
              Follows::Nothing, false, make<HeapsView>},
    ViewEntry{"sql", QT_TRANSLATE_NOOP("heaptap::gui::View", "S&QL"),
              QT_TRANSLATE_NOOP("heaptap::gui::View", "The session as tables, asked by statements"),
              Follows::Nothing, false, make<SqlView>},
};

}  // namespace

std::span<const ViewEntry> viewTable() { return kViews; }

std::optional<std::size_t> viewCalled(const QString& id) {
  for (std::size_t at = 0; at < kViews.size(); ++at)
    if (id == QLatin1String(kViews[at].id)) return at;
  return std::nullopt;
}

QString viewIds() {
  QStringList ids;
  for (const ViewEntry& entry : kViews) ids << QLatin1String(entry.id);
  return ids.join(QStringLiteral(", "));
}

QString viewKeys(std::size_t position) {
  return position < kNumberKeys ? QStringLiteral("Ctrl+%1").arg(position + 1) : QString();
}

}  // namespace heaptap::gui
