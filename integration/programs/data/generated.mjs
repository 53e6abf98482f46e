// Allocates natively from functions that V8 compiles while the program runs.
import { deflateSync } from "node:zlib";

const text = Buffer.alloc(4096, "generated ");

function packsInTheLoop(rounds) {
  let bytes = 0;
  for (let i = 0; i < rounds; i++) bytes += deflateSync(text).length;
  return bytes;
}

function callsThePacker(rounds) {
  return packsInTheLoop(rounds) > 0;
}

console.log(callsThePacker(300));
