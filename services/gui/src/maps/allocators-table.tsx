import type { ReactNode } from "react";
import type { AllocatorInfo, AllocatorSetting, Frame } from "../api/shapes";
import { formatMoment } from "../format/format";
import { StackLine } from "../tables/frames";
import { Exact } from "../ui/exact";
import styles from "./maps.module.css";

const HOOKING: Readonly<Record<string, string>> = {
  interposed: "recorded",
  imports: "recorded, by its callers' imports",
  patched: "recorded, by its first instructions",
  pool: "reported by the program",
  refused: "not recorded",
};

/** The allocators in the process. One that is libc's own and says nothing of itself needs no table. */
export function AllocatorsTable({ allocators }: { allocators: readonly AllocatorInfo[] }): ReactNode {
  if (allocators.length === 0) return null;
  return (
    <table className={styles.table} aria-label="Allocators">
      <thead>
        <tr>
          <th scope="col">Allocator</th>
          <th scope="col">Version</th>
          <th scope="col">In</th>
          <th scope="col">Calls</th>
          <th scope="col" className={styles.number}>
            Handed out
          </th>
          <th scope="col" className={styles.number}>
            Kept free
          </th>
          <th scope="col" className={styles.number}>
            From the kernel
          </th>
        </tr>
      </thead>
      <tbody>
        {allocators.map((allocator) => (
          <tr key={allocator.number}>
            <td>{allocator.name}</td>
            <td>{allocator.version}</td>
            <td className={styles.name} title={allocator.module}>
              {allocator.module.slice(allocator.module.lastIndexOf("/") + 1)}{" "}
              {allocator.prefix !== "" && <code>{allocator.prefix}*</code>}
            </td>
            <td className={allocator.hooking === "refused" ? styles.bad : undefined}>
              {HOOKING[allocator.hooking] ?? allocator.hooking}
              {allocator.reason !== "" && `: ${allocator.reason}`}
            </td>
            <td className={styles.number}>
              <Exact value={allocator.inUseBytes} unit="bytes" />
            </td>
            <td className={styles.number}>
              <Exact value={allocator.freeBytes} unit="bytes" />
            </td>
            <td className={styles.number}>
              <Exact value={allocator.mappedBytes} unit="bytes" />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface SettingsProps {
  settings: readonly AllocatorSetting[];
  stacks: Readonly<Record<number, Frame[]>>;
}

/** What the program changed by mallopt. */
export function SettingsTable({ settings, stacks }: SettingsProps): ReactNode {
  if (settings.length === 0) return null;
  return (
    <table className={styles.table} aria-label="Settings of the allocator">
      <thead>
        <tr>
          <th scope="col">Setting</th>
          <th scope="col" className={styles.number}>
            Value
          </th>
          <th scope="col">At</th>
          <th scope="col">Set by</th>
        </tr>
      </thead>
      <tbody>
        {settings.map((setting, index) => (
          <tr key={index}>
            <td className={styles.mono}>{setting.name}</td>
            <td className={styles.number}>
              {setting.value}
              {!setting.accepted && <span className={styles.bad}> refused</span>}
            </td>
            <td>{formatMoment(setting.timeNs, 1e6)}</td>
            <td className={styles.owner}>
              <StackLine frames={stacks[setting.stack]} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
