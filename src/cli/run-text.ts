import type { MergeRequestText } from '../control/request.js';
import type { Criterion } from '../domain/plan.js';
import type { Run } from '../domain/run.js';
import { durationText } from '../render/format.js';
import { readable } from './markdown.js';
import { harmless, painter, type Paint, type Terminal } from './terminal.js';

/** The merge request as a person would see it. */
export function mergeRequestText(
  { number, state, title, body, branch, base }: MergeRequestText,
  terminal: Terminal,
): string {
  const paint = painter(terminal);
  const rule = paint('dim', '─'.repeat(terminal.width));
  const head = `${paint('bold', `!${number}  ${harmless(title)}`)}\n${paint('dim', `${state}, ${branch} → ${base}`)}`;
  return [rule, head, '', readable(body, { paint, width: terminal.width }), rule].join('\n');
}

/** Each criterion with what Fleet saw when it proved it. */
export function criteriaText(run: Run, paint: Paint): string {
  const lines = run.plan?.criteria.map((criterion) => criterionLine(run, criterion, paint)) ?? [];
  return [paint('bold', 'Acceptance criteria, as Fleet saw them proven'), ...lines].join('\n');
}

function criterionLine(run: Run, { id, text, proof }: Criterion, paint: Paint): string {
  const line = `${id} ${harmless(text)}`;
  if (proof.kind === 'inspection') return `  ${paint('yellow', '☐')} ${line}\n      for the reviewer to look at`;
  const seen = run.evidence.find(({ kind, name }) => kind === 'criterion' && name === id);
  const box = seen?.outcome === 'pass' ? paint('green', '☑') : paint('yellow', '☐');
  const result =
    seen === undefined
      ? 'not run'
      : `${seen.outcome}, exit ${seen.exit}, ${durationText(seen.durationMs)}, on tree ${seen.tree.slice(0, 8)}`;
  return `  ${box} ${line}\n      ${harmless(proof.run)} → ${result}`;
}

/** A word for a shell. */
export function shellWord(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
