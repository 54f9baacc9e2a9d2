// What the scripted agent does in a round of review; see scripted.mjs.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The number of the round that a prompt is about; 1 where it does not say. */
export function roundIn(prompt) {
  return Number(/\bis round (\d+)/i.exec(prompt)?.[1] ?? 1);
}

/** The threads of a prompt: id, what was said last, and whether Fleet has argued against it before. */
export function threadsIn(prompt) {
  const block =
    /^thread: (\S+)\n([^\n]*)\n===== thread text \S+ begins =====\n([^]*?)\n===== thread text \S+ ends =====$/gm;
  return [...prompt.matchAll(block)].map(([, id, about, text]) => ({
    id,
    isDone: about.includes('this thread is done'),
    wasArgued: about.includes('argued against it once'),
    said: text
      .split(/^--- .* ---$/m)
      .at(-1)
      .trim(),
  }));
}

/** `replace X with Y in path`, as often as it stands there; X and Y may stand in backticks. */
function replacementsIn(text) {
  const order = /replace (`[^`]+`|\S+) with (`[^`]*`|\S+) in `?([\w./-]*\w)/gi;
  const plain = (word) => word.replace(/^`|`$/g, '');
  return [...text.matchAll(order)].map(([, from, to, path]) => ({ from: plain(from), to: plain(to), path }));
}

/** Red jobs are mended by what their logs say: a job may print `replace X with Y in path`. */
function redIn(prompt) {
  return /^## What is red in CI$([^]*?)(?=^## |(?![^]))/m.exec(prompt)?.[1] ?? '';
}

const isArgued = ({ said, wasArgued }) => said.startsWith('disagree:') && !wasArgued;
const isChange = (thread) => !thread.isDone && !isArgued(thread) && replacementsIn(thread.said).length > 0;

/** One task for all that is to be changed; none where answers are enough. */
export function planRound(prompt) {
  const threads = threadsIn(prompt);
  const changes = threads.filter(isChange);
  const orders = [...changes.map(({ said }) => said), redIn(prompt)].flatMap(replacementsIn);
  const paths = [...new Set(orders.map(({ path }) => path))];
  const task = {
    id: 'T1',
    title: 'Change what was asked for',
    description: orders.map(({ from, to, path }) => `Replace ${from} with ${to} in ${path}.`).join('\n'),
    files: paths.filter((path) => existsSync(path)),
    creates: paths.filter((path) => !existsSync(path)),
    threads: changes.map(({ id }) => id),
  };
  return {
    summary: orders.length === 0 ? 'Answers are enough.' : 'What was asked for is changed.',
    criteria: [],
    tasks: orders.length === 0 && redIn(prompt) === '' ? [] : [task],
    threads: threads.map((thread) => ({ id: thread.id, kind: replyTo(thread).kind })),
  };
}

/** Carries out what threads and logs ask for; what is there already stays. */
export function changeFiles(prompt) {
  const asked = threadsIn(prompt).filter(isChange);
  for (const { from, to, path } of [...asked.map(({ said }) => said), redIn(prompt)].flatMap(replacementsIn)) {
    const text = existsSync(path) ? readFileSync(path, 'utf8') : from;
    if (!(to.includes(from) && text.includes(to))) writeFileSync(path, text.replaceAll(from, to));
  }
}

/** Takes git's markers out of the files that conflict. `keep`: `ours`, `theirs`, or both, one after the other. */
export function resolveConflict(prompt, keep) {
  const section = /^## The conflict$[^]*?\n\n((?:- `.*`\n)+)/m.exec(prompt)?.[1] ?? '';
  for (const [, path] of section.matchAll(/^- `(.*)`$/gm)) {
    if (!existsSync(path)) continue;
    const hunk = /^<{7}.*\n([^]*?)(?:^\|{7}.*\n[^]*?)?^={7}\n([^]*?)^>{7}.*\n?/gm;
    const sides = (_, ours, theirs) => ({ ours, theirs })[keep] ?? ours + theirs;
    writeFileSync(path, readFileSync(path, 'utf8').replace(hunk, sides));
  }
}

/** One reply to each thread; to `silence` none. */
export function writeReplies(prompt, artifacts) {
  const replies = threadsIn(prompt)
    .filter(({ said }) => said !== 'silence')
    .map((thread) => ({ thread: thread.id, ...replyTo(thread) }));
  if (replies.length > 0) writeFileSync(join(artifacts, 'replies.json'), JSON.stringify({ replies }));
}

function replyTo(thread) {
  const { said } = thread;
  const orders = replacementsIn(said);
  if (isArgued(thread)) return { kind: 'disagree', text: 'The test in slug.test.js holds it to what it is.' };
  if (said.startsWith('out of scope:')) return { kind: 'outOfScope', text: 'The issue is about digits.' };
  if (orders.length === 0) {
    return {
      kind: 'question',
      text: said.endsWith('?') ? 'Because the issue asks for it.' : 'Nothing is to be changed for it.',
    };
  }
  const text = orders.map(({ from, to, path }) => `\`${from}\` is \`${to}\` in ${path} now.`).join(' ');
  return { kind: said.startsWith('nit:') ? 'nit' : 'fix', text };
}
