// SPDX-License-Identifier: Apache-2.0
#include "collector/service/session_files.h"

#include <gtest/gtest.h>

namespace heaptap::service {
namespace {

model::Identity image(std::uint32_t number, std::uint32_t pid, const std::string& executable) {
  model::Identity identity;
  identity.tree = *model::SessionId::fromBytes(std::string(16, 't'));
  identity.image = number;
  identity.pid = pid;
  identity.executable = executable;
  return identity;
}

TEST(SessionNames, aNamedFileIsForTheFirstImage) {
  SessionNames names({.firstImage = "/tmp/x.heaptap"});
  const auto first = image(0, 10, "/usr/bin/jq");
  EXPECT_EQ(names.nameFor(first), "/tmp/x.heaptap");
  names.stored(first, "/tmp/x.heaptap");
  EXPECT_EQ(names.nameFor(image(1, 11, "/bin/sh")), "/tmp/x.sh.11.1.heaptap");
  EXPECT_EQ(names.nameFor(image(0, 12, "/bin/sh")), "/tmp/x.sh.12.0.heaptap");
  EXPECT_EQ(names.alternative("/tmp/x.heaptap"), "") << "the user chose that name";
}

TEST(SessionNames, withoutANameItIsTheProgramsAndItsPid) {
  SessionNames names({.directory = "/tmp"});
  const auto first = image(0, 10, "/usr/bin/jq");
  EXPECT_EQ(names.nameFor(first), "/tmp/jq.10.heaptap");
  EXPECT_EQ(names.alternative("/tmp/jq.10.heaptap"), "/tmp/jq.10-2.heaptap");
  EXPECT_EQ(names.alternative("/tmp/jq.10-2.heaptap"), "/tmp/jq.10-3.heaptap");
  EXPECT_EQ(names.alternative("/tmp/my-prog.10.heaptap"), "/tmp/my-prog.10-2.heaptap");
  names.stored(first, "/tmp/jq.10-2.heaptap");
  EXPECT_EQ(names.nameFor(image(1, 11, "/bin/sh")), "/tmp/jq.10-2.sh.11.1.heaptap");
}

TEST(SessionNames, childrenThatArriveBeforeTheFirstImageAreNamedAfterIt) {
  SessionNames names({.directory = "/tmp"});
  auto child = image(1, 11, "/usr/bin/jq");
  child.firstProgram = "/bin/sh";
  child.firstPid = 10;
  EXPECT_EQ(names.nameFor(child), "/tmp/sh.10.jq.11.1.heaptap");
  names.stored(child, "/tmp/sh.10.jq.11.1.heaptap");
  auto first = image(0, 10, "/usr/bin/dash");
  first.command = {"/bin/sh"};
  EXPECT_EQ(names.nameFor(first), "/tmp/sh.10.heaptap");
  names.stored(first, "/tmp/sh.10-2.heaptap");
  child.pid = 12;
  child.image = 2;
  EXPECT_EQ(names.nameFor(child), "/tmp/sh.10-2.jq.12.2.heaptap");
}

TEST(SessionNames, aProgramIsNamedAsItWasCalled) {
  SessionNames names({.directory = "/tmp"});
  auto shell = image(0, 10, "/usr/bin/dash");
  shell.command = {"/bin/sh", "-c", "x"};
  EXPECT_EQ(names.nameFor(shell), "/tmp/sh.10.heaptap");
  shell.command = {"-bash"};
  EXPECT_EQ(names.nameFor(shell), "/tmp/bash.10.heaptap");
  shell.command = {"/"};
  EXPECT_EQ(names.nameFor(shell), "/tmp/dash.10.heaptap");
}

TEST(SessionNames, aPeerCannotLeadOutOfTheFolder) {
  SessionNames names({.directory = "/tmp/d"});
  for (const char* executable : {"../../etc/passwd", "/..", "..", "", "/", "a\nb", ".hidden"}) {
    const auto file = names.nameFor(image(0, 10, executable));
    EXPECT_EQ(file.parent_path(), "/tmp/d") << file;
    EXPECT_EQ(file.lexically_normal(), file);
    EXPECT_EQ(file.string().find('\n'), std::string::npos);
    EXPECT_NE(file.filename().string().front(), '.');
  }
  auto child = image(1, 11, "/usr/bin/jq");
  child.firstPid = 10;
  for (const char* program : {"../../etc/passwd", "/..", "..", "", "/", "a\nb", ".hidden", "-/.."}) {
    child.firstProgram = program;
    EXPECT_EQ(names.nameFor(child).parent_path(), "/tmp/d") << names.nameFor(child);
  }
  EXPECT_LT(names.nameFor(image(0, 10, std::string(5000, 'x'))).filename().string().size(), 200U);
}

}  // namespace
}  // namespace heaptap::service
