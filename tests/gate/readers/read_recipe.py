# SPDX-License-Identifier: Apache-2.0
"""Prints a recipe of docs/ci.md: read_recipe.py PAGE NAME. Of those for GitHub and GitLab the commands, one after the
other, each ended by a NUL; of others the text."""

import re
import sys

import yaml

page, name = sys.argv[1:]
with open(page, encoding="utf-8") as file:
    found = re.findall(r"<!-- test: %s -->\n```\w*\n(.*?)```" % re.escape(name), file.read(), re.S)
if len(found) != 1:
    sys.exit("%s has %d recipes called %s" % (page, len(found), name))
text = found[0]
commands = []
if name == "github":
    for job in yaml.safe_load(text)["jobs"].values():
        commands += [step["run"] for step in job["steps"] if "run" in step]
elif name == "gitlab":
    for job in yaml.safe_load(text).values():
        commands += job["script"]
else:
    sys.stdout.write(text)
for command in commands:
    sys.stdout.write(command + "\0")
