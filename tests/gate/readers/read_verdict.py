#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads a verdict as its own readers do, strictly: `read_verdict.py FORMAT FILE`.

Prints what it has understood, as JSON: {"violations": N, "checks": N or null, "places": ["file:line", ...]}.
"""
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree


def fail(what):
    sys.exit(what)


def sarif(text):
    import jsonschema

    document = json.loads(text)
    with open(os.path.join(os.path.dirname(__file__), "sarif.schema.json")) as file:
        jsonschema.Draft7Validator(json.load(file)).validate(document)
    run = document["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    places = []
    for result in run["results"]:
        if rules[result["ruleIndex"]] != result["ruleId"]:
            fail("ruleIndex and ruleId disagree")
        for location in result.get("locations", []):
            physical = location.get("physicalLocation")
            if physical:
                line = physical.get("region", {}).get("startLine", 0)
                places.append("%s:%d" % (physical["artifactLocation"]["uri"], line))
    return {"violations": len(run["results"]), "checks": None, "places": places}


def junit(text):
    """By a schema, and by a reader of others: what it counts must be what the document says."""
    import junitparser

    folder = os.path.dirname(os.path.abspath(__file__))
    judged = subprocess.run(
        ["xmllint", "--noout", "--nonet", "--huge", "--schema", os.path.join(folder, "junit.xsd"), sys.argv[2]],
        stderr=subprocess.PIPE,
    )
    if judged.returncode != 0:
        fail("junit.xsd: " + judged.stderr.decode(errors="replace")[:2000])
    suites = list(junitparser.JUnitXml.fromfile(sys.argv[2], parse_func=parse_any_size))
    cases = [case for suite in suites for case in suite]
    failed = [case for case in cases if any(isinstance(one, junitparser.Failure) for one in case.result)]
    root = xml.etree.ElementTree.fromstring(text)
    if int(root.get("tests")) != len(cases) or int(root.get("failures")) != len(failed):
        fail("the sums are wrong")
    for suite in suites:
        said = (suite.tests, suite.failures, suite.errors, suite.skipped)
        suite.update_statistics()
        if said != (suite.tests, suite.failures, suite.errors, suite.skipped):
            fail("the sums of a suite are wrong")
    return {"violations": len(failed), "checks": len(cases), "places": []}


def parse_any_size(file):
    """lxml, where it is installed, has limits for what it does not trust."""
    return xml.etree.ElementTree.parse(file)


def gitlab(text):
    """By docs.gitlab.com, "Code Quality report format"."""
    report = json.loads(text)
    places = []
    for one in report:
        if set(one) != {"description", "check_name", "fingerprint", "severity", "location"}:
            fail("keys: %s" % sorted(one))
        if one["severity"] not in ("info", "minor", "major", "critical", "blocker"):
            fail("severity")
        path = one["location"]["path"]
        if path.startswith(("/", "./")):
            fail("the path is not relative: " + path)
        places.append("%s:%d" % (path, one["location"]["lines"]["begin"]))
    if len({one["fingerprint"] for one in report}) != len(report):
        fail("fingerprints are not unique")
    return {"violations": len(report), "checks": None, "places": places}


def github(text):
    """By the runner's own rules: a line each, `::command key=value,…::message`, with %XX for what has a meaning."""
    places = []
    violations = 0
    for line in text.split("\n")[:-1]:
        match = re.fullmatch(r"::(error|notice) ([^\r]*?)::(.*)", line)
        if not match:
            fail("no command: " + line[:200])
        properties = dict(each.split("=", 1) for each in match.group(2).split(","))
        if not set(properties) <= {"file", "line", "title"}:
            fail("properties: %s" % sorted(properties))
        if match.group(1) == "error":
            violations += 1
            if "file" in properties:
                places.append("%s:%s" % (properties["file"], properties.get("line", 0)))
    return {"violations": violations, "checks": None, "places": places}


def main():
    with open(sys.argv[2], encoding="utf-8", newline="") as file:
        text = file.read()
    print(json.dumps({"sarif": sarif, "junit": junit, "gitlab": gitlab, "github": github}[sys.argv[1]](text)))


main()
