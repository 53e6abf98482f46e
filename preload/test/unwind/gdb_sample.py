# Run by gdb (gdb_sample): stops at every n-th capture and compares the stack with gdb's own.
import os

import gdb

every = int(os.environ.get("HH_SAMPLE_EVERY", "50"))
most = int(os.environ.get("HH_SAMPLE_MOST", "60"))


def own_stack(first):
    """Call addresses as gdb sees them, from the frame with the call address `first` on."""
    frame, addresses, exact, started = gdb.newest_frame(), [], False, False
    while frame is not None:
        kind = frame.type()
        if kind not in (gdb.INLINE_FRAME, gdb.TAILCALL_FRAME):
            address = frame.pc() - (0 if exact else 1)
            started = started or address == first
            if started:
                addresses.append(address)
            exact = kind == gdb.SIGTRAMP_FRAME
        frame = frame.older()
    return addresses


def sample():
    compared = different = 0
    gdb.execute("break hh_verify_captured", to_string=True)
    gdb.execute("ignore 1 %d" % every, to_string=True)
    gdb.execute("run", to_string=True)
    while compared < most and gdb.selected_inferior().pid != 0:
        count = int(gdb.parse_and_eval("$rsi"))
        memory = gdb.selected_inferior().read_memory(int(gdb.parse_and_eval("$rdi")), 8 * count)
        ours = [int.from_bytes(memory[8 * i : 8 * i + 8], "little") for i in range(count)]
        theirs = own_stack(ours[0])
        compared += 1
        if ours != theirs:
            different += 1
            print("ours  ", " ".join("%x" % a for a in ours))
            print("gdb's ", " ".join("%x" % a for a in theirs))
        gdb.execute("ignore 1 %d" % every, to_string=True)
        gdb.execute("continue", to_string=True)
    print("SAMPLE %d stacks compared with gdb, %d differ" % (compared, different))


gdb.execute("set pagination off")
gdb.execute("set confirm off")
gdb.execute("set breakpoint pending on")
gdb.execute("set backtrace past-main on")
gdb.execute("set backtrace past-entry on")
gdb.execute("set print thread-events off")
gdb.execute("handle SIGUSR1 SIGUSR2 SIGILL nostop noprint pass", to_string=True)
sample()
