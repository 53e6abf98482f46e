"""seeds.py TARGET DIRECTORY: files to begin with, made from what is on every machine with a compiler."""
import os, random, struct, subprocess, sys, tempfile

target, directory = sys.argv[1:]
random.seed(1)


def write(name, data):
    with open(os.path.join(directory, name), "wb") as file:
        file.write(data)


def compiled(*flags):
    with tempfile.TemporaryDirectory() as place:
        source, out = os.path.join(place, "a.c"), os.path.join(place, "a.out")
        with open(source, "w") as file:
            file.write("int malloc(long n) { return n; }\nint f(int n) { char a[n + 1]; return n ? f(n - 1) + a[0] : 0; }\n"
                       "int main(void) { return f(3); }\n")
        subprocess.run(["gcc", "-w", "-fno-builtin", *flags, source, "-o", out], check=True)
        sections = {}
        for name in (".eh_frame_hdr", ".eh_frame"):
            part = os.path.join(place, "part")
            subprocess.run(["objcopy", "-O", "binary", "--set-section-flags", name + "=alloc", "--only-section=" + name, out, part], check=True)
            with open(part, "rb") as file:
                sections[name] = file.read()
        with open(out, "rb") as file:
            return file.read(), sections


def eh_frame():
    for number, flags in enumerate((["-O2"], ["-O0", "-fno-omit-frame-pointer"], ["-O2", "-static-pie", "-nostdlib", "-Wl,-e,main"])):
        _, sections = compiled(*flags)
        header, tables = sections[".eh_frame_hdr"], sections[".eh_frame"]
        padding = -len(header) % 8
        for place in range(12, len(header) - 7, 8):  # the search table: start, entry
            start, _ = struct.unpack_from("<ii", header, place)
            write(f"{number}-{place}", struct.pack("<BHi", 0, 0, start) + header + bytes(padding) + tables)
        write(f"{number}-walk", struct.pack("<BHi", 1, 0, 64) + tables)


def elf():
    for number, flags in enumerate((["-O1"], ["-O1", "-s"], ["-shared", "-fPIC", "-Wl,--build-id=0x3031323334353637383930313233343536373839"])):
        data, _ = compiled("-Wl,-z,noseparate-code", *flags)
        write(str(number), data)


def spool():
    import zlib
    state_at, ring_at = 512, 4096
    def record(kind, sequence, message):
        head = struct.pack("<IIQI", kind, len(message), sequence, 0)
        data = head + struct.pack("<I", zlib.crc32(head + message)) + message
        return data + bytes(-len(data) % 16)
    ring = b"".join(record(0x4B4C4248, number, bytes(random.randbytes(number * 20))) for number in range(1, 6))
    ring += record(0x4B4E4C48, 6, struct.pack("<Q", ring_at))
    definitions = b"".join(record(0x46454448, number, b"definition %d" % number) for number in range(3))
    header = b"HEAPSPL1" + struct.pack("<QQII", 7, len(ring), 0, 0)
    state = struct.pack("<QQQQQQII", 1, ring_at, 1, len(definitions), 5, 5, 0, 0)
    file = header.ljust(state_at, b"\0") + (state.ljust(state_at, b"\0") * 2).ljust(ring_at - state_at, b"\0") + ring + definitions
    for first in (0, 1):
        write(str(first), bytes([first]) + file)


def server():
    def frame(message):
        return struct.pack(">BI", 0, len(message)) + message
    write("stream", b"\0" + frame(b"\x0a\x02\x08\x05") + frame(b"\x12\x02\x08\x07") + frame(b"\x1a\x06\x0a\x04abcd"))
    write("message", b"\1\x22\x06\x08\x02\x10\x80\x08\x18\x01")
    answer = struct.pack(">HHHHHH", 0x1234, 0x8180, 1, 1, 0, 0) + b"\4host\7example\0" + struct.pack(">HH", 1, 1)
    write("dns", b"\2" + answer + b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + b"\x7f\0\0\1")
    write("filter", b"\3" + struct.pack("<HBBI", 0x20, 0, 0, 0) + struct.pack("<HBBI", 0x15, 0, 1, 57) +
          struct.pack("<HBBI", 6, 0, 0, 0) + struct.pack("<HBBI", 6, 0, 0, 0x7FFF0000))


def block():
    for number in range(6):
        write(str(number), bytes([number & 1]) + struct.pack("<H", 40 * number) + random.randbytes(60 * 3 ** number // 2))


globals()[target]()
