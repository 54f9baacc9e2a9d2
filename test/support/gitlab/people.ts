import { createHmac, randomUUID } from 'node:crypto';
import { issueJson, mergeRequestJson, noteJson, projectJson, userJson, type Json } from './shapes.js';
import type { GitLabStandIn } from './stand-in.js';
import { accountOf, addNote, addThread, now, type ProjectState, type ThreadState } from './state.js';

/** What Fleet answered to a delivery, and how long it took. */
export interface Delivered {
  readonly status: number;
  readonly body: string;
  readonly ms: number;
}

export interface DeliverOptions {
  /** Headers that replace what GitLab would send; an empty value leaves the header out. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent instead of the payload, with the same headers. */
  readonly raw?: string | Uint8Array<ArrayBuffer>;
  /** Signed as newer webhooks are, in the place of the secret token. */
  readonly signed?: { readonly atMs: number; readonly key?: string };
}

/** What people do on GitLab; each changes the state, and delivers what GitLab would. */
export class People {
  /** Where deliveries go, e.g. `http://127.0.0.1:3000/api/gitlab/webhooks`; without it nothing is delivered. */
  webhookUrl: string | undefined;
  readonly #gitLab: GitLabStandIn;

  constructor(gitLab: GitLabStandIn) {
    this.#gitLab = gitLab;
  }

  openIssue(project: ProjectState, by: string, title: string, description: string | null): ThreadState {
    const { state } = this.#gitLab;
    return addThread(state, project, { title, description, author: accountOf(state, by) });
  }

  label(project: ProjectState, thread: ThreadState, label: string, by: string): Promise<Delivered> {
    return this.#relabel(project, thread, by, [...thread.labels, label]);
  }

  unlabel(project: ProjectState, thread: ThreadState, label: string, by: string): Promise<Delivered> {
    const left = thread.labels.filter((each) => each !== label);
    return this.#relabel(project, thread, by, left);
  }

  /** Closes an issue or a merge request, or merges one. */
  end(project: ProjectState, thread: ThreadState, how: 'closed' | 'merged', by: string): Promise<Delivered> {
    thread.state = how;
    return this.#tell(project, thread, by, { action: how === 'merged' ? 'merge' : 'close', changes: {} });
  }

  comment(project: ProjectState, thread: ThreadState, by: string, body: string): Promise<Delivered> {
    const { state, web } = this.#gitLab;
    const note = addNote(state, thread, { author: accountOf(state, by), body });
    const { author, body: text, ...attributes } = noteJson(web, project, thread, note);
    return this.deliver('Note Hook', {
      ...this.shared('note', project, by),
      project_id: project.id,
      object_attributes: {
        ...{ ...attributes, note: text, action: 'create' },
        author_id: (author as { readonly id: number }).id,
        url: `${web.url}/${project.path}#note_${note.id}`,
      },
      ...(thread.merge === undefined
        ? { issue: issueJson(web, project, thread) }
        : { merge_request: mergeRequestJson(web, project, thread) }),
    });
  }

  /** What every delivery about a project holds. */
  shared(kind: string, project: ProjectState, by: string): Json {
    const { state, web } = this.#gitLab;
    const user = userJson(web, accountOf(state, by));
    return { object_kind: kind, event_type: kind, user, project: projectJson(web, project), repository: {} };
  }

  /** Posts a delivery as GitLab does. */
  async deliver(event: string, payload: Json, options: DeliverOptions = {}): Promise<Delivered> {
    if (this.webhookUrl === undefined) return { status: 0, body: '', ms: 0 };
    const body = options.raw ?? JSON.stringify(payload);
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'GitLab/18.5.0',
      'x-gitlab-event': event,
      'x-gitlab-event-uuid': randomUUID(),
      'x-gitlab-webhook-uuid': '11111111-0000-4000-8000-000000000000',
      'x-gitlab-instance': this.#gitLab.web.url,
      'idempotency-key': randomUUID(),
      'x-gitlab-token': this.#gitLab.webhookSecret,
      ...(options.signed === undefined ? {} : this.signature(body, options.signed)),
      ...options.headers,
    };
    const sent = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''));
    const startedMs = performance.now();
    const response = await fetch(this.webhookUrl, { method: 'POST', body, headers: sent });
    return { status: response.status, body: await response.text(), ms: performance.now() - startedMs };
  }

  /** The headers of a signed webhook. */
  signature(
    body: string | Uint8Array,
    { atMs, key = this.#gitLab.signingKey }: NonNullable<DeliverOptions['signed']>,
  ): Readonly<Record<string, string>> {
    const [id, timestamp] = [`msg_${randomUUID()}`, String(Math.floor(atMs / 1000))];
    const bytes = Buffer.from(key.replace('whsec_', ''), 'base64');
    const signature = createHmac('sha256', bytes).update(`${id}.${timestamp}.`).update(body).digest('base64');
    return {
      ...{ 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` },
      'x-gitlab-token': '',
    };
  }

  #relabel(project: ProjectState, thread: ThreadState, by: string, labels: readonly string[]): Promise<Delivered> {
    const previous = thread.labels.map(labelJson);
    thread.labels.splice(0, thread.labels.length, ...labels);
    const current = labels.map(labelJson);
    return this.#tell(project, thread, by, { action: 'update', changes: { labels: { previous, current } } });
  }

  #tell(
    project: ProjectState,
    thread: ThreadState,
    by: string,
    what: { action: string; changes: Json },
  ): Promise<Delivered> {
    const { web } = this.#gitLab;
    thread.updatedAt = now();
    const isIssue = thread.merge === undefined;
    const { author, web_url: url, ...attributes } = (isIssue ? issueJson : mergeRequestJson)(web, project, thread);
    const { action, changes } = what;
    return this.deliver(isIssue ? 'Issue Hook' : 'Merge Request Hook', {
      ...this.shared(isIssue ? 'issue' : 'merge_request', project, by),
      object_attributes: { ...attributes, author_id: (author as { readonly id: number }).id, url, action },
      labels: thread.labels.map(labelJson),
      changes: { updated_at: { previous: thread.createdAt, current: thread.updatedAt }, ...changes },
    });
  }
}

function labelJson(title: string): Json {
  return { id: title.length, title, color: '#ffffff', type: 'ProjectLabel' };
}
