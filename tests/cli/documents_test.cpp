// SPDX-License-Identifier: Apache-2.0
#include "cli/documents.h"

#include <gtest/gtest.h>

namespace heaptap::cli {
namespace {

TEST(Documents, AreNamedWhereTheyAre) {
  EXPECT_EQ(withDocuments("docs/ci.md has recipes (docs/report-json.md).", "/p/doc"),
            "/p/doc/ci.md has recipes (/p/doc/report-json.md).");
  EXPECT_EQ(withDocuments("docs/ci.md", "docs"), "docs/ci.md");
}

TEST(Documents, AreNoOtherPaths) {
  for (const char* const other : {"", "docs/", "docs/.md", "docs/ci.txt", "/home/docs/ci.md", "mydocs/ci.md",
                                  "../docs/ci.md", "docs/a/b.md", "docs/ci", "docs/docs/ci.md", "docs/*.md"})
    EXPECT_EQ(withDocuments(other, "/p"), other);
}

TEST(Documents, StayWhereNoneAreInstalled) {
  EXPECT_EQ(withDocuments("docs/ci.md has recipes"), "docs/ci.md has recipes");
}

}  // namespace
}  // namespace heaptap::cli
