import type { Plan } from '../domain/plan.js';
import type { Run } from '../domain/run.js';
import { codeBlock, codeSpan, escapeForForge, escapeInline } from './escape.js';
import { evidenceTable, outputFold } from './evidence.js';
import { paragraphs } from './fold.js';
import { durationText, usageText } from './format.js';
import { criterionLine, inspectedBy, smallFindings } from './inspection.js';
import { capital } from './headline-work.js';
import { marker } from './marker.js';
import { clipped } from './plain.js';
import { elapsedMs, headOf } from './progress.js';
import { openPoints, sinceReview, workedOn } from './review-history.js';
import { approval, earlierRounds, shortSha } from './round.js';
import type { CommentContext } from './status-comment.js';
import { questionLines } from './triage-text.js';

const longestTitle = 120;

/** The title: what the one task of the first round does, else what the issue says. */
export function mergeRequestTitle(run: Run): string {
  const [first, second] = earlierRounds(run)[0]?.tasks ?? run.plan?.tasks ?? [];
  const title = first !== undefined && second === undefined ? first.title : run.issue.title;
  return clipped(escapeInline(title), longestTitle) || `Issue ${run.issue.number}`;
}

/** The body: what and why, each criterion with its evidence, what the last round changed and what is open, how to try it, what it cost. */
export function mergeRequestBody(run: Run, { settings, nowMs }: CommentContext): string {
  const { plan } = run;
  return paragraphs(
    [marker(settings.markerPrefix, 'mergeRequest', run)],
    [`Closes #${run.issue.number}`],
    plan === undefined ? [] : [escapeForForge(plan.summary)],
    [authorship(run)],
    ['### Acceptance criteria'],
    plan?.criteria.map((criterion) => criterionLine(run, criterion)) ?? ['None were written down.'],
    ...evidence(run),
    ...smallFindings(run),
    ...sinceReview(run),
    ...openPoints(run),
    ['### How to try it'],
    [howToTry(run)],
    ...workedOn(run),
    ...(plan === undefined ? [] : assumptions(run, plan)),
    [
      `<sub>${[durationText(elapsedMs(run, nowMs)), ...usageText(run.attempts), `run \`${run.id}\``].join(' · ')}</sub>`,
    ],
  );
}

function authorship(run: Run): string {
  const developers = new Set(run.attempts.filter(({ role }) => role === 'developer').map(({ agent }) => agent));
  const names = [...developers].map((name) => codeSpan(name)).join(', ');
  const by = names === '' ? 'a coding agent' : `the coding ${developers.size === 1 ? 'agent' : 'agents'} ${names}`;
  const head = headOf(run.phase);
  const approved = head === undefined ? undefined : approval(run, head);
  const looked = approved ?? `no person has looked at ${run.round === 1 ? 'it' : 'what the last round changed'} yet`;
  return `Written by ${by}, asked for by ${escapeInline(run.requester.login)}. Fleet ran what is listed under *Evidence* itself. ${inspectedBy(run)} ${capital(looked)}.`;
}

function evidence(run: Run): readonly (readonly string[])[] {
  const checks = run.prepared?.policy.checks ?? [];
  const { testNotes = [] } = run;
  const told = run.evidence.filter(({ kind, outcome }) => kind === 'criterion' || outcome !== 'pass');
  return [
    ['### Evidence'],
    run.evidence.length === 0 ? ['Fleet ran no command on this change.'] : evidenceTable(run.evidence),
    run.evidence.length === 0 ? [] : seenOn(run),
    checks.length === 0
      ? [
          'This repository has no checks: none are named in `.fleet/config.yml`, and none were found. So nothing but the criteria shows that the change is right, and nothing shows what else it may have broken. Look closely.',
        ]
      : [],
    testNotes.map((note) => `- ${escapeInline(note)}`),
    ...told.map((one) => outputFold(one)),
  ];
}

function seenOn({ phase, evidence }: Run): readonly string[] {
  const head = headOf(phase);
  if (head === undefined) return [];
  const commit = shortSha(head.commit);
  return evidence.every(({ tree }) => tree === head.tree)
    ? [`All of it was seen on commit ${commit}.`]
    : [`The head is commit ${commit}, tree \`${head.tree.slice(0, 7)}\`; what names another tree was seen before.`];
}

function howToTry(run: Run): string {
  const { setup, checks = [] } = run.prepared?.policy ?? {};
  const fetch = run.repository.forge === 'local' ? [] : [`git fetch origin ${run.branch}`];
  const commands = [...(setup === undefined ? [] : [setup]), ...checks.map(({ command }) => command)];
  return codeBlock([...fetch, `git checkout ${run.branch}`, ...commands].join('\n'), 'sh');
}

function assumptions(run: Run, { supersededTests, risks }: Plan): readonly (readonly string[])[] {
  const superseded = supersededTests.map(({ test, reason }) => `- ${escapeInline(test)}: ${escapeInline(reason)}`);
  const told = new Set([...(run.triage?.assumptions ?? []), ...risks]);
  const rests = [...[...told].map((risk) => `- ${escapeInline(risk)}`), ...questionLines(run)];
  return [
    ...(superseded.length === 0 ? [] : [['### Tests that this change supersedes'], superseded]),
    ...(rests.length === 0 ? [] : [['### Assumptions and risks'], rests]),
  ];
}
