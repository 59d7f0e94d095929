#!/usr/bin/env python3
"""Takes what the guest needs out of an unpacked kernel package.

    kernel_files.py PACKAGE_FOLDER ROOT VMLINUX MODULE...

Copies the named modules and all that they depend on into ROOT, and writes the kernel itself,
uncompressed, to VMLINUX: QEMU starts an ELF kernel at its PVH entry, which saves the four seconds
that decompression takes in an emulated processor.
"""

import lzma
import re
import shutil
import sys
from pathlib import Path

XZ_MAGIC = b"\xfd7zXZ\x00"


def module_name(path: Path) -> str:
    return path.name.removesuffix(".ko").replace("-", "_")


def dependencies(module: Path) -> list[str]:
    """The names in the module's own `depends=` entry."""
    entry = re.search(rb"\0depends=([^\0]*)\0", module.read_bytes())
    names = entry.group(1).decode() if entry else ""
    return [name.replace("-", "_") for name in names.split(",") if name]


def closure(wanted: list[str], available: dict[str, Path], built_in: set[str]) -> set[Path]:
    chosen: set[Path] = set()
    waiting = list(wanted)
    while waiting:
        name = waiting.pop()
        if name in built_in:
            continue
        if name not in available:
            sys.exit(f"kernel_files: the kernel has no module {name}")
        if available[name] not in chosen:
            chosen.add(available[name])
            waiting += dependencies(available[name])
    return chosen


def main() -> None:
    package, root, kernel = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
    tree = next((package / "lib/modules").iterdir())
    available = {module_name(path): path for path in tree.rglob("*.ko")}
    lines = (tree / "modules.builtin").read_text().split()
    built_in = {module_name(Path(line)) for line in lines}
    chosen = closure(sys.argv[4:], available, built_in)
    indices = [tree / f"modules.{kind}" for kind in ("order", "builtin", "builtin.modinfo")]
    for path in [*chosen, *indices]:
        target = root / path.relative_to(package)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)

    image = next((package / "boot").glob("vmlinuz-*")).read_bytes()
    payload = lzma.LZMADecompressor().decompress(image[image.index(XZ_MAGIC) :])
    kernel.write_bytes(payload)


if __name__ == "__main__":
    main()
