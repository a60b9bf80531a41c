// SPDX-License-Identifier: Apache-2.0
#include "gui/app/exit_status.h"

#include <gtest/gtest.h>

#include "cli/exit_code.h"

namespace heaptap::gui {
namespace {

TEST(ExitStatus, IsThatOfTheCommandLine) {
  ASSERT_FALSE(cli::exitCodes().empty());
  for (const cli::ExitCode& code : cli::exitCodes())
    EXPECT_EQ(exitStatusFor(code.code), code.general) << code.name;
}

}  // namespace
}  // namespace heaptap::gui
