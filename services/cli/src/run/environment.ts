/** What `heaphound run` was asked to record, and how. */
export interface RecordingOptions {
  /** HOST:PORT of an ingester, or several separated by commas. */
  server?: string;
  /** Directory for what is not confirmed when the program ends; it does not wait then. */
  spool?: string;
  /** File to record to instead; %p is the process id. */
  output?: string;
  freeStacks?: boolean;
  follow?: boolean;
  mode?: string;
}

/** The environment of the profiled program: the caller's own, the library appended to what is preloaded already. */
export function recordingEnvironment(
  base: NodeJS.ProcessEnv,
  library: string,
  options: RecordingOptions,
): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { ...base };
  const preloaded = base.LD_PRELOAD ?? "";
  environment.LD_PRELOAD = preloaded === "" ? library : `${preloaded}:${library}`;
  delete environment.HEAPHOUND_DISABLED;
  if (options.output === undefined) {
    delete environment.HEAPHOUND_OUTPUT;
    environment.HEAPHOUND_SERVER = options.server;
    if (options.spool !== undefined) environment.HEAPHOUND_SPOOL_DIR ??= options.spool;
  } else {
    delete environment.HEAPHOUND_SERVER;
    environment.HEAPHOUND_OUTPUT = options.output;
  }
  if (options.mode !== undefined) environment.HEAPHOUND_MODE = options.mode;
  if (options.freeStacks === true) environment.HEAPHOUND_FREE_STACKS = "1";
  // By default a process that makes a handful of allocations leaves no trace; here somebody asked for this one.
  environment.HEAPHOUND_MIN_EVENTS ??= "1";
  environment.HEAPHOUND_FOLLOW = options.follow === true ? "children" : "none";
  return environment;
}
