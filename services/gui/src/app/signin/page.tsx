import type { ReactNode } from "react";
import { Suspense } from "react";
import { SignInPage } from "../../reader/signin-page";

export default function Page(): ReactNode {
  return (
    <Suspense>
      <SignInPage />
    </Suspense>
  );
}
