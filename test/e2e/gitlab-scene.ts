import { join } from 'node:path';
import type { CiJob } from '../forge/reviews-world.js';
import { takePush } from '../support/gitlab/merge-state.js';
import type { GitLabStandIn } from '../support/gitlab/stand-in.js';
import type { JobState, NoteState, ProjectState, ThreadState } from '../support/gitlab/state.js';
import {
  commentItems,
  deleteBranch,
  held,
  rerunItems,
  threadItems,
  type Place,
  type Said,
  type Scene,
  type SeenThread,
} from './stage.js';

/** The scene of an issue on the GitLab stand-in. */
export function gitlabScene(
  { gitLab, folder }: { readonly gitLab: GitLabStandIn; readonly folder: string },
  project: ProjectState,
  issue: ThreadState,
): Scene {
  const { people, git } = gitLab;
  const gitDir = (): string => join(folder, 'gitlab', `${project.path}.git`);
  const retried = (): number =>
    project.pipelines.flatMap(({ jobs }) => jobs).filter(({ isRetried }) => isRetried).length;
  const mergeRequest = (): ThreadState => {
    const found = [...project.mergeRequests.values()].find(({ author }) => author.id === gitLab.state.bot.id);
    if (found === undefined) throw new Error(`Fleet has no merge request in ${project.path}`);
    return found;
  };
  const at = (where: Place): ThreadState => (where === 'issue' ? issue : mergeRequest());
  const comments: Scene['comments'] = (where) => at(where).notes.filter(isComment).map(said);
  const threads = (): readonly SeenThread[] => threadsOf(mergeRequest());
  return {
    id: project.id,
    get path() {
      return project.path;
    },
    get gitDir() {
      return gitDir();
    },
    label: async (by, label = 'fleet') => {
      await people.label(project, issue, label, by);
    },
    say: async (where, by, text) => {
      await people.comment(project, at(where), by, text);
    },
    async edit(where, text, to) {
      const note = at(where).notes.find(({ body }) => body === text);
      if (note === undefined) throw new Error(`nobody said ${text}`);
      await people.editComment(project, at(where), note, to);
    },
    editIssue: async (by, description) => people.edit(issue, by, { description }),
    deleteBranch: async (branch) => deleteBranch(gitDir(), branch),
    async rewrite(branch, files) {
      for (const work of [() => undefined, () => git.commit(project.path, branch, files, project.defaultBranch)]) {
        work();
        takePush(gitLab.web, project, mergeRequest());
      }
    },
    async rename(name) {
      const path = `acme/${name}`;
      gitLab.facts.move(project.path, path);
      project.path = path;
    },
    archive(isArchived) {
      project.isArchived = isArchived;
    },
    letIn(isIn) {
      project.members.set(gitLab.state.bot.username, isIn ? 'developer' : 'none');
    },
    held: (work) => held(people.held, project.id, work),
    review: async (by, review) => {
      await people.review(project, mergeRequest(), by, review);
    },
    reply: async (thread, by, text) => {
      await people.reply(project, mergeRequest(), thread, { by, text });
    },
    resolve: async (thread, by) => people.resolve(mergeRequest(), thread, { by, isResolved: true }),
    deleteThread: async (thread) => people.deleteNotes(mergeRequest(), ({ discussion }) => discussion === thread),
    async ci(jobs) {
      const ref = mergeRequest().merge?.source ?? '';
      const sha = git.head(project.path, ref) ?? '';
      await people.runPipeline(project, { sha, ref }, jobs.map(jobOf));
    },
    push: async (branch, files) => people.push(project, branch, { by: 'mona', files }),
    async end(how, by) {
      await people.end(project, mergeRequest(), how, by);
      if (how === 'merged') await people.end(project, issue, 'closed', by);
    },
    reopen: async (by) => {
      await people.reopen(project, mergeRequest(), by);
    },
    comments,
    threads,
    mergeRequests: () =>
      [...project.mergeRequests.values()].map(({ title, description, merge }) => ({
        ...{ title, body: description ?? '', branch: merge?.source ?? '' },
      })),
    reviewers: () => reviewersOf(mergeRequest()),
    reruns: retried,
    items() {
      const { title, description, author, state, labels, emojis } = issue;
      const seen = emojis.map(({ name, user }) => `, ${name} of ${user.username}`).join('');
      const about = [stateOf(state), ...labels.map((label) => `label ${label}`)].join(', ');
      return [
        {
          id: 'issue',
          title: `Issue “${title}” by ${author.username} (${about}${seen})`,
          text: description ?? '(nothing)',
        },
        ...commentItems('on the issue', comments('issue')),
        ...(project.mergeRequests.size === 0 ? [] : mergeRequestItems(mergeRequest())),
        ...rerunItems(retried()),
      ];
    },
  };
}

function mergeRequestItems(thread: ThreadState) {
  const { title, description, merge, state } = thread;
  const reviewers = reviewersOf(thread).join(', ') || 'nobody';
  const about = `${stateOf(state)}, review asked of ${reviewers}`;
  return [
    {
      id: 'merge request',
      title: `Merge request “${title}”, ${merge?.source ?? ''} → ${merge?.target ?? ''} (${about})`,
      text: description ?? '',
    },
    ...threadItems(threadsOf(thread)),
    ...commentItems('on the merge request', thread.notes.filter(isComment).map(said)),
  ];
}

function stateOf(state: ThreadState['state']): string {
  return state === 'opened' ? 'open' : state;
}

function reviewersOf({ merge }: ThreadState): readonly string[] {
  return (merge?.reviewers ?? [])
    .filter(({ id }) => (merge?.reviews.get(id) ?? 'unreviewed') === 'unreviewed')
    .map(({ username }) => username);
}

/** Below the issue or the merge request, and not by GitLab itself. */
function isComment({ system, position }: NoteState): boolean {
  return !system && position === undefined;
}

function threadsOf({ notes }: ThreadState): readonly SeenThread[] {
  const ids = new Set(notes.filter(({ position }) => position !== undefined).map(({ discussion }) => discussion));
  return [...ids].map((id) => {
    const all = notes.filter(({ discussion }) => discussion === id);
    const { path = '', newLine = null } = all[0]?.position ?? {};
    return {
      ...{ id, place: `${path}:${newLine ?? 'gone'}`, comments: all.map(said) },
      isResolved: all[0]?.resolvedBy !== undefined,
    };
  });
}

function said({ author, body, emojis }: NoteState): Said {
  return {
    ...{ by: author.username, body },
    reactions: emojis.map(({ name, user }) => `${name} of ${user.username}`),
  };
}

const statuses = { green: 'success', red: 'failed', pending: 'running' } as const;
const reasons = {
  ...{ code: 'script_failure', runner: 'runner_system_failure', billing: 'ci_quota_exceeded' },
  ...{ timeout: 'job_execution_timeout', cancelled: 'script_failure' },
} as const;

function jobOf({ name, state, cause = 'code', log }: CiJob): Pick<JobState, 'name' | 'status'> & Partial<JobState> {
  const failure = state === 'red' ? { failureReason: reasons[cause] } : {};
  return { name, status: statuses[state], ...failure, ...(log === undefined ? {} : { log }) };
}
