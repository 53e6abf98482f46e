// Generated from packages/query/src/shapes by `npm run gen -w services/api`.
import type { Schema } from "../gen/shape-schemas.js";

export const SHAPES: Record<string, Schema> = {
  AllocationRow: {
    type: "object",
    required: [
      "id",
      "timeNs",
      "lifetimeNs",
      "address",
      "size",
      "stack",
      "thread",
      "kind",
      "reallocOf",
      "freeThread",
      "freeStack",
    ],
    properties: {
      id: {
        type: "string",
      },
      timeNs: {
        type: "number",
      },
      lifetimeNs: {
        type: "number",
        nullable: true,
      },
      address: {
        type: "string",
      },
      size: {
        type: "number",
      },
      stack: {
        type: "number",
      },
      thread: {
        type: "number",
      },
      kind: {
        type: "string",
        enum: ["malloc", "calloc", "realloc", "aligned"],
      },
      reallocOf: {
        type: "string",
        nullable: true,
      },
      freeThread: {
        type: "number",
        nullable: true,
      },
      freeStack: {
        type: "number",
        nullable: true,
      },
    },
  },
  Allocations: {
    type: "object",
    required: ["revision", "sentence", "total", "rows", "stacks", "next"],
    properties: {
      revision: {
        type: "number",
      },
      sentence: {
        type: "string",
      },
      total: {
        type: "number",
      },
      rows: {
        type: "array",
        items: {
          $ref: "#/components/schemas/AllocationRow",
        },
      },
      stacks: {
        type: "object",
        additionalProperties: {
          type: "array",
          items: {
            $ref: "#/components/schemas/Frame",
          },
        },
        description: "Frames of the stacks that the rows name.",
      },
      next: {
        type: "string",
        nullable: true,
        description: "Pass as `after` for the next page; null at the end.",
      },
    },
  },
  AllocatorInfo: {
    type: "object",
    required: [
      "number",
      "name",
      "module",
      "version",
      "prefix",
      "hooking",
      "reason",
      "inUseBytes",
      "freeBytes",
      "mappedBytes",
    ],
    properties: {
      number: {
        type: "number",
      },
      name: {
        type: "string",
      },
      module: {
        type: "string",
      },
      version: {
        type: "string",
      },
      prefix: {
        type: "string",
      },
      hooking: {
        type: "string",
        description: "interposed, imports, patched, pool; refused: its calls are not seen, see `reason`.",
      },
      reason: {
        type: "string",
      },
      inUseBytes: {
        type: "number",
        nullable: true,
        description: "What it said of itself last, null when it was not asked.",
      },
      freeBytes: {
        type: "number",
        nullable: true,
      },
      mappedBytes: {
        type: "number",
        nullable: true,
      },
    },
    description: "An allocator in the process; number 0 serves malloc.",
  },
  AllocatorSetting: {
    type: "object",
    required: ["timeNs", "tid", "stack", "parameter", "name", "value", "accepted"],
    properties: {
      timeNs: {
        type: "number",
      },
      tid: {
        type: "number",
      },
      stack: {
        type: "number",
      },
      parameter: {
        type: "number",
      },
      name: {
        type: "string",
      },
      value: {
        type: "number",
      },
      accepted: {
        type: "boolean",
      },
    },
    description: "A setting of the allocator that the program changed (mallopt).",
  },
  ApiError: {
    type: "object",
    required: ["error"],
    properties: {
      error: {
        type: "object",
        required: ["code", "message", "advice", "requestId"],
        properties: {
          code: {
            type: "string",
          },
          message: {
            type: "string",
          },
          advice: {
            type: "string",
          },
          requestId: {
            type: "string",
          },
        },
      },
    },
  },
  ContainerEnd: {
    type: "object",
    required: ["reason", "exitCode", "signal", "finishedNs", "restarts", "limitBytes"],
    properties: {
      reason: {
        type: "string",
      },
      exitCode: {
        type: "number",
      },
      signal: {
        type: "number",
      },
      finishedNs: {
        type: "number",
        description: "Since the start of the process; the kubelet counts in seconds.",
      },
      restarts: {
        type: "number",
      },
      limitBytes: {
        type: "number",
        nullable: true,
        description: "null: none.",
      },
    },
    description: "The run of a container that a process was part of, as the kubelet reported its end.",
  },
  Coverage: {
    type: "object",
    required: [
      "asked",
      "injected",
      "reporting",
      "reportedUnixNs",
      "isStale",
      "sentence",
      "causes",
      "workloads",
      "totalWorkloads",
    ],
    properties: {
      asked: {
        type: "number",
      },
      injected: {
        type: "number",
      },
      reporting: {
        type: "number",
      },
      reportedUnixNs: {
        type: "string",
        nullable: true,
        description: "When the injector reported last; null: it never has.",
      },
      isStale: {
        type: "boolean",
        description: "Nothing has been reported for minutes: figures may be old.",
      },
      sentence: {
        type: "string",
      },
      causes: {
        type: "array",
        items: {
          $ref: "#/components/schemas/CoverageCause",
        },
      },
      workloads: {
        type: "array",
        items: {
          $ref: "#/components/schemas/CoverageWorkload",
        },
        description: "Those with gaps first.",
      },
      totalWorkloads: {
        type: "number",
        description: "Workloads in all; the list has the first thousand.",
      },
    },
  },
  CoverageCause: {
    type: "object",
    required: ["code", "severity", "title", "advice", "pods"],
    properties: {
      code: {
        type: "string",
      },
      severity: {
        $ref: "#/components/schemas/ReasonSeverity",
      },
      title: {
        type: "string",
      },
      advice: {
        type: "string",
        description: "What to do.",
      },
      pods: {
        type: "number",
        description: "Pods of which it is the likeliest cause.",
      },
    },
    description: "A cause of missing profiles, or a warning; code and advice are those of docs/reference/reasons.md.",
  },
  CoverageContainer: {
    type: "object",
    required: ["container", "reporting", "state", "stateReason", "restarts", "limitBytes", "findings", "lastEnd"],
    properties: {
      container: {
        type: "string",
      },
      reporting: {
        type: "boolean",
      },
      state: {
        type: "string",
        description: "waiting, running, terminated; empty: unknown.",
      },
      stateReason: {
        type: "string",
      },
      restarts: {
        type: "number",
      },
      limitBytes: {
        type: "number",
        nullable: true,
        description: "null: none.",
      },
      findings: {
        type: "array",
        items: {
          $ref: "#/components/schemas/CoverageFinding",
        },
        description: "The likeliest first.",
      },
      lastEnd: {
        type: "object",
        required: ["reason", "exitCode", "finishedUnixNs"],
        properties: {
          reason: {
            type: "string",
          },
          exitCode: {
            type: "number",
          },
          finishedUnixNs: {
            type: "string",
          },
        },
        nullable: true,
        description: "How its last run ended; null: none has.",
      },
    },
    description: "A profiled container; of a pod without the library there is one, with an empty name.",
  },
  CoverageCounts: {
    type: "object",
    required: ["asked", "injected", "reporting"],
    properties: {
      asked: {
        type: "number",
      },
      injected: {
        type: "number",
      },
      reporting: {
        type: "number",
      },
    },
    description:
      "Pods that somebody asked profiles of, pods that got the library, and pods from all of whose profiled containers data come.",
  },
  CoverageFinding: {
    type: "object",
    required: ["code", "severity", "title", "advice", "detail"],
    properties: {
      code: {
        type: "string",
      },
      severity: {
        $ref: "#/components/schemas/ReasonSeverity",
      },
      title: {
        type: "string",
      },
      advice: {
        type: "string",
      },
      detail: {
        type: "string",
      },
    },
  },
  CoveragePod: {
    type: "object",
    required: ["namespace", "workload", "pod", "node", "phase", "createdUnixNs", "injected", "containers"],
    properties: {
      namespace: {
        type: "string",
      },
      workload: {
        type: "string",
      },
      pod: {
        type: "string",
      },
      node: {
        type: "string",
      },
      phase: {
        type: "string",
      },
      createdUnixNs: {
        type: "string",
      },
      injected: {
        type: "boolean",
      },
      containers: {
        type: "array",
        items: {
          $ref: "#/components/schemas/CoverageContainer",
        },
      },
    },
  },
  CoveragePods: {
    type: "object",
    required: ["total", "pods"],
    properties: {
      total: {
        type: "number",
      },
      pods: {
        type: "array",
        items: {
          $ref: "#/components/schemas/CoveragePod",
        },
      },
    },
  },
  CoverageWorkload: {
    type: "object",
    required: ["asked", "injected", "reporting", "namespace", "workload", "causes", "restarts", "oomKills"],
    properties: {
      asked: {
        type: "number",
      },
      injected: {
        type: "number",
      },
      reporting: {
        type: "number",
      },
      namespace: {
        type: "string",
      },
      workload: {
        type: "string",
        description: '"Deployment/web"',
      },
      causes: {
        type: "array",
        items: {
          type: "object",
          required: ["code", "pods"],
          properties: {
            code: {
              type: "string",
            },
            pods: {
              type: "number",
            },
          },
        },
        description: "Codes of its pods without profiles, the commonest first.",
      },
      restarts: {
        type: "number",
      },
      oomKills: {
        type: "number",
        description: "Ends of its containers for memory in the last day.",
      },
    },
  },
  Ending: {
    type: "object",
    required: [
      "revision",
      "cause",
      "sentence",
      "evidence",
      "fromNs",
      "toNs",
      "liveBytes",
      "liveAllocations",
      "growthBytes",
      "growthCount",
      "memory",
      "limitBytes",
      "container",
      "topStacks",
      "largest",
      "stacks",
    ],
    properties: {
      revision: {
        type: "number",
      },
      cause: {
        $ref: "#/components/schemas/EndingCause",
      },
      sentence: {
        type: "string",
        description: "One sentence: how it ended, with how much, of what limit.",
      },
      evidence: {
        type: "array",
        items: {
          type: "string",
        },
        description: "Where that is known from, and what is not known.",
      },
      fromNs: {
        type: "number",
        description: "The window: its end is the end of the process, or now.",
      },
      toNs: {
        type: "number",
      },
      liveBytes: {
        type: "number",
      },
      liveAllocations: {
        type: "number",
      },
      growthBytes: {
        type: "number",
        description: "Of the window; what came minus what went.",
      },
      growthCount: {
        type: "number",
      },
      memory: {
        allOf: [
          {
            $ref: "#/components/schemas/MemoryFacts",
          },
        ],
        nullable: true,
        description: "The last sample of the kernel's figures; null: none was taken.",
      },
      limitBytes: {
        type: "number",
        nullable: true,
        description: "Of the control group, else of the container; null: none is known.",
      },
      container: {
        allOf: [
          {
            $ref: "#/components/schemas/ContainerEnd",
          },
        ],
        nullable: true,
        description: "null outside of Kubernetes, or nobody reported it.",
      },
      topStacks: {
        type: "array",
        items: {
          $ref: "#/components/schemas/EndingStack",
        },
        description: "The largest by live bytes and those that grew most, in order of live bytes.",
      },
      largest: {
        type: "array",
        items: {
          $ref: "#/components/schemas/AllocationRow",
        },
        description: "The largest allocations of the window, the newest first.",
      },
      stacks: {
        type: "object",
        additionalProperties: {
          type: "array",
          items: {
            $ref: "#/components/schemas/Frame",
          },
        },
        description: "Frames of the stacks that are named.",
      },
    },
    description: "The last minute of a process: what filled its memory, what grew, and the last large allocations.",
  },
  EndingCause: {
    type: "string",
    enum: ["running", "ended", "signal", "oom_killed", "likely_oom", "killed", "lost"],
    description: "How a process ended, as far as anybody knows.",
  },
  EndingStack: {
    type: "object",
    required: ["stack", "liveBytes", "liveCount", "growthBytes", "growthCount"],
    properties: {
      stack: {
        type: "number",
      },
      liveBytes: {
        type: "number",
      },
      liveCount: {
        type: "number",
      },
      growthBytes: {
        type: "number",
        description: "What came minus what went within the window; negative: it shrank.",
      },
      growthCount: {
        type: "number",
      },
    },
    description: "A stack at the end of its process.",
  },
  FieldInfo: {
    type: "object",
    required: ["name", "type", "scope", "operators", "description", "example", "choices"],
    properties: {
      name: {
        type: "string",
      },
      type: {
        type: "string",
      },
      scope: {
        type: "string",
        description: "process, allocation or stack: questions about processes know only the first.",
      },
      operators: {
        type: "array",
        items: {
          type: "string",
        },
      },
      description: {
        type: "string",
      },
      example: {
        type: "string",
      },
      choices: {
        type: "array",
        items: {
          type: "string",
        },
        description: "What a choice may be; else empty.",
      },
    },
    description: "A field of the question language.",
  },
  FieldList: {
    type: "object",
    required: ["fields"],
    properties: {
      fields: {
        type: "array",
        items: {
          $ref: "#/components/schemas/FieldInfo",
        },
      },
    },
  },
  FleetBy: {
    type: "string",
    enum: ["all", "namespace", "workload", "pod", "container", "process"],
    description: "What gathers processes in views of a fleet. `all`: everything in one.",
  },
  FleetEvent: {
    type: "object",
    required: ["namespace", "workload", "pod", "container", "process", "name", "timeUnixMs", "kind", "text"],
    properties: {
      namespace: {
        type: "string",
      },
      workload: {
        type: "string",
      },
      pod: {
        type: "string",
      },
      container: {
        type: "string",
      },
      process: {
        $ref: "#/components/schemas/ProcessKey",
      },
      name: {
        type: "string",
      },
      timeUnixMs: {
        type: "number",
      },
      kind: {
        type: "string",
        enum: ["end", "oom", "mode", "marker"],
      },
      text: {
        type: "string",
        description: "One sentence.",
      },
    },
    description: "Something that happened to a process at one time.",
  },
  FleetEvents: {
    type: "object",
    required: ["events"],
    properties: {
      events: {
        type: "array",
        items: {
          $ref: "#/components/schemas/FleetEvent",
        },
      },
    },
  },
  FleetGroup: {
    type: "object",
    required: [
      "namespace",
      "workload",
      "pod",
      "container",
      "process",
      "name",
      "processes",
      "running",
      "pods",
      "liveBytes",
      "liveAllocations",
      "peakLiveBytes",
      "growthBytesPerSecond",
      "allocatedBytesPerSecond",
      "allocationsPerSecond",
      "residentBytes",
      "limitBytes",
      "lossCount",
      "lossy",
      "sampled",
    ],
    properties: {
      namespace: {
        type: "string",
      },
      workload: {
        type: "string",
      },
      pod: {
        type: "string",
      },
      container: {
        type: "string",
      },
      process: {
        $ref: "#/components/schemas/ProcessKey",
      },
      name: {
        type: "string",
      },
      processes: {
        type: "number",
        description: "Processes that existed within the range, and those that had not ended at its end.",
      },
      running: {
        type: "number",
      },
      pods: {
        type: "number",
        description: "Pods with a running process.",
      },
      liveBytes: {
        type: "number",
        description: "Of the running ones.",
      },
      liveAllocations: {
        type: "number",
      },
      peakLiveBytes: {
        type: "number",
        description: "Sum of what each process had at its highest within the range.",
      },
      growthBytesPerSecond: {
        type: "number",
        description: "Slope of the live bytes within the range, of the running ones.",
      },
      allocatedBytesPerSecond: {
        type: "number",
        description: "Mean over the range.",
      },
      allocationsPerSecond: {
        type: "number",
      },
      residentBytes: {
        type: "number",
        description: "Sum over processes: what they share counts in each.",
      },
      limitBytes: {
        type: "number",
        nullable: true,
        description: "Of their containers together; null: one of them has none, or it is not known.",
      },
      lossCount: {
        type: "number",
        description: "Records that are missing, and how many processes miss some.",
      },
      lossy: {
        type: "number",
      },
      sampled: {
        type: "number",
        description: "Processes whose figures are estimates.",
      },
    },
    description: "Processes together, as they stood at the end of the range.",
  },
  FleetGroups: {
    type: "object",
    required: ["sentence", "by", "fromUnixNs", "toUnixNs", "total", "groups"],
    properties: {
      sentence: {
        type: "string",
        description: "One sentence: what is shown.",
      },
      by: {
        $ref: "#/components/schemas/FleetBy",
      },
      fromUnixNs: {
        type: "string",
      },
      toUnixNs: {
        type: "string",
      },
      total: {
        type: "number",
        description: "Groups that there are; `groups` has the first of them.",
      },
      groups: {
        type: "array",
        items: {
          $ref: "#/components/schemas/FleetGroup",
        },
      },
    },
  },
  FleetLabels: {
    type: "object",
    required: ["namespace", "workload", "pod", "container", "process", "name"],
    properties: {
      namespace: {
        type: "string",
      },
      workload: {
        type: "string",
      },
      pod: {
        type: "string",
      },
      container: {
        type: "string",
      },
      process: {
        $ref: "#/components/schemas/ProcessKey",
      },
      name: {
        type: "string",
      },
    },
    description: "Labels of a group; those that it is not gathered by are empty.",
  },
  FleetSeries: {
    type: "object",
    required: [
      "namespace",
      "workload",
      "pod",
      "container",
      "process",
      "name",
      "isRest",
      "limitBytes",
      "liveBytes",
      "liveAllocations",
      "residentBytes",
      "allocatedBytesPerSecond",
      "allocationsPerSecond",
      "processes",
    ],
    properties: {
      namespace: {
        type: "string",
      },
      workload: {
        type: "string",
      },
      pod: {
        type: "string",
      },
      container: {
        type: "string",
      },
      process: {
        $ref: "#/components/schemas/ProcessKey",
      },
      name: {
        type: "string",
      },
      isRest: {
        type: "boolean",
        description: "The groups that have no line of their own, together: their labels are empty.",
      },
      limitBytes: {
        type: "number",
        nullable: true,
        description: "At the end of the range; null: unlimited or not known.",
      },
      liveBytes: {
        type: "array",
        items: {
          type: "number",
        },
      },
      liveAllocations: {
        type: "array",
        items: {
          type: "number",
        },
      },
      residentBytes: {
        type: "array",
        items: {
          type: "number",
        },
      },
      allocatedBytesPerSecond: {
        type: "array",
        items: {
          type: "number",
        },
      },
      allocationsPerSecond: {
        type: "array",
        items: {
          type: "number",
        },
      },
      processes: {
        type: "array",
        items: {
          type: "number",
        },
      },
    },
    description: "One line per group; all arrays are as long as the timeline's `timeUnixMs`.",
  },
  FleetTimeline: {
    type: "object",
    required: ["by", "fromUnixNs", "toUnixNs", "timeUnixMs", "series"],
    properties: {
      by: {
        $ref: "#/components/schemas/FleetBy",
      },
      fromUnixNs: {
        type: "string",
      },
      toUnixNs: {
        type: "string",
      },
      timeUnixMs: {
        type: "array",
        items: {
          type: "number",
        },
        description: "Ends of the intervals.",
      },
      series: {
        type: "array",
        items: {
          $ref: "#/components/schemas/FleetSeries",
        },
      },
    },
  },
  FleetValues: {
    type: "object",
    required: ["field", "values"],
    properties: {
      field: {
        type: "string",
      },
      values: {
        type: "array",
        items: {
          type: "string",
        },
      },
    },
    description: "Values of a field, for choices.",
  },
  Frame: {
    type: "object",
    required: ["function", "module", "file", "line", "offset", "inlined"],
    properties: {
      function: {
        type: "string",
      },
      module: {
        type: "string",
      },
      file: {
        type: "string",
      },
      line: {
        type: "number",
      },
      offset: {
        type: "string",
      },
      inlined: {
        type: "boolean",
      },
    },
  },
  Groups: {
    type: "object",
    required: ["revision", "measure", "sentence", "totalStacks", "totalBytes", "totalCount", "groups"],
    properties: {
      revision: {
        type: "number",
      },
      measure: {
        $ref: "#/components/schemas/Measure",
      },
      sentence: {
        type: "string",
      },
      totalStacks: {
        type: "number",
      },
      totalBytes: {
        type: "number",
      },
      totalBytesDeviation: {
        type: "number",
      },
      totalCount: {
        type: "number",
      },
      groups: {
        type: "array",
        items: {
          $ref: "#/components/schemas/StackGroup",
        },
      },
    },
  },
  LiveUpdate: {
    type: "object",
    required: ["process", "revision", "liveBytes", "running"],
    properties: {
      process: {
        $ref: "#/components/schemas/ProcessKey",
      },
      revision: {
        type: "number",
      },
      liveBytes: {
        type: "number",
      },
      running: {
        type: "boolean",
      },
    },
    description: "An event of the live stream: a process has new data, or has ended.",
  },
  Loss: {
    type: "object",
    required: ["kind", "count", "bytes", "advice"],
    properties: {
      kind: {
        $ref: "#/components/schemas/LossKind",
      },
      count: {
        type: "number",
      },
      bytes: {
        type: "number",
      },
      advice: {
        type: "string",
        description: "One sentence for people: what is missing and why.",
      },
      isByMode: {
        type: "boolean",
        description: "True: it follows from the recording mode, nothing went wrong; not in `lossCount`.",
      },
    },
  },
  LossKind: {
    type: "string",
    enum: [
      "ring_full",
      "spool_full",
      "unknown_free",
      "missed_free",
      "no_stack",
      "truncated_stack",
      "guessed_frame",
      "busy",
      "stack_table_full",
      "memory_call",
      "unhooked_allocator",
      "unrecorded_free",
      "forgotten",
      "sample_set_full",
      "marker",
      "rejected_block",
      "unseen_end",
    ],
  },
  MappingKind: {
    type: "string",
    enum: ["heap", "stack", "anonymous", "file", "kernel"],
  },
  MappingOwner: {
    type: "object",
    required: ["call", "timeNs", "tid", "stack", "bytes"],
    properties: {
      call: {
        type: "string",
        enum: ["mmap", "mremap", "brk"],
      },
      timeNs: {
        type: "number",
      },
      tid: {
        type: "number",
      },
      stack: {
        type: "number",
      },
      bytes: {
        type: "number",
        description: "Of the mapping.",
      },
    },
    description: "A call that a mapping, or a part of it, goes back to.",
  },
  MappingRow: {
    type: "object",
    required: [
      "start",
      "end",
      "sizeBytes",
      "permissions",
      "name",
      "kind",
      "residentBytes",
      "proportionalBytes",
      "privateDirtyBytes",
      "anonymousBytes",
      "swapBytes",
      "owners",
      "unexplainedBytes",
    ],
    properties: {
      start: {
        type: "string",
        description: "Hexadecimal, with 0x.",
      },
      end: {
        type: "string",
      },
      sizeBytes: {
        type: "number",
      },
      permissions: {
        type: "string",
      },
      name: {
        type: "string",
      },
      kind: {
        $ref: "#/components/schemas/MappingKind",
      },
      residentBytes: {
        type: "number",
      },
      proportionalBytes: {
        type: "number",
      },
      privateDirtyBytes: {
        type: "number",
      },
      anonymousBytes: {
        type: "number",
      },
      swapBytes: {
        type: "number",
      },
      owners: {
        type: "array",
        items: {
          $ref: "#/components/schemas/MappingOwner",
        },
        description: "The largest part first. Empty: mapped inside libc, by the loader, or before recording began.",
      },
      unexplainedBytes: {
        type: "number",
        description: "Bytes that no recorded call explains.",
      },
    },
  },
  Maps: {
    type: "object",
    required: [
      "revision",
      "sentence",
      "atNs",
      "sampledNs",
      "sampleTimesNs",
      "sampleResidentBytes",
      "mappings",
      "memory",
      "allocators",
      "settings",
      "calls",
      "stacks",
    ],
    properties: {
      revision: {
        type: "number",
      },
      sentence: {
        type: "string",
      },
      atNs: {
        type: "number",
      },
      sampledNs: {
        type: "number",
        nullable: true,
        description: "When the shown list was taken; null: none was by then.",
      },
      sampleTimesNs: {
        type: "array",
        items: {
          type: "number",
        },
        description: "When lists were taken, in order, and the resident bytes of each.",
      },
      sampleResidentBytes: {
        type: "array",
        items: {
          type: "number",
        },
      },
      mappings: {
        type: "array",
        items: {
          $ref: "#/components/schemas/MappingRow",
        },
      },
      memory: {
        allOf: [
          {
            $ref: "#/components/schemas/MemoryFacts",
          },
        ],
        nullable: true,
      },
      allocators: {
        type: "array",
        items: {
          $ref: "#/components/schemas/AllocatorInfo",
        },
      },
      settings: {
        type: "array",
        items: {
          $ref: "#/components/schemas/AllocatorSetting",
        },
      },
      calls: {
        type: "number",
        description: "Calls that were looked at.",
      },
      stacks: {
        type: "object",
        additionalProperties: {
          type: "array",
          items: {
            $ref: "#/components/schemas/Frame",
          },
        },
        description: "Frames of the stacks that owners and settings name.",
      },
    },
    description: "The address space at an instant.",
  },
  Marker: {
    type: "object",
    required: ["timeNs", "number", "label"],
    properties: {
      timeNs: {
        type: "number",
      },
      number: {
        type: "number",
      },
      label: {
        type: "string",
      },
    },
  },
  Measure: {
    type: "string",
    enum: ["live", "allocated", "freed", "leaked", "temporary"],
    description:
      "What a question counts. `live` is at one instant (`atNs`), the others are within a window (`fromNs` .. `toNs`).",
  },
  MemoryFacts: {
    type: "object",
    required: [
      "timeNs",
      "residentBytes",
      "anonymousBytes",
      "fileBytes",
      "sharedBytes",
      "swapBytes",
      "liveBytes",
      "profilerBytes",
      "cgroupBytes",
      "cgroupLimitBytes",
      "cgroupSwapBytes",
      "cgroupOom",
      "cgroupOomKills",
    ],
    properties: {
      timeNs: {
        type: "number",
      },
      residentBytes: {
        type: "number",
      },
      anonymousBytes: {
        type: "number",
      },
      fileBytes: {
        type: "number",
      },
      sharedBytes: {
        type: "number",
      },
      swapBytes: {
        type: "number",
      },
      liveBytes: {
        type: "number",
      },
      profilerBytes: {
        type: "number",
      },
      cgroupBytes: {
        type: "number",
      },
      cgroupLimitBytes: {
        type: "number",
      },
      cgroupSwapBytes: {
        type: "number",
      },
      cgroupOom: {
        type: "number",
      },
      cgroupOomKills: {
        type: "number",
      },
    },
    description: "One sample of what the kernel says about the process's memory.",
  },
  ModeChange: {
    type: "object",
    required: ["timeNs", "from", "to", "why", "sampleBytes"],
    properties: {
      timeNs: {
        type: "number",
      },
      from: {
        type: "string",
      },
      to: {
        type: "string",
      },
      why: {
        type: "string",
        description: "api, signal, settings, condition or budget",
      },
      sampleBytes: {
        type: "number",
        description: "Mean bytes between samples from then on.",
      },
    },
  },
  ModuleInfo: {
    type: "object",
    required: ["number", "path", "buildId", "symbolized"],
    properties: {
      number: {
        type: "number",
      },
      path: {
        type: "string",
      },
      buildId: {
        type: "string",
      },
      symbolized: {
        type: "number",
        description: "Share of its frames that have symbols, 0 to 1.",
      },
    },
  },
  ProcessDetail: {
    type: "object",
    required: [
      "process",
      "name",
      "executable",
      "arguments",
      "pid",
      "hostname",
      "namespace",
      "workload",
      "pod",
      "container",
      "architecture",
      "libc",
      "allocator",
      "mode",
      "freeStacks",
      "parentProcess",
      "startedUnixNs",
      "durationNs",
      "running",
      "endReason",
      "liveBytes",
      "liveAllocations",
      "peakLiveBytes",
      "peakNs",
      "allocatedBytes",
      "allocations",
      "frees",
      "residentBytes",
      "peakResidentBytes",
      "limitBytes",
      "lossCount",
      "revision",
      "losses",
      "threads",
      "modules",
      "stacks",
      "maxDepth",
      "notes",
    ],
    properties: {
      process: {
        $ref: "#/components/schemas/ProcessKey",
      },
      name: {
        type: "string",
        description: "What the program was started as, without the folder.",
      },
      executable: {
        type: "string",
      },
      arguments: {
        type: "array",
        items: {
          type: "string",
        },
      },
      pid: {
        type: "number",
      },
      hostname: {
        type: "string",
      },
      namespace: {
        type: "string",
      },
      workload: {
        type: "string",
      },
      pod: {
        type: "string",
      },
      container: {
        type: "string",
      },
      architecture: {
        type: "string",
      },
      libc: {
        type: "string",
      },
      allocator: {
        type: "string",
      },
      mode: {
        type: "string",
        description:
          "What the process was told last: exact, cull, sample, auto or dormant. Of auto the mode that it has chosen.",
      },
      isSampled: {
        type: "boolean",
        description: "Figures are estimates, at least in part.",
      },
      isPartial: {
        type: "boolean",
        description: "Rows of single allocations are not all that happened: culled, held back or sampled.",
      },
      culledAllocations: {
        type: "number",
        description: "Allocations that lived too shortly to be recorded one by one; only counted.",
      },
      liveBytesDeviation: {
        type: "number",
        description: "Standard deviation of `liveBytes`, where sampled.",
      },
      freeStacks: {
        type: "boolean",
      },
      parentProcess: {
        allOf: [
          {
            $ref: "#/components/schemas/ProcessKey",
          },
        ],
        nullable: true,
      },
      startedUnixNs: {
        type: "string",
      },
      durationNs: {
        type: "number",
        description: "Start to end, or to the last block seen.",
      },
      running: {
        type: "boolean",
      },
      endReason: {
        type: "string",
      },
      liveBytes: {
        type: "number",
      },
      liveAllocations: {
        type: "number",
      },
      peakLiveBytes: {
        type: "number",
      },
      peakNs: {
        type: "number",
      },
      allocatedBytes: {
        type: "number",
      },
      allocations: {
        type: "number",
      },
      frees: {
        type: "number",
      },
      residentBytes: {
        type: "number",
      },
      peakResidentBytes: {
        type: "number",
      },
      limitBytes: {
        type: "number",
      },
      lossCount: {
        type: "number",
      },
      revision: {
        type: "number",
        description: "Grows whenever new data of the process arrives: the number of the newest block.",
      },
      losses: {
        type: "array",
        items: {
          $ref: "#/components/schemas/Loss",
        },
      },
      threads: {
        type: "array",
        items: {
          type: "object",
          required: ["thread", "tid", "name"],
          properties: {
            thread: {
              type: "number",
            },
            tid: {
              type: "number",
            },
            name: {
              type: "string",
            },
          },
        },
      },
      modules: {
        type: "array",
        items: {
          $ref: "#/components/schemas/ModuleInfo",
        },
      },
      stacks: {
        type: "number",
      },
      maxDepth: {
        type: "number",
      },
      notes: {
        type: "array",
        items: {
          type: "string",
        },
        description:
          "Allocated again while the older block of that address... and other facts that a reader should know.",
      },
    },
  },
  ProcessKey: {
    type: "string",
    description: "16 hex digits.",
  },
  ProcessList: {
    type: "object",
    required: ["total", "processes"],
    properties: {
      total: {
        type: "number",
      },
      processes: {
        type: "array",
        items: {
          $ref: "#/components/schemas/ProcessSummary",
        },
      },
    },
  },
  ProcessSettings: {
    type: "object",
    required: ["process", "requestedUnixNs", "mode", "sampleBytes", "cullMs", "stop"],
    properties: {
      process: {
        $ref: "#/components/schemas/ProcessKey",
      },
      requestedUnixNs: {
        type: "string",
        nullable: true,
        description: "When it was asked for the last time; null: never.",
      },
      mode: {
        allOf: [
          {
            $ref: "#/components/schemas/RecordingMode",
          },
        ],
        nullable: true,
        description: "null: as the process was started.",
      },
      sampleBytes: {
        type: "number",
        nullable: true,
      },
      cullMs: {
        type: "number",
        nullable: true,
      },
      stop: {
        type: "boolean",
        description: "It was told to stop recording for good.",
      },
    },
    description: "What was asked of a running process, all requests together.",
  },
  ProcessSummary: {
    type: "object",
    required: [
      "process",
      "name",
      "executable",
      "arguments",
      "pid",
      "hostname",
      "namespace",
      "workload",
      "pod",
      "container",
      "architecture",
      "libc",
      "allocator",
      "mode",
      "freeStacks",
      "parentProcess",
      "startedUnixNs",
      "durationNs",
      "running",
      "endReason",
      "liveBytes",
      "liveAllocations",
      "peakLiveBytes",
      "peakNs",
      "allocatedBytes",
      "allocations",
      "frees",
      "residentBytes",
      "peakResidentBytes",
      "limitBytes",
      "lossCount",
      "revision",
    ],
    properties: {
      process: {
        $ref: "#/components/schemas/ProcessKey",
      },
      name: {
        type: "string",
        description: "What the program was started as, without the folder.",
      },
      executable: {
        type: "string",
      },
      arguments: {
        type: "array",
        items: {
          type: "string",
        },
      },
      pid: {
        type: "number",
      },
      hostname: {
        type: "string",
      },
      namespace: {
        type: "string",
      },
      workload: {
        type: "string",
      },
      pod: {
        type: "string",
      },
      container: {
        type: "string",
      },
      architecture: {
        type: "string",
      },
      libc: {
        type: "string",
      },
      allocator: {
        type: "string",
      },
      mode: {
        type: "string",
        description:
          "What the process was told last: exact, cull, sample, auto or dormant. Of auto the mode that it has chosen.",
      },
      isSampled: {
        type: "boolean",
        description: "Figures are estimates, at least in part.",
      },
      isPartial: {
        type: "boolean",
        description: "Rows of single allocations are not all that happened: culled, held back or sampled.",
      },
      culledAllocations: {
        type: "number",
        description: "Allocations that lived too shortly to be recorded one by one; only counted.",
      },
      liveBytesDeviation: {
        type: "number",
        description: "Standard deviation of `liveBytes`, where sampled.",
      },
      freeStacks: {
        type: "boolean",
      },
      parentProcess: {
        allOf: [
          {
            $ref: "#/components/schemas/ProcessKey",
          },
        ],
        nullable: true,
      },
      startedUnixNs: {
        type: "string",
      },
      durationNs: {
        type: "number",
        description: "Start to end, or to the last block seen.",
      },
      running: {
        type: "boolean",
      },
      endReason: {
        type: "string",
      },
      liveBytes: {
        type: "number",
      },
      liveAllocations: {
        type: "number",
      },
      peakLiveBytes: {
        type: "number",
      },
      peakNs: {
        type: "number",
      },
      allocatedBytes: {
        type: "number",
      },
      allocations: {
        type: "number",
      },
      frees: {
        type: "number",
      },
      residentBytes: {
        type: "number",
      },
      peakResidentBytes: {
        type: "number",
      },
      limitBytes: {
        type: "number",
      },
      lossCount: {
        type: "number",
      },
      revision: {
        type: "number",
        description: "Grows whenever new data of the process arrives: the number of the newest block.",
      },
    },
  },
  QuestionCheck: {
    type: "object",
    required: ["ok"],
    properties: {
      ok: {
        type: "boolean",
      },
      canonical: {
        type: "string",
        description: "When it is: its canonical text.",
      },
      error: {
        type: "object",
        required: ["message", "position", "length", "expected", "advice"],
        properties: {
          message: {
            type: "string",
          },
          position: {
            type: "number",
            description: "Offset of the first wrong character.",
          },
          length: {
            type: "number",
          },
          expected: {
            type: "array",
            items: {
              type: "string",
            },
            description: "What could stand there.",
          },
          advice: {
            type: "string",
          },
        },
      },
    },
    description: "Whether a question is understood.",
  },
  Reader: {
    type: "object",
    required: ["mode", "name", "namespaces", "canSignOut"],
    properties: {
      mode: {
        $ref: "#/components/schemas/ReadersMode",
      },
      name: {
        type: "string",
        nullable: true,
        description: "null: nobody in particular.",
      },
      namespaces: {
        type: "array",
        items: {
          type: "string",
        },
        nullable: true,
        description: "Namespaces with processes or pods that they may see; null: all.",
      },
      canSignOut: {
        type: "boolean",
        description: "They came by a cookie, which signing out takes away.",
      },
    },
    description: "Who is reading, and what they may see.",
  },
  ReadersMode: {
    type: "string",
    enum: ["none", "token", "kubernetes", "proxy"],
    description:
      "none: nobody is asked. token: one token for all. kubernetes: a Kubernetes token. proxy: whom a proxy says.",
  },
  ReasonSeverity: {
    type: "string",
    enum: ["info", "skip", "warn", "gap"],
    description: "skip: not injected. warn: something wants a look. gap: injected, and nothing comes. info: fine.",
  },
  RecordingMode: {
    type: "string",
    enum: ["exact", "cull", "sample", "auto", "dormant"],
  },
  SignIn: {
    type: "object",
    required: ["mode"],
    properties: {
      mode: {
        $ref: "#/components/schemas/ReadersMode",
      },
    },
    description: "What a reader has to bring.",
  },
  StackGroup: {
    type: "object",
    required: [
      "stack",
      "stackId",
      "frames",
      "bytes",
      "count",
      "allocatedBytes",
      "allocations",
      "freedBytes",
      "frees",
      "leakedBytes",
      "leaked",
      "temporaries",
      "minSize",
      "maxSize",
      "firstNs",
      "lastNs",
      "meanLifetimeNs",
    ],
    properties: {
      stack: {
        type: "number",
      },
      stackId: {
        type: "string",
      },
      frames: {
        type: "array",
        items: {
          $ref: "#/components/schemas/Frame",
        },
      },
      bytes: {
        type: "number",
      },
      count: {
        type: "number",
      },
      bytesDeviation: {
        type: "number",
        description: "Standard deviation of `bytes`; absent where nothing was sampled.",
      },
      allocatedBytes: {
        type: "number",
      },
      allocations: {
        type: "number",
      },
      freedBytes: {
        type: "number",
      },
      frees: {
        type: "number",
      },
      leakedBytes: {
        type: "number",
      },
      leaked: {
        type: "number",
      },
      temporaries: {
        type: "number",
      },
      minSize: {
        type: "number",
      },
      maxSize: {
        type: "number",
      },
      firstNs: {
        type: "number",
      },
      lastNs: {
        type: "number",
      },
      meanLifetimeNs: {
        type: "number",
        nullable: true,
      },
    },
  },
  Timeline: {
    type: "object",
    required: [
      "revision",
      "fromNs",
      "toNs",
      "timeNs",
      "liveBytes",
      "liveAllocations",
      "peakLiveBytes",
      "allocatedBytesPerSecond",
      "allocationsPerSecond",
      "freesPerSecond",
      "residentBytes",
      "limitBytes",
      "anonymousBytes",
    ],
    properties: {
      revision: {
        type: "number",
      },
      fromNs: {
        type: "number",
      },
      toNs: {
        type: "number",
      },
      timeNs: {
        type: "array",
        items: {
          type: "number",
        },
      },
      liveBytes: {
        type: "array",
        items: {
          type: "number",
        },
      },
      liveAllocations: {
        type: "array",
        items: {
          type: "number",
        },
      },
      peakLiveBytes: {
        type: "array",
        items: {
          type: "number",
        },
        description: "Highest live bytes within the interval.",
      },
      allocatedBytesPerSecond: {
        type: "array",
        items: {
          type: "number",
        },
      },
      allocationsPerSecond: {
        type: "array",
        items: {
          type: "number",
        },
      },
      freesPerSecond: {
        type: "array",
        items: {
          type: "number",
        },
      },
      residentBytes: {
        type: "array",
        items: {
          type: "number",
          nullable: true,
        },
        description: "null where not sampled.",
      },
      limitBytes: {
        type: "array",
        items: {
          type: "number",
          nullable: true,
        },
      },
      anonymousBytes: {
        type: "array",
        items: {
          type: "number",
          nullable: true,
        },
        description:
          "Resident anonymous memory; what exceeds the live bytes is the allocator's: fragmentation, caches, overhead.",
      },
      liveBytesDeviation: {
        type: "array",
        items: {
          type: "number",
        },
        description: "Standard deviation of `liveBytes`; absent where nothing was sampled.",
      },
      modeChanges: {
        type: "array",
        items: {
          $ref: "#/components/schemas/ModeChange",
        },
      },
      markers: {
        type: "array",
        items: {
          $ref: "#/components/schemas/Marker",
        },
      },
    },
    description: "All arrays have one length; `timeNs` is the end of each interval. Rates are per second.",
  },
  Tree: {
    type: "object",
    required: [
      "revision",
      "measure",
      "weight",
      "sentence",
      "totalBytes",
      "totalCount",
      "stacks",
      "strings",
      "parent",
      "name",
      "module",
      "file",
      "line",
      "inlined",
      "totalBytesOf",
      "totalCountOf",
      "selfBytes",
      "selfCount",
      "smallBytes",
      "smallCount",
      "pruned",
    ],
    properties: {
      revision: {
        type: "number",
      },
      measure: {
        $ref: "#/components/schemas/Measure",
      },
      weight: {
        $ref: "#/components/schemas/Weight",
      },
      sentence: {
        type: "string",
        description: "One sentence: what is shown.",
      },
      totalBytes: {
        type: "number",
      },
      totalCount: {
        type: "number",
      },
      totalBytesDeviation: {
        type: "number",
        description: "Standard deviation of `totalBytes`; absent where nothing was sampled.",
      },
      stacks: {
        type: "number",
        description: "Number of stacks that make up the tree.",
      },
      strings: {
        type: "array",
        items: {
          type: "string",
        },
      },
      parent: {
        type: "array",
        items: {
          type: "number",
        },
      },
      name: {
        type: "array",
        items: {
          type: "number",
        },
        description: "Index into strings: function, or module+0xoffset without symbols.",
      },
      module: {
        type: "array",
        items: {
          type: "number",
        },
        description: "Index into strings: file name of the module.",
      },
      file: {
        type: "array",
        items: {
          type: "number",
        },
        description: "Index into strings: source file, or the empty string.",
      },
      line: {
        type: "array",
        items: {
          type: "number",
        },
      },
      inlined: {
        type: "array",
        items: {
          type: "number",
          enum: [0, 1],
        },
        description: "1 = inlined into its parent.",
      },
      totalBytesOf: {
        type: "array",
        items: {
          type: "number",
        },
        description:
          "Of a node: what ends there (self), what is in children too light to show (small), and the totals of its children.",
      },
      totalCountOf: {
        type: "array",
        items: {
          type: "number",
        },
      },
      selfBytes: {
        type: "array",
        items: {
          type: "number",
        },
      },
      selfCount: {
        type: "array",
        items: {
          type: "number",
        },
      },
      smallBytes: {
        type: "array",
        items: {
          type: "number",
        },
      },
      smallCount: {
        type: "array",
        items: {
          type: "number",
        },
      },
      pruned: {
        type: "number",
        description: "Children lighter than `minShare` of the total have no node; how many, without those below them.",
      },
    },
    description: "A call tree as columns; node 0 is the root; parents come before children.",
  },
  Weight: {
    type: "string",
    enum: ["bytes", "count"],
  },
};
