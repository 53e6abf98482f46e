export interface Refusal {
  /** IP address of the peer. */
  address: string;
  reason: string;
  detail: string;
}

const KEPT_MS = 600_000;
const MAX_ENTRIES = 2_000;

/** Who was turned away lately, so that coverage can say why a pod's profiles do not arrive. The newest of each address. */
export class Refusals {
  /** In the order of their times: the first is the oldest. */
  private readonly byAddress = new Map<string, { refusal: Refusal; atMs: number }>();

  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  /** `peer` as gRPC writes it: "10.0.0.7:41234", "[::1]:4711", "ipv4:10.0.0.7:41234". */
  add(peer: string, reason: string, detail: string): void {
    const address = addressOf(peer);
    if (address === "") return;
    this.byAddress.delete(address);
    this.byAddress.set(address, { refusal: { address, reason, detail: detail.slice(0, 300) }, atMs: this.nowMs() });
    const [oldest] = this.byAddress.keys();
    if (this.byAddress.size > MAX_ENTRIES && oldest !== undefined) this.byAddress.delete(oldest);
  }

  /** It was let in after all. */
  forget(peer: string): void {
    this.byAddress.delete(addressOf(peer));
  }

  all(): Refusal[] {
    const since = this.nowMs() - KEPT_MS;
    return [...this.byAddress.values()].filter(({ atMs }) => atMs >= since).map(({ refusal }) => refusal);
  }
}

export function addressOf(peer: string): string {
  const match = /^(?:ipv[46]:)?(?:\[([0-9a-f:.]+)\]|([0-9.]+)):\d+$/i.exec(peer);
  const address = match?.[1] ?? match?.[2] ?? "";
  // A socket for both versions of IP names peers of the older one in the newer one's form.
  return address.replace(/^::ffff:/i, "");
}
