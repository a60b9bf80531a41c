// SPDX-License-Identifier: Apache-2.0
//
// Mistakes that the compiler tells: the message, and that it names the type and the member.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/agent/alloc/compiler.h"

namespace heaptap {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const std::string kBegin = R"(
#include <heaptap/alloc.h>
#include <heaptap/alloc/malloc_family.h>
using heaptap::Layout;
struct Good {
  void* alloc(Layout layout) const noexcept { return heaptap::System().alloc(layout); }
  void dealloc(void* block, Layout layout) const noexcept { heaptap::System().dealloc(block, layout); }
  void deallocUnsized(void* block) const noexcept { heaptap::System().deallocUnsized(block); }
  std::size_t usableSizeUnsized(const void* block) const noexcept { return heaptap::System().usableSizeUnsized(block); }
};
template <class A> void use(const A& a) { heaptap::AllocatorTraits<const A>::dealloc(a, nullptr, Layout::of<int>()); }
)";
const std::string kSelect = "HEAPTAP_GLOBAL_ALLOCATOR(ALLOCATOR, Bad){};\n";

class RefusedProgram : public test::WithCompiler {
 protected:
  /// What the compiler says about a program that it must refuse.
  std::string messageFor(const std::string& program) {
    compiler().write("program.cpp", kBegin + program + "int main() {}\n");
    const auto outcome = compiler().run({"-fsyntax-only", "-w", "program.cpp"});
    EXPECT_EQ(outcome.status, 1) << program << outcome.err;
    return outcome.err;
  }
};
HEAPTAP_WITH_EACH_COMPILER(RefusedProgram);

