// Where the makefile puts what is tested.
import { join, resolve } from "node:path";

const build = resolve(process.env.HEAPHOUND_BUILD ?? join(import.meta.dirname, "../../build/amd64"));

/** What runs programs of that architecture here: the words of an emulator, or none. */
export const emulator = (process.env.HEAPHOUND_EMULATOR ?? "").split(" ").filter((word) => word !== "");

export const driver = join(build, "test/transport/driver-sanitized");
/** Pings after 300 ms of silence instead of 20 s, and waits 1 s for Welcome. */
export const impatientDriver = join(build, "test/transport/driver-impatient");
export const fastDriver = join(build, "test/transport/driver");
export const unit = join(build, "test/transport/unit-sanitized");
export const programs = join(build, "test/programs");
export const library = join(build, "libheaphound.so");
