// SPDX-License-Identifier: Apache-2.0
#include "collector/service/free_descriptors.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <limits>
#include <vector>

#include "base/unique_fd.h"

namespace heaptap::service {
namespace {

class FreeDescriptors : public testing::Test {
 protected:
  FreeDescriptors() { getrlimit(RLIMIT_NOFILE, &m_before); }
  ~FreeDescriptors() override { setrlimit(RLIMIT_NOFILE, &m_before); }
  void limitTo(rlim_t descriptors) {
    rlimit limit = m_before;
    limit.rlim_cur = descriptors;
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  }
  rlimit m_before{};
};

TEST_F(FreeDescriptors, AreThoseOfTheLimitThatAreNotOpen) {
  limitTo(40);
  const std::size_t before = freeDescriptors();
  ASSERT_GT(before, 5U);
  std::vector<UniqueFd> files;
  while (UniqueFd file{::open("/dev/null", O_RDONLY | O_CLOEXEC)}) {
    files.push_back(std::move(file));
    if (files.size() == 5) {
      EXPECT_EQ(freeDescriptors(), before - 5);
    }
  }
  EXPECT_EQ(files.size(), before) << "so many could be opened indeed";
  EXPECT_EQ(freeDescriptors(), 0U);
  files.resize(files.size() - 3);
  EXPECT_EQ(freeDescriptors(), 3U);
}

TEST_F(FreeDescriptors, FollowTheLimit) {
  limitTo(40);
  const std::size_t before = freeDescriptors();
  limitTo(30);
  EXPECT_EQ(freeDescriptors(), before - 10);
  limitTo(1);
  EXPECT_EQ(freeDescriptors(), 0U);
}

}  // namespace
}  // namespace heaptap::service
