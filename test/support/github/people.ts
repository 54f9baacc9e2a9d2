import { createHmac, randomUUID } from 'node:crypto';
import { pullJson } from './pull-shapes.js';
import { commentJson, issueJson, labelJson, repositoryJson, userJson, type Json } from './shapes.js';
import type { SentDelivery } from './specification.js';
import type { GitHubStandIn } from './stand-in.js';
import {
  accountOf,
  addComment,
  addIssue,
  now,
  type Happening,
  type IssueState,
  type RepositoryState,
} from './state.js';

/** What Fleet answered to a delivery, and how long it took. */
export interface Delivered {
  readonly status: number;
  readonly body: string;
  readonly ms: number;
}

export interface DeliverOptions {
  readonly delivery?: string;
  /** Headers that replace what GitHub would send; an empty value leaves the header out. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent instead of the payload, signed as it is. */
  readonly raw?: string | Uint8Array<ArrayBuffer>;
}

/** What people do on GitHub; each changes the state, and delivers what GitHub would. */
export class People {
  /** Where deliveries go, e.g. `http://127.0.0.1:3000/api/github/webhooks`; without it nothing is delivered. */
  webhookUrl: string | undefined;
  readonly sent: SentDelivery[] = [];
  /** Deliveries about these repositories wait here, by id, to be sent by hand. */
  readonly held = new Map<number, (() => Promise<Delivered>)[]>();
  readonly #gitHub: GitHubStandIn;

  constructor(gitHub: GitHubStandIn) {
    this.#gitHub = gitHub;
  }

  openIssue(repository: RepositoryState, by: string, title: string, body: string | null): IssueState {
    const { state } = this.#gitHub;
    return addIssue(state, repository, { title, body, user: accountOf(state, by) });
  }

  async labelIssue(repository: RepositoryState, number: number, label: string, by: string): Promise<Delivered> {
    const issue = issueOf(repository, number);
    if (!issue.labels.includes(label)) issue.labels.push(label);
    this.#remember(issue, 'labeled', by, label);
    return this.#tell(repository, issue, by, { action: 'labeled', label: labelJson(this.#gitHub.web, label) });
  }

  async unlabelIssue(repository: RepositoryState, number: number, label: string, by: string): Promise<Delivered> {
    const issue = issueOf(repository, number);
    issue.labels.splice(0, issue.labels.length, ...issue.labels.filter((each) => each !== label));
    this.#remember(issue, 'unlabeled', by, label);
    return this.#tell(repository, issue, by, { action: 'unlabeled', label: labelJson(this.#gitHub.web, label) });
  }

  async closeIssue(repository: RepositoryState, number: number, by: string): Promise<Delivered> {
    const issue = issueOf(repository, number);
    issue.state = 'closed';
    this.#remember(issue, 'closed', by);
    return this.#tell(repository, issue, by, { action: 'closed' });
  }

  /** Changes title or text; GitHub's delivery of it means nothing to Fleet. */
  editIssue(issue: IssueState, by: string, change: { readonly title?: string; readonly body?: string }): void {
    issue.updatedAt = now();
    if (change.title !== undefined) this.#remember(issue, 'renamed', by);
    if (change.body !== undefined) this.#remember(issue, 'edited', by);
    Object.assign(issue, change);
  }

  async comment(repository: RepositoryState, number: number, by: string, body: string): Promise<Delivered> {
    const { state, web } = this.#gitHub;
    const issue = issueOf(repository, number);
    const comment = addComment(state, issue, accountOf(state, by), body);
    return this.deliver('issue_comment', {
      ...this.shared(repository, by),
      action: 'created',
      issue: issueJson(web, repository, issue),
      comment: commentJson(web, repository, issue, comment),
    });
  }

  async endPull(repository: RepositoryState, number: number, how: 'merged' | 'closed', by: string): Promise<Delivered> {
    const issue = issueOf(repository, number);
    issue.state = 'closed';
    this.#remember(issue, 'closed', by);
    if (how === 'merged' && issue.pull !== undefined) issue.pull.mergedAt = now();
    return this.#tell(repository, issue, by, { action: 'closed' });
  }

  /** What every delivery about a repository holds. */
  shared(repository: RepositoryState, by: string): Json {
    const { state, web } = this.#gitHub;
    return {
      repository: repositoryJson(web, repository),
      sender: userJson(web, accountOf(state, by)),
      installation: { id: state.installation, node_id: 'MDIz' },
    };
  }

  /** Signs and posts a delivery as GitHub does. */
  async deliver(event: string, payload: Json, options: DeliverOptions = {}): Promise<Delivered> {
    this.sent.push({ event, payload });
    const waiting = this.held.get((payload['repository'] as { readonly id?: number } | undefined)?.id ?? 0);
    const { delivery = randomUUID() } = options;
    waiting?.push(() => this.deliver(event, payload, { ...options, delivery }));
    if (this.webhookUrl === undefined || waiting !== undefined) return { status: 0, body: '', ms: 0 };
    const body = options.raw ?? JSON.stringify(payload);
    const hash = (algorithm: string): string =>
      createHmac(algorithm, this.#gitHub.webhookSecret).update(body).digest('hex');
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/0000000',
      'x-github-event': event,
      'x-github-delivery': delivery,
      'x-github-hook-installation-target-type': 'integration',
      'x-hub-signature': `sha1=${hash('sha1')}`,
      'x-hub-signature-256': `sha256=${hash('sha256')}`,
      ...options.headers,
    };
    const sent = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''));
    const startedMs = performance.now();
    const response = await fetch(this.webhookUrl, { method: 'POST', body, headers: sent });
    return { status: response.status, body: await response.text(), ms: performance.now() - startedMs };
  }

  #remember(issue: IssueState, type: Happening['type'], by: string, label?: string): void {
    const who = accountOf(this.#gitHub.state, by);
    issue.history.push({ type, at: now(), by: who, ...(label === undefined ? {} : { label }) });
  }

  #tell(repository: RepositoryState, issue: IssueState, by: string, more: Json): Promise<Delivered> {
    const { web, git } = this.#gitHub;
    issue.updatedAt = now();
    const subject =
      issue.pull === undefined
        ? { issue: issueJson(web, repository, issue) }
        : { number: issue.number, pull_request: pullJson({ web, git, repository, issue }) };
    const event = issue.pull === undefined ? 'issues' : 'pull_request';
    return this.deliver(event, { ...this.shared(repository, by), ...subject, ...more });
  }
}

function issueOf(repository: RepositoryState, number: number): IssueState {
  const issue = repository.issues.get(number);
  if (issue === undefined) throw new Error(`no issue #${number} in ${repository.name}`);
  return issue;
}
