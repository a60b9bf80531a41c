# SPDX-License-Identifier: Apache-2.0
"""Fails each test of pytest in which an extension module leaks native memory.

    pytest --heaptap                      runs itself again below `heaptap run`, and checks each test that passes
    pytest --heaptap --heaptap-module _imaging

A test that has passed is run again: once to warm up, then as often as --heaptap-repeats says. What each of these
repetitions leaves behind, at one place of an extension module, is a leak. What the interpreter and the module make
once and keep (interned names, free lists, caches) does not come again with each repetition, and is none. Python's own
allocator would hide objects in arenas, so PYTHONMALLOC=malloc is set.
"""

import ctypes
import fnmatch
import gc
import os
import shutil
import sys
import sysconfig
from importlib.machinery import EXTENSION_SUFFIXES

import pytest
from _pytest.runner import CallInfo, runtestprotocol

UNRECORDED, KNOWN = 0, 1  # enum heaptap_leaks_status
LIVE = 1  # enum heaptap_span_question


class Leaks(ctypes.Structure):
    """struct heaptap_leaks of heaptap.h"""

    _fields_ = [("blocks", ctypes.c_uint64), ("bytes", ctypes.c_uint64), ("text", ctypes.c_char * 16385)]


class Recorder:
    """What records this process."""

    def __init__(self):
        library = ctypes.CDLL(None)
        self._begin = getattr(library, "heaptap_span_new", None)
        self._left = getattr(library, "heaptap_span_left", None)
        if self._begin is not None and self._left is not None:
            self._begin.restype = ctypes.c_uint32
            self._left.restype = ctypes.c_uint32
            self._left.argtypes = [ctypes.c_uint32, ctypes.c_uint32, ctypes.c_void_p, ctypes.POINTER(Leaks)]
        self._leaks = Leaks()

    def is_there(self):
        return self._begin is not None and self._left is not None and self.begin() != 0

    def begin(self):
        return self._begin()

    def live(self, span):
        """Places of which blocks of the span are live, as (bytes, blocks, [(function, file, line, module)…])."""
        status = self._left(span, LIVE, None, ctypes.byref(self._leaks))
        text = self._leaks.text.decode("utf-8", "replace")
        if status != KNOWN:
            raise RuntimeError(text or "this process is not recorded")
        places = []
        for part in text.split("\n\n"):
            lines = part.strip("\n").split("\n")
            if lines[0]:
                size, count = lines[0].split(" ")
                places.append((int(size), int(count), [tuple((line + "\t\t\t").split("\t")[:4]) for line in lines[1:]]))
        return places


def extension_modules(patterns, matched):
    """Paths of the extension modules that are loaded and checked. Adds to `matched` the patterns that name one."""
    library = os.path.realpath(sysconfig.get_path("platstdlib"))
    packages = {os.path.realpath(sysconfig.get_path(name)) for name in ("purelib", "platlib")}
    checked = set()
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if not isinstance(file, str) or not file.endswith(tuple(EXTENSION_SUFFIXES)):
            continue
        path = os.path.realpath(file)
        is_pythons = path.startswith(library + os.sep) and not any(path.startswith(each + os.sep) for each in packages)
        naming = [each for each in patterns if fnmatch.fnmatch(name, each)]
        matched.update(naming)
        if naming if patterns else not is_pythons:
            checked.add(path)
    return checked


def called_from_python(stack, modules):
    """The part of a stack that a call from Python into one of the modules has made, innermost first; may be empty."""
    last = 0
    for at, (function, _, _, module) in enumerate(stack):
        if function.startswith("_PyEval_EvalFrame"):
            break
        if os.path.realpath(module) in modules:
            last = at + 1
    return stack[:last]


def amount(count, one, more):
    return "%d %s" % (count, one if count == 1 else more)


def words(places, repeats):
    text = "leaks native memory: so much is left of %d repetitions of this test\n" % repeats
    for size, count, stack in places:
        text += "  %s in %s, allocated by\n" % (amount(size, "byte", "bytes"), amount(count, "block", "blocks"))
        for function, file, line, module in stack:
            where = "  %s:%s" % (file, line) if file else ""
            text += "    %s%s\n" % (function or "code in %s" % os.path.basename(module), where)
    return text.rstrip("\n")


