import { pino, type DestinationStream, type Logger } from "pino";

export type { Logger };

export interface LoggerOptions {
  /** Name of the part that speaks: `ingester`, `api`... */
  service: string;
  level?: string;
  /** Where lines go; standard output unless told otherwise. */
  destination?: DestinationStream;
}

/** One JSON object per line: `{"level":"info","time":"2026-01-01T00:00:00.000Z","service":"api","port":7412,"msg":"listening"}`. */
export function createLogger(options: LoggerOptions): Logger {
  const settings = {
    level: options.level ?? "info",
    base: { service: options.service },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { error: pino.stdSerializers.err },
  };
  return options.destination ? pino(settings, options.destination) : pino(settings, pino.destination({ sync: true }));
}

/** For tests and tools that must be quiet. */
export function silentLogger(): Logger {
  return pino({ level: "silent" });
}
