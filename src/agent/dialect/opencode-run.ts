import { z } from 'zod';
import type { Dialect, Exit, Job } from './dialect.js';
import { jsonLines, number, reader } from './json-lines.js';
import { failure, fromFailure, part, returnedTool, saidOrStepped, usedTool } from './opencode-schema.js';
import { modelOf, opencodeEnvironment } from './opencode-settings.js';

const partLine = reader(z.object({ part }), (line) => saidOrStepped(line.part));

/** opencode by `opencode run --format json`, which is silent while it retries; facts proven on 1.18.33. */
export const opencodeRunDialect: Dialect = {
  facts: {
    ...{ tellsEnd: true, tokens: 'step', cost: 'step', resume: 'sameFolder' },
    ...{ retries: 'hidden', limitsTurns: false },
  },
  command: (job: Job) => {
    const model = modelOf(job.spec);
    return {
      argv: [
        ...['opencode', 'run', '--format', 'json', '--auto', '--title', 'Fleet'],
        ...(model === undefined ? [] : ['-m', model]),
        ...(job.session === undefined ? [] : ['--session', job.session]),
      ],
      env: opencodeEnvironment(job),
      // It adds what it reads to its message, which may be empty.
      stdin: job.prompt,
    };
  },
  parseLine: jsonLines({
    kindIn: 'type',
    kinds: new Map([
      [
        'step_start',
        reader(z.object({ sessionID: z.string() }), (line) => [{ type: 'started', session: line.sessionID }]),
      ],
      ['text', partLine],
      ['step_finish', partLine],
      // It comes once the call is over.
      ['tool_use', reader(z.object({ part }), (line) => [usedTool(line.part), ...returnedTool(line.part)])],
      [
        'error',
        reader(z.object({ timestamp: number, error: failure }), (line) => fromFailure(line.error, line.timestamp)),
      ],
    ]),
    quiet: new Set(['reasoning']),
  }),
  parseExit: ({ code, stderr }: Exit) =>
    code !== 0 && stderr.includes('Session not found') ? [{ type: 'sessionLost' }] : [],
};
