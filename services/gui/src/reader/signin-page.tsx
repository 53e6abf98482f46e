"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import type { ReactNode } from "react";
import { useState } from "react";
import { signIn, useSignInMode } from "../api/reader";
import { Shell } from "../ui/shell";
import { Command, Failure, Notice, SkeletonRows } from "../ui/states";
import buttons from "../ui/ui.module.css";
import { ownPath } from "./own-path";
import styles from "./reader.module.css";

/** Asks for a token, where the server asks who one is. */
export function SignInPage(): ReactNode {
  const { data, error, refetch } = useSignInMode();
  return (
    <Shell>
      {error !== null ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : data === undefined ? (
        <SkeletonRows rows={4} />
      ) : data.mode === "proxy" ? (
        <Notice
          title="You come in through your organisation's sign-in"
          next="This server believes the proxy in front of it. Open Heaphound by the address that your administrator gave you."
        />
      ) : data.mode === "none" ? (
        <Notice title="This server asks nobody who they are" next="There is nothing to sign in to." />
      ) : (
        <TokenForm isKubernetes={data.mode === "kubernetes"} />
      )}
    </Shell>
  );
}

function TokenForm({ isKubernetes }: { isKubernetes: boolean }): ReactNode {
  const router = useRouter();
  const client = useQueryClient();
  const next = ownPath(useSearchParams().get("next"));
  const [error, setError] = useState<Error | null>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (form: HTMLFormElement): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const token = new FormData(form).get("token");
      await signIn(typeof token === "string" ? token : "");
      client.clear();
      router.replace(next);
    } catch (failure) {
      setError(failure instanceof Error ? failure : new Error(String(failure)));
      setBusy(false);
    }
  };
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void submit(event.currentTarget);
      }}
    >
      <h1 className={styles.title}>Sign in</h1>
      <p className={styles.about}>
        {isKubernetes
          ? "With a Kubernetes token you see the namespaces whose pods you may get. The token stays in a cookie that no script can read, until the browser is closed."
          : "This server has one token for everybody. It stays in a cookie that no script can read."}
      </p>
      <label className={styles.label} htmlFor="token">
        Token
      </label>
      <input
        id="token"
        name="token"
        type="password"
        className={styles.token}
        autoComplete="off"
        spellCheck={false}
        required
        autoFocus
      />
      <button type="submit" className={buttons.button} disabled={isBusy}>
        {isBusy ? "Asking…" : "Sign in"}
      </button>
      {error !== null && <Failure compact error={error} />}
      {isKubernetes && (
        <div className={styles.help}>
          <p>A token of a service account, good for an hour:</p>
          <Command text="kubectl create token NAME -n NAMESPACE" />
        </div>
      )}
    </form>
  );
}
