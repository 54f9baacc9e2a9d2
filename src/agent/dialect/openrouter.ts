import { fileURLToPath } from 'node:url';
import { nothingAtExit, type Dialect } from './dialect.js';
import { readEventLine } from './event-line.js';

const program = fileURLToPath(new URL('../openrouter/agent.mjs', import.meta.url));

/** Fleet's own small agent on an OpenAI-compatible endpoint; it speaks in event lines, and says nothing else. */
export const openRouterDialect: Dialect = {
  facts: { tellsEnd: true, tokens: 'step', cost: 'step', resume: 'never', retries: 'told', limitsTurns: true },
  command: ({ spec, prompt }) => ({
    argv: [process.execPath, program, ...(spec.model === undefined ? [] : ['--model', spec.model])],
    env: {},
    stdin: prompt,
  }),
  parseExit: nothingAtExit,
  parseLine: (line) => {
    const event = readEventLine(line);
    return event === undefined ? [] : [event];
  },
};
