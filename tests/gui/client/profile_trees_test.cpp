// SPDX-License-Identifier: Apache-2.0
#include "gui/client/sites/profile_trees.h"

#include <gtest/gtest.h>

#include "gui/client/sites/site_series.h"
#include "tests/client/profile_builder.h"
#include "tests/gui/tree_texts.h"

namespace heaptap::gui {
namespace {

using client::ProfileBuilder;
using test::treeText;

/// main ─► parse ─► read          128 + 64 live
///      └► render ─► read         32
class ProfileTrees : public testing::Test {
 protected:
  ProfileTrees() {
    live(128, {"malloc", "read", "parse", "main"});
    live(64, {"parse", "main"});
    live(32, {"read", "render", "main"});
  }
  void live(std::uint64_t bytes, const std::vector<std::string>& functions) {
    builder.count({.size = bytes, .stack = builder.stack(functions), .allocations = 3, .live = 1});
  }
  Sites sites() { return SiteSeries().next(builder.profile()); }
  std::string text(const TreeQuery& query) {
    const Sites set = sites();
    return treeText(*set->tree(query, {}), *set);
  }

  ProfileBuilder builder;
};

TEST_F(ProfileTrees, FromTheOutermostFunctionInwards) {
  EXPECT_EQ(text({}),
            "* 224/0\n"
            " main 224/0\n"
            "  parse 192/64\n"
            "   read 128/128\n"
            "  render 32/0\n"
            "   read 32/32\n");
}

TEST_F(ProfileTrees, FromWhatAllocatesOutwards) {
  EXPECT_EQ(text({.direction = TreeDirection::BottomUp}),
            "* 224/0\n"
            " read 160/0\n"
            "  parse 128/0\n"
            "   main 128/128\n"
            "  render 32/0\n"
            "   main 32/32\n"
            " parse 64/0\n"
            "  main 64/64\n");
}

TEST_F(ProfileTrees, ByAnyOfTheSixCosts) {
  std::string totals;
  for (const TreeCost cost : kTreeCosts)
    totals += std::to_string(sites()->tree({.cost = cost}, {})->total()) + ' ';
  EXPECT_EQ(totals, "224 0 672 3 9 0 ")
      << "live, at the peak, allocated bytes; blocks, allocations, temporaries";
}

TEST_F(ProfileTrees, OfTheSitesThatTheFilterLeaves) {
  EXPECT_EQ(text({.filter = "RENDER"}),
            "* 32/0\n"
            " main 32/0\n"
            "  render 32/0\n"
            "   read 32/32\n");
  EXPECT_EQ(text({.filter = "nowhere"}), "* 0/0\n");
}

TEST_F(ProfileTrees, OfOneHeap) {
  const auto arena = builder.heap("arena");
  builder.count(
      {.size = 8, .stack = builder.stack({"put", "main"}), .allocations = 1, .live = 1, .heap = arena});
  EXPECT_EQ(sites()->tree({}, {})->total(), 224U);
  EXPECT_EQ(text({.heap = static_cast<quint32>(index(arena))}), "* 8/0\n main 8/0\n  put 8/8\n");
}

TEST_F(ProfileTrees, RecursionIsADeepTree) {
  ProfileBuilder deep;
  deep.count({.size = 1,
              .stack = deep.stack(std::vector<std::string>(20'000, "again")),
              .allocations = 1,
              .live = 1});
  const Sites set = SiteSeries().next(deep.profile());
  for (const TreeDirection direction : {TreeDirection::TopDown, TreeDirection::BottomUp})
    EXPECT_EQ(set->tree({.direction = direction}, {})->depth(), 20'000U);
}

TEST_F(ProfileTrees, ABottomUpTreeThatWouldBeTooLargeIsCutWhereItIsSmallest) {
  const client::Profile profile = builder.profile();
  const client::StackCosts costs(profile, client::Cost::LiveBytes);
  const Sites set = sites();
  EXPECT_EQ(treeText(*bottomUpTree(profile, costs, {}, 6), *set),
            "* 224/0\n"
            " read 160/0\n"
            "  parse 128/0\n"
            "   main 128/128\n"
            "  render 32/32 cut\n"
            " parse 64/64 cut\n");
}

TEST_F(ProfileTrees, ANodeIsMadeOfTheRowsWhoseStacksGoThatWay) {
  const Sites set = sites();
  const auto rows = [&](TreeDirection direction, const std::vector<std::string>& functions) {
    const TreeQuery query{.direction = direction};
    const CostTreePtr tree = set->tree(query, {});
    std::vector<quint32> path;
    for (const std::string& name : functions)
      for (quint32 i = 1; i < tree->nodes().size(); ++i)
        if (set->function(tree->node(i).function).name.toStdString() == name) {
          path.push_back(tree->node(i).function);
          break;
        }
    EXPECT_EQ(path.size(), functions.size());
    quint64 cost = 0;
    for (const std::size_t row : set->rowsAt(query, path)) cost += set->numbers()[row].liveBytes;
    const auto node = tree->find(path);
    EXPECT_EQ(cost, node ? tree->node(*node).total : 0U) << functions.back();
    return cost;
  };
  EXPECT_EQ(rows(TreeDirection::TopDown, {"main"}), 224U);
  EXPECT_EQ(rows(TreeDirection::TopDown, {"main", "parse"}), 192U);
  EXPECT_EQ(rows(TreeDirection::TopDown, {"main", "parse", "read"}), 128U);
  EXPECT_EQ(rows(TreeDirection::TopDown, {"parse"}), 0U);
  EXPECT_EQ(rows(TreeDirection::BottomUp, {"read"}), 160U);
  EXPECT_EQ(rows(TreeDirection::BottomUp, {"read", "render"}), 32U);
  EXPECT_EQ(rows(TreeDirection::BottomUp, {"parse", "main"}), 64U);
  EXPECT_EQ(rows(TreeDirection::BottomUp, {"main"}), 0U);
}

TEST_F(ProfileTrees, EndsWhenItIsToStop) {
  std::stop_source stop;
  stop.request_stop();
  for (const TreeDirection direction : {TreeDirection::TopDown, TreeDirection::BottomUp})
    EXPECT_EQ(sites()->tree({.direction = direction}, stop.get_token()), nullptr);
  EXPECT_TRUE(sites()->functionsWith("read", stop.get_token()).empty());
}

TEST_F(ProfileTrees, SaysWhatAFunctionIs) {
  const auto sort = builder.place({{.function = "std::sort<int*>(int*, int*)",
                                    .file = "/usr/include/c++/12/bits/stl_algo.h",
                                    .line = 7}});
  builder.count({.size = 1'000, .stack = builder.stackOf({sort}), .allocations = 1, .live = 1});
  builder.count({.size = 900, .stack = builder.stackOf({builder.place({})}), .allocations = 1, .live = 1});
  builder.count({.size = 800, .stack = builder.stack({"caf\xe9"}), .allocations = 1, .live = 1});
  const Sites set = sites();
  const CostTreePtr tree = set->tree({}, {});
  const auto label = [&](quint32 row) { return set->function(tree->node(1 + row).function); };
  EXPECT_EQ(label(0).name, "std::sort<int*>(int*, int*)");
  EXPECT_EQ(label(0).spoken, "std::sort<…>");
  EXPECT_EQ(label(0).kind, CodeKind::CppRuntime);
  EXPECT_EQ(label(0).owner, "the C++ library");
  EXPECT_EQ(label(0).location, "/usr/include/c++/12/bits/stl_algo.h:7");
  EXPECT_TRUE(label(1).name.contains("+0x")) << "without a name: " << label(1).name.toStdString();
  EXPECT_EQ(label(2).name, QString("caf") + QChar(QChar::ReplacementCharacter));
  EXPECT_TRUE(label(2).isOwn());
  EXPECT_EQ(set->function(CostTree::kNoFunction).name, "the whole program");
}

TEST_F(ProfileTrees, FindsFunctionsByNameAndModule) {
  const auto plugin = builder.module("/usr/lib/libplugin.so");
  builder.count({.size = 1,
                 .stack = builder.stackOf({builder.place({{.function = "load"}}, 0, plugin)}),
                 .allocations = 1,
                 .live = 1});
  const Sites set = sites();
  const auto found = [&](const QString& text) {
    QStringList names;
    const std::vector<bool> functions = set->functionsWith(text, {});
    for (quint32 i = 0; i < functions.size(); ++i)
      if (functions[i]) names << set->function(i).name;
    return names.join(' ');
  };
  EXPECT_EQ(found("RE"), "read render");
  EXPECT_EQ(found("libplugin"), "load");
  EXPECT_EQ(found("nowhere"), "");
}

TEST_F(ProfileTrees, OnlyMallocsHeapIsSampled) {
  EXPECT_FALSE(sites()->isEstimated(0));
  builder.summary().mutable_sampling()->set_interval(512);
  EXPECT_TRUE(sites()->isEstimated(0));
  EXPECT_FALSE(sites()->isEstimated(1));
}

}  // namespace
}  // namespace heaptap::gui
