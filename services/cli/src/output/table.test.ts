import { expect, it } from "vitest";
import { table } from "./table.js";

it("aligns numbers at the right and leaves no trailing spaces", () => {
  const lines = table(
    [
      { title: "NAME", value: (row: { name: string; size: string }) => row.name },
      { title: "SIZE", value: (row) => row.size, align: "right" },
      { title: "END", value: () => "x" },
    ],
    [
      { name: "a", size: "1 B" },
      { name: "longer", size: "12.0 KiB" },
    ],
  );
  expect(lines).toEqual(["NAME        SIZE  END", "a            1 B  x", "longer  12.0 KiB  x"]);
});
