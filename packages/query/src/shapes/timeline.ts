/** All arrays have one length; `timeNs` is the end of each interval. Rates are per second. */
export interface Timeline {
  revision: number;
  fromNs: number;
  toNs: number;
  timeNs: number[];
  liveBytes: number[];
  liveAllocations: number[];
  /** Highest live bytes within the interval. */
  peakLiveBytes: number[];
  allocatedBytesPerSecond: number[];
  allocationsPerSecond: number[];
  freesPerSecond: number[];
  /** null where not sampled. */
  residentBytes: (number | null)[];
  limitBytes: (number | null)[];
  /** Resident anonymous memory; what exceeds the live bytes is the allocator's: fragmentation, caches, overhead. */
  anonymousBytes: (number | null)[];
  /** Standard deviation of `liveBytes`; absent where nothing was sampled. */
  liveBytesDeviation?: number[];
  modeChanges?: ModeChange[];
  markers?: Marker[];
}

export interface ModeChange {
  timeNs: number;
  from: string;
  to: string;
  /** api, signal, settings, condition or budget */
  why: string;
  /** Mean bytes between samples from then on. */
  sampleBytes: number;
}

export interface Marker {
  timeNs: number;
  number: number;
  label: string;
}
