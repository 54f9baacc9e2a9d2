import type { Web } from './shapes.js';
import { now, type PipelineState, type ProjectState, type ThreadState } from './state.js';

/** What GitLab's background jobs have found out about a merge request by the time somebody asks. */
export interface Found {
  readonly head: string | undefined;
  readonly base: string | undefined;
  readonly isChecked: boolean;
  readonly isConflicting: boolean;
  readonly pipeline: PipelineState | undefined;
}

type Git = Pick<Web, 'git' | 'facts'>;

/** Takes a push in: positions of notes whose line did not change move along, as their discussions stay active. */
export function takePush({ git, facts }: Git, project: ProjectState, thread: ThreadState): void {
  const { merge, notes } = thread;
  if (merge === undefined || thread.state !== 'opened') return;
  const head = git.head(project.path, merge.source);
  const [from, to] = [merge.head, head];
  merge.head = head ?? merge.head;
  if (from === undefined || to === undefined || from === to) return;
  thread.updatedAt = now();
  for (const { position } of notes) {
    if (position?.headSha !== from) continue;
    const { path, newLine: line } = position;
    const at = line === null ? null : facts.follow(project.path, { path, line, from, to });
    if (at !== undefined) Object.assign(position, { headSha: to, newLine: at });
  }
}

/** GitLab looks for conflicts after somebody has asked, so the first answer after a push leaves it open. */
export function findOut(
  { git, facts }: Git,
  { project, thread }: { readonly project: ProjectState; readonly thread: ThreadState },
  isAsked: boolean,
): Found {
  const { merge } = thread;
  takePush({ git, facts }, project, thread);
  const [head, base] = [merge?.head, git.head(project.path, merge?.target ?? '')];
  const key = `${head ?? ''} ${base ?? ''}`;
  const isChecked = merge?.checked === key;
  if (merge !== undefined && isAsked) merge.checked = key;
  return {
    ...{ head, base, isChecked },
    isConflicting:
      isChecked && head !== undefined && base !== undefined && facts.isConflicting(project.path, base, head),
    pipeline: project.pipelines.findLast(
      ({ ref }) => ref === merge?.source || ref === `refs/merge-requests/${thread.iid}/merge`,
    ),
  };
}
