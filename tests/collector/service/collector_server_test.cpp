// SPDX-License-Identifier: Apache-2.0
#include "collector/service/collector_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "heaptap/v1/query.grpc.pb.h"
#include "tests/collector/recorded_program.h"
#include "tests/collector/service/test_relay.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::service {
namespace {

class CollectorServerTest : public testing::Test {
 protected:
  /// Records a program with as many allocations of 10 bytes as asked for.
  std::filesystem::path record(char id, unsigned allocations) {
    test::RecordedProgram program;
    program.hello().set_session_id(test::sessionId(id));
    const auto stack = program.stack({"main"});
    for (unsigned i = 0; i < allocations; ++i) program.allocate(10, stack);
    program.exit(0);
    CollectorOptions options;
    options.addresses = {"unix:" + (folder / "sock").string()};
    options.files.firstImage = folder / (std::string(1, id) + ".heaptap");
    auto collector = CollectorServer::start(options).value();
    TestRelay relay(collector->inProcessChannel(), program.hello());
    EXPECT_TRUE(relay.accepted());
    const auto messages = program.messages();
    EXPECT_TRUE(relay.send(messages, 0, messages.size()));
    EXPECT_TRUE(relay.finish().ok());
    return options.files.firstImage;
  }
  test::TemporaryFolder folder;
};

TEST_F(CollectorServerTest, answersForFilesWithoutAnAddress) {
  const auto a = record('a', 3);
  const auto b = record('b', 4);
  const auto collector = CollectorServer::start({}).value();
  EXPECT_TRUE(collector->addresses().empty());
  EXPECT_EQ(collector->addFile(a).value(), "61616161616161616161616161616161");
  EXPECT_EQ(collector->addFile(a).value(), "61616161616161616161616161616161");
  ASSERT_TRUE(collector->addFile(b));
  const auto query = v1::Query::NewStub(collector->inProcessChannel());
  v1::ListSessionsReply list;
  grpc::ClientContext listing;
  ASSERT_TRUE(query->ListSessions(&listing, {}, &list).ok());
  EXPECT_EQ(list.sessions_size(), 2);
  const auto allocations = [&](const std::string& session) {
    grpc::ClientContext context;
    v1::GetSummaryRequest request;
    request.set_session(session);
    v1::Summary summary;
    const auto status = query->GetSummary(&context, request, &summary);
    return status.ok() ? std::to_string(summary.allocations()) : status.error_message();
  };
  EXPECT_EQ(allocations("61"), "3");
  EXPECT_EQ(allocations("62"), "4");
  EXPECT_THAT(allocations("6"), testing::HasSubstr("more than one session"));
  EXPECT_THAT(allocations("99"), testing::HasSubstr("no such session"));
}

TEST_F(CollectorServerTest, aFileThatIsNoSessionIsRefused) {
  const auto collector = CollectorServer::start({}).value();
  std::ofstream(folder / "text") << "hello";
  EXPECT_EQ(collector->addFile(folder / "text").error().code, Code::NotASession);
  EXPECT_EQ(collector->addFile(folder / "missing").error().code, Code::NotFound);
}

TEST_F(CollectorServerTest, anExistingOutputFileStopsItBeforeAnythingStarts) {
  const auto file = record('a', 1);
  CollectorOptions options;
  options.addresses = {"unix:" + (folder / "sock").string()};
  options.files.firstImage = file;
  const auto refused = CollectorServer::start(options);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::AlreadyExists);
  EXPECT_THAT(refused.error().line(), testing::StartsWith(file.string() + ": the file exists; "));
  options.files.force = true;
  EXPECT_TRUE(CollectorServer::start(options));
}

TEST_F(CollectorServerTest, aMissingOutputFolderIsNamed) {
  CollectorOptions options;
  options.addresses = {"unix:" + (folder / "sock").string()};
  options.files.firstImage = folder / "no/x.heaptap";
  const auto refused = CollectorServer::start(options);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::NotWritable);
  EXPECT_EQ(refused.error().where, (folder / "no").string());
}

TEST_F(CollectorServerTest, twoCollectorsDoNotShareASocket) {
  CollectorOptions options;
  options.addresses = {"unix:" + (folder / "sock").string()};
  options.files.directory = folder.path();
  const auto first = CollectorServer::start(options);
  ASSERT_TRUE(first);
  const auto second = CollectorServer::start(options);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::AlreadyExists);
}

TEST_F(CollectorServerTest, portZeroIsAnyFreePort) {
  CollectorOptions options;
  options.addresses = {"127.0.0.1:0"};
  options.files.directory = folder.path();
  const auto first = CollectorServer::start(options).value();
  ASSERT_THAT(first->addresses().at(0), testing::StartsWith("127.0.0.1:"));
  EXPECT_NE(first->addresses().at(0), "127.0.0.1:0");
  options.addresses = first->addresses();
  const auto second = CollectorServer::start(options);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::AlreadyExists);
}

TEST_F(CollectorServerTest, laterImagesLieBesideTheFirst) {
  CollectorOptions options;
  options.addresses = {"unix:" + (folder / "sock").string()};
  options.files.firstImage = folder / "out.heaptap";
  auto collector = CollectorServer::start(options).value();
  const auto runImage = [&](char id, std::uint32_t image, std::uint32_t pid) {
    test::RecordedProgram program;
    program.hello().set_session_id(test::sessionId(id));
    program.hello().set_image(image);
    program.hello().set_pid(pid);
    program.exit(0);
    const auto messages = program.messages();
    TestRelay relay(collector->inProcessChannel(), program.hello());
    EXPECT_TRUE(relay.accepted());
    relay.send(messages, 0, messages.size());
    EXPECT_TRUE(relay.finish().ok());
  };
  runImage('a', 0, 10);
  runImage('b', 1, 11);
  EXPECT_TRUE(std::filesystem::exists(folder / "out.heaptap"));
  EXPECT_TRUE(std::filesystem::exists(folder / "out.program.11.1.heaptap"));
}

}  // namespace
}  // namespace heaptap::service
