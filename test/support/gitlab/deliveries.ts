import { createHmac, randomUUID } from 'node:crypto';
import { issueJson, mergeRequestJson, noteJson, pipelineJson, projectJson, userJson, type Json } from './shapes.js';
import type { Place } from './routing.js';
import type { GitLabStandIn } from './stand-in.js';
import { accountOf, type NoteState, type PipelineState, type ProjectState } from './state.js';

/** What Fleet answered to a delivery, and how long it took. */
export interface Delivered {
  readonly status: number;
  readonly body: string;
  readonly ms: number;
}

/** Nobody listens. */
const unheard: Delivered = { status: 0, body: '', ms: 0 };

export interface DeliverOptions {
  /** Headers that replace what GitLab would send; an empty value leaves the header out. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent instead of the payload, with the same headers. */
  readonly raw?: string | Uint8Array<ArrayBuffer>;
  /** Signed as newer webhooks are, in the place of the secret token. */
  readonly signed?: { readonly atMs: number; readonly key?: string };
}

/** GitLab's webhook. */
export class Deliveries {
  /** Where deliveries go, e.g. `http://127.0.0.1:3000/api/gitlab/webhooks`; without it nothing is delivered. */
  webhookUrl: string | undefined;
  /** Deliveries about these projects wait here, by id, to be sent by hand. */
  readonly held = new Map<number, (() => Promise<Delivered>)[]>();
  protected readonly gitLab: GitLabStandIn;

  constructor(gitLab: GitLabStandIn) {
    this.gitLab = gitLab;
  }

  /** What every delivery about a project holds. */
  shared(kind: string, project: ProjectState, by: string): Json {
    const { state, web } = this.gitLab;
    const user = userJson(web, accountOf(state, by));
    return { object_kind: kind, event_type: kind, user, project: projectJson(web, project), repository: {} };
  }

  /** Posts a delivery as GitLab does. */
  async deliver(event: string, payload: Json, options: DeliverOptions = {}): Promise<Delivered> {
    const key = { 'idempotency-key': randomUUID(), ...options.headers };
    const waiting = this.held.get((payload['project'] as { readonly id?: number } | undefined)?.id ?? 0);
    waiting?.push(() => this.deliver(event, payload, { ...options, headers: key }));
    if (this.webhookUrl === undefined || waiting !== undefined) return unheard;
    const body = options.raw ?? JSON.stringify(payload);
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'GitLab/18.5.0',
      'x-gitlab-event': event,
      'x-gitlab-event-uuid': randomUUID(),
      'x-gitlab-webhook-uuid': '11111111-0000-4000-8000-000000000000',
      'x-gitlab-instance': this.gitLab.web.url,
      'x-gitlab-token': this.gitLab.webhookSecret,
      ...(options.signed === undefined ? {} : this.signature(body, options.signed)),
      ...key,
    };
    const sent = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''));
    const startedMs = performance.now();
    const response = await fetch(this.webhookUrl, { method: 'POST', body, headers: sent });
    return { status: response.status, body: await response.text(), ms: performance.now() - startedMs };
  }

  /** The headers of a signed webhook. */
  signature(
    body: string | Uint8Array,
    { atMs, key = this.gitLab.signingKey }: NonNullable<DeliverOptions['signed']>,
  ): Readonly<Record<string, string>> {
    const [id, timestamp] = [`msg_${randomUUID()}`, String(Math.floor(atMs / 1000))];
    const bytes = Buffer.from(key.replace('whsec_', ''), 'base64');
    const signature = createHmac('sha256', bytes).update(`${id}.${timestamp}.`).update(body).digest('base64');
    return {
      ...{ 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` },
      'x-gitlab-token': '',
    };
  }

  protected tellNote(place: Place, note: NoteState, action: 'create' | 'update' = 'create'): Promise<Delivered> {
    if (this.webhookUrl === undefined) return Promise.resolve(unheard);
    const { web } = this.gitLab;
    const { project, thread } = place;
    const { author, body: text, ...attributes } = noteJson(web, place, note);
    return this.deliver('Note Hook', {
      ...this.shared('note', project, note.author.username),
      project_id: project.id,
      object_attributes: {
        ...{ ...attributes, note: text, action, discussion_id: note.discussion },
        author_id: (author as { readonly id: number }).id,
        url: `${web.url}/${project.path}#note_${note.id}`,
      },
      ...(thread.merge === undefined
        ? { issue: issueJson(web, place) }
        : { merge_request: mergeRequestJson(web, place) }),
    });
  }

  protected tellThread(place: Place, by: string, what: { action: string; changes: Json }): Promise<Delivered> {
    if (this.webhookUrl === undefined) return Promise.resolve(unheard);
    const { web } = this.gitLab;
    const { project, thread } = place;
    const isIssue = thread.merge === undefined;
    const { author, web_url: url, ...attributes } = (isIssue ? issueJson : mergeRequestJson)(web, place);
    const { action, changes } = what;
    return this.deliver(isIssue ? 'Issue Hook' : 'Merge Request Hook', {
      ...this.shared(isIssue ? 'issue' : 'merge_request', project, by),
      object_attributes: { ...attributes, author_id: (author as { readonly id: number }).id, url, action },
      labels: thread.labels.map(labelJson),
      changes: { updated_at: { previous: thread.createdAt, current: thread.updatedAt }, ...changes },
    });
  }

  protected tellPipeline(project: ProjectState, pipeline: PipelineState): Promise<Delivered> {
    if (this.webhookUrl === undefined) return Promise.resolve(unheard);
    const { web } = this.gitLab;
    const [, iid] = /^refs\/merge-requests\/(\d+)\//.exec(pipeline.ref) ?? [];
    const merge = project.mergeRequests.get(Number(iid))?.merge;
    const { web_url: url, ref, ...attributes } = pipelineJson(web, project, pipeline);
    return this.deliver('Pipeline Hook', {
      // In the name of whoever pushed, which is Fleet's account more often than not.
      ...this.shared('pipeline', project, this.gitLab.state.bot.username),
      object_attributes: { ...attributes, url, ref: merge?.source ?? ref, tag: false },
      merge_request: merge === undefined ? null : { iid: Number(iid), source_branch: merge.source },
      builds: pipeline.jobs.map(({ id, name, stage, status }) => ({ id, name, stage, status })),
    });
  }
}

export function labelJson(title: string): Json {
  return { id: title.length, title, color: '#ffffff', type: 'ProjectLabel' };
}
