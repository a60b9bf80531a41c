// SPDX-License-Identifier: Apache-2.0
//
// pytest --heaptap over an extension module.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/agent/listeners/listened.h"

namespace heaptap {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Pytest : public testing::Test {
 protected:
  test::Outcome run(std::vector<std::string> arguments, test::Listened::Environment environment = {}) const {
    environment.insert({{"PYTHONPATH", std::string(HEAPTAP_PYTEST_FOLDER) + ":" + PYTHON_MODULES},
                        {"PYTHONDONTWRITEBYTECODE", "1"},
                        {"HEAPTAP_PROGRAM", HEAPTAP_COMMAND}});
    arguments.insert(arguments.begin(), {HEAPTAP_SYSTEM_PYTHON, "-m", "pytest", "-p", "no:cacheprovider"});
    return m_listened.runPlain(arguments, environment);
  }
  std::string tests(const std::string& text) const {
    return m_listened.folder().write("test_here.py", "import pixels, pytest\n\n" + text).string();
  }
  test::Listened m_listened;
  const std::string m_example = std::string(PYTHON_EXAMPLE) + "/test_pixels.py";
};

TEST_F(Pytest, FailsTheTestsInWhichAModuleLeaksAndNoOthers) {
  const auto outcome = run({"--heaptap", m_example});
  EXPECT_EQ(outcome.status, 1) << outcome.out << outcome.err;
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("2 failed, 2 passed"), HasSubstr("FAILED"),
                    HasSubstr("test_of_dark_pixels_which_leaks"), HasSubstr("test_of_names_which_leaks"),
                    HasSubstr("500 bytes in 5 blocks, allocated by"), HasSubstr("brightness"),
                    HasSubstr("pixels.c:"), HasSubstr("heaptap: 4 tests were checked for leaks")));
  EXPECT_THAT(outcome.out, Not(HasSubstr("FAILED ../test_pixels.py::test_of_a_table")));
}

TEST_F(Pytest, WithoutTheOptionRunsAsEver) {
  const auto outcome = run({m_example});
  EXPECT_EQ(outcome.status, 0) << outcome.out;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("4 passed"), Not(HasSubstr("heaptap:"))));
}

TEST_F(Pytest, LoadedByNameIsThereOnce) {
  EXPECT_THAT(run({"-p", "heaptap_pytest", "--heaptap", m_example}).out, HasSubstr("2 failed, 2 passed"));
}

/// docs/ci.md: the ways to have the plugin without a variable of the environment.
TEST_F(Pytest, IsFoundByAPathFileOfAnEnvironment) {
  const std::string made = (m_listened.folder() / "venv").string();
  const auto created = m_listened.runPlain(
      {HEAPTAP_SYSTEM_PYTHON, "-m", "venv", "--system-site-packages", "--without-pip", made});
  ASSERT_EQ(created.status, 0) << created.out << created.err;
  const auto linked = m_listened.runPlain({"sh", "-e", "-c",
                                           "echo \"$2\" > \"$($1/bin/python -c 'import sysconfig; "
                                           "print(sysconfig.get_path(\"purelib\"))')/heaptap.pth\"",
                                           "sh", made, HEAPTAP_PYTEST_FOLDER});
  ASSERT_EQ(linked.status, 0) << linked.err;
  const auto outcome = m_listened.runPlain(
      {made + "/bin/python", "-m", "pytest", "-p", "no:cacheprovider", "--heaptap", m_example},
      {{"PYTHONPATH", PYTHON_MODULES},
       {"PYTHONDONTWRITEBYTECODE", "1"},
       {"HEAPTAP_PROGRAM", HEAPTAP_COMMAND}});
  EXPECT_THAT(outcome.out, HasSubstr("2 failed, 2 passed")) << outcome.err;
}

