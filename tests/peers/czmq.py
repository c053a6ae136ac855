# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Certificates as czmq sees them.

usage: czmq.py load PATH [NAME...]         prints the public key, the secret key and the metadata
       czmq.py save PATH [NAME=VALUE...]   prints the keys of a certificate it saves

Exits with status 77 where there is no czmq.
"""
import ctypes
import ctypes.util
import sys

MISSING = 77


def load_library():
    try:
        library = ctypes.CDLL(ctypes.util.find_library("czmq") or "libczmq.so.4")
    except OSError:
        sys.exit(MISSING)
    for name in ("zcert_new", "zcert_load"):
        getattr(library, name).restype = ctypes.c_void_p
    for name in ("zcert_public_txt", "zcert_secret_txt", "zcert_meta"):
        getattr(library, name).restype = ctypes.c_char_p
    return library


def main():
    command, path, *rest = sys.argv[1:]
    czmq = load_library()
    if command == "load":
        certificate = ctypes.c_void_p(czmq.zcert_load(path.encode()))
    else:
        certificate = ctypes.c_void_p(czmq.zcert_new())
        for entry in rest:
            name, value = entry.split("=", 1)
            czmq.zcert_set_meta(certificate, name.encode(), b"%s", value.encode())
        if czmq.zcert_save(certificate, path.encode()) != 0:
            sys.exit("could not save")
    if not certificate:
        sys.exit("could not load")
    print(czmq.zcert_public_txt(certificate).decode())
    print(czmq.zcert_secret_txt(certificate).decode())
    for name in rest if command == "load" else ():
        value = czmq.zcert_meta(certificate, name.encode())
        print("" if value is None else value.decode())


main()
