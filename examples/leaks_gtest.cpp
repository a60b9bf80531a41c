// SPDX-License-Identifier: Apache-2.0
//
// Tests of GoogleTest that fail where they leak. heaptap run -- ./example_leaks_gtest
#include <gtest/gtest.h>
#include <heaptap/gtest.h>

#include <map>
#include <memory>
#include <string>

namespace {

struct Node {
  std::string name;
  std::shared_ptr<Node> next;
};

const std::string& cached(int number) {
  static std::map<int, std::string> cache;
  return cache.emplace(number, std::string(100, 'x')).first->second;
}

TEST(Nodes, AreFreed) {
  const auto node = std::make_shared<Node>();
  EXPECT_EQ(node.use_count(), 1);
}

TEST(Nodes, AreNoLeakInACache) { EXPECT_EQ(cached(1).size(), 100U); }

TEST(Nodes, ThatPointToEachOtherLeak) {
  const auto first = std::make_shared<Node>();
  first->next = std::make_shared<Node>();
  first->next->next = first;
}

}  // namespace
