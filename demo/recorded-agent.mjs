// The demo's agent: replays recording.json and asks no model. It is a command agent like any other: the prompt comes on
// standard input, events go out one JSON object a line, artifacts into $FLEET_ARTIFACTS, edits into the worktree.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

const recording = JSON.parse(readFileSync(new URL('./recording.json', import.meta.url), 'utf8'));

const prompt = await text(process.stdin);
if (prompt.trim() === '') throw new Error('no prompt came on standard input');
const threads = threadsIn(prompt);
const isReview = threads.size > 0;
const { FLEET_ROLE: role } = process.env;
if (role === 'planner') await plan((isReview ? recording.review : recording).planner);
else if (role === 'triager') await look('triage', recording.triager);
else if (role === 'verifier') await look('verdict', recording.verifier);
else if (isReview) await answer(recording.review.developer);
else await develop(recording.developer);
tell({ type: 'finished' });

/** Reads, and says what it has seen; nothing is changed. */
async function look(artifact, { steps, ...written }) {
  await replay(steps);
  hand(`${artifact}.json`, written[artifact]);
}

async function plan({ steps, plan: written }) {
  await replay(steps);
  const tasks = written.tasks.map((task) => ({ ...task, threads: idsOf(task.threads ?? []) }));
  const answers = (written.threads ?? []).flatMap(({ id, kind }) => idsOf([id]).map((own) => ({ id: own, kind })));
  hand('plan.json', { ...written, tasks, threads: answers });
}

/** Goes on where the code stands: the edit is made that fits it. */
async function develop(attempts) {
  const attempt = attempts.find(({ edit }) => readFileSync(edit.file, 'utf8').includes(edit.find));
  if (attempt === undefined) throw new Error('the recording has no edit that fits this code');
  await replay(attempt.steps);
  make(attempt.edit);
}

/** Does what the reviewer asks for, and answers each thread that the prompt names. */
async function answer({ steps, edit, replies }) {
  await replay(steps);
  make(edit);
  hand('replies.json', {
    replies: replies.flatMap(({ thread, ...reply }) => idsOf([thread]).map((id) => ({ thread: id, ...reply }))),
  });
}

/** The ids of the threads that the prompt names, by what is said in them. */
function threadsIn(prompt) {
  const [, ...parts] = prompt.split(/^thread: (?=\S+$)/m);
  return new Map(
    parts.flatMap((part) => {
      const name = Object.keys(recording.review.threads).find((each) => part.includes(recording.review.threads[each]));
      return name === undefined ? [] : [[name, part.split('\n')[0]]];
    }),
  );
}

function idsOf(names) {
  return names.filter((name) => threads.has(name)).map((name) => threads.get(name));
}

function make({ file, find, replace }) {
  const before = readFileSync(file, 'utf8');
  if (!before.includes(find)) throw new Error('the recording has no edit that fits this code');
  writeFileSync(
    file,
    before.replace(find, () => replace),
  );
}

function hand(name, artifact) {
  writeFileSync(join(process.env.FLEET_ARTIFACTS, name), JSON.stringify(artifact));
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
