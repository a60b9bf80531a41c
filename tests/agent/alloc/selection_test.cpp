// SPDX-License-Identifier: Apache-2.0
//
// Who the global allocator is, once the linker and the loader have had their say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/agent/alloc/compiler.h"

namespace heaptap {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const std::string kSymbol = "heaptap_error_only_one_GLOBAL_ALLOCATOR_may_be_defined";

/// Prints what the global allocator of the program is, and what one block from Heap and one from new cost it.
const std::string kProgram = R"(
#include <heaptap/alloc.h>
#include <cstdio>
extern long g_blocks __attribute__((weak));
const char* inLibrary() __attribute__((weak));
int main() {
  const auto* const selected = heaptap::detail::selectedAllocator();
  std::printf("%s", selected == nullptr ? "System" : selected->type);
  const long before = &g_blocks == nullptr ? 0 : g_blocks;
  void* const block = heaptap::alloc(heaptap::Layout::of<int>());
  void* const other = ::operator new(4);
  std::printf(" %ld", &g_blocks == nullptr ? 0 : g_blocks - before);
  heaptap::dealloc(block, heaptap::Layout::of<int>());
  ::operator delete(other);
  std::printf(" %ld", &g_blocks == nullptr ? 0 : g_blocks - before);
  if (&inLibrary != nullptr) std::printf(" %s", inLibrary());
  std::puts("");
}
)";

/// Defines a global allocator of type NAME that counts its blocks in g_blocks.
std::string definition(const std::string& name) {
  return R"(
#include <heaptap/alloc.h>
long g_blocks;
struct NAME : heaptap::System {
  void* alloc(heaptap::Layout layout) const noexcept { ++g_blocks; return System::alloc(layout); }
  void dealloc(void* block, heaptap::Layout layout) const noexcept { --g_blocks; System::dealloc(block, layout); }
  void deallocUnsized(void* block) const noexcept { --g_blocks; System::deallocUnsized(block); }
};
HEAPTAP_GLOBAL_ALLOCATOR()" +
         name + "_ALLOCATOR, " + name + "){};\n#define NAME " + name + "\n";
}

class Selection : public test::WithCompiler {
 protected:
  void SetUp() override {
    WithCompiler::SetUp();
    if (IsSkipped()) return;
    compiler().write("program.cpp", kProgram);
    for (const std::string name : {"One", "Other"}) {
      std::string source = definition(name);
      for (std::size_t at; (at = source.find("struct NAME")) != std::string::npos;)
        source.replace(at + 7, 4, name);
      compiler().write(name + ".cpp", source);
    }
    compiler().write("library.cpp",
                     "#include <heaptap/alloc.h>\n"
                     "const char* inLibrary() {\n"
                     "  const auto* const selected = heaptap::detail::selectedAllocator();\n"
                     "  return selected == nullptr ? \"System\" : selected->type;\n"
                     "}\n");
  }

  /// What the program says.
  std::string said(const std::string& program) {
    const auto outcome = compiler().start(program);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    return outcome.out;
  }

  /// Expects the loader's check to end the process, and to name both definitions.
  void expectTwoAreRefused(const test::Outcome& outcome, const std::string& first,
                           const std::string& second) {
    EXPECT_EQ(outcome.status, 128 + 6) << "SIGABRT\n" << outcome.out << outcome.err;
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("heaptap: two global allocators in one process: One (One.cpp:"),
                                   HasSubstr("and Other (Other.cpp:"), HasSubstr(first), HasSubstr(second)));
  }
};
HEAPTAP_WITH_EACH_COMPILER(Selection);

TEST_P(Selection, IsSystemByDefault) {
  build("program", {"-O2", "program.cpp"});
  EXPECT_EQ(said("program"), "System 0 0\n");
}

TEST_P(Selection, IsTheOneThatIsDefined) {
  build("program", {"-O2", "program.cpp", "One.cpp"});
  EXPECT_EQ(said("program"), "One 2 0\n");
}

