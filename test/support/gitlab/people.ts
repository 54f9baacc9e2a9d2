import { Deliveries, labelJson, type Delivered } from './deliveries.js';
import { takePush } from './merge-state.js';
import {
  accountOf,
  addNote,
  addThread,
  nextId,
  now,
  type JobState,
  type NoteState,
  type PipelineState,
  type PositionState,
  type ProjectState,
  type ReviewerState,
  type ThreadState,
} from './state.js';

export type { Delivered, DeliverOptions } from './deliveries.js';

/** A comment at a line of the diff; `old` where the change takes the line out. */
export interface Remark {
  readonly path: string;
  readonly line: number;
  readonly side?: 'old';
  /** First of several lines. */
  readonly fromLine?: number;
  readonly text: string;
  /** What the lines shall become. */
  readonly suggestion?: string;
}

export interface Review {
  readonly verdict?: 'approve' | 'requestChanges';
  readonly text?: string;
  readonly remarks?: readonly Remark[];
}

export type Job = Pick<JobState, 'name' | 'status'> & Partial<Omit<JobState, 'id' | 'isRetried'>>;

/** What people do on GitLab; each changes the state, and delivers what GitLab would. */
export class People extends Deliveries {
  openIssue(project: ProjectState, by: string, title: string, description: string | null): ThreadState {
    const { state } = this.gitLab;
    return addThread(state, project, { title, description, author: accountOf(state, by) });
  }

  /** Changes title or text of an issue, of which GitLab itself notes that it was done. */
  edit(thread: ThreadState, by: string, change: { readonly title?: string; readonly description?: string }): void {
    const author = accountOf(this.gitLab.state, by);
    const note = (body: string): NoteState => addNote(this.gitLab.state, thread, { author, body, system: true });
    if (change.title !== undefined) note(`changed title from **{-${thread.title}-}** to **{+${change.title}+}**`);
    if (change.description !== undefined) note('changed the description');
    Object.assign(thread, change);
  }

  /** Ticks a box in the text off, of which GitLab notes that and not that the text is another one. */
  tick(thread: ThreadState, by: string, box: string): void {
    const { state } = this.gitLab;
    const body = `marked the checklist item **${box}** as completed`;
    addNote(state, thread, { author: accountOf(state, by), body, system: true });
  }

  label(project: ProjectState, thread: ThreadState, label: string, by: string): Promise<Delivered> {
    return this.#relabel({ project, thread }, by, { add: label });
  }

  unlabel(project: ProjectState, thread: ThreadState, label: string, by: string): Promise<Delivered> {
    return this.#relabel({ project, thread }, by, { remove: label });
  }

  /** Closes an issue or a merge request, or merges one. */
  end(project: ProjectState, thread: ThreadState, how: 'closed' | 'merged', by: string): Promise<Delivered> {
    thread.state = how;
    thread.ended = { by: accountOf(this.gitLab.state, by), at: now() };
    thread.updatedAt = now();
    return this.tellThread({ project, thread }, by, { action: how === 'merged' ? 'merge' : 'close', changes: {} });
  }

  reopen(project: ProjectState, thread: ThreadState, by: string): Promise<Delivered> {
    thread.state = 'opened';
    thread.ended = undefined;
    thread.updatedAt = now();
    return this.tellThread({ project, thread }, by, { action: 'reopen', changes: {} });
  }

  comment(project: ProjectState, thread: ThreadState, by: string, body: string): Promise<Delivered> {
    const { state } = this.gitLab;
    const note = addNote(state, thread, { author: accountOf(state, by), body });
    return this.tellNote({ project, thread }, note);
  }

  /** As `comment`, begun as a thread, which can be resolved from the start; its discussion. */
  async startThread(project: ProjectState, thread: ThreadState, by: string, body: string): Promise<string> {
    const { state } = this.gitLab;
    const note = addNote(state, thread, { author: accountOf(state, by), body, type: 'DiscussionNote' });
    await this.tellNote({ project, thread }, note);
    return note.discussion;
  }

  editComment(project: ProjectState, thread: ThreadState, note: NoteState, body: string): Promise<Delivered> {
    Object.assign(note, { body, updatedAt: now() });
    return this.tellNote({ project, thread }, note, 'update');
  }

  /** A review in one go: remarks at lines, a text below, a verdict. The discussions of its remarks. */
  async review(
    project: ProjectState,
    thread: ThreadState,
    by: string,
    { verdict, text = '', remarks = [] }: Review,
  ): Promise<readonly string[]> {
    const { state } = this.gitLab;
    const author = accountOf(state, by);
    const heads = this.#heads(project, thread);
    const notes = remarks.map((remark) =>
      addNote(state, thread, {
        ...{ author, body: bodyOf(remark), type: 'DiffNote', position: { ...heads, ...placeOf(remark) } },
      }),
    );
    const summary = text === '' ? [] : [addNote(state, thread, { author, body: text })];
    for (const note of [...notes, ...summary]) await this.tellNote({ project, thread }, note);
    await this.#judge(project, thread, by, verdict);
    return notes.map(({ discussion }) => discussion);
  }

  reply(
    project: ProjectState,
    thread: ThreadState,
    discussion: string,
    { by, text }: { readonly by: string; readonly text: string },
  ): Promise<Delivered> {
    const { state } = this.gitLab;
    const first = thread.notes.find((note) => note.discussion === discussion);
    if (first === undefined) throw new Error(`no discussion ${discussion}`);
    first.type ??= 'DiscussionNote';
    const { type, position, resolvedBy } = first;
    const note = addNote(state, thread, {
      ...{ author: accountOf(state, by), body: text, discussion, type },
      ...(position === undefined ? {} : { position }),
    });
    note.resolvedBy = resolvedBy;
    return this.tellNote({ project, thread }, note);
  }

