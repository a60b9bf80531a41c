// SPDX-License-Identifier: Apache-2.0
#include "cli/run/command_inspection.h"

#include <elf.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::cli {
namespace {

namespace fs = std::filesystem;
using test::TemporaryFolder;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr auto kExecutable = fs::perms::owner_all;

class CommandInspection : public ::testing::Test {
 protected:
  fs::path script(std::string_view name, std::string_view content) {
    return m_folder.write(name, content, kExecutable);
  }

  /// Builds a program with the system's compiler.
  fs::path program(const std::string& name, const std::string& source, std::vector<std::string> flags = {}) {
    m_folder.write(name + ".c", source);
    std::vector<std::string> argv{"cc", "-o", (m_folder / name).string(),
                                  (m_folder / (name + ".c")).string()};
    argv.insert(argv.end(), flags.begin(), flags.end());
    const auto built = test::runProcess({.argv = argv});
    EXPECT_EQ(built.status, 0) << built.err;
    return m_folder / name;
  }

  static Error refused(const fs::path& file) {
    const auto command = inspectCommand({file.string()});
    EXPECT_FALSE(command.has_value()) << file;
    return command ? Error{} : command.error();
  }

  TemporaryFolder m_folder;
};

constexpr const char* kMain = "int main(void) { return 0; }\n";

TEST_F(CommandInspection, FindsTheCommandInPath) {
  const auto command = inspectCommand({"ls", "-l"});
  ASSERT_TRUE(command) << command.error().line();
  EXPECT_EQ(command->file.filename(), "ls");
  EXPECT_TRUE(command->file.is_absolute());
  EXPECT_THAT(command->argv, ::testing::ElementsAre("ls", "-l"));
  EXPECT_EQ(command->name, "ls");
  EXPECT_THAT(command->warnings, IsEmpty());
}

TEST_F(CommandInspection, ACommandThatIsNowhereIsNotFound) {
  EXPECT_EQ(refused("no-such-command-anywhere").code, Code::NotFound);
  EXPECT_EQ(refused(m_folder / "missing").code, Code::NotFound);
  EXPECT_EQ(refused("").code, Code::NotFound);
}

TEST_F(CommandInspection, AFolderIsNotExecutable) {
  const Error error = refused(m_folder.path());
  EXPECT_EQ(error.code, Code::CannotExecute);
  EXPECT_THAT(error.what, HasSubstr("folder"));
}

TEST_F(CommandInspection, AFileWithoutPermissionIsNotExecutable) {
  const Error error = refused(m_folder.write("plain", "#!/bin/sh\n"));
  EXPECT_EQ(error.code, Code::CannotExecute);
  EXPECT_THAT(error.remedy, HasSubstr("chmod +x"));
}

TEST_F(CommandInspection, AStaticProgramCannotBeTraced) {
  const Error error = refused(program("static", kMain, {"-static"}));
  EXPECT_EQ(error.code, Code::CannotTrace);
  EXPECT_THAT(error.what, HasSubstr("no PT_INTERP"));
  EXPECT_THAT(error.what, ::testing::Not(HasSubstr("static-pie")));
}

TEST_F(CommandInspection, AStaticPieSaysThatItIsOne) {
  EXPECT_THAT(refused(program("static-pie", kMain, {"-static-pie", "-fPIE"})).what, HasSubstr("static-pie"));
}

TEST_F(CommandInspection, TheLoaderItselfMayBeTheCommand) {
  EXPECT_TRUE(inspectCommand({"/lib64/ld-linux-x86-64.so.2", "/bin/true"}));
}

TEST_F(CommandInspection, ASetUidProgramOfSomebodyElseCannotBeTraced) {
  const fs::path file = program("suid", kMain);
  if (chown(file.c_str(), getuid() == 0 ? 12345 : getuid(), static_cast<gid_t>(-1)) != 0 || getuid() != 0)
    GTEST_SKIP() << "only root can give a file away";
  ASSERT_EQ(chmod(file.c_str(), 04755), 0);
  const Error error = refused(file);
  EXPECT_EQ(error.code, Code::CannotTrace);
  EXPECT_THAT(error.what, HasSubstr("set-uid"));
}

TEST_F(CommandInspection, ASetUidProgramOfOnesOwnIsTraced) {
  const fs::path file = program("suid", kMain);
  ASSERT_EQ(chmod(file.c_str(), 04755), 0);
  EXPECT_TRUE(inspectCommand({file.string()}));
}

TEST_F(CommandInspection, AProgramForAnotherWordSizeCannotRun) {
  std::string header(sizeof(Elf32_Ehdr), '\0');
  Elf32_Ehdr elf{};
  std::memcpy(elf.e_ident, ELFMAG, SELFMAG);
  elf.e_ident[EI_CLASS] = ELFCLASS32;
  elf.e_ident[EI_DATA] = ELFDATA2LSB;
  elf.e_ident[EI_VERSION] = EV_CURRENT;
  elf.e_type = ET_EXEC;
  elf.e_machine = EM_386;
  elf.e_version = EV_CURRENT;
  elf.e_ehsize = sizeof elf;
  std::memcpy(header.data(), &elf, sizeof elf);
  const Error error = refused(script("i386", header));
  EXPECT_EQ(error.code, Code::CannotExecute);
  EXPECT_THAT(error.what, HasSubstr("32-bit x86"));
}

TEST_F(CommandInspection, AScriptStandsForItsInterpreter) {
  const auto command = inspectCommand({script("hello", "#!/bin/sh -e\necho hello\n").string(), "x"});
  ASSERT_TRUE(command) << command.error().line();
  EXPECT_EQ(command->argv.back(), "x");
  EXPECT_EQ(command->name, "hello");
}

TEST_F(CommandInspection, AScriptOfAScriptIsFollowed) {
  const fs::path inner = script("inner", "#!/bin/sh\n");
  EXPECT_TRUE(inspectCommand({script("outer", "#!" + inner.string() + "\n").string()}));
}

TEST_F(CommandInspection, AScriptOfAStaticInterpreterCannotBeTraced) {
  const fs::path interpreter = program("static", kMain, {"-static"});
  EXPECT_EQ(refused(script("outer", "#! " + interpreter.string() + " -x\n")).code, Code::CannotTrace);
}

TEST_F(CommandInspection, AScriptThatNamesItselfIsNotFollowedForEver) {
  const Error error = refused(script("self", "#!" + (m_folder / "self").string() + "\n"));
  EXPECT_EQ(error.code, Code::CannotExecute);
}

TEST_F(CommandInspection, AScriptWithoutItsInterpreterCannotRun) {
  const Error error = refused(script("orphan", "#!/no/such/interpreter\n"));
  EXPECT_EQ(error.code, Code::CannotExecute);
  EXPECT_THAT(error.what, HasSubstr("/no/such/interpreter"));
}

TEST_F(CommandInspection, ATextWithoutInterpreterIsRunByTheShell) {
  const fs::path file = script("plain", "echo hello\n");
  const auto command = inspectCommand({file.string(), "x"});
  ASSERT_TRUE(command);
  EXPECT_EQ(command->file, "/bin/sh");
  EXPECT_THAT(command->argv, ::testing::ElementsAre("/bin/sh", file.string(), "x"));
}

TEST_F(CommandInspection, BytesThatAreNeitherProgramNorScriptCannotRun) {
  EXPECT_EQ(refused(script("bytes", std::string("\x01\x00\x02", 3))).code, Code::CannotExecute);
}

TEST_F(CommandInspection, AnExecutableWithItsOwnMallocGetsAWarning) {
  const auto command = inspectCommand({program("own",
                                               "#include <stddef.h>\nvoid* malloc(size_t n) { return "
                                               "(void*)(n * 0); }\nint main(void) { return 0; }\n",
                                               {"-rdynamic"})
                                           .string()});
  ASSERT_TRUE(command) << command.error().line();
  ASSERT_EQ(command->warnings.size(), 1U);
  EXPECT_THAT(command->warnings[0], HasSubstr("defines malloc itself"));
}

// Every prefix of a real program, and the same with damaged bytes: an answer, never a crash.
TEST_F(CommandInspection, CutAndDamagedProgramsAreRefusedOrRead) {
  const std::string whole = test::readFile(program("whole", kMain));
  for (std::size_t length = 0; length < 4096; length += 7)
    (void)inspectCommand({script("cut", whole.substr(0, length)).string()});
  EXPECT_EQ(refused(script("cut", whole.substr(0, 64))).code, Code::CannotExecute);
  EXPECT_EQ(refused(script("cut", whole.substr(0, 20))).code, Code::CannotExecute);
  for (std::size_t at = 4; at < 1200; ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(0xFF);
    (void)inspectCommand({script("damaged", damaged).string()});
  }
}

TEST_F(CommandInspection, WarnsOfAnAllocatorThatIsLinkedIn) {
  const auto warningsFor = [&](const char* name, const std::string& source,
                               std::vector<std::string> flags = {}) {
    const auto command = inspectCommand({program(name, source, std::move(flags)).string()});
    EXPECT_TRUE(command);
    return command ? command->warnings : std::vector<std::string>();
  };
  const std::string prefixed = std::string("void* je_malloc(long n) { (void)n; return 0; }\n") + kMain;
  EXPECT_THAT(
      warningsFor("prefixed", prefixed),
      ::testing::ElementsAre(HasSubstr("prefixed: has jemalloc linked into it: what is allocated by it is "
                                       "not recorded")));
  const std::string exported =
      std::string("void* malloc(unsigned long n) { (void)n; return 0; }\n") + prefixed;
  EXPECT_THAT(warningsFor("exported", exported, {"-rdynamic", "-fno-builtin"}),
              ::testing::ElementsAre(HasSubstr("exported: defines malloc itself (jemalloc), in front of")));
  EXPECT_THAT(warningsFor("plain", kMain), IsEmpty());
}

TEST_F(CommandInspection, RefusesWhatIsBuiltWithASanitizer) {
  // As instrumented code refers to its runtime, which need not be installed here.
  for (const auto& [function, name] :
       {std::pair{"__asan_init", "AddressSanitizer"}, {"__tsan_init", "ThreadSanitizer"}}) {
    const Error error = refused(program(
        "instrumented", std::string("void ") + function + "(void) {}\nint main(void) { return 0; }\n"));
    EXPECT_EQ(error.code, Code::CannotTrace);
    EXPECT_THAT(error.what, HasSubstr(std::string("it is built with ") + name));
  }
}

}  // namespace
}  // namespace heaptap::cli
