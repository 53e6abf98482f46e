import { setTimeout as pause } from "node:timers/promises";
import { CliError, errorText } from "../errors.js";
import { isTemporary, Replay, unreachable, type ReplayResult } from "./replay.js";

const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 250;

/**
 * Sends a recording to an ingester, again while it is away for a moment; what it has already is not stored twice. Throws a
 * CliError that says what to do. onBytes tells how much of the file has been read.
 */
export async function sendRecording(
  server: string,
  file: string,
  onBytes: (read: number) => void,
): Promise<ReplayResult> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await new Replay(server).send(file, onBytes);
    } catch (error) {
      if (!isTemporary(error)) throw refused(error);
      if (attempt === ATTEMPTS) throw unreachable(server, error);
      await pause(FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
  }
}

function refused(error: unknown): Error {
  if (error instanceof CliError) return error;
  return new CliError(`the recording was not taken: ${errorText(error)}`, {
    advice: "The file may be damaged, or come from a newer version.",
    cause: error,
  });
}
