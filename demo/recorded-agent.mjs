// The demo's agent: replays recording.json and asks no model. It is a command agent like any other: the prompt comes on
// standard input, events go out one JSON object a line, artifacts into $FLEET_ARTIFACTS, edits into the worktree.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

const recording = JSON.parse(readFileSync(new URL('./recording.json', import.meta.url), 'utf8'));

const prompt = await text(process.stdin);
if (prompt.trim() === '') throw new Error('no prompt came on standard input');
if (process.env.FLEET_ROLE === 'planner') await plan(recording.planner);
else await develop(recording.developer);
tell({ type: 'finished' });

async function plan({ steps, plan: written }) {
  await replay(steps);
  writeFileSync(join(process.env.FLEET_ARTIFACTS, 'plan.json'), JSON.stringify(written));
}

/** Goes on where the code stands: the edit is made that fits it. */
async function develop(attempts) {
  const attempt = attempts.find(({ edit }) => readFileSync(edit.file, 'utf8').includes(edit.find));
  if (attempt === undefined) throw new Error('the recording has no edit that fits this code');
  await replay(attempt.steps);
  const { file, find, replace } = attempt.edit;
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(find, () => replace),
  );
}

async function replay(steps) {
  for (const { pauseMs, event } of steps) {
    await delay(pauseMs);
    tell(event);
  }
}

function tell(event) {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}
