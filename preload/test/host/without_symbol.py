"""without_symbol.py LIBRARY NAME OUTPUT: a copy of the library that asks for another function in NAME's place, one that no C
library has."""
import struct
import sys

library, name, output = sys.argv[1:]
data = bytearray(open(library, "rb").read())
sections_at, = struct.unpack_from("<Q", data, 40)
entry_size, count = struct.unpack_from("<HH", data, 58)
sections = [struct.unpack_from("<IIQQQQIIQQ", data, sections_at + i * entry_size) for i in range(count)]
symbols = next(s for s in sections if s[1] == 11)  # SHT_DYNSYM
strings = sections[symbols[6]]
nowhere = data.index(b"libheaphound.so\0", strings[4]) - strings[4]
for at in range(symbols[4], symbols[4] + symbols[5], 24):
    text, _, _, section = struct.unpack_from("<IBBH", data, at)
    end = data.index(b"\0", strings[4] + text)
    if section == 0 and data[strings[4] + text:end].decode() == name:
        struct.pack_into("<I", data, at, nowhere)
        open(output, "wb").write(data)
        sys.exit(0)
sys.exit(f"{name} is not imported")
