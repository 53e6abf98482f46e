import type { Metadata } from "next";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { Providers } from "./providers";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "Heaphound", template: "%s · Heaphound" },
  description: "Where memory goes: heap profiles of native programs",
};

/** Runs before the first paint, so that a dark page never flashes white. */
const chooseTheme = `try{document.documentElement.dataset.theme=localStorage.getItem("hh-theme")||(matchMedia("(prefers-color-scheme: dark)").matches?"dark":"light")}catch{}`;

export default async function RootLayout({ children }: { children: ReactNode }): Promise<ReactNode> {
  const nonce = /'nonce-([^']+)'/.exec((await headers()).get("content-security-policy") ?? "")?.[1];
  return (
    <html lang="en" suppressHydrationWarning>
      <head>
        <script nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: chooseTheme }} />
      </head>
      <body>
        <Providers>{children}</Providers>
      </body>
    </html>
  );
}
