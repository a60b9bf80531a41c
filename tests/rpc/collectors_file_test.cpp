// SPDX-License-Identifier: Apache-2.0
#include "rpc/collectors_file.h"

#include <gmock/gmock.h>

#include <cstdlib>

#include "tests/support/temporary_folder.h"

namespace heaptap::rpc {
namespace {

using testing::HasSubstr;

class CollectorsFile : public testing::Test {
 protected:
  CollectorsFile() {
    ::setenv("XDG_CONFIG_HOME", folder.path().c_str(), 1);
    for (const SecuritySetting& setting : kSecuritySettings) ::unsetenv(setting.variable);
  }
  ~CollectorsFile() override {
    ::unsetenv("XDG_CONFIG_HOME");
    for (const SecuritySetting& setting : kSecuritySettings) ::unsetenv(setting.variable);
  }
  void write(const std::string& text) const {
    std::filesystem::create_directory(folder / "heaptap");
    folder.write("heaptap/collectors.toml", text);
  }
  test::TemporaryFolder folder;
};

TEST_F(CollectorsFile, HasWhatWasKept) {
  EXPECT_TRUE(readCollectors()->empty());
  const ClientSecurity one{
      .ca = "/a \"b\"\\c.pem", .certificate = "/c", .key = "/k", .serverName = "n", .tokenFile = "/t"};
  ASSERT_TRUE(keepSecurity("tls://one:1", one));
  ASSERT_TRUE(keepSecurity("[::1]:2", {.tokenFile = "/u"}));
  EXPECT_EQ(readCollectors()->at("tls://one:1"), one);
  EXPECT_EQ(securityFor("tls://one:1"), one);
  EXPECT_EQ(securityFor("[::1]:2")->tokenFile, "/u");
  EXPECT_EQ(securityFor("one:1"), ClientSecurity{});
  ASSERT_TRUE(keepSecurity("tls://one:1", {}));
  EXPECT_EQ(readCollectors()->size(), 1U);
}

TEST_F(CollectorsFile, IsRelativeToItsFolderAndOvercomeByTheEnvironment) {
  write("[\"x:1\"]\ntls-ca = \"ca.pem\"\ntoken-file = \"/t\"\n");
  EXPECT_EQ(securityFor("x:1")->ca, folder / "heaptap/ca.pem");
  giveSetting(kSecuritySettings[4], "other");
  EXPECT_EQ(securityFor("x:1")->tokenFile, std::filesystem::absolute("other"));
  EXPECT_EQ(securityFor("x:1")->ca, folder / "heaptap/ca.pem");
}

TEST_F(CollectorsFile, SaysWhereItIsWrong) {
  for (const auto& [text, what] :
       {std::pair("[\"x:1\"\n", "collectors.toml:1:"), std::pair("x = 1\n", "x is no table"),
        std::pair("[\"x:1\"]\nca = \"x\"\n", "collectors.toml:2:6: there is no setting ca"),
        std::pair("[\"x:1\"]\ntls-ca = 1\n", "tls-ca is no text in quotes")}) {
    write(text);
    const auto read = securityFor("x:1");
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, Code::Usage);
    EXPECT_THAT(read.error().line(), HasSubstr(what));
    EXPECT_FALSE(keepSecurity("x:1", {.ca = "/x"})) << "what a user has written is not thrown away";
  }
}

}  // namespace
}  // namespace heaptap::rpc
