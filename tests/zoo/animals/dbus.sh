#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: D-Bus: a bus of its own, calls, an error; GLib
# packages: dbus-daemon dbus-bin libglib2.0-bin
# normalise: /\[[0-9]+\]: .*fd limit.*/limit/
dbus-run-session --config-file=/usr/share/dbus-1/session.conf -- bash -c '
  for i in $(seq 5); do gdbus call --session --dest org.freedesktop.DBus --object-path / --method org.freedesktop.DBus.NameHasOwner zoo; done
  dbus-send --session --print-reply=literal --dest=org.freedesktop.DBus / org.freedesktop.DBus.GetId | wc -w
  gdbus call --session --dest org.none --object-path / --method a.b 2>&1 | head -1 | cut -c1-40'