TEST_P(RefusedProgram, IsNoneWithoutAMistake) {
  compiler().write("program.cpp", kBegin + "using Bad = Good;\n" + kSelect + "int main() { use(Good()); }\n");
  const auto outcome = compiler().run({"-fsyntax-only", "-Wall", "-Wextra", "-Werror", "program.cpp"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
}

TEST_P(RefusedProgram, LacksARequiredMember) {
  EXPECT_THAT(messageFor("struct Bad { void* alloc(Layout) const noexcept; };\n" + kSelect),
              AllOf(HasSubstr("heaptap: not a global allocator"), HasSubstr("Bad"), HasSubstr("dealloc")));
}

TEST_P(RefusedProgram, HasARequiredMemberThatMayThrow) {
  EXPECT_THAT(messageFor("struct Bad : Good { void* alloc(Layout) const; };\n" + kSelect),
              AllOf(HasSubstr("heaptap: not a global allocator"), HasSubstr("Bad"), HasSubstr("noexcept")));
}

TEST_P(RefusedProgram, HasARequiredMemberThatChangesTheAllocator) {
  EXPECT_THAT(messageFor("struct Bad : Good { void* alloc(Layout) noexcept; };\n" + kSelect),
              AllOf(HasSubstr("heaptap: not a global allocator"), HasSubstr("Bad"), HasSubstr("const")));
}

TEST_P(RefusedProgram, HasARequiredMemberOfAnotherType) {
  EXPECT_THAT(messageFor("struct Bad : Good { char* alloc(Layout) const noexcept; };\n" + kSelect),
              AllOf(HasSubstr("heaptap: not a global allocator"), HasSubstr("Bad"), HasSubstr("alloc")));
}

struct Mistyped {
  const char* member;
  const char* declaration;
};
const Mistyped kMistyped[] = {
    {"allocZeroed", "void* allocZeroed(std::size_t) const noexcept;"},
    {"realloc", "void* realloc(void*, std::size_t) const noexcept;"},
    {"realloc", "void* realloc(void*, Layout, std::size_t) noexcept;"},
    {"realloc", "void realloc(int) const; void realloc(char) const;"},
    {"usableSize", "int usableSize(const void*, Layout) const noexcept;"},
    {"growInPlace", "bool growInPlace(void*, Layout, std::size_t) const;"},
    {"shrinkInPlace", "void* shrinkInPlace(void*, Layout, std::size_t) const noexcept;"},
    {"owns", "bool owns(void*) const noexcept;"},
    {"deallocUnsized", "void deallocUnsized(void*, int) const noexcept;"},
    {"usableSizeUnsized", "int usableSizeUnsized(const void*) const noexcept;"},
    {"reallocUnsized", "void* reallocUnsized(void*) const noexcept;"},
};

TEST_P(RefusedProgram, HasAMistypedMember) {
  std::string program;
  const auto nameOf = [](std::size_t i) { return "Bad" + std::to_string(i) + "th"; };
  for (std::size_t i = 0; i < std::size(kMistyped); ++i) {
    program += "struct " + nameOf(i) + " : Good { " + kMistyped[i].declaration + " };\n";
    program += "void f" + std::to_string(i) + "() { use(" + nameOf(i) + "()); }\n";
  }
  const std::string message = messageFor(program);
  for (std::size_t i = 0; i < std::size(kMistyped); ++i) {
    const std::string member = kMistyped[i].member;
    // On one line, or the type in the line before: "In instantiation of …<const Bad0th>".
    EXPECT_THAT(message,
                testing::ContainsRegex(nameOf(i) + "[^\n]*\n?([^\n]*\n){0,3}[^\n]*heaptap: mistyped member " +
                                       member + "; expected: "))
        << kMistyped[i].declaration;
  }
}

TEST_P(RefusedProgram, InitialisesTheGlobalAllocatorTooLate) {
  EXPECT_THAT(
      messageFor("int later();\nstruct Bad : Good { Bad() : value(later()) {} int value; };\n" + kSelect),
      AllOf(HasSubstr("ALLOCATOR"), testing::AnyOf(HasSubstr("does not have a constant initializer"),
                                                   HasSubstr("does not have a constant"))));
}

TEST_P(RefusedProgram, SelectsWhatEndsBeforeTheProgram) {
  EXPECT_THAT(messageFor("struct Bad : Good { ~Bad(); };\n" + kSelect),
              AllOf(HasSubstr("wrap it in heaptap::NeverDestroyed<>"), HasSubstr("Bad")));
}

TEST_P(RefusedProgram, SelectsWhatMustBeToldSizes) {
  EXPECT_THAT(messageFor("struct Bad { void* alloc(Layout) const noexcept; void dealloc(void*, Layout) const "
                         "noexcept; };\n" +
                         kSelect),
              AllOf(HasSubstr("wrap it in heaptap::Headered<>"), HasSubstr("Bad")));
}

TEST_P(RefusedProgram, SelectsTwoInOneFile) {
  EXPECT_THAT(
      messageFor("HEAPTAP_GLOBAL_ALLOCATOR(ONE, Good){};\nHEAPTAP_GLOBAL_ALLOCATOR(OTHER, Good){};\n"),
      AllOf(HasSubstr("redefinition of"),
            HasSubstr("heaptap_error_only_one_GLOBAL_ALLOCATOR_may_be_defined")));
}

TEST_P(RefusedProgram, MakesTheGlobalAllocatorOfItself) {
  EXPECT_THAT(messageFor("using Bad = heaptap::NeverDestroyed<heaptap::Heap>;\n" + kSelect),
              HasSubstr("heaptap: Heap forwards to the global allocator"));
}

TEST_P(RefusedProgram, RoutesMallocToWhatCallsIt) {
  EXPECT_THAT(messageFor("template <class A, class B> struct Pair : Good {};\n"
                         "HEAPTAP_GLOBAL_ALLOCATOR(ALLOCATOR, Pair<Good, heaptap::System>){};\n"
                         "HEAPTAP_ROUTE_MALLOC(ALLOCATOR);\n"),
              HasSubstr("use heaptap::RawSystem"));
}

TEST_P(RefusedProgram, AsksAnAllocatorForWhatItCannotTell) {
  EXPECT_THAT(messageFor("bool f(const Good& a) { return heaptap::AllocatorTraits<const Good>::owns(a, &a, "
                         "Layout::of<Good>()); }\n"),
              HasSubstr("owns"));
}

TEST_P(RefusedProgram, WritesALayoutThatIsNone) {
  EXPECT_THAT(messageFor("constexpr Layout kOdd = Layout::fromUnchecked(8, 3);\n"),
              HasSubstr("isValid(size, align)"));
}

}  // namespace
}  // namespace heaptap