TEST_P(Selection, IsTheSameHoweverTheProgramIsBuilt) {
  build("whole", {"-O2", "-flto", "program.cpp", "One.cpp"});
  EXPECT_EQ(said("whole"), "One 2 0\n");
  build("fixed", {"-O2", "-fno-pie", "-no-pie", "program.cpp", "One.cpp"});
  EXPECT_EQ(said("fixed"), "One 2 0\n");
  build("hidden", {"-fvisibility=hidden", "-fno-exceptions", "-fno-rtti", "program.cpp", "One.cpp"});
  EXPECT_EQ(said("hidden"), "One 2 0\n");
  build("static", {"-static", "program.cpp", "One.cpp"});
  EXPECT_EQ(said("static"), "One 2 0\n");
}

TEST_P(Selection, OfTwoIsRefusedByTheLinker) {
  for (const char* const how : {"-O2", "-flto"}) {
    const auto outcome = compiler().run({how, "program.cpp", "One.cpp", "Other.cpp", "-o", "program"});
    EXPECT_NE(outcome.status, 0) << how;
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("multiple definition of"), HasSubstr(kSymbol))) << how;
  }
}

TEST_P(Selection, IsFoundInAnArchive) {
  build("One.o", {"-c", "One.cpp"});
  ASSERT_EQ(
      test::runProcess({.argv = {"ar", "rc", "libone.a", "One.o"}, .folder = compiler().folder()}).status, 0);
  build("program", {"program.cpp", "libone.a"});
  EXPECT_EQ(said("program"), "One 2 0\n") << "as it defines operator new, it is always needed";
}

TEST_P(Selection, OfTheProgramIsThatOfItsLibraries) {
  build("library.so", {"-shared", "-fPIC", "library.cpp"});
  build("program", {"program.cpp", "One.cpp", "-Wl,--no-as-needed", "./library.so"});
  EXPECT_EQ(said("program"), "One 2 0 One\n");
}

TEST_P(Selection, OfALibraryIsThatOfTheProgram) {
  build("library.so", {"-shared", "-fPIC", "One.cpp"});
  build("program", {"program.cpp", "-Wl,--no-as-needed", "./library.so"});
  EXPECT_EQ(said("program"), "One 2 0\n");
}

TEST_P(Selection, OfAProgramAndItsLibraryIsRefusedAtLoad) {
  build("library.so", {"-shared", "-fPIC", "library.cpp", "Other.cpp"});
  build("program", {"program.cpp", "One.cpp", "-Wl,--no-as-needed", "./library.so"});
  expectTwoAreRefused(compiler().start("program"), "/program)", "library.so)");
}

TEST_P(Selection, OfTwoLibrariesIsRefusedAtLoad) {
  build("one.so", {"-shared", "-fPIC", "One.cpp"});
  build("other.so", {"-shared", "-fPIC", "Other.cpp"});
  build("program", {"program.cpp", "-Wl,--no-as-needed", "./one.so", "./other.so"});
  expectTwoAreRefused(compiler().start("program"), "one.so", "other.so)");
}

TEST_P(Selection, OfALibraryWithItsOwnNamesIsRefusedAtLoad) {
  build("library.so", {"-shared", "-fPIC", "-Wl,-Bsymbolic", "library.cpp", "Other.cpp"});
  build("program", {"program.cpp", "One.cpp", "-Wl,--no-as-needed", "./library.so"});
  expectTwoAreRefused(compiler().start("program"), "/program)", "library.so)");
}

TEST_P(Selection, OfAPluginIsRefusedWhenItIsLoaded) {
  build("plugin.so", {"-shared", "-fPIC", "library.cpp", "Other.cpp"});
  compiler().write(
      "host.cpp",
      "#include <dlfcn.h>\n#include <cstdio>\n"
      "int main() { if (dlopen(\"./plugin.so\", RTLD_NOW) == nullptr) std::puts(dlerror()); }\n");
  build("host", {"host.cpp", "One.cpp", "-Wl,--export-dynamic-symbol=" + kSymbol});
  expectTwoAreRefused(compiler().start("host"), "/host)", "plugin.so)");
}

}  // namespace
}  // namespace heaptap