TEST_F(Pytest, ChecksTheModulesThatAreNamed) {
  const auto others =
      run({"--heaptap", "--heaptap-module", "others*", "--heaptap-module", "pixels2", m_example});
  EXPECT_EQ(others.status, 0);
  EXPECT_THAT(others.out, AllOf(HasSubstr("heaptap: --heaptap-module others*: no extension module"),
                                HasSubstr("-module pixels2: no")));
  const auto named =
      run({"--heaptap", "--heaptap-module", "pix*", m_example + "::test_of_dark_pixels_which_leaks"});
  EXPECT_EQ(named.status, 1);
  EXPECT_THAT(named.out, AllOf(HasSubstr("heaptap: 1 test was checked for leaks"),
                               Not(HasSubstr("no extension module"))));
}

TEST_F(Pytest, PythonsOwnCachesAreNoLeaks) {
  const std::string file = tests(R"(import re, json, decimal, collections, itertools
kept = []

class Thing:
    def __init__(self): self.me = self

def test_caches():
    re.compile("a+b*c" * 3).match("abc")
    json.loads(json.dumps({str(i): [i, i / 3] for i in range(300)}))
    decimal.Decimal(1) / decimal.Decimal(3)
    [Thing() for _ in range(100)]

def test_what_python_keeps():
    kept.append([object() for _ in range(10)])
    pixels.palette()

def test_exceptions():
    with pytest.raises(TypeError):
        pixels.brightness("text")

@pytest.fixture(scope="module")
def module_things():
    yield [1, 2, 3]
    assert pixels.brightness(1, 1) == 1

def test_with_fixtures(module_things, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("text")
    assert module_things == [1, 2, 3]
)");
  const auto outcome = run({"--heaptap", file});
  EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("4 passed"), HasSubstr("heaptap: 4 tests were checked")));
}

TEST_F(Pytest, TestsThatDoNotPassAreAsTheyWere) {
  const std::string file = tests(R"(
times = []

def test_fails(): assert pixels.brightness(1, 1) == 2
def test_skips(): pytest.skip("not today")
@pytest.mark.xfail
def test_is_expected_to_fail(): assert False
def test_passes_once():
    times.append(1)
    assert len(times) == 1
@pytest.fixture
def broken():
    yield
    raise RuntimeError("teardown")
def test_with_a_broken_fixture(broken): pass
)");
  const auto outcome = run({"--heaptap", file});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("1 failed, 2 passed, 1 skipped, 1 xfailed, 1 error"),
                                 HasSubstr("test_passes_once leaks: it does not pass when it is run again")))
      << outcome.err;
}

TEST_F(Pytest, FixturesOfAModuleAreTornDownOnce) {
  const std::string file = tests(R"(
events = []

@pytest.fixture(scope="module", autouse=True)
def whole():
    events.append("setup")
    yield
    events.append("teardown")
    print("\nevents:", events.count("setup"), events.count("teardown"))

def test_one(): pass
def test_two(): pass
)");
  EXPECT_THAT(run({"--heaptap", "-s", file}).out, HasSubstr("events: 1 1"));
}

TEST_F(Pytest, SaysWhatIsWrong) {
  const auto missing = run({"--heaptap", "--heaptap-program", "/no/such/heaptap", m_example});
  EXPECT_EQ(missing.status, 4);
  EXPECT_THAT(missing.err, HasSubstr("cannot run /no/such/heaptap"));
  EXPECT_EQ(run({"--heaptap", "--heaptap-repeats", "1", m_example}).status, 4);
  const auto hidden =
      m_listened.run({HEAPTAP_SYSTEM_PYTHON, "-m", "pytest", "--heaptap", m_example}, {},
                     {{"PYTHONPATH", std::string(HEAPTAP_PYTEST_FOLDER) + ":" + PYTHON_MODULES},
                      {"PYTHONDONTWRITEBYTECODE", "1"}});
  EXPECT_EQ(hidden.status, 4);
  EXPECT_THAT(hidden.err, HasSubstr("set PYTHONMALLOC=malloc"));
}

}  // namespace
}  // namespace heaptap
