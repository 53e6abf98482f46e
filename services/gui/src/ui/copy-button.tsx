"use client";
import type { ReactNode } from "react";
import { useState } from "react";
import styles from "./ui.module.css";

export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }): ReactNode {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <button type="button" className={styles.button} aria-label={`${label}: ${text}`} onClick={copy}>
      {copied ? "Copied" : label}
    </button>
  );
}
