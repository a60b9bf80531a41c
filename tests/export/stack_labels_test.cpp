// SPDX-License-Identifier: Apache-2.0
#include "export/report/stack_labels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/client/profile_builder.h"
#include "text/utf8.h"

namespace heaptap::exporting {
namespace {

using client::ProfileBuilder;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

class Labels : public testing::Test {
 protected:
  model::StackId calledAt(const std::string& file, std::uint32_t line) {
    return m_builder.below(m_builder.stack({"main"}), m_builder.place({{"parse", file, line}}));
  }
  StackLabels labels(const std::vector<model::StackId>& stacks, std::size_t columns = 60) {
    StackFolder folder(m_builder.profile(), {});
    return {folder, {}, columns, stacks};
  }
  ProfileBuilder m_builder;
};

TEST_F(Labels, OfStacksThatLookTheSameSayTheirLines) {
  const auto a = calledAt("/src/a.cpp", 12), b = calledAt("/src/a.cpp", 34);
  const auto other = m_builder.stack({"render", "main"});
  const StackLabels labels = this->labels({a, b, other, a});
  EXPECT_THAT(labels.of(a), EndsWith(" (a.cpp:12)"));
  EXPECT_THAT(labels.of(b), EndsWith(" (a.cpp:34)"));
  EXPECT_THAT(labels.of(a), HasSubstr("parse"));
  EXPECT_THAT(labels.of(other), Not(HasSubstr("("))) << "it has a text of its own";
}

TEST_F(Labels, OfStacksWithoutLinesHaveTheirIds) {
  const auto main = m_builder.stack({"main"});
  const auto a = m_builder.below(main, m_builder.place({{"parse"}}));
  const auto b = m_builder.below(main, m_builder.place({{"parse"}}));
  const StackLabels labels = this->labels({a, b});
  EXPECT_THAT(labels.of(a), EndsWith(" (stack " + std::to_string(model::index(a)) + ")"));
  EXPECT_NE(labels.of(a), labels.of(b));
}

TEST_F(Labels, OfTheSameLineInOtherFoldersAreToldApart) {
  const auto a = calledAt("/one/a.cpp", 12), b = calledAt("/two/a.cpp", 12);
  const StackLabels labels = this->labels({a, b});
  EXPECT_NE(labels.of(a), labels.of(b));
}

TEST_F(Labels, KeepTheirWidth) {
  const auto a = calledAt("/src/a.cpp", 12), b = calledAt("/src/a.cpp", 34);
  const StackLabels labels = this->labels({a, b}, 40);
  EXPECT_LE(width(labels.of(a)), 40U);
}

TEST_F(Labels, OfStacksInWholeSayWhereFoldingMadeThemEqual) {
  const auto main = m_builder.stack({"main"});
  const auto a = m_builder.below(main, m_builder.place({{"parse"}}));
  const auto b = m_builder.below(main, m_builder.place({{"parse"}}));
  const auto other = m_builder.stack({"render", "main"});
  StackFolder folder(m_builder.profile(), {});
  const std::vector<model::StackId> ids{a, b, other};
  const ShownStacks shown(folder, {}, 2, ids);
  EXPECT_EQ(shown.distinction(a), ", stack " + std::to_string(model::index(a)));
  EXPECT_EQ(shown.distinction(other), "");
}

}  // namespace
}  // namespace heaptap::exporting
