# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the GIR must and must not hold, for the sake of the languages that are made from it.

usage: check-gir.py ZmqGlib-1.0.gir GObject-2.0.gir
"""
import re
import sys
import xml.etree.ElementTree as ET

import tap

CORE = "{http://www.gtk.org/introspection/core/1.0}"
GLIB = "{http://www.gtk.org/introspection/glib/1.0}"
C = "{http://www.gtk.org/introspection/c/1.0}"
TYPES = ("class", "interface", "record", "enumeration", "bitfield", "callback", "alias", "union")
CALLABLES = ("function", "method", "constructor", "virtual-method", "callback")
VERSIONED = TYPES + ("function", "method", "constructor", "property", "constant")
# Languages other than C have nothing to do with these
UNWANTED_TYPES = {"GLib.List", "GLib.SList", "GLib.HashTable", "GLib.Array", "GLib.ByteArray"}
# What PyGObject and GJS put on every object beside the methods of GObject.Object
BINDING_NAMES = {"connect", "connect_after", "connect_object", "disconnect", "emit", "notify",
                 "props", "set_properties", "get_properties", "signal_connect"}
NAME = re.compile(r"^[a-z][a-z0-9_]*$")
DASHED = re.compile(r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")


def tag(element):
    return element.tag.replace(CORE, "").replace(GLIB, "")


def walk(element, path=()):
    """Every named element below, with the names that lead to it; no structs of classes."""
    for child in element:
        if child.get(GLIB + "is-gtype-struct-for"):
            continue
        name = child.get("name")
        here = path + (name,) if name and tag(child) != "parameter" else path
        yield child, here
        yield from walk(child, here)


def methods_of(path, wanted):
    root = ET.parse(path).getroot()
    return {method.get("name") for each in root.iter(CORE + "class") if each.get("name") == wanted
            for method in each.findall(CORE + "method")}


def check_shadows(namespace, base):
    reserved = methods_of(base, "Object") | BINDING_NAMES
    for each in namespace.findall(CORE + "class"):
        for method in each.findall(CORE + "method"):
            if method.get("name") in reserved:
                yield f"{each.get('name')}.{method.get('name')} hides one of GObject.Object's"


def check_since(namespace):
    for element, path in walk(namespace):
        if tag(element) in VERSIONED or element.tag == GLIB + "signal":
            if element.get("moved-to") or len(path) > 1 and tag(element) == "callback":
                continue
            if not element.get("version"):
                yield f"{tag(element)} {'.'.join(path)} has no Since:"


def check_documented(namespace):
    for element, path in walk(namespace):
        if tag(element) in VERSIONED + ("member",) or element.tag == GLIB + "signal":
            if element.find(CORE + "doc") is None and not element.get("moved-to"):
                if not (len(path) > 1 and tag(element) == "callback"):
                    yield f"{tag(element)} {'.'.join(path)} is not documented"


def check_internals(namespace):
    for element, path in walk(namespace):
        name = element.get("name") or ""
        identifier = element.get(C + "identifier") or ""
        if "private" in name.lower() or name.startswith("_"):
            yield f"{'.'.join(path)} is internal"
        if identifier and not identifier.lower().startswith("zmqg_"):
            yield f"{identifier} is not ours"


def check_names(namespace):
    for element, path in walk(namespace):
        pattern = None
        if tag(element) in ("method", "function", "constructor"):
            pattern = NAME
        elif tag(element) == "property" or element.tag == GLIB + "signal":
            pattern = DASHED
        if pattern and not pattern.match(element.get("name")):
            yield f"{tag(element)} {'.'.join(path)} is not a usual name"


def introspectable(element):
    return element.get("introspectable", "1") != "0" and not element.get("moved-to")


def check_types(namespace):
    for element, path in walk(namespace):
        if tag(element) not in CALLABLES or not introspectable(element):
            continue
        for used in element.iter(CORE + "type"):
            name = used.get("name")
            if name in UNWANTED_TYPES or name is None:
                yield f"{'.'.join(path)} speaks of {name}"
            if name == "gpointer" and tag(element) in ("method", "function"):
                owner = [parameter.get("name") for parameter in element.iter(CORE + "parameter")
                         if used in parameter.iter()]
                if not owner or not owner[0].endswith("data"):
                    yield f"{'.'.join(path)} has an untyped pointer"


def check_async(namespace):
    for owner in namespace.iter():
        names = {method.get("name") for method in owner.findall(CORE + "method")}
        for name in names:
            if name.endswith("_async") and name.removesuffix("_async") + "_finish" not in names:
                yield f"{owner.get('name')}.{name} has no _finish"


def main():
    namespace = ET.parse(sys.argv[1]).getroot().find(CORE + "namespace")
    plan = tap.Plan()
    plan.case("/gir/name", [] if namespace.get("name") == "ZmqGlib" else ["not ZmqGlib"])
    plan.case("/gir/version", [] if namespace.get("version") == "1.0" else ["not 1.0"])
    plan.case("/gir/shadows", check_shadows(namespace, sys.argv[2]))
    plan.case("/gir/since", check_since(namespace))
    plan.case("/gir/documented", check_documented(namespace))
    plan.case("/gir/internals", check_internals(namespace))
    plan.case("/gir/names", check_names(namespace))
    plan.case("/gir/types", check_types(namespace))
    plan.case("/gir/async", check_async(namespace))
    return plan.finish()


sys.exit(main())