class Plugin:
    def __init__(self, config, recorder):
        self._recorder = recorder
        self._patterns = config.getoption("heaptap_module")
        self._repeats = config.getoption("heaptap_repeats")
        self._checked = 0
        self._unknown = {}
        self._matched = set()

    def pytest_report_header(self):
        which = ", ".join(self._patterns) if self._patterns else "all but Python's own"
        return "heaptap: leaks of extension modules (%s), %d repetitions" % (which, self._repeats)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item, nextitem):
        hooks = item.ihook
        hooks.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        reports = runtestprotocol(item, log=False, nextitem=item.parent)
        told = self._leaks_of(item) if self._has_passed(reports) else None
        # Until here only fixtures of the test itself are gone.
        state = item.session._setupstate
        last = CallInfo.from_call(lambda: state.teardown_exact(nextitem), when="teardown")
        if last.excinfo is not None:
            reports = [each for each in reports if each.when != "teardown"]
            reports.append(hooks.pytest_runtest_makereport(item=item, call=last))
        for report in reports:
            if told and report.when == "call":
                report.outcome = "failed"
                report.longrepr = told
            hooks.pytest_runtest_logreport(report=report)
        hooks.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    @staticmethod
    def _has_passed(reports):
        return any(each.when == "call" for each in reports) and all(
            each.passed and not hasattr(each, "wasxfail") for each in reports
        )

    def _leaks_of(self, item):
        """What the test leaks, in words; None: nothing, or that is not known."""
        modules = extension_modules(self._patterns, self._matched)
        if not modules:
            return None
        span = 0
        for repetition in range(self._repeats + 1):
            if repetition == 1:
                gc.collect()
                span = self._recorder.begin()
            if not self._has_passed(runtestprotocol(item, log=False, nextitem=item.parent)):
                self._unknown[item.nodeid] = "it does not pass when it is run again"
                return None
        gc.collect()
        try:
            places = self._recorder.live(span)
        except RuntimeError as error:
            self._unknown[item.nodeid] = str(error)
            return None
        self._checked += 1
        leaks = []
        for size, count, stack in places:
            part = called_from_python(stack, modules)
            if part and count >= self._repeats:
                leaks.append((size, count, part))
        return words(leaks, self._repeats) if leaks else None

    def pytest_terminal_summary(self, terminalreporter):
        for test, why in self._unknown.items():
            terminalreporter.write_line("heaptap: not known whether %s leaks: %s" % (test, why))
        for pattern in self._patterns:
            if pattern not in self._matched:
                terminalreporter.write_line("heaptap: --heaptap-module %s: no extension module was loaded that is called so" % pattern)
        terminalreporter.write_line("heaptap: %s checked for leaks" % amount(self._checked, "test was", "tests were"))


def pytest_addoption(parser):
    group = parser.getgroup("heaptap", "leaks of extension modules")
    group.addoption("--heaptap", action="store_true", help="Fail tests in which an extension module leaks")
    group.addoption(
        "--heaptap-module",
        action="append",
        default=[],
        metavar="PATTERN",
        help="Which modules, by their names in sys.modules; may be repeated [all but Python's own]",
    )
    group.addoption("--heaptap-repeats", type=int, default=5, metavar="N", help="How often a test is repeated [5]")
    group.addoption("--heaptap-program", metavar="FILE", help="The program heaptap [of this installation, or in PATH]")


def program_of(config):
    given = config.getoption("heaptap_program") or os.environ.get("HEAPTAP_PROGRAM")
    beside = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..", "..", "bin", "heaptap")
    found = given or (os.path.normpath(beside) if os.access(beside, os.X_OK) else shutil.which("heaptap"))
    if not found:
        raise pytest.UsageError("heaptap was not found; name it: --heaptap-program FILE")
    return found


def run_again(config):
    """Replaces this process by one that is recorded."""
    environment = dict(os.environ, PYTHONMALLOC="malloc", HEAPTAP_PYTEST="1")
    command = [program_of(config), "run", "-q", "--force", "-o", "pytest.heaptap", "--"]
    command += [sys.executable, "-m", "pytest", *map(str, config.invocation_params.args)]
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        os.execve(command[0], command, environment)
    except OSError as error:
        raise pytest.UsageError("cannot run %s: %s" % (command[0], error.strerror)) from error


@pytest.hookimpl(trylast=True)
def pytest_configure(config):
    if not config.getoption("heaptap"):
        return
    if config.getoption("heaptap_repeats") < 2:
        raise pytest.UsageError("--heaptap-repeats takes 2 or more")
    recorder = Recorder()
    if recorder.is_there():
        if os.environ.get("PYTHONMALLOC") not in ("malloc", "malloc_debug"):
            raise pytest.UsageError("Python's own allocator hides its objects; set PYTHONMALLOC=malloc")
        config.pluginmanager.register(Plugin(config, recorder), "heaptap-leaks")
    elif os.environ.get("HEAPTAP_PYTEST"):
        raise pytest.UsageError("heaptap does not record this process; heaptap doctor says why")
    elif not config.getoption("help", False):
        capture = config.pluginmanager.getplugin("capturemanager")
        if capture is not None:
            capture.suspend_global_capture(in_=True)
        run_again(config)
