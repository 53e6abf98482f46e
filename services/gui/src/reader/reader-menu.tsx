"use client";
import { useQueryClient } from "@tanstack/react-query";
import { usePathname, useRouter } from "next/navigation";
import type { ReactNode } from "react";
import { useEffect } from "react";
import { ApiFailure } from "../api/client";
import { signOut, useReader } from "../api/reader";
import type { Reader } from "../api/shapes";
import { Popover } from "../ui/popover";
import { Command } from "../ui/states";
import ui from "../ui/ui.module.css";
import styles from "./reader.module.css";

/** Who one is and what one may see; leads to the sign-in when the server does not know. */
export function ReaderMenu(): ReactNode {
  const { data, error } = useReader();
  const router = useRouter();
  const path = usePathname();
  const isUnknown = error instanceof ApiFailure && error.status === 401 && path !== "/signin";
  useEffect(() => {
    if (!isUnknown) return;
    const here = window.location.pathname + window.location.search;
    router.replace(`/signin?next=${encodeURIComponent(here)}`);
  }, [isUnknown, router]);
  if (data === undefined || error !== null || data.mode === "none") return null;
  return (
    <Popover
      className={ui.quiet}
      name="Who you are"
      label={
        <>
          {shortName(data)}
          {data.namespaces?.length === 0 && <span className={styles.warn}> no namespace</span>}
        </>
      }
    >
      {() => <Facts reader={data} />}
    </Popover>
  );
}

function Facts({ reader }: { reader: Reader }): ReactNode {
  const client = useQueryClient();
  const router = useRouter();
  const leave = async (): Promise<void> => {
    await signOut();
    client.clear();
    router.replace("/signin");
  };
  return (
    <div className={styles.facts}>
      <p className={styles.name}>{reader.name ?? "signed in with the server's token"}</p>
      <Namespaces reader={reader} />
      {reader.canSignOut && (
        <button type="button" className={ui.button} onClick={() => void leave()}>
          Sign out
        </button>
      )}
    </div>
  );
}

function Namespaces({ reader: { namespaces, name } }: { reader: Reader }): ReactNode {
  if (namespaces === null) return <p>You see all namespaces.</p>;
  if (namespaces.length > 0) return <p>You see {namespaces.join(", ")}.</p>;
  return (
    <>
      <p className={styles.warn}>
        You may get pods in no namespace where anything was recorded. Ask whoever administers the cluster for the right
        to view one:
      </p>
      <Command text={`kubectl create rolebinding heaphound-view --clusterrole=view ${subject(name)} -n NAMESPACE`} />
    </>
  );
}

/** "system:serviceaccount:shop:jane" is bound as a service account, others as users. */
function subject(name: string | null): string {
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name ?? "");
  return account ? `--serviceaccount=${account[1]}:${account[2]}` : `--user=${name ?? "NAME"}`;
}

function shortName({ name }: Reader): string {
  return name?.split(":").at(-1) ?? "Signed in";
}
