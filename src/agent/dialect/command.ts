import { nothingAtExit, type Dialect } from './dialect.js';
import { readEventLine } from './event-line.js';

/** Any program that reads its prompt from standard input (contract: command agents). */
export function commandDialect(believesEvents: boolean): Dialect {
  return {
    facts: { tellsEnd: false, tokens: 'step', cost: 'step', resume: 'never', retries: 'told', limitsTurns: false },
    command: ({ spec, prompt }) => ({ argv: spec.command, env: {}, stdin: prompt }),
    parseExit: nothingAtExit,
    parseLine: (line) =>
      believesEvents ? [readEventLine(line) ?? { type: 'said', text: line }] : [{ type: 'said', text: line }],
  };
}
