import type { Person } from '../domain/forge.js';
import type { Task } from '../domain/plan.js';
import type { Run } from '../domain/run.js';
import { escapeForForge, escapeInline } from './escape.js';
import { paragraphs } from './fold.js';
import { clipped, oneLine, plainText } from './plain.js';

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

/** The message of a task's commit: what, why, for which criteria, at whose request. */
export function commitMessage(run: Run, task: Task): string {
  const criteria = run.plan?.criteria.filter(({ id }) => task.criteria.includes(id)) ?? [];
  const why = [
    wrapped(task.description),
    [
      `Task ${task.id} of Fleet's run ${run.id}${criteria.length === 0 ? '' : ', for:'}`,
      ...criteria.map(({ id, text }) => wrapped(`- ${id} ${oneLine(text)}`)),
    ].join('\n'),
  ];
  // Escaped last, because a line that was broken can begin with what is a command there.
  const body = why.map((text) => escapeForForge(text));
  return paragraphs(
    [subject(task)],
    [body.join('\n\n')],
    [`Refs #${run.issue.number}`],
    coAuthor(run.requester, run.issue.url),
  );
}

function subject({ title }: Task): string {
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

/** Only github.com has an address for people that is known without asking them. */
function coAuthor({ id, login, kind }: Person, issueUrl: string): readonly string[] {
  if (kind === 'bot' || !issueUrl.startsWith('https://github.com/')) return [];
  return [`Co-authored-by: ${login} <${id}+${login}@users.noreply.github.com>`];
}
