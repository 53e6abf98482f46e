/** Why a pod, or a container, is or is not profiled. One table for webhook, controller, GUI, CLI and docs. */
export interface Reason {
  /** `skip`: not injected. `warn`: injected, and something wants a look. `gap`: injected, and nothing arrives. */
  severity: "info" | "skip" | "warn" | "gap";
  title: string;
  /** What to do, as a sentence. */
  advice: string;
}

export const REASONS = {
  injected: { severity: "info", title: "Injected", advice: "Nothing to do." },
  already_injected: { severity: "info", title: "Already injected", advice: "Nothing to do." },
  not_requested: {
    severity: "skip",
    title: "Nobody asked for it",
    advice:
      'Put heaphound.io/inject: "true" on the pod template (spec.template.metadata) or on the namespace, and restart the workload.',
  },
  opted_out: {
    severity: "skip",
    title: "The pod opted out",
    advice: 'Remove heaphound.io/inject: "false" from the pod template.',
  },
  namespace_opted_out: {
    severity: "skip",
    title: "The namespace opted out",
    advice: 'Put heaphound.io/inject: "true" on the pod template, which counts more than its namespace.',
  },
  namespace_disabled: {
    severity: "skip",
    title: "The namespace is disabled",
    advice: "Ask who set the label heaphound.io/disabled on the namespace.",
  },
  namespace_excluded: {
    severity: "skip",
    title: "A namespace that is never touched",
    advice: "Run the workload in another namespace, or change injector.excludedNamespaces in the chart.",
  },
  invalid_inject_value: {
    severity: "skip",
    title: "heaphound.io/inject is neither true nor false",
    advice: 'Write "true" or "false", in quotes.',
  },
  conflicting_inject_values: {
    severity: "skip",
    title: "Label and annotation contradict each other",
    advice: "Keep one of the two.",
  },
  mirror_pod: {
    severity: "skip",
    title: "A static pod of a node",
    advice: "Static pods cannot be changed at admission; set LD_PRELOAD in the manifest on the node.",
  },
  windows: { severity: "skip", title: "A Windows pod", advice: "Only Linux programs can be profiled." },
  architecture_unsupported: {
    severity: "skip",
    title: "The node's architecture has no library",
    advice: "Remove the architecture from the pod's node selector, or build the init image for it.",
  },
  no_container: {
    severity: "skip",
    title: "No container is left to profile",
    advice: "Name one in the annotation heaphound.io/containers.",
  },
  memory_limit_too_low: {
    severity: "skip",
    title: "The memory limit leaves no room",
    advice: "Give one container a memory limit of 16Mi or more.",
  },
  invalid_annotation: {
    severity: "skip",
    title: "An annotation cannot be read",
    advice: "Correct it as the detail says.",
  },
  name_taken: {
    severity: "skip",
    title: "The pod uses a name that injection needs",
    advice: "Rename the pod's own heaphound-* volume or init container.",
  },
  quarantined: {
    severity: "skip",
    title: "Quarantined after failures",
    advice:
      "The workload failed right after injection. Look at its Events; `kubectl heaphound release WORKLOAD` lets it be injected again.",
  },
  injector_error: {
    severity: "skip",
    title: "The injector failed",
    advice: "The pod runs unchanged. The log of heaphound-injector has the error.",
  },
  unknown_container: {
    severity: "warn",
    title: "A named container does not exist",
    advice: "Correct heaphound.io/containers; the others are profiled.",
  },
  preload_not_plain: {
    severity: "warn",
    title: "LD_PRELOAD comes from elsewhere",
    advice: "It is kept behind ours and resolved when the container starts.",
  },
  preload_may_come_from_env_from: {
    severity: "warn",
    title: "envFrom may set LD_PRELOAD",
    advice: "A value there is kept behind ours.",
  },
  other_agent: {
    severity: "warn",
    title: "Another agent uses LD_PRELOAD",
    advice: "Both are loaded, ours first. Report it if the program misbehaves.",
  },
  option_kept: {
    severity: "warn",
    title: "The pod sets one of our variables itself",
    advice: "Its value was kept.",
  },
  small_ephemeral_storage: {
    severity: "warn",
    title: "Little ephemeral storage",
    advice: "The spool was made smaller, so that it cannot evict the pod; a long outage of the ingester loses data.",
  },
  annotation_on_workload: {
    severity: "gap",
    title: "The annotation is on the workload, not on its pods",
    advice: "Move heaphound.io/inject from metadata to spec.template.metadata.",
  },
  not_restarted: {
    severity: "gap",
    title: "The pod is older than the request",
    advice: "Run `kubectl rollout restart` on the workload.",
  },
  webhook_missed: {
    severity: "gap",
    title: "The webhook was not asked or did not answer",
    advice: "Check `kubectl heaphound check`, then restart the workload.",
  },
  init_failed: {
    severity: "gap",
    title: "The library could not be put in place",
    advice: "The init container's termination message says why.",
  },
  image_pull: {
    severity: "gap",
    title: "The init image cannot be pulled",
    advice: "Mirror the image, or set injector.image to a registry that the nodes reach.",
  },
  crashed_127: {
    severity: "gap",
    title: "The program ended with 127",
    advice: "The loader refused the program; look at the container's log. The workload is quarantined if it goes on.",
  },
  crash_loop: {
    severity: "gap",
    title: "The container keeps failing",
    advice: "Look at its log; the workload is quarantined if it started to fail with injection.",
  },
  oom_killed: {
    severity: "gap",
    title: "Killed for its memory",
    advice: "Look at the record of the kill: live bytes by stack, growth and the last large allocations.",
  },
  token_refused: {
    severity: "gap",
    title: "The ingester refused the pod's token",
    advice: "Check the audience and the ingester's right to review tokens.",
  },
  identity_unavailable: {
    severity: "gap",
    title: "The ingester cannot ask who the pod is",
    advice: "Kubernetes does not answer its token reviews; streams come back by themselves. Its log says more.",
  },
  no_room: {
    severity: "gap",
    title: "The ingester has as many streams as it may have",
    advice: "Add ingesters, or raise what the detail names.",
  },
  version_mismatch: {
    severity: "gap",
    title: "The library and the ingester do not understand each other",
    advice: "Upgrade the release, then restart the workload, so that it gets the library of the same version.",
  },
  stream_rejected: {
    severity: "gap",
    title: "The ingester rejected what the library sent",
    advice: "Report it with the detail and the ingester's log; the program itself is not touched by it.",
  },
  network_refused: {
    severity: "gap",
    title: "The pod cannot reach the ingester",
    advice: "Allow egress to the ingester's port 7411 (see the network policy in docs/operations/kubernetes.md).",
  },
  static_binary: {
    severity: "gap",
    title: "Probably a static program",
    advice: "A static program loads no library. Link it dynamically, or use its own profiler (Go: pprof).",
  },
  secure_execution: {
    severity: "gap",
    title: "Probably setuid or with file capabilities",
    advice: "The loader ignores LD_PRELOAD then. Set allowPrivilegeEscalation: false or drop the file capability.",
  },
  wrong_architecture: {
    severity: "gap",
    title: "The program is for another architecture than its node",
    advice: "Use an image for the node's architecture.",
  },
  nothing_allocated: {
    severity: "gap",
    title: "Connected, and nothing allocated",
    advice: "The program has its own allocator or has not allocated since.",
  },
  not_reporting: {
    severity: "gap",
    title: "Nothing has arrived",
    advice: "Run `kubectl heaphound why POD`; it goes through the causes.",
  },
} as const satisfies Record<string, Reason>;

export type ReasonCode = keyof typeof REASONS;

/** A reason as it applies to one pod. */
export interface Finding {
  code: ReasonCode;
  container?: string;
  detail?: string;
}

/** One line for a person: title, where, detail, and what to do. */
export function describe(finding: Finding): string {
  const { title, advice } = REASONS[finding.code];
  const where = finding.container === undefined ? "" : ` (container ${finding.container})`;
  const detail = finding.detail === undefined ? "" : `: ${finding.detail}`;
  return `${title}${where}${detail}. ${advice}`;
}