  /** Resolves a discussion, or opens it again; GitLab tells nobody. */
  resolve(thread: ThreadState, discussion: string, to: { readonly by: string; readonly isResolved: boolean }): void {
    const by = to.isResolved ? accountOf(this.gitLab.state, to.by) : undefined;
    for (const note of thread.notes) if (note.discussion === discussion) note.resolvedBy = by;
    thread.updatedAt = now();
  }

  /** Deletes what matches of a merge request's notes; GitLab tells nobody. */
  deleteNotes(thread: ThreadState, isMeant: (note: NoteState) => boolean): void {
    const left = thread.notes.filter((note) => !isMeant(note));
    thread.notes.splice(0, thread.notes.length, ...left);
    thread.updatedAt = now();
  }

  /** One commit on a branch, which is made at the default branch where it is not there; the commit. */
  push(
    project: ProjectState,
    branch: string,
    { by, files }: { readonly by: string; readonly files: Readonly<Record<string, string | undefined>> },
  ): string {
    const { facts, web } = this.gitLab;
    for (const thread of project.mergeRequests.values()) takePush(web, project, thread);
    const sha = facts.push(project.path, branch, { by, files, from: project.defaultBranch });
    for (const thread of project.mergeRequests.values()) takePush(web, project, thread);
    return sha;
  }

  /** What CI makes of a commit from now on. Of a merge request it runs on the merge with the base where `ref` says so. */
  async runPipeline(
    project: ProjectState,
    { sha, ref, status, yamlErrors }: Pick<PipelineState, 'sha' | 'ref'> & Partial<PipelineState>,
    jobs: readonly Job[] = [],
  ): Promise<PipelineState> {
    const { state } = this.gitLab;
    const pipeline: PipelineState = {
      ...{ id: nextId(state), sha, ref, status: status ?? statusOf(jobs), updatedAt: now() },
      jobs: jobs.map((job) => ({
        ...{ id: nextId(state), stage: 'test', allowFailure: false, log: '', isRetried: false, ...job },
      })),
      ...(yamlErrors === undefined ? {} : { yamlErrors }),
    };
    project.pipelines.push(pipeline);
    await this.tellPipeline(project, pipeline);
    return pipeline;
  }

  #relabel(
    place: { readonly project: ProjectState; readonly thread: ThreadState },
    by: string,
    { add, remove }: { readonly add?: string; readonly remove?: string },
  ): Promise<Delivered> {
    const { state } = this.gitLab;
    const { labels, labelEvents } = place.thread;
    const previous = labels.map(labelJson);
    const current = [...labels.filter((each) => each !== remove && each !== add), ...(add === undefined ? [] : [add])];
    labels.splice(0, labels.length, ...current);
    labelEvents.push({
      ...{ id: nextId(state), action: add === undefined ? 'remove' : 'add', label: add ?? remove ?? '' },
      ...{ user: accountOf(state, by), createdAt: now() },
    });
    place.thread.updatedAt = now();
    const changes = { labels: { previous, current: current.map(labelJson) } };
    return this.tellThread(place, by, { action: 'update', changes });
  }

  #heads(project: ProjectState, thread: ThreadState): Pick<PositionState, 'baseSha' | 'startSha' | 'headSha'> {
    const { facts, web } = this.gitLab;
    takePush(web, project, thread);
    const headSha = thread.merge?.head ?? '';
    const startSha = web.git.head(project.path, thread.merge?.target ?? '') ?? '';
    return { baseSha: facts.mergeBase(project.path, startSha, headSha), startSha, headSha };
  }

  /** Of a request for changes older GitLabs send nothing; here they are old. */
  async #judge(project: ProjectState, thread: ThreadState, by: string, verdict: Review['verdict']): Promise<void> {
    const { merge } = thread;
    if (merge === undefined) return;
    const author = accountOf(this.gitLab.state, by);
    const before = merge.reviews.get(author.id);
    const state: ReviewerState =
      verdict === undefined
        ? before === 'approved'
          ? 'approved'
          : 'reviewed'
        : verdict === 'approve'
          ? 'approved'
          : 'requested_changes';
    merge.reviews.set(author.id, state);
    if (verdict === undefined) return;
    if (!merge.reviewers.some(({ id }) => id === author.id)) merge.reviewers.push(author);
    const body = verdict === 'approve' ? 'approved this merge request' : 'requested changes';
    addNote(this.gitLab.state, thread, { author, body, system: true });
    if (verdict === 'approve') await this.tellThread({ project, thread }, by, { action: 'approved', changes: {} });
  }
}

function placeOf({ path, line, side }: Remark): Pick<PositionState, 'path' | 'newLine' | 'oldLine'> {
  return side === 'old' ? { path, newLine: null, oldLine: line } : { path, newLine: line, oldLine: null };
}

function bodyOf({ text, suggestion, line, fromLine = line }: Remark): string {
  if (suggestion === undefined) return text;
  const lines = suggestion === '' ? [] : [suggestion];
  return [...(text === '' ? [] : [text, '']), `\`\`\`suggestion:-${line - fromLine}+0`, ...lines, '```'].join('\n');
}

function statusOf(jobs: readonly Job[]): string {
  const isAny = (status: JobState['status']): boolean =>
    jobs.some((job) => job.status === status && job.allowFailure !== true);
  if (isAny('pending') || isAny('running')) return 'running';
  if (isAny('failed')) return 'failed';
  return isAny('canceled') ? 'canceled' : 'success';
}
