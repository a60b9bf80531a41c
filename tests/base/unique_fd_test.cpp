// SPDX-License-Identifier: Apache-2.0
#include "base/unique_fd.h"

#include <fcntl.h>
#include <gtest/gtest.h>

namespace heaptap {
namespace {

int openNull() { return open("/dev/null", O_RDONLY | O_CLOEXEC); }
bool isOpen(int fd) { return fcntl(fd, F_GETFD) >= 0; }

TEST(UniqueFd, ClosesWhatItOwnsOnce) {
  const int number = openNull();
  {
    UniqueFd first(number);
    UniqueFd second(std::move(first));
    EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move): what is left behind is none.
    EXPECT_EQ(second.get(), number);
    EXPECT_TRUE(isOpen(number));
  }
  EXPECT_FALSE(isOpen(number));
}

TEST(UniqueFd, ClosesTheOldOneWhenItGetsAnother) {
  const int old = openNull();
  UniqueFd owner(old);
  const int next = openNull();
  owner = UniqueFd(next);
  EXPECT_FALSE(isOpen(old));
  EXPECT_EQ(owner.get(), next);
  owner.reset();
  EXPECT_FALSE(isOpen(next));
  EXPECT_EQ(owner.get(), -1);
}

}  // namespace
}  // namespace heaptap
