#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""debug_server.py MODE FILE: a server of debuginfod's protocol on the loopback, for tests.

MODE is `honest`: FILE is served under its own build id, which FILE.id holds; `lying`: under every id; `silent`: a
request is taken, and never answered; `slow`: the first bytes come, and then none. Prints its port, then each request.
"""
import http.server
import sys
import threading


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        print(self.path, flush=True)
        mode, file = sys.argv[1], sys.argv[2]
        if mode == "silent":
            threading.Event().wait()
        wanted = open(file + ".id").read().strip()
        if mode == "honest" and self.path != f"/buildid/{wanted}/debuginfo":
            self.send_error(404)
            return
        content = open(file, "rb").read()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if mode == "slow":
            self.wfile.write(content[:100])
            self.wfile.flush()
            threading.Event().wait()
        self.wfile.write(content)

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_port, flush=True)
server.serve_forever()
