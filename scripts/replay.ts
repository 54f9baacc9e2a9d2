/**
 * Prints what a recorded delivery would cause, and performs nothing.
 *
 *   npx tsx scripts/replay.ts <payload.json> [--event issues] [--no-write-access] [--run <run.json>]
 *
 * The payload is the body of a GitHub webhook; `--event` is its X-GitHub-Event header, by default the first word of the file's name.
 * `--run` is a run as `fleet show <run> --json` prints it: then the decision is made for that run, else for a new one.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { admit } from '../src/decide/admit.js';
import { decide } from '../src/decide/decide.js';
import type { Decision } from '../src/decide/decision.js';
import { parseCommand } from '../src/domain/command.js';
import type { RunEvent } from '../src/domain/event.js';
import type { ForgeEvent } from '../src/domain/forge.js';
import type { Run, RunId } from '../src/domain/run.js';
import { parseGitHub } from '../src/forge/github/inbox.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    event: { type: 'string' },
    run: { type: 'string' },
    'no-write-access': { type: 'boolean', default: false },
  },
});

const file = positionals[0];
if (file === undefined) {
  process.stderr.write(
    'usage: npx tsx scripts/replay.ts <payload.json> [--event issues] [--no-write-access] [--run <run.json>]\n',
  );
  process.exit(2);
}

const payload: unknown = JSON.parse(readFileSync(file, 'utf8'));
const name =
  values.event ??
  /^(issues|issue_comment|pull_request|installation_repositories|installation|repository)/.exec(basename(file))?.[0] ??
  '';
const events = parseGitHub({ event: name, payload, receivedAtMs: 0, known: [] }, { appId: 0, botId: undefined });
if (events.length === 0)
  print(`event ${name || '(unknown: give --event)'}`, 'means nothing to Fleet; nothing would happen');
for (const event of events) print(`${event.type} in ${event.repository.path} by ${event.by.login}`, decisionOf(event));

function decisionOf(event: ForgeEvent): unknown {
  const run = values.run === undefined ? undefined : (JSON.parse(readFileSync(values.run, 'utf8')) as Run);
  if (event.type === 'issueLabelled' && run === undefined) return shown(admitted(event));
  const decided = runEventOf(event);
  if (decided === undefined) return 'put aside, or known only by asking the forge';
  return run === undefined
    ? { event: decided, note: 'give --run to see what it decides' }
    : shown(decide(run, decided));
}

function admitted(event: Extract<ForgeEvent, { type: 'issueLabelled' }>): Decision {
  return admit({
    id: 'replayed' as RunId,
    repository: event.repository,
    issue: { ...event.issue, comments: [] },
    requester: event.by,
    label: event.label,
    earlierRuns: 0,
    branchPrefix: 'fleet/',
    seen: 'issue',
    atMs: event.atMs,
    ...(values['no-write-access'] ? { refusal: 'noWriteAccess' as const } : {}),
  });
}

function runEventOf(event: ForgeEvent): RunEvent | undefined {
  const { by, atMs } = event;
  switch (event.type) {
    case 'issueUnlabelled':
      return { type: 'unlabelled', by, atMs };
    case 'issueClosed':
      return { type: 'issueClosed', by, atMs };
    case 'issueCommented':
      return commentedEvent(event);
    case 'mergeRequestClosed':
      return { type: 'mergeRequestEnded', merged: event.merged, atMs };
    case 'repositoryLost':
      return { type: 'repositoryLost', atMs };
    case 'repositoryServed':
      return { type: 'repositoryMoved', repository: event.repository, atMs };
    case 'mergeRequestTouched':
      return { type: 'feedbackHinted', why: event.why, atMs };
    case 'ciReported':
      return { type: 'feedbackHinted', why: 'ci', atMs };
    case 'issueLabelled':
    case 'mergeRequestLabelled':
    case 'mergeRequestReopened':
      return undefined;
    default:
      return event satisfies never;
  }
}

function commentedEvent(event: Extract<ForgeEvent, { type: 'issueCommented' }>): RunEvent | undefined {
  const { by, atMs, body, commentId, onMergeRequest } = event;
  const command = parseCommand(body);
  if (command === undefined) return onMergeRequest ? { type: 'feedbackHinted', why: 'comment', atMs } : undefined;
  return { type: 'commanded', by, command, commentId, place: onMergeRequest ? 'mergeRequest' : 'issue', atMs };
}

function shown({ run, effects, because }: Decision): unknown {
  return { because, phase: run.phase, branch: run.branch, effects };
}

function print(title: string, value: unknown): void {
  process.stdout.write(`${title}\n${typeof value === 'string' ? `  ${value}` : JSON.stringify(value, undefined, 2)}\n`);
}
