// Generated from services/api/openapi.json by `npm run gen -w services/api`.
export interface paths {
  "/api/v1/fields": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations["fields"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/question/check": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post: operations["check"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/processes": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations["list"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/processes/{process}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations["detail"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/fleet/groups": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations["fleetGroups"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/fleet/timeline": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations["fleetTimeline"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/fleet/values": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations["fleetValues"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/fleet/events": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations["fleetEvents"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/processes/{process}/timeline": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations["timeline"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/processes/{process}/tree": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations["tree"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/processes/{process}/groups": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations["groups"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/processes/{process}/leaks": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations["leaks"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/processes/{process}/allocations": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations["allocations"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/processes/{process}/maps": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations["maps"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/processes/{process}/ending": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations["ending"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/processes/{process}/export/{format}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations["download"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/live": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations["updates"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/processes/{process}/settings": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations["readSettings"];
    put?: never;
    post: operations["changeSettings"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/coverage": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations["coverage"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/coverage/pods": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations["coveragePods"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/reader": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations["reader"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/session": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations["signInMode"];
    put?: never;
    post: operations["signIn"];
    delete: operations["signOut"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    AllocationRow: {
      id: string;
      timeNs: number;
      lifetimeNs: number | null;
      address: string;
      size: number;
      stack: number;
      thread: number;
      /** @enum {string} */
      kind: "malloc" | "calloc" | "realloc" | "aligned";
      reallocOf: string | null;
      freeThread: number | null;
      freeStack: number | null;
    };
    Allocations: {
      revision: number;
      sentence: string;
      total: number;
      rows: components["schemas"]["AllocationRow"][];
      /** @description Frames of the stacks that the rows name. */
      stacks: {
        [key: string]: components["schemas"]["Frame"][];
      };
      /** @description Pass as `after` for the next page; null at the end. */
      next: string | null;
    };
    /** @description An allocator in the process; number 0 serves malloc. */
    AllocatorInfo: {
      number: number;
      name: string;
      module: string;
      version: string;
      prefix: string;
      /** @description interposed, imports, patched, pool; refused: its calls are not seen, see `reason`. */
      hooking: string;
      reason: string;
      /** @description What it said of itself last, null when it was not asked. */
      inUseBytes: number | null;
      freeBytes: number | null;
      mappedBytes: number | null;
    };
    /** @description A setting of the allocator that the program changed (mallopt). */
    AllocatorSetting: {
      timeNs: number;
      tid: number;
      stack: number;
      parameter: number;
      name: string;
      value: number;
      accepted: boolean;
    };
    ApiError: {
      error: {
        code: string;
        message: string;
        advice: string;
        requestId: string;
      };
    };
    /** @description The run of a container that a process was part of, as the kubelet reported its end. */
    ContainerEnd: {
      reason: string;
      exitCode: number;
      signal: number;
      /** @description Since the start of the process; the kubelet counts in seconds. */
      finishedNs: number;
      restarts: number;
      /** @description null: none. */
      limitBytes: number | null;
    };
    Coverage: {
      asked: number;
      injected: number;
      reporting: number;
      /** @description When the injector reported last; null: it never has. */
      reportedUnixNs: string | null;
      /** @description Nothing has been reported for minutes: figures may be old. */
      isStale: boolean;
      sentence: string;
      causes: components["schemas"]["CoverageCause"][];
      /** @description Those with gaps first. */
      workloads: components["schemas"]["CoverageWorkload"][];
      /** @description Workloads in all; the list has the first thousand. */
      totalWorkloads: number;
    };
    /** @description A cause of missing profiles, or a warning; code and advice are those of docs/reference/reasons.md. */
    CoverageCause: {
      code: string;
      severity: components["schemas"]["ReasonSeverity"];
      title: string;
      /** @description What to do. */
      advice: string;
      /** @description Pods of which it is the likeliest cause. */
      pods: number;
    };
    /** @description A profiled container; of a pod without the library there is one, with an empty name. */
    CoverageContainer: {
      container: string;
      reporting: boolean;
      /** @description waiting, running, terminated; empty: unknown. */
      state: string;
      stateReason: string;
      restarts: number;
      /** @description null: none. */
      limitBytes: number | null;
      /** @description The likeliest first. */
      findings: components["schemas"]["CoverageFinding"][];
      /** @description How its last run ended; null: none has. */
      lastEnd: {
        reason: string;
        exitCode: number;
        finishedUnixNs: string;
      } | null;
    };
    /** @description Pods that somebody asked profiles of, pods that got the library, and pods from all of whose profiled containers data come. */
    CoverageCounts: {
      asked: number;
      injected: number;
      reporting: number;
    };
    CoverageFinding: {
      code: string;
      severity: components["schemas"]["ReasonSeverity"];
      title: string;
      advice: string;
      detail: string;
    };
    CoveragePod: {
      namespace: string;
      workload: string;
      pod: string;
      node: string;
      phase: string;
      createdUnixNs: string;
      injected: boolean;
      containers: components["schemas"]["CoverageContainer"][];
    };
    CoveragePods: {
      total: number;
      pods: components["schemas"]["CoveragePod"][];
    };
    CoverageWorkload: {
      asked: number;
      injected: number;
      reporting: number;
      namespace: string;
      /** @description "Deployment/web" */
      workload: string;
      /** @description Codes of its pods without profiles, the commonest first. */
      causes: {
        code: string;
        pods: number;
      }[];
      restarts: number;
      /** @description Ends of its containers for memory in the last day. */
      oomKills: number;
    };
    /** @description The last minute of a process: what filled its memory, what grew, and the last large allocations. */
    Ending: {
      revision: number;
      cause: components["schemas"]["EndingCause"];
      /** @description One sentence: how it ended, with how much, of what limit. */
      sentence: string;
      /** @description Where that is known from, and what is not known. */
      evidence: string[];
      /** @description The window: its end is the end of the process, or now. */
      fromNs: number;
      toNs: number;
      liveBytes: number;
      liveAllocations: number;
      /** @description Of the window; what came minus what went. */
      growthBytes: number;
      growthCount: number;
      /** @description The last sample of the kernel's figures; null: none was taken. */
      memory: components["schemas"]["MemoryFacts"] | null;
      /** @description Of the control group, else of the container; null: none is known. */
      limitBytes: number | null;
      /** @description null outside of Kubernetes, or nobody reported it. */
      container: components["schemas"]["ContainerEnd"] | null;
      /** @description The largest by live bytes and those that grew most, in order of live bytes. */
      topStacks: components["schemas"]["EndingStack"][];
      /** @description The largest allocations of the window, the newest first. */
      largest: components["schemas"]["AllocationRow"][];
      /** @description Frames of the stacks that are named. */
      stacks: {
        [key: string]: components["schemas"]["Frame"][];
      };
    };
    /**
     * @description How a process ended, as far as anybody knows.
     * @enum {string}
     */
    EndingCause: "running" | "ended" | "signal" | "oom_killed" | "likely_oom" | "killed" | "lost";
    /** @description A stack at the end of its process. */
    EndingStack: {
      stack: number;
      liveBytes: number;
      liveCount: number;
      /** @description What came minus what went within the window; negative: it shrank. */
      growthBytes: number;
      growthCount: number;
    };
    /** @description A field of the question language. */
    FieldInfo: {
      name: string;
      type: string;
      /** @description process, allocation or stack: questions about processes know only the first. */
      scope: string;
      operators: string[];
      description: string;
      example: string;
      /** @description What a choice may be; else empty. */
      choices: string[];
    };
    FieldList: {
      fields: components["schemas"]["FieldInfo"][];
    };
    /**
     * @description What gathers processes in views of a fleet. `all`: everything in one.
     * @enum {string}
     */
    FleetBy: "all" | "namespace" | "workload" | "pod" | "container" | "process";
    /** @description Something that happened to a process at one time. */
    FleetEvent: {
      namespace: string;
      workload: string;
      pod: string;
      container: string;
      process: components["schemas"]["ProcessKey"];
      name: string;
      timeUnixMs: number;
      /** @enum {string} */
      kind: "end" | "oom" | "mode" | "marker";
      /** @description One sentence. */
      text: string;
    };
    FleetEvents: {
      events: components["schemas"]["FleetEvent"][];
    };
    /** @description Processes together, as they stood at the end of the range. */
    FleetGroup: {
      namespace: string;
      workload: string;
      pod: string;
      container: string;
      process: components["schemas"]["ProcessKey"];
      name: string;
      /** @description Processes that existed within the range, and those that had not ended at its end. */
      processes: number;
      running: number;
      /** @description Pods with a running process. */
      pods: number;
      /** @description Of the running ones. */
      liveBytes: number;
      liveAllocations: number;
      /** @description Sum of what each process had at its highest within the range. */
      peakLiveBytes: number;
      /** @description Slope of the live bytes within the range, of the running ones. */
      growthBytesPerSecond: number;
      /** @description Mean over the range. */
      allocatedBytesPerSecond: number;
      allocationsPerSecond: number;
      /** @description Sum over processes: what they share counts in each. */
      residentBytes: number;
      /** @description Of their containers together; null: one of them has none, or it is not known. */
      limitBytes: number | null;
      /** @description Records that are missing, and how many processes miss some. */
      lossCount: number;
      lossy: number;
      /** @description Processes whose figures are estimates. */
      sampled: number;
    };
    FleetGroups: {
      /** @description One sentence: what is shown. */
      sentence: string;
      by: components["schemas"]["FleetBy"];
      fromUnixNs: string;
      toUnixNs: string;
      /** @description Groups that there are; `groups` has the first of them. */
      total: number;
      groups: components["schemas"]["FleetGroup"][];
    };
    /** @description Labels of a group; those that it is not gathered by are empty. */
    FleetLabels: {
      namespace: string;
      workload: string;
      pod: string;
      container: string;
      process: components["schemas"]["ProcessKey"];
      name: string;
    };
    /** @description One line per group; all arrays are as long as the timeline's `timeUnixMs`. */
    FleetSeries: {
      namespace: string;
      workload: string;
      pod: string;
      container: string;
      process: components["schemas"]["ProcessKey"];
      name: string;
      /** @description The groups that have no line of their own, together: their labels are empty. */
      isRest: boolean;
      /** @description At the end of the range; null: unlimited or not known. */
      limitBytes: number | null;
      liveBytes: number[];
      liveAllocations: number[];
      residentBytes: number[];
      allocatedBytesPerSecond: number[];
      allocationsPerSecond: number[];
      processes: number[];
    };
    FleetTimeline: {
      by: components["schemas"]["FleetBy"];
      fromUnixNs: string;
      toUnixNs: string;
      /** @description Ends of the intervals. */
      timeUnixMs: number[];
      series: components["schemas"]["FleetSeries"][];
    };
    /** @description Values of a field, for choices. */
    FleetValues: {
      field: string;
      values: string[];
    };
    Frame: {
      function: string;
      module: string;
      file: string;
      line: number;
      offset: string;
      inlined: boolean;
    };
    Groups: {
      revision: number;
      measure: components["schemas"]["Measure"];
      sentence: string;
      totalStacks: number;
      totalBytes: number;
      totalBytesDeviation?: number;
      totalCount: number;
      groups: components["schemas"]["StackGroup"][];
    };
    /** @description An event of the live stream: a process has new data, or has ended. */
    LiveUpdate: {
      process: components["schemas"]["ProcessKey"];
      revision: number;
      liveBytes: number;
      running: boolean;
    };
    Loss: {
      kind: components["schemas"]["LossKind"];
      count: number;
      bytes: number;
      /** @description One sentence for people: what is missing and why. */
      advice: string;
      /** @description True: it follows from the recording mode, nothing went wrong; not in `lossCount`. */
      isByMode?: boolean;
    };
    /** @enum {string} */
    LossKind:
      | "ring_full"
      | "spool_full"
      | "unknown_free"
      | "missed_free"
      | "no_stack"
      | "truncated_stack"
      | "guessed_frame"
      | "busy"
      | "stack_table_full"
      | "memory_call"
      | "unhooked_allocator"
      | "unrecorded_free"
      | "forgotten"
      | "sample_set_full"
      | "marker"
      | "rejected_block"
      | "unseen_end";
    /** @enum {string} */
    MappingKind: "heap" | "stack" | "anonymous" | "file" | "kernel";
    /** @description A call that a mapping, or a part of it, goes back to. */
    MappingOwner: {
      /** @enum {string} */
      call: "mmap" | "mremap" | "brk";
      timeNs: number;
      tid: number;
      stack: number;
      /** @description Of the mapping. */
      bytes: number;
    };
    MappingRow: {
      /** @description Hexadecimal, with 0x. */
      start: string;
      end: string;
      sizeBytes: number;
      permissions: string;
      name: string;
      kind: components["schemas"]["MappingKind"];
      residentBytes: number;
      proportionalBytes: number;
      privateDirtyBytes: number;
      anonymousBytes: number;
      swapBytes: number;
      /** @description The largest part first. Empty: mapped inside libc, by the loader, or before recording began. */
      owners: components["schemas"]["MappingOwner"][];
      /** @description Bytes that no recorded call explains. */
      unexplainedBytes: number;
    };
    /** @description The address space at an instant. */
    Maps: {
      revision: number;
      sentence: string;
      atNs: number;
      /** @description When the shown list was taken; null: none was by then. */
      sampledNs: number | null;
      /** @description When lists were taken, in order, and the resident bytes of each. */
      sampleTimesNs: number[];
      sampleResidentBytes: number[];
      mappings: components["schemas"]["MappingRow"][];
      memory: components["schemas"]["MemoryFacts"] | null;
      allocators: components["schemas"]["AllocatorInfo"][];
      settings: components["schemas"]["AllocatorSetting"][];
      /** @description Calls that were looked at. */
      calls: number;
      /** @description Frames of the stacks that owners and settings name. */
      stacks: {
        [key: string]: components["schemas"]["Frame"][];
      };
    };
    Marker: {
      timeNs: number;
      number: number;
      label: string;
    };
    /**
     * @description What a question counts. `live` is at one instant (`atNs`), the others are within a window (`fromNs` .. `toNs`).
     * @enum {string}
     */
    Measure: "live" | "allocated" | "freed" | "leaked" | "temporary";
    /** @description One sample of what the kernel says about the process's memory. */
    MemoryFacts: {
      timeNs: number;
      residentBytes: number;
      anonymousBytes: number;
      fileBytes: number;
      sharedBytes: number;
      swapBytes: number;
      liveBytes: number;
      profilerBytes: number;
      cgroupBytes: number;
      cgroupLimitBytes: number;
      cgroupSwapBytes: number;
      cgroupOom: number;
      cgroupOomKills: number;
    };
    ModeChange: {
      timeNs: number;
      from: string;
      to: string;
      /** @description api, signal, settings, condition or budget */
      why: string;
      /** @description Mean bytes between samples from then on. */
      sampleBytes: number;
    };
    ModuleInfo: {
      number: number;
      path: string;
      buildId: string;
      /** @description Share of its frames that have symbols, 0 to 1. */
      symbolized: number;
    };
    ProcessDetail: {
      process: components["schemas"]["ProcessKey"];
      /** @description What the program was started as, without the folder. */
      name: string;
      executable: string;
      arguments: string[];
      pid: number;
      hostname: string;
      namespace: string;
      workload: string;
      pod: string;
      container: string;
      architecture: string;
      libc: string;
      allocator: string;
      /** @description What the process was told last: exact, cull, sample, auto or dormant. Of auto the mode that it has chosen. */
      mode: string;
      /** @description Figures are estimates, at least in part. */
      isSampled?: boolean;
      /** @description Rows of single allocations are not all that happened: culled, held back or sampled. */
      isPartial?: boolean;
      /** @description Allocations that lived too shortly to be recorded one by one; only counted. */
      culledAllocations?: number;
      /** @description Standard deviation of `liveBytes`, where sampled. */
      liveBytesDeviation?: number;
      freeStacks: boolean;
      parentProcess: components["schemas"]["ProcessKey"] | null;
      startedUnixNs: string;
      /** @description Start to end, or to the last block seen. */
      durationNs: number;
      running: boolean;
      endReason: string;
      liveBytes: number;
      liveAllocations: number;
      peakLiveBytes: number;
      peakNs: number;
      allocatedBytes: number;
      allocations: number;
      frees: number;
      residentBytes: number;
      peakResidentBytes: number;
      limitBytes: number;
      lossCount: number;
      /** @description Grows whenever new data of the process arrives: the number of the newest block. */
      revision: number;
      losses: components["schemas"]["Loss"][];
      threads: {
        thread: number;
        tid: number;
        name: string;
      }[];
      modules: components["schemas"]["ModuleInfo"][];
      stacks: number;
      maxDepth: number;
      /** @description Allocated again while the older block of that address... and other facts that a reader should know. */
      notes: string[];
    };
    /** @description 16 hex digits. */
    ProcessKey: string;
    ProcessList: {
      total: number;
      processes: components["schemas"]["ProcessSummary"][];
    };
    /** @description What was asked of a running process, all requests together. */
    ProcessSettings: {
      process: components["schemas"]["ProcessKey"];
      /** @description When it was asked for the last time; null: never. */
      requestedUnixNs: string | null;
      /** @description null: as the process was started. */
      mode: components["schemas"]["RecordingMode"] | null;
      sampleBytes: number | null;
      cullMs: number | null;
      /** @description It was told to stop recording for good. */
      stop: boolean;
    };
    ProcessSummary: {
      process: components["schemas"]["ProcessKey"];
      /** @description What the program was started as, without the folder. */
      name: string;
      executable: string;
      arguments: string[];
      pid: number;
      hostname: string;
      namespace: string;
      workload: string;
      pod: string;
      container: string;
      architecture: string;
      libc: string;
      allocator: string;
      /** @description What the process was told last: exact, cull, sample, auto or dormant. Of auto the mode that it has chosen. */
      mode: string;
      /** @description Figures are estimates, at least in part. */
      isSampled?: boolean;
      /** @description Rows of single allocations are not all that happened: culled, held back or sampled. */
      isPartial?: boolean;
      /** @description Allocations that lived too shortly to be recorded one by one; only counted. */
      culledAllocations?: number;
      /** @description Standard deviation of `liveBytes`, where sampled. */
      liveBytesDeviation?: number;
      freeStacks: boolean;
      parentProcess: components["schemas"]["ProcessKey"] | null;
      startedUnixNs: string;
      /** @description Start to end, or to the last block seen. */
      durationNs: number;
      running: boolean;
      endReason: string;
      liveBytes: number;
      liveAllocations: number;
      peakLiveBytes: number;
      peakNs: number;
      allocatedBytes: number;
      allocations: number;
      frees: number;
      residentBytes: number;
      peakResidentBytes: number;
      limitBytes: number;
      lossCount: number;
      /** @description Grows whenever new data of the process arrives: the number of the newest block. */
      revision: number;
    };
    /** @description Whether a question is understood. */
    QuestionCheck: {
      ok: boolean;
      /** @description When it is: its canonical text. */
      canonical?: string;
      error?: {
        message: string;
        /** @description Offset of the first wrong character. */
        position: number;
        length: number;
        /** @description What could stand there. */
        expected: string[];
        advice: string;
      };
    };
    /** @description Who is reading, and what they may see. */
    Reader: {
      mode: components["schemas"]["ReadersMode"];
      /** @description null: nobody in particular. */
      name: string | null;
      /** @description Namespaces with processes or pods that they may see; null: all. */
      namespaces: string[] | null;
      /** @description They came by a cookie, which signing out takes away. */
      canSignOut: boolean;
    };
    /**
     * @description none: nobody is asked. token: one token for all. kubernetes: a Kubernetes token. proxy: whom a proxy says.
     * @enum {string}
     */
    ReadersMode: "none" | "token" | "kubernetes" | "proxy";
    /**
     * @description skip: not injected. warn: something wants a look. gap: injected, and nothing comes. info: fine.
     * @enum {string}
     */
    ReasonSeverity: "info" | "skip" | "warn" | "gap";
    /** @enum {string} */
    RecordingMode: "exact" | "cull" | "sample" | "auto" | "dormant";
    /** @description What a reader has to bring. */
    SignIn: {
      mode: components["schemas"]["ReadersMode"];
    };
    StackGroup: {
      stack: number;
      stackId: string;
      frames: components["schemas"]["Frame"][];
      bytes: number;
      count: number;
      /** @description Standard deviation of `bytes`; absent where nothing was sampled. */
      bytesDeviation?: number;
      allocatedBytes: number;
      allocations: number;
      freedBytes: number;
      frees: number;
      leakedBytes: number;
      leaked: number;
      temporaries: number;
      minSize: number;
      maxSize: number;
      firstNs: number;
      lastNs: number;
      meanLifetimeNs: number | null;
    };
    /** @description All arrays have one length; `timeNs` is the end of each interval. Rates are per second. */
    Timeline: {
      revision: number;
      fromNs: number;
      toNs: number;
      timeNs: number[];
      liveBytes: number[];
      liveAllocations: number[];
      /** @description Highest live bytes within the interval. */
      peakLiveBytes: number[];
      allocatedBytesPerSecond: number[];
      allocationsPerSecond: number[];
      freesPerSecond: number[];
      /** @description null where not sampled. */
      residentBytes: (number | null)[];
      limitBytes: (number | null)[];
      /** @description Resident anonymous memory; what exceeds the live bytes is the allocator's: fragmentation, caches, overhead. */
      anonymousBytes: (number | null)[];
      /** @description Standard deviation of `liveBytes`; absent where nothing was sampled. */
      liveBytesDeviation?: number[];
      modeChanges?: components["schemas"]["ModeChange"][];
      markers?: components["schemas"]["Marker"][];
    };
    /** @description A call tree as columns; node 0 is the root; parents come before children. */
    Tree: {
      revision: number;
      measure: components["schemas"]["Measure"];
      weight: components["schemas"]["Weight"];
      /** @description One sentence: what is shown. */
      sentence: string;
      totalBytes: number;
      totalCount: number;
      /** @description Standard deviation of `totalBytes`; absent where nothing was sampled. */
      totalBytesDeviation?: number;
      /** @description Number of stacks that make up the tree. */
      stacks: number;
      strings: string[];
      parent: number[];
      /** @description Index into strings: function, or module+0xoffset without symbols. */
      name: number[];
      /** @description Index into strings: file name of the module. */
      module: number[];
      /** @description Index into strings: source file, or the empty string. */
      file: number[];
      line: number[];
      /** @description 1 = inlined into its parent. */
      inlined: (0 | 1)[];
      /** @description Of a node: what ends there (self), what is in children too light to show (small), and the totals of its children. */
      totalBytesOf: number[];
      totalCountOf: number[];
      selfBytes: number[];
      selfCount: number[];
      smallBytes: number[];
      smallCount: number[];
      /** @description Children lighter than `minShare` of the total have no node; how many, without those below them. */
      pruned: number;
    };
    /** @enum {string} */
    Weight: "bytes" | "count";
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  fields: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["FieldList"];
        };
      };
      /** @description what went wrong, and what to do */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ApiError"];
        };
      };
    };
  };
  check: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          q: string;
        };
      };
    };
    responses: {
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["QuestionCheck"];
        };
      };
      /** @description what went wrong, and what to do */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ApiError"];
        };
      };
    };
  };
  list: {
    parameters: {
      query?: {
        /** @description question, e.g. `size >= 1MiB and function ~ "json"` */
        q?: string;
        /** @description text that name, arguments, pod, workload or host contain */
        search?: string;
        /** @description direction */
        order?: "asc" | "desc";
        /** @description most rows or nodes */
        limit?: number;
        /** @description rows to skip */
        offset?: number;
        sort?: "started" | "name" | "live" | "peak" | "allocations" | "duration";
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ProcessList"];
        };
      };
      /** @description what went wrong, and what to do */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ApiError"];
        };
      };
    };
  };
  detail: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description key, unique prefix of a key, pod name, or `latest` */
        process: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ProcessDetail"];
        };
      };
      /** @description what went wrong, and what to do */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ApiError"];
        };
      };
    };
  };
  fleetGroups: {
    parameters: {
      query?: {
        /** @description question, e.g. `size >= 1MiB and function ~ "json"` */
        q?: string;
        /** @description most rows or nodes */
        limit?: number;
        sort?: "live" | "peak" | "growth" | "rate" | "resident" | "share" | "losses" | "processes";
        by?: "all" | "namespace" | "workload" | "pod" | "container" | "process";
        /** @description begin: 1h (that long ago), ISO 8601, or ns since the Unix epoch */
        from?: string;
        /** @description end; default: now */
        to?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["FleetGroups"];
        };
      };
      /** @description what went wrong, and what to do */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ApiError"];
        };
      };
    };
  };
  fleetTimeline: {
    parameters: {
      query?: {
        /** @description question, e.g. `size >= 1MiB and function ~ "json"` */
        q?: string;
        /** @description most rows or nodes */
        limit?: number;
        /** @description most points */
        points?: number;
        sort?: "live" | "peak" | "growth" | "rate" | "resident" | "share" | "losses" | "processes";
        by?: "all" | "namespace" | "workload" | "pod" | "container" | "process";
        /** @description begin: 1h (that long ago), ISO 8601, or ns since the Unix epoch */
        from?: string;
        /** @description end; default: now */
        to?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["FleetTimeline"];
        };
      };
      /** @description what went wrong, and what to do */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ApiError"];
        };
      };
    };
  };
  fleetValues: {
    parameters: {
      query: {
        /** @description question, e.g. `size >= 1MiB and function ~ "json"` */
        q?: string;
        /** @description most rows or nodes */
        limit?: number;
        field: "namespace" | "workload" | "pod" | "container" | "name" | "host";
        /** @description begin: 1h (that long ago), ISO 8601, or ns since the Unix epoch */
        from?: string;
        /** @description end; default: now */
        to?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["FleetValues"];
        };
      };
      /** @description what went wrong, and what to do */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ApiError"];
        };
      };
    };
  };
  fleetEvents: {
    parameters: {
      query?: {
        /** @description question, e.g. `size >= 1MiB and function ~ "json"` */
        q?: string;
        /** @description most rows or nodes */
        limit?: number;
        kind?: "end" | "oom" | "mode" | "marker";
        /** @description begin: 1h (that long ago), ISO 8601, or ns since the Unix epoch */
        from?: string;
        /** @description end; default: now */
        to?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description the newest first */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["FleetEvents"];
        };
      };
      /** @description what went wrong, and what to do */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ApiError"];
        };
      };
    };
  };
  timeline: {
    parameters: {
      query?: {
        /** @description question, e.g. `size >= 1MiB and function ~ "json"` */
        q?: string;
        /** @description begin of the window: ns since start, 5s, 40% */
        from?: string;
        /** @description end of the window, included */
        to?: string;
        /** @description most points */
        points?: number;
      };
      header?: never;
      path: {
        /** @description key, unique prefix of a key, pod name, or `latest` */
        process: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Timeline"];
        };
      };
      /** @description what went wrong, and what to do */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ApiError"];
        };
      };
    };
  };
  tree: {
    parameters: {
      query?: {
        /** @description question, e.g. `size >= 1MiB and function ~ "json"` */
        q?: string;
        /** @description begin of the window: ns since start, 5s, 40% */
        from?: string;
        /** @description end of the window, included */
        to?: string;
        /** @description instant, for measure=live; default: the end */
        at?: string;
        /** @description what counts */
        measure?: "live" | "allocated" | "freed" | "leaked" | "temporary";
        /** @description what weighs */
        weight?: "bytes" | "count";
        /** @description drop nodes below this share of the whole */
        minShare?: number;
        /** @description 1: allocating functions at the top */
        invert?: "0" | "1";
        /** @description most rows or nodes */
        limit?: number;
      };
      header?: never;
      path: {
        /** @description key, unique prefix of a key, pod name, or `latest` */
        process: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Tree"];
        };
      };
      /** @description what went wrong, and what to do */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ApiError"];
        };
      };
    };
  };
  groups: {
    parameters: {
      query?: {
        /** @description question, e.g. `size >= 1MiB and function ~ "json"` */
        q?: string;
        /** @description begin of the window: ns since start, 5s, 40% */
        from?: string;
        /** @description end of the window, included */
        to?: string;
        /** @description instant, for measure=live; default: the end */
        at?: string;
        /** @description what counts */
        measure?: "live" | "allocated" | "freed" | "leaked" | "temporary";
        /** @description what weighs */
        weight?: "bytes" | "count";
        /** @description direction */
        order?: "asc" | "desc";
        /** @description most rows or nodes */
        limit?: number;
        /** @description rows to skip */
        offset?: number;
        sort?:
          | "bytes"
          | "count"
          | "allocatedBytes"
          | "allocations"
          | "freedBytes"
          | "frees"
          | "leakedBytes"
          | "leaked"
          | "temporaries"
          | "minSize"
          | "maxSize"
          | "firstNs"
          | "lastNs"
          | "meanLifetimeNs";
      };
      header?: never;
      path: {
        /** @description key, unique prefix of a key, pod name, or `latest` */
        process: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Groups"];
        };
      };
      /** @description what went wrong, and what to do */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ApiError"];
        };
      };
    };
  };
  leaks: {
    parameters: {
      query?: {
        /** @description question, e.g. `size >= 1MiB and function ~ "json"` */
        q?: string;
        /** @description most rows or nodes */
        limit?: number;
      };
      header?: never;
      path: {
        /** @description key, unique prefix of a key, pod name, or `latest` */
        process: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description measure leaked */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Groups"];
        };
      };
      /** @description what went wrong, and what to do */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ApiError"];
        };
      };
    };
  };
  allocations: {
    parameters: {
      query?: {
        /** @description question, e.g. `size >= 1MiB and function ~ "json"` */
        q?: string;
        /** @description begin of the window: ns since start, 5s, 40% */
        from?: string;
        /** @description end of the window, included */
        to?: string;
        /** @description direction */
        order?: "asc" | "desc";
        /** @description most rows or nodes */
        limit?: number;
        /** @description `next` of the page before */
        after?: string;
        sort?: "time" | "size" | "lifetime" | "address";
      };
      header?: never;
      path: {
        /** @description key, unique prefix of a key, pod name, or `latest` */
        process: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Allocations"];
        };
      };
      /** @description what went wrong, and what to do */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ApiError"];
        };
      };
    };
  };
  maps: {
    parameters: {
      query?: {
        /** @description instant, for measure=live; default: the end */
        at?: string;
      };
      header?: never;
      path: {
        /** @description key, unique prefix of a key, pod name, or `latest` */
        process: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Maps"];
        };
      };
      /** @description what went wrong, and what to do */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ApiError"];
        };
      };
    };
  };
  ending: {
    parameters: {
      query?: {
        /** @description seconds before the end */
        window?: number;
        /** @description most rows or nodes */
        limit?: number;
      };
      header?: never;
      path: {
        /** @description key, unique prefix of a key, pod name, or `latest` */
        process: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description how it ended, and its last minute */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Ending"];
        };
      };
      /** @description what went wrong, and what to do */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ApiError"];
        };
      };
    };
  };
  download: {
    parameters: {
      query?: {
        /** @description question, e.g. `size >= 1MiB and function ~ "json"` */
        q?: string;
        /** @description begin of the window: ns since start, 5s, 40% */
        from?: string;
        /** @description end of the window, included */
        to?: string;
        /** @description instant, for measure=live; default: the end */
        at?: string;
        /** @description what counts */
        measure?: "live" | "allocated" | "freed" | "leaked" | "temporary";
        /** @description what weighs */
        weight?: "bytes" | "count";
        /** @description of the heaptrack file */
        compression?: "zstd" | "gzip" | "none";
      };
      header?: never;
      path: {
        /** @description key, unique prefix of a key, pod name, or `latest` */
        process: string;
        format: "heaptrack" | "json" | "pprof" | "folded" | "svg";
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description the file */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/octet-stream": string;
        };
      };
      /** @description what went wrong, and what to do */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ApiError"];
        };
      };
    };
  };
  updates: {
    parameters: {
      query?: {
        /** @description only this process */
        process?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "text/event-stream": components["schemas"]["LiveUpdate"];
        };
      };
      /** @description what went wrong, and what to do */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ApiError"];
        };
      };
    };
  };
  readSettings: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description key, unique prefix of a key, pod name, or `latest` */
        process: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description what was asked of the process so far */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ProcessSettings"];
        };
      };
      /** @description what went wrong, and what to do */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ApiError"];
        };
      };
    };
  };
  changeSettings: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description key, unique prefix of a key, pod name, or `latest` */
        process: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          /**
           * @description dormant pauses, any other goes on
           * @enum {string}
           */
          mode?: "exact" | "cull" | "sample" | "auto" | "dormant";
          /** @description mean bytes between samples */
          sampleBytes?: number;
          /** @description what lives shorter is only counted */
          cullMs?: number;
          /**
           * @description stop recording for good
           * @enum {boolean}
           */
          stop?: true;
        };
      };
    };
    responses: {
      /** @description written; it reaches the process within about a second */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ProcessSettings"];
        };
      };
      /** @description what went wrong, and what to do */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ApiError"];
        };
      };
    };
  };
  coverage: {
    parameters: {
      query?: {
        /** @description only this namespace */
        namespace?: string;
        /** @description only this workload, as Deployment/web */
        workload?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description who asked for profiles, who got the library, who reports */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Coverage"];
        };
      };
      /** @description what went wrong, and what to do */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ApiError"];
        };
      };
    };
  };
  coveragePods: {
    parameters: {
      query?: {
        /** @description only this namespace */
        namespace?: string;
        /** @description only this workload, as Deployment/web */
        workload?: string;
        /** @description only this pod */
        pod?: string;
        /** @description only pods with this likeliest cause */
        code?: string;
        /** @description most rows or nodes */
        limit?: number;
        /** @description rows to skip */
        offset?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description pods one by one, those without profiles first */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["CoveragePods"];
        };
      };
      /** @description what went wrong, and what to do */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ApiError"];
        };
      };
    };
  };
  reader: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Reader"];
        };
      };
      /** @description what went wrong, and what to do */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ApiError"];
        };
      };
    };
  };
  signInMode: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description what a reader has to bring */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["SignIn"];
        };
      };
      /** @description what went wrong, and what to do */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ApiError"];
        };
      };
    };
  };
  signIn: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description a Kubernetes token, or the server's own */
          token: string;
        };
      };
    };
    responses: {
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description what went wrong, and what to do */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ApiError"];
        };
      };
    };
  };
  signOut: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
}
