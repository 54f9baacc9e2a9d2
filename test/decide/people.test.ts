import { describe, expect, it } from 'vitest';
import { admit } from '../../src/decide/admit.js';
import type { Command } from '../../src/domain/command.js';
import type { RunEvent } from '../../src/domain/event.js';
import type { Phase } from '../../src/domain/phase.js';
import {
  aBlockedPhase,
  aDeliveringPhase,
  aMergeRequest,
  aPerson,
  aPlanningPhase,
  aPolicy,
  aPrepared,
  aRepository,
  aRun,
  aRunRequest,
  aSnapshot,
  aWorkingPhase,
  startMs,
} from '../support/builders.js';
import { showing, table, type Row } from './table.js';

const atMs = startMs + 5_000;
const by = aPerson('mona');
const seen = { type: 'react', target: { kind: 'comment', id: 'c9' } };
const inReview: Phase = { name: 'inReview', head: aSnapshot() };
const waiting: Phase = { name: 'queued', step: 'waiting', resume: { to: 'planning' } };

function commanded(command: Command): RunEvent {
  return { type: 'commanded', by, command, commentId: 'c9', place: 'issue', atMs };
}

describe('admission', () => {
  it('makes a waiting run, says that it was seen and shows its status', () => {
    expect(admit(aRunRequest())).toEqual({
      run: aRun({ branch: 'fleet/7-slugify-drops-digits', status: showing }),
      effects: [{ type: 'react', target: { kind: 'issue', number: 7 } }, { type: 'showStatus' }],
      because: 'asked for by mona, who has write access',
    });
  });
  it('puts the reaction on the comment that asked, goes on with the status comment of an earlier run, and takes a branch of its own', () => {
    const again = admit(aRunRequest({ earlierRuns: 1, statusComment: 's1', seen: { commentId: 'c9' } }));
    expect([again.run.branch, again.run.status, again.effects[0]]).toEqual([
      'fleet/7-slugify-drops-digits-2',
      { id: 's1', state: 'showing' },
      seen,
    ]);
  });
  it.each(['noWriteAccess', 'mergeRequest'] as const)('refuses once, without any work: %s', (refusal) => {
    const refused = admit(aRunRequest({ refusal }));
    expect([refused.run.phase, refused.effects.map(({ type }) => type), refused.because]).toEqual([
      { name: 'refused', why: refusal },
      ['react', 'showStatus'],
      `refused: ${refusal} of mona`,
    ]);
  });
});

describe('people stop a run in every phase that is no end', () => {
  const phases: readonly Phase[] = [
    waiting,
    aPlanningPhase(),
    aWorkingPhase(),
    aDeliveringPhase(),
    inReview,
    aBlockedPhase(),
  ];
  const ended = [{ type: 'stopWork' }, { type: 'removeWorkspace' }];
  const rows = phases.flatMap((phase): readonly Row[] => {
    const run = aRun({ phase });
    return [
      {
        name: `${phase.name}: label taken off`,
        run,
        event: { type: 'unlabelled', by, atMs },
        phase: { name: 'cancelled', why: 'unlabelled', by },
        effects: [...ended, { type: 'showStatus' }],
        because: 'the label was taken off by mona',
        change: { status: showing },
      },
      {
        name: `${phase.name}: issue closed`,
        run,
        event: { type: 'issueClosed', by, atMs },
        phase: { name: 'cancelled', why: 'issueClosed', by },
        effects: [...ended, { type: 'showStatus' }],
        because: 'the issue was closed by mona',
        change: { status: showing },
      },
      {
        name: `${phase.name}: /fleet stop`,
        run,
        event: commanded({ name: 'stop' }),
        phase: { name: 'cancelled', why: 'stopped', by },
        effects: [...ended, { type: 'showStatus' }, seen],
        because: 'stopped by mona',
        change: { status: showing },
      },
      {
        name: `${phase.name}: repository lost, nobody is told where Fleet may not write any more`,
        run,
        event: { type: 'repositoryLost', atMs },
        phase: { name: 'cancelled', why: 'repositoryLost' },
        effects: ended,
        because: 'the repository is not served any more',
      },
    ];
  });
  table(rows);
});

