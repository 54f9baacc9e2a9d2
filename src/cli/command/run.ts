import type { MergeRequestText } from '../../control/request.js';
import { needsPerson } from '../../domain/failure.js';
import type { Phase, Run } from '../../domain/run.js';
import { isEnded } from '../../domain/run.js';
import { exit, type Exit } from '../exit.js';
import { follow, isResting, runOfIssue } from '../follow.js';
import { readIssue } from '../issue-file.js';
import { journalLines, secondsText } from '../journal-lines.js';
import { reach, type Reached } from '../reach.js';
import { mergeRequestText, phaseText, runText } from '../run-text.js';
import { startSpinner } from '../spinner.js';
import { painter } from '../terminal.js';
import { locationOf } from '../thread.js';
import type { World } from '../world.js';

export interface RunOptions {
  readonly repo: string;
  readonly issue: string;
  readonly push: boolean;
  readonly json: boolean;
  readonly agent?: string;
  readonly base?: string;
}

/** How long a run that is stopped may take to end. */
const stopMs = 10_000;

/** One issue to a merge request on one's own repository, followed to where a person is needed. */
export async function run(world: World, options: RunOptions): Promise<Exit> {
  const issue = await readIssue(world, options.issue);
  const fleet = await reach(world, { role: 'all', ...(options.agent === undefined ? {} : { agent: options.agent }) });
  try {
    if (fleet.where === 'server' && options.agent !== undefined) {
      throw needsPerson('configurationBroken', [
        'A Fleet runs already with its own agents: leave out --agent, or end it first.',
      ]);
    }
    const base = options.base === undefined ? {} : { base: options.base };
    const added = await fleet.control({
      ...{ op: 'repository.add', at: locationOf(world, options.repo), push: options.push, ...base },
    });
    const { made, phase } = await throughRun(world, fleet, {
      repository: added.repository.id,
      issue,
      json: options.json,
    });
    const { run: last, mergeRequest } = await fleet.control({ op: 'show', run: made.id });
    if (options.json) world.terminal.out(`${JSON.stringify({ run: last, mergeRequest })}\n`);
    else world.terminal.out(`\n${ending(world, last, mergeRequest)}`);
    return world.interrupted.aborted ? exit.interrupted : exitAt(phase);
  } finally {
    await fleet.leave();
  }
}

export interface Through {
  readonly repository: string;
  readonly issue: { readonly title: string; readonly body: string };
  readonly json: boolean;
}

/** Opens and labels the issue, and shows each step of its run until a person is needed. Ctrl-C stops the run. */
export async function throughRun(
  { terminal, interrupted }: World,
  { control }: Reached,
  { repository, issue, json }: Through,
): Promise<{ readonly made: Run; readonly phase: Phase }> {
  const startedMs = performance.now();
  const opened = await control({ op: 'issue.open', repository, ...issue });
  const { number } = opened.issue;
  await control({ op: 'label', repository, number });
  const made = await runOfIssue(control, repository, number);
  const line = journalLines(painter(terminal), made.createdAtMs);
  let last = 'queued';
  const spinner = startSpinner(
    json ? { ...terminal, live: false } : terminal,
    () => `${last}  ${secondsText(performance.now() - startedMs)}`,
  );
  const onEntry: Parameters<typeof follow>[0]['onEntry'] = (entry) => {
    const text = json ? JSON.stringify(entry) : line(entry);
    if (text !== undefined) spinner.line(text);
    last = `${String(entry.fields['phase'] ?? last)}`;
  };
  try {
    const following = { control, run: made.id, onEntry };
    const phase = await follow({ ...following, until: isResting, signal: interrupted });
    if (!interrupted.aborted || isResting(phase)) return { made, phase };
    spinner.line('Stopping the run …');
    await control({ op: 'comment', repository, number, body: '/fleet stop' });
    return {
      made,
      phase: await follow({
        ...following,
        onEntry: () => undefined,
        until: isEnded,
        signal: AbortSignal.timeout(stopMs),
      }),
    };
  } finally {
    spinner.stop();
  }
}

function exitAt(phase: Phase): Exit {
  if (phase.name === 'inReview' || phase.name === 'merged') return exit.done;
  return phase.name === 'blocked' ? exit.needsPerson : exit.unsuccessful;
}

/** What came of the run, and what a person can do now. */
function ending(world: World, last: Run, mergeRequest: MergeRequestText | undefined): string {
  const { terminal } = world;
  const paint = painter(terminal);
  if (last.phase.name !== 'inReview' || mergeRequest === undefined) {
    const text = runText(last, mergeRequest, terminal);
    const next = `  fleet log ${last.id}\n  fleet comment '${threadOf(last)}' '/fleet retry'\n`;
    return last.phase.name === 'blocked' ? `${text}\n${paint('bold', 'Next')}\n${next}` : text;
  }
  const { branch, base, place, number } = mergeRequest;
  const thread = `${last.repository.path}#${number}`;
  const took = secondsText(last.updatedAtMs - last.createdAtMs);
  return [
    mergeRequestText(mergeRequest, terminal),
    '',
    `${paint('green', phaseText(last.phase))} after ${took}: the branch ${paint('bold', branch)} is in ${place}; nothing else there was touched.`,
    '',
    paint('bold', 'Next'),
    ...nextLines(place, { branch, base }),
    `  fleet show ${last.id} --diff`,
    `  fleet merge '${thread}'        (or: fleet close '${thread}')`,
    '',
  ].join('\n');
}

function nextLines(
  place: string,
  { branch, base }: { readonly branch: string; readonly base: string },
): readonly string[] {
  if (!place.startsWith('/')) return [`  git fetch ${place} ${branch}`];
  return [`  git -C ${place} log -p ${base}..${branch}`];
}

function threadOf({ repository, issue }: Run): string {
  return `${repository.path}#${issue.number}`;
}
