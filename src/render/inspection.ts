import type { Criterion } from '../domain/plan.js';
import type { Run } from '../domain/run.js';
import { findingLine } from '../domain/verdict.js';
import { codeSpan, escapeInline } from './escape.js';
import { clipped } from './plain.js';
import { inspectionOf, isProven, seenBy } from './progress.js';

/** Forges refuse bodies that are too long, and an agent may write as much as it likes. */
const longestText = 300;
const mostFindings = 20;

/** Whether another agent than the author's has looked at what is delivered, in a sentence for reviewers. */
export function inspectedBy(run: Run): string {
  const inspection = inspectionOf(run);
  const { vendors = {}, agents } = run.prepared?.policy ?? {};
  if (inspection === undefined) {
    const isLeftOut = (agents?.verifier ?? []).length === 0;
    return isLeftOut
      ? 'No agent has verified it: none is configured for that.'
      : 'No agent has verified exactly this state of it.';
  }
  const { agent } = inspection;
  const authors = run.attempts.filter(({ role }) => role === 'developer').map((attempt) => attempt.agent);
  const vendor = vendors[agent];
  const name = `The agent ${codeSpan(agent)} has held it against the issue`;
  if (authors.includes(agent)) return `${name}: it is the one that wrote it, in a fresh session.`;
  const isOfOther = (author: string): boolean => vendors[author] !== undefined && vendors[author] !== vendor;
  return vendor !== undefined && authors.length > 0 && authors.every(isOfOther)
    ? `${name}: it did not write it, and is made by another vendor.`
    : `${name}: it did not write it.`;
}

/** A criterion, checked where a receipt or the verifier's look shows that it holds. */
export function criterionLine(run: Run, criterion: Criterion): string {
  const seen = seenBy(run, criterion);
  const is = `${criterion.id} ${escapeInline(criterion.text)}`;
  if (isProven(run, criterion)) return `- [x] ${is}`;
  if (seen !== undefined) {
    const evidence = seen.evidence === '' ? '' : `${escapeInline(clipped(seen.evidence, longestText))} `;
    return `- [x] ${is} — ${evidence}(looked at by the agent ${codeSpan(seen.agent)})`;
  }
  return `- [ ] ${is} — ${criterion.proof.kind === 'inspection' ? 'for the reviewer to look at' : 'not proven'}`;
}

/** What the verifier found that blocks nothing. */
export function smallFindings(run: Run): readonly (readonly string[])[] {
  const minor = inspectionOf(run)?.findings.filter(({ severity }) => severity === 'minor') ?? [];
  if (minor.length === 0) return [];
  const lines = minor.slice(0, mostFindings).map((one) => `- ${escapeInline(clipped(findingLine(one), longestText))}`);
  const more = minor.length > mostFindings ? [`- and ${minor.length - mostFindings} more`] : [];
  return [['### Small findings of the verifier'], [...lines, ...more]];
}
