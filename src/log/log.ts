import { pino, stdSerializers, stdTimeFunctions } from 'pino';
import type { Log } from '../ports.js';
import { prettyLine } from './pretty.js';

/** How the log is written. */
export interface LogOptions {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  /** Short lines for a person at a terminal instead of one JSON object a line. */
  readonly pretty: boolean;
  /** A server logs to stdout, where its supervisor looks; a command whose answer goes there logs to stderr. */
  readonly stream: { write(line: string): unknown };
}

/** A structured log. Secrets in fields are written as `[secret]`, errors with their stack and cause. */
export function createLog({ level, pretty, stream }: LogOptions): Log {
  return pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: stdSerializers.err },
    },
    pretty ? { write: (line) => stream.write(prettyLine(line)) } : stream,
  );
}
