import Link from "next/link";
import type { ReactNode } from "react";
import { Shell } from "../ui/shell";
import { Notice } from "../ui/states";

export default function NotFound(): ReactNode {
  return (
    <Shell>
      <Notice title="There is no such page" next="All processes are in the list.">
        <Link href="/">Open the list of processes</Link>
      </Notice>
    </Shell>
  );
}
