"use client";
import type { ReactNode } from "react";
import { useEffect, useRef, useState } from "react";
import styles from "./ui.module.css";

interface PopoverProps {
  label: ReactNode;
  /** What the button is called for people who do not see it; the label if left out. */
  name?: string;
  className?: string | undefined;
  align?: "start" | "end";
  /** Gets a function that closes the popover. */
  children: (close: () => void) => ReactNode;
}

/** A button that opens a small panel under itself. Escape and a click elsewhere close it; focus goes back to the button. */
export function Popover({ label, name, className, align = "end", children }: PopoverProps): ReactNode {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return;
    const outside = (event: Event): void => {
      if (event.target instanceof Node && root.current?.contains(event.target) === false) setOpen(false);
    };
    const escape = (event: KeyboardEvent): void => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      setOpen(false);
      button.current?.focus();
    };
    document.addEventListener("pointerdown", outside);
    document.addEventListener("focusin", outside);
    document.addEventListener("keydown", escape, true);
    return () => {
      document.removeEventListener("pointerdown", outside);
      document.removeEventListener("focusin", outside);
      document.removeEventListener("keydown", escape, true);
    };
  }, [open]);
  return (
    <div className={styles.popoverRoot} ref={root}>
      <button
        ref={button}
        type="button"
        className={className ?? styles.button}
        aria-expanded={open}
        aria-label={name}
        onClick={() => setOpen(!open)}
      >
        {label}
      </button>
      {open && (
        <div className={`${styles.popover ?? ""} ${align === "start" ? (styles.popoverStart ?? "") : ""}`}>
          {children(() => setOpen(false))}
        </div>
      )}
    </div>
  );
}
