#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Write linux/levee.h, with its kernel-doc, from the specification levee.yaml.

usage: header.py SPEC >HEADER
"""
import sys
import textwrap

import yaml


def wrap(text, first, rest):
    """Fold one kernel-doc sentence at 80 columns."""
    return textwrap.fill(" ".join(text.split()), 78, initial_indent=first,
                         subsequent_indent=rest, break_on_hyphens=False,
                         break_long_words=False)


def ident(*words):
    return "_".join(words).replace("-", "_").upper()


def enum(name, prefix, doc, entries, first, tail):
    """Print one enum: entries are (name, doc), tail are verbatim lines."""
    print("/**")
    print(wrap(f"enum {name} - {doc}", " * ", " *\t"))
    for entry, text in entries:
        label = f" * @{ident(prefix, entry)}:"
        print(wrap(text, label + " ", " *\t") if text else label)
    for line in tail:
        print(f" * @{line.split(' ')[0]}: private")
    print(" */")
    print(f"enum {name} {{")
    for number, (entry, _) in enumerate(entries):
        start = f" = {first}" if number == 0 and first is not None else ""
        print(f"\t{ident(prefix, entry)}{start},")
    for line in tail:
        print(f"\t{line},")
    print("};")
    print()


def definition(spec, item):
    family = spec["name"]
    if item["type"] == "const":
        print(wrap(item["doc"], "/* ", " * ") + " */")
        print(f"#define {ident(family, item['name'])} {item['value']}")
        print()
        return
    entries = [(e["name"], e.get("doc", "")) for e in item["entries"]]
    name = ident(family, item["name"])
    if item["type"] == "flags":
        print("/**")
        print(wrap(f"enum {name.lower()} - {item['doc']}", " * ", " *\t"))
        for entry, text in entries:
            print(wrap(text, f" * @{ident(name, entry)}: ", " *\t"))
        print(" */")
        print(f"enum {name.lower()} {{")
        for bit, (entry, _) in enumerate(entries):
            print(f"\t{ident(name, entry)} = {1 << bit},")
        print("};")
        print()
        return
    last = f"__{name}_MAX"
    enum(name.lower(), name, item["doc"], entries, 0, [last])
    print(f"#define {name}_MAX ({last} - 1)")
    print()


def attribute_set(spec, item):
    prefix = ident(spec["name"], "a", item["name"])
    entries = []
    for attr in item["attributes"]:
        text = attr.get("doc", "")
        kind = attr["type"]
        if attr.get("enum"):
            kind += f", enum {ident(spec['name'], attr['enum']).lower()}"
        if attr.get("nested-attributes"):
            kind += f" of {ident(spec['name'], 'a', attr['nested-attributes'])}"
        if attr.get("multi-attr"):
            kind += ", repeated"
        if kind == "pad":
            text, kind = "Alignment of 64-bit attributes.", ""
        entries.append((attr["name"], f"({kind}) {text}" if kind else text))
    doc = item.get("doc", f"Attributes of a {item['name']}.")
    enum(prefix.lower(), prefix, doc, entries, 1, [f"__{prefix}_MAX"])
    print(f"#define {prefix}_MAX (__{prefix}_MAX - 1)")
    print()


def operations(spec):
    prefix = ident(spec["name"], "cmd")
    entries = [(o["name"], o["doc"]) for o in spec["operations"]["list"]]
    enum(prefix.lower(), prefix, "Commands of the family.", entries, 1,
         [f"__{prefix}_MAX"])
    print(f"#define {prefix}_MAX (__{prefix}_MAX - 1)")
    print()


def main(path):
    with open(path, encoding="utf-8") as stream:
        spec = yaml.safe_load(stream)
    family = spec["name"]
    guard = ident("_uapi_linux", family, "h")
    print("/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */")
    print("/*")
    print(" * The generic netlink interface of levee; written from levee.yaml")
    print(" * by `make uapi`.")
    print(" */")
    print(f"#ifndef {guard}")
    print(f"#define {guard}")
    print()
    print(f'#define {ident(family, "family_name")} "{family}"')
    print(f"#define {ident(family, 'family_version')} {spec.get('version', 1)}")
    print()
    for item in spec.get("mcast-groups", {}).get("list", []):
        print(f'#define {ident(family, "mcgrp", item["name"])} "{item["name"]}"')
        print()
    for item in spec["definitions"]:
        definition(spec, item)
    for item in spec["attribute-sets"]:
        attribute_set(spec, item)
    operations(spec)
    print(f"#endif /* {guard} */")


if __name__ == "__main__":
    main(sys.argv[1])
