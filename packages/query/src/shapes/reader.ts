/** none: nobody is asked. token: one token for all. kubernetes: a Kubernetes token. proxy: whom a proxy says. */
export type ReadersMode = "none" | "token" | "kubernetes" | "proxy";

/** Who is reading, and what they may see. */
export interface Reader {
  mode: ReadersMode;
  /** null: nobody in particular. */
  name: string | null;
  /** Namespaces with processes or pods that they may see; null: all. */
  namespaces: string[] | null;
  /** They came by a cookie, which signing out takes away. */
  canSignOut: boolean;
}

/** What a reader has to bring. */
export interface SignIn {
  mode: ReadersMode;
}
