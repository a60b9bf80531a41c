#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: OpenSSL: keys, a certificate, a TLS server and a client on the loopback
# packages: openssl curl
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 9 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout k.pem -out c.pem 2>/dev/null
openssl genrsa 2048 2>/dev/null | openssl rsa -noout -check 2>&1
seq 10000 >t.txt; openssl enc -aes-256-cbc -pbkdf2 -k z -in t.txt | openssl enc -d -aes-256-cbc -pbkdf2 -k z | sha256sum
openssl s_server -quiet -accept 127.0.0.1:18443 -key k.pem -cert c.pem -WWW >/dev/null 2>&1 &
until curl -s --cacert c.pem -o /dev/null https://127.0.0.1:18443/t.txt; do sleep 0.05; done
curl -s --cacert c.pem https://127.0.0.1:18443/t.txt | sha256sum
kill %1; wait %1; echo "server $?"
