"use client";
import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { useRef, useState } from "react";
import { ReaderMenu } from "../reader/reader-menu";
import { HelpDialog } from "./help";
import { useKeys } from "./keys";
import { toggleTheme, useTheme } from "./theme";
import styles from "./ui.module.css";

/** What every page has: name, its own part of the header, theme, help, and the keys that work everywhere. */
export function Shell({ header, children }: { header?: ReactNode; children: ReactNode }): ReactNode {
  const help = useRef<HTMLDialogElement>(null);
  const [toast, setToast] = useState("");
  const theme = useTheme();
  const path = usePathname();
  const openHelp = (): void => help.current?.showModal();
  useKeys({
    "?": openHelp,
    t: toggleTheme,
    y: () => {
      void navigator.clipboard.writeText(window.location.href).then(() => {
        setToast("Link copied");
        setTimeout(() => setToast(""), 1500);
      });
    },
  });
  return (
    <div className={styles.shell}>
      <header className={styles.header}>
        <Link className={styles.brand} href="/" aria-label="heaphound">
          <Mark />
          <span className={styles.brandName}>heaphound</span>
        </Link>
        <nav aria-label="Pages" className={styles.nav}>
          <Link href="/" aria-current={path === "/" ? "page" : undefined}>
            Processes
          </Link>
          <Link href="/coverage" aria-current={path === "/coverage" ? "page" : undefined}>
            Coverage
          </Link>
        </nav>
        <div className={styles.headerMain}>{header}</div>
        <ReaderMenu />
        <button
          type="button"
          className={styles.quiet}
          onClick={toggleTheme}
          title="Switch theme (t)"
          suppressHydrationWarning
        >
          {theme === "dark" ? "Light" : "Dark"}
        </button>
        <button type="button" className={styles.quiet} onClick={openHelp} title="Keys and gestures (?)">
          Help <span className={styles.kbd}>?</span>
        </button>
      </header>
      <main className={styles.main}>{children}</main>
      <HelpDialog dialog={help} />
      <div role="status">{toast !== "" && <span className={styles.toast}>{toast}</span>}</div>
    </div>
  );
}

function Mark(): ReactNode {
  return (
    <svg width="18" height="18" viewBox="0 0 32 32" aria-hidden="true">
      <rect x="2" y="4" width="28" height="6" rx="1.5" fill="var(--hh-live)" />
      <rect x="2" y="13" width="19" height="6" rx="1.5" fill="var(--hh-allocated)" />
      <rect x="2" y="22" width="9" height="6" rx="1.5" fill="var(--hh-freed)" />
    </svg>
  );
}
