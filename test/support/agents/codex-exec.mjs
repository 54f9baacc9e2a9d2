// A stand-in for `codex exec --json`: `codex-exec.mjs <exit code>`. Prints its prompt, and leaves a rollout file as the real one does.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

let prompt = '';
for await (const chunk of process.stdin) prompt += chunk;
const print = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
print({ type: 'thread.started', thread_id: 'th-1' });
print({ type: 'item.completed', item: { id: 'i1', type: 'agent_message', text: prompt } });
const folder = join(process.env.HOME, '.codex/sessions/2026/11/21');
mkdirSync(folder, { recursive: true });
const limits = (used) => ({
  type: 'event_msg',
  payload: { type: 'token_count', rate_limits: { primary: { used_percent: used, resets_at: 1795305404 } } },
});
const said = { type: 'response_item', payload: { text: 'it has "rate_limits":{}' } };
const lines = [limits(31), limits(100), said].map((line) => JSON.stringify(line));
writeFileSync(join(folder, 'rollout-2026-11-21T21-44-16-th-1.jsonl'), `${lines.join('\n')}\n`);
writeFileSync(join(folder, 'rollout-2026-11-21T21-44-17-th-2.jsonl'), `${JSON.stringify(limits(7))}\n`);
process.exit(Number(process.argv[2]));
