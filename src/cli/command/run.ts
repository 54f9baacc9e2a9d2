import type { MergeRequestText } from '../../control/request.js';
import { needsPerson } from '../../domain/failure.js';
import type { Phase } from '../../domain/phase.js';
import type { Run } from '../../domain/run.js';
import { durationText } from '../../render/format.js';
import { runPage } from '../../render/terminal.js';
import { exit, type Exit } from '../exit.js';
import { waitsForPerson } from '../follow.js';
import { readIssue } from '../issue-file.js';
import { reach } from '../reach.js';
import { mergeRequestText, shellWord } from '../run-text.js';
import { harmless, painter } from '../terminal.js';
import { locationOf } from '../thread.js';
import { throughRun } from '../through-run.js';
import type { World } from '../world.js';

export interface RunOptions {
  readonly repo: string;
  readonly issue: string;
  readonly push: boolean;
  readonly json: boolean;
  readonly agent?: string;
  readonly base?: string;
}

/** One issue to a merge request on one's own repository, followed to where a person is needed. */
export async function run(world: World, { agent, base, json, ...options }: RunOptions): Promise<Exit> {
  const issue = await readIssue(world, options.issue);
  const fleet = await reach(world, { role: 'all', ...(agent === undefined ? {} : { agent }) });
  try {
    if (fleet.where === 'server' && agent !== undefined) throw needsPerson('configurationBroken', [agentsOfServer]);
    const { repository } = await fleet.control({
      ...{ op: 'repository.add', at: locationOf(world, options.repo), push: options.push },
      ...(base === undefined ? {} : { base }),
    });
    const { run: made } = await throughRun(world, fleet.control, { repository: repository.id, issue, json });
    const { run: last, mergeRequest } = await fleet.control({ op: 'show', run: made });
    world.terminal.out(
      json ? `${JSON.stringify({ run: last, mergeRequest })}\n` : `\n${ending(world, last, mergeRequest)}\n`,
    );
    return world.interrupted.aborted ? exit.interrupted : exitAt(last.phase);
  } finally {
    await fleet.leave();
  }
}

const agentsOfServer = 'A Fleet runs already, with its own agents: leave out --agent, or end it first.';

/** The exit code of a run that rests. */
export function exitAt(phase: Phase): Exit {
  if (phase.name === 'inReview' || phase.name === 'merged') return exit.done;
  return waitsForPerson(phase) ? exit.needsPerson : exit.unsuccessful;
}

/** What lets a run go on that waits for a person. */
const words: Partial<Readonly<Record<Phase['name'], string>>> = {
  blocked: '/fleet retry',
  awaitingAnswer: 'your answer',
  awaitingApproval: '/fleet approve',
};

/** What came of the run, and what a person can do now. */
function ending({ terminal }: World, run: Run, mergeRequest: MergeRequestText | undefined): string {
  const paint = painter(terminal);
  const { path } = run.repository;
  if (run.phase.name !== 'inReview' || mergeRequest === undefined) {
    const page = harmless(runPage(run, { nowMs: Date.now(), width: terminal.width }));
    const say = words[run.phase.name];
    const comment = say === undefined ? [] : [`  fleet comment '${path}#${run.issue.number}' '${say}'`];
    return [page, paint('bold', 'Next'), `  fleet log ${run.id}`, ...comment].join('\n');
  }
  const { branch, place, number } = mergeRequest;
  const took = durationText(run.updatedAtMs - run.createdAtMs);
  return [
    mergeRequestText(mergeRequest, terminal),
    '',
    `${paint('green', 'Ready for review')} after ${took}: ${branch} is in ${place}. Nothing else there was touched.`,
    '',
    paint('bold', 'Next'),
    lookLine(mergeRequest),
    `  fleet show ${run.id} --diff`,
    `  fleet merge '${path}#${number}'   or   fleet close '${path}#${number}'`,
  ].join('\n');
}

/** A command by which the change can be seen with git. */
function lookLine({ branch, base, place }: MergeRequestText): string {
  return place.startsWith('/')
    ? `  git -C ${shellWord(place)} log --patch ${base}..${branch}`
    : `  git fetch ${shellWord(place)} ${branch}`;
}
