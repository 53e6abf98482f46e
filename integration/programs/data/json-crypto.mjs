// JSON and hashing in Node.js: parses, changes, prints and hashes the same document many times. Prints one digest.
import { createCipheriv, createHash, pbkdf2Sync } from "node:crypto";

const rounds = Number(process.argv[2] ?? 60);
const rows = Array.from({ length: 2000 }, (_, id) => ({
  id,
  name: `row ${id}`,
  tags: [`a${id % 7}`, `b${id % 11}`],
  nested: { x: id / 3 },
}));
let text = JSON.stringify(rows);
const digest = createHash("sha256");
for (let round = 0; round < rounds; round++) {
  const parsed = JSON.parse(text);
  for (const row of parsed) row.nested.x = Math.round(row.nested.x + round);
  text = JSON.stringify(parsed);
  const key = pbkdf2Sync(text.slice(0, 64), "salt", 50, 32, "sha256");
  const cipher = createCipheriv("aes-256-cbc", key, Buffer.alloc(16));
  digest.update(cipher.update(text, "utf8")).update(cipher.final());
}
process.stdout.write(`${digest.digest("hex")}\n`);
process.exitCode = 6;
