import { laneOf } from '../decide/lanes.js';
import type { Run } from '../domain/run.js';
import type { Assignment } from '../domain/work.js';
import type { AttemptOrder } from '../ports/agent.js';
import { criticPrompt } from '../render/critic-prompt.js';
import { developerPrompt } from '../render/developer-prompt.js';
import type { Handover } from '../render/handover-section.js';
import { plannerPrompt } from '../render/planner-prompt.js';
import { researcherPrompt } from '../render/researcher-prompt.js';
import { triagerPrompt } from '../render/triager-prompt.js';
import { verifierPrompt } from '../render/verifier-prompt.js';
import type { Job } from './job.js';

/** Characters of a change that stand in a prompt; a longer one is read from git by whoever looks at it. */
const longestDiff = 60_000;

/** Characters of one skill. */
const longestSkill = 20_000;

/** A page of the repository about a kind of work. */
interface Skill {
  readonly name: string;
  readonly text: string;
}

/** What the agent of an attempt is told, once it is known where its artifacts go. */
export async function promptOf(job: Job, assignment: Assignment): Promise<AttemptOrder['prompt']> {
  const { run } = job;
  const { feedback, task = '', threads, tried = [], from: head } = assignment;
  switch (assignment.role) {
    case 'triager':
      return ({ artifacts, schema }) => triagerPrompt({ run, feedback, artifacts, schema: schema('triage') });
    case 'researcher': {
      const skills = await skillsOf(job);
      return ({ artifacts }) => researcherPrompt({ run, feedback, artifacts, skills });
    }
    case 'planner': {
      const skills = await skillsOf(job);
      return ({ artifacts, schema }) => plannerPrompt({ run, feedback, artifacts, skills, schema: schema('plan') });
    }
    case 'critic': {
      const plan = draftOf(run);
      return ({ artifacts, schema }) => criticPrompt({ run, plan, feedback, artifacts, schema: schema('verdict') });
    }
    case 'verifier': {
      const [diff, skills] = await Promise.all([diffOf(job, assignment), skillsOf(job)]);
      return ({ artifacts, schema }) =>
        verifierPrompt({ run, head, diff, feedback, artifacts, skills, schema: schema('verdict') });
    }
    case 'developer':
    case 'auditor': {
      const skills = await skillsOf(job);
      const handover = await handoverOf(job, assignment);
      const brief = { run, feedback, task, threads, tried, skills };
      return ({ artifacts, schema, isResumed }) =>
        developerPrompt({ ...brief, artifacts, schema: schema('replies'), ...(isResumed ? {} : { handover }) });
    }
    default:
      return assignment.role satisfies never;
  }
}

function draftOf({ id, phase }: Run): NonNullable<Run['plan']> {
  if (phase.name === 'planning' && phase.draft !== undefined) return phase.draft;
  throw new Error(`run ${id} has no draft of a plan to be criticised`);
}

/** What stands in the worktree already: what others, or an earlier session, have done for the task. */
async function handoverOf({ loop, run }: Job, { from, task = '' }: Assignment): Promise<Handover> {
  const lane = run.phase.name === 'working' ? laneOf(run.phase, task) : undefined;
  const isNew = lane === undefined || lane.head.tree === from.tree;
  const diff = isNew ? '' : await loop.ports.workspaces.diff(run.id, lane.head.commit, from.commit);
  return { run, task, diff };
}

/** The whole change, as a reviewer would see it; empty when it is too long to be told. */
async function diffOf({ loop, run }: Job, { from }: Assignment): Promise<string> {
  const base = run.prepared?.start ?? from;
  const diff = await loop.ports.workspaces.diff(run.id, base.commit, from.commit);
  return diff.length > longestDiff ? '' : diff;
}

/** The pages of what the issue is about, from the default branch; preparing has seen that they are there, so one that is gone since is left out. */
async function skillsOf({ loop, run }: Job): Promise<readonly Skill[]> {
  const intents = run.prepared?.policy.intents ?? {};
  const called = (run.triage?.intents ?? []).filter((name) => Object.hasOwn(intents, name));
  const names = [...new Set(called.flatMap((name) => intents[name]?.skills ?? []))];
  if (names.length === 0) return [];
  const files = await loop.ports.workspaces.filesOf(run.repository, run.repository.defaultBranch);
  const read = names.map(async (name) => ({ name, text: await files.read(`.fleet/skills/${name}.md`) }));
  return (await Promise.all(read)).flatMap(({ name, text }) =>
    text === undefined ? [] : [{ name, text: text.slice(0, longestSkill) }],
  );
}
