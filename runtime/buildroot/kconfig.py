"""Configures a tree: kconfig.py TREE NAME WANTED STANDING OUTPUT

WANTED and STANDING have lines of a .config; those of STANDING count if WANTED and the tree have no others. OUTPUT.own
gets the names of symbols that the tree defines. OUTPUT.config gets all symbols with a value. OUTPUT.json gets the symbols that the tree
defines, each with its place, value, active selects, and the condition that keeps it from being set, and the symbols of
WANTED that no file of the tree names.
"""

import json
import os
import re
import sys

import kconfiglib

tree, name, wanted, standing, output = sys.argv[1:6]
work = "/tmp/strux-kconfig"

# Symbols of Buildroot itself that hold for a Debian root filesystem with systemd and a C and C++ toolchain of glibc.
HOLD = re.compile(
    r"BR2_(TOOLCHAIN(?!_USES_(UCLIBC|MUSL)|_EXTERNAL|_BUILDROOT)\w*|USE_MMU|USE_WCHAR|ENABLE_LOCALE|INSTALL_LIBSTDCPP"
    r"|SHARED_LIBS|LINUX_KERNEL|INIT_SYSTEMD|PACKAGE_SYSTEMD|PACKAGE_HAS_(UDEV|LIBGBM|LIBEGL|LIBGLES)|HOST_GCC_AT_LEAST_\w+"
    r"|ROOTFS_MERGED_USR|ROOTFS_DEVICE_TABLE_SUPPORTS_EXTENDED_ATTRIBUTES"
    r"|PACKAGE_HOST_\w+_ARCH_SUPPORTS|PACKAGE_\w+_ARCH_SUPPORTS)"
)


def text_of(path):
    with open(path, errors="replace") as file:
        return file.read()


def copy_tree():
    """Old syntax names the tree as $BR2_EXTERNAL_NAME_PATH, which kconfiglib does not expand."""
    variable = re.compile(r"\$(\()?BR2_EXTERNAL_%s_PATH(?(1)\))|\$\{BR2_EXTERNAL_%s_PATH\}" % (name, name))
    for folder, folders, files in os.walk(tree):
        folders[:] = [each for each in folders if each not in (".git", "dist", "node_modules")]
        for file in files:
            if "Config" not in file and not file.endswith(".in"):
                continue
            place = os.path.join(folder, file)
            copy = work + "/" + os.path.relpath(place, tree)
            os.makedirs(os.path.dirname(copy), exist_ok=True)
            with open(copy, "w") as out:
                out.write(variable.sub(work, text_of(place)))


def load(stubs):
    with open(work + "/strux-stubs.in", "w") as file:
        file.write("".join(stubs))
    with open(work + "/strux-top.in", "w") as file:
        file.write('mainmenu "Packages"\nsource "%s/strux-stubs.in"\n' % work)
        if os.path.exists(work + "/Config.in"):
            file.write('source "%s/Config.in"\n' % work)
    return kconfiglib.Kconfig(work + "/strux-top.in", warn=False)


def stub(symbol, given):
    value = given.get(symbol, always.get(symbol))
    kind = "bool" if value is None or value in ("y", "n") else "string"
    default = "\tdefault y\n" if kind == "bool" and (always.get(symbol) == "y" or HOLD.fullmatch(symbol)) else ""
    if kind == "string" and symbol in always:
        default = '\tdefault "%s"\n' % kconfiglib.escape(always[symbol])
    return 'config %s\n\t%s "%s"\n%s' % (symbol, kind, symbol, default)


def place_of(node):
    path = node.filename
    return [os.path.relpath(os.path.join(work, path), work), node.linenr]


def read_config(path):
    found = {}
    for line in text_of(path).splitlines():
        match = re.fullmatch(r"(BR2_\w+)=(.*)|# (BR2_\w+) is not set", line.strip())
        if match:
            found[match[1] or match[3]] = match[2].strip('"') if match[1] else "n"
    return found


copy_tree()
given = read_config(wanted)
always = read_config(standing)

packages = set()
named = set()
for folder, folders, files in os.walk(tree):
    folders[:] = [each for each in folders if each not in (".git", "dist", "node_modules", "support")]
    if folder != tree and any(file.endswith(".mk") for file in files):
        packages.add(re.sub(r"[-.]", "_", os.path.basename(folder)).upper())
    if os.path.basename(folder) != "configs":
        for file in files:
            if os.path.isfile(os.path.join(folder, file)):
                named.update(re.findall(r"BR2_\w+", text_of(os.path.join(folder, file))))
symbols_of = {"BR2_PACKAGE_" + each for each in packages} | {"BR2_PACKAGE_HOST_" + each for each in packages}
# Without a symbol that enables a package, all are enabled.
all_packages = not any(given.get(each) == "y" for each in symbols_of)

first = load([])
own = {each.name for each in first.unique_defined_syms}
undefined = {
    each.name for each in first.syms.values() if not each.nodes and each.name.startswith("BR2_") and not each.is_constant
}
if all_packages:
    for each in sorted(symbols_of):
        if each in own and each not in given:
            given[each] = "y"
    # Packages without a symbol of their own.
    for each in packages:
        if not {"BR2_PACKAGE_" + each, "BR2_PACKAGE_HOST_" + each} & own:
            given.setdefault("BR2_PACKAGE_" + each, "y")
undefined |= {each for each in [*given, *always] if each not in own}
# Makefiles may ask for symbols that no Config.in names.
undefined |= {each for each in named if HOLD.fullmatch(each) and each not in own}
kconfig = load([stub(each, given) for each in sorted(undefined)])
# Choices first: a later value of another member would undo them.
for symbol, value in sorted(given.items(), key=lambda each: kconfig.syms[each[0]].choice is None):
    kconfig.syms[symbol].set_value(value)

with open(output + ".config", "w") as file:
    for symbol in kconfig.unique_defined_syms:
        if symbol.str_value in ("", "n") and symbol.orig_type in (kconfiglib.BOOL, kconfiglib.TRISTATE):
            continue
        quoted = symbol.orig_type == kconfiglib.STRING
        file.write("%s=%s\n" % (symbol.name, '"%s"' % kconfiglib.escape(symbol.str_value) if quoted else symbol.str_value))

with open(output + ".own", "w") as file:
    file.write("".join(each + "\n" for each in sorted(own)) or "none\n")

found = []
for symbol in kconfig.unique_defined_syms:
    if symbol.name not in own and symbol.name not in symbols_of:
        continue
    value = symbol.str_value
    unmet = ""
    if given.get(symbol.name, "n") != "n" and value == "n" and kconfiglib.expr_value(symbol.direct_dep) == 0:
        names = {each for each in kconfiglib.expr_items(symbol.direct_dep) if isinstance(each, kconfiglib.Symbol)}
        off = sorted(each.name for each in names if each.tri_value == 0)
        # Without one that is off, those that are on keep it from being set.
        unmet = ", ".join(off or sorted("!" + each.name for each in names if each.name))
    selects = [each.name for each, condition in symbol.selects if value != "n" and kconfiglib.expr_value(condition) > 0]
    found.append(
        {"name": symbol.name, "value": value, "at": place_of(symbol.nodes[0]), "selects": selects, "unmet": unmet}
    )
with open(output + ".json", "w") as file:
    unread = sorted(each for each in given if each not in own | symbols_of | named)
    json.dump({"all": all_packages, "unread": unread, "symbols": found}, file)
