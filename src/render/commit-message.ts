import type { Person } from '../domain/forge.js';
import type { Task } from '../domain/plan.js';
import type { Run } from '../domain/run.js';
import { escapeForForge, escapeInline } from './escape.js';
import { paragraphs } from './fold.js';
import { clipped, oneLine, plainText } from './plain.js';
import { askerOf } from './round.js';

const longestSubject = 72;
const width = 72;

/** What the first word of a title says about the kind of a change. */
const types: readonly (readonly [type: string, words: RegExp])[] = [
  ['fix', /^(fix|repair|correct|keep|handle|prevent|avoid|stop|restore|mend)\b/i],
  ['feat', /^(add|support|allow|implement|introduce|show|offer|let)\b/i],
  ['docs', /^(document|describe|explain)\b/i],
  ['test', /^(test|cover)\b/i],
  ['refactor', /^(refactor|rename|move|extract|simplify|split|inline|remove)\b/i],
];

/** The message of a task's commit: what, why, for which criteria and threads, at whose request. */
export function commitMessage(run: Run, task: Task): string {
  const criteria = run.plan?.criteria.filter(({ id }) => task.criteria.includes(id)) ?? [];
  const rows = run.review?.ledger.filter(({ thread }) => task.threads.includes(thread)) ?? [];
  const reasons = [
    ...criteria.map(({ id, text }) => `- ${id} ${oneLine(text)}`),
    ...rows.map((row) => `- what ${askerOf(row)} asked for${row.place === undefined ? '' : ` in ${row.place.path}`}`),
  ];
  const why = [
    wrapped(task.description),
    [
      `Task ${task.id} of ${roundOf(run)}${reasons.length === 0 ? '' : ', for:'}`,
      ...[...new Set(reasons)].map((reason) => wrapped(oneLine(reason))),
    ].join('\n'),
  ];
  return whole(run, { subject: subject(task.title), why, credits: run.requester });
}

/** The message of a commit that merges `name`, a branch, into the run's. */
export function mergeMessage(run: Run, name: string): string {
  const subject = clipped(`Merge ${escapeInline(name)} into ${escapeInline(run.branch)}`, longestSubject);
  return whole(run, { subject, why: [`For ${roundOf(run)}.`], credits: run.requester });
}

/** The message of a commit that takes a suggestion over as it stands: it is the work of whoever wrote it. */
export function suggestionMessage(run: Run, by: Person): string {
  const subject = clipped(`Apply the suggestion of ${escapeInline(by.login)}`, longestSubject);
  return whole(run, { subject, why: [`Taken over as it was written, in ${roundOf(run)}.`], credits: by });
}

function whole(
  run: Run,
  parts: { readonly subject: string; readonly why: readonly string[]; readonly credits: Person },
): string {
  // Escaped last, because a line that was broken can begin with what is a command there.
  const body = parts.why.map((text) => escapeForForge(text));
  return paragraphs([parts.subject], [body.join('\n\n')], [`Refs #${run.issue.number}`], coAuthor(parts.credits, run));
}

function roundOf({ round, id }: Run): string {
  return round === 1 ? `Fleet's run ${id}` : `round ${round} of Fleet's run ${id}`;
}

function subject(title: string): string {
  const text = escapeInline(title).replace(/[.\s]+$/, '');
  const type = types.find(([, words]) => words.test(text))?.[0];
  const whole = type === undefined ? text : `${type}: ${text.charAt(0).toLowerCase()}${text.slice(1)}`;
  return clipped(whole, longestSubject);
}

/** Breaks lines that are too long at a word; code and lists keep their lines. */
function wrapped(text: string): string {
  return plainText(text)
    .trim()
    .replace(/^.{73,}$/gm, (line) => {
      const rows = [''];
      for (const word of line.trimEnd().split(' ')) {
        const last = rows.at(-1) ?? '';
        if (last === '') rows.splice(-1, 1, word);
        else if (last.length + 1 + word.length > width) rows.push(word);
        else rows.splice(-1, 1, `${last} ${word}`);
      }
      return rows.join('\n');
    });
}

/** The address that forges show commits of a person under without telling the person's own. */
function coAuthor({ id, login, kind }: Person, { issue, repository: { forge } }: Run): readonly string[] {
  if (kind === 'bot' || forge === 'local' || login === '') return [];
  const name = forge === 'github' ? `${id}+${login}` : `${id}-${login}`;
  return [`Co-authored-by: ${login} <${name}@users.noreply.${hostOf(issue.url)}>`];
}

/** Without its port. */
function hostOf(url: string): string {
  return /^https?:\/\/([^/:]+)/.exec(url)?.[1] ?? 'invalid';
}