describe('the merge request ends', () => {
  const run = aRun({ phase: inReview, mergeRequest: aMergeRequest() });
  const effects = [{ type: 'stopWork' }, { type: 'removeWorkspace' }, { type: 'showStatus' }];
  table([
    {
      name: 'merged',
      run,
      event: { type: 'mergeRequestEnded', merged: true, atMs },
      phase: { name: 'merged' },
      effects,
      because: 'the merge request was merged',
      change: { status: showing, mergeRequest: aMergeRequest({ state: 'merged' }) },
    },
    {
      name: 'closed',
      run,
      event: { type: 'mergeRequestEnded', merged: false, atMs },
      phase: { name: 'closed' },
      effects,
      because: 'the merge request was closed',
      change: { status: showing, mergeRequest: aMergeRequest({ state: 'closed' }) },
    },
    {
      name: 'of a run that has none',
      run: aRun(),
      event: { type: 'mergeRequestEnded', merged: false, atMs },
      phase: waiting,
      effects: [],
      because: 'the run has no merge request yet',
    },
  ]);
});

describe('commands', () => {
  const blocked = aBlockedPhase({ resume: { to: 'delivering', head: aSnapshot() } });
  const reply = (text: string): unknown => ({
    ...{ type: 'tellPeople', notice: { kind: 'reply', commentId: 'c9', place: 'issue', text } },
  });
  table([
    {
      name: 'retry goes on where the run was blocked',
      run: aRun({ phase: blocked }),
      event: commanded({ name: 'retry' }),
      phase: { name: 'queued', step: 'waiting', resume: { to: 'delivering', head: aSnapshot() } },
      effects: [{ type: 'showStatus' }, seen],
      because: 'retry asked for by mona',
      change: { status: showing },
    },
    ...(
      [
        [{ name: 'retry' }, 'notBlocked'],
        [{ name: 'status' }, 'status'],
        [{ name: 'help' }, 'help'],
        [{ name: 'unknown', word: 'retyr' }, 'help'],
        [{ name: 'approve' }, 'nothingToApprove'],
        [{ name: 'update' }, 'noMergeRequest'],
        [{ name: 'plan' }, 'notBuilt'],
      ] as const
    ).map(([command, text]): Row => ({
      name: `${command.name} while planning is answered: ${text}`,
      run: aRun({ phase: aPlanningPhase() }),
      event: commanded(command),
      phase: aPlanningPhase(),
      effects: [seen, reply(text)],
      because: `answered ${command.name} of mona: ${text}`,
    })),
    {
      name: 'an agent that somebody picks is tried first from then on',
      run: aRun({
        phase: aPlanningPhase(),
        prepared: aPrepared({ policy: aPolicy({ vendors: { codex: 'openai' } }) }),
      }),
      event: commanded({ name: 'agent', agent: 'codex' }),
      phase: aPlanningPhase(),
      effects: [seen, reply('agentPicked')],
      because: 'answered agent of mona: agentPicked',
      change: { agent: 'codex' },
    },
    {
      name: 'an agent that is not configured cannot be picked',
      run: aRun({
        phase: aPlanningPhase(),
        prepared: aPrepared({ policy: aPolicy({ vendors: { opus: 'anthropic' } }) }),
      }),
      event: commanded({ name: 'agent', agent: 'gpt' }),
      phase: aPlanningPhase(),
      effects: [seen, reply('unknownAgent')],
      because: 'answered agent of mona: unknownAgent',
    },
    {
      name: 'a repository that moved is known by its new name',
      run: aRun(),
      event: { type: 'repositoryMoved', repository: aRepository({ path: 'acme/store' }), atMs },
      phase: waiting,
      effects: [],
      because: 'the repository is now acme/store',
      change: { repository: aRepository({ path: 'acme/store' }) },
    },
  ]);
});
