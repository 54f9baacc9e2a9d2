import { createClient, type Api, type GitLabOptions } from './client.js';
import { statusOf, unlessMissing } from './errors.js';
import { findHook } from './hooks.js';
import { canWrite } from './reading.js';

export interface ConnectOrder {
  /** `group/name`, or the numeric id. */
  readonly project: string;
  /** Where GitLab delivers to. */
  readonly webhookUrl: string;
  /** What deliveries show as `X-Gitlab-Token`. */
  readonly webhookSecret: string;
  /** The label that starts a run. */
  readonly label: string;
}

export interface Connected {
  readonly path: string;
  /** `renewed`: it was there; address and secret were set anew, which also switches it on again. */
  readonly webhook: 'created' | 'renewed';
  readonly label: 'created' | 'there';
  /** Whether Fleet's own account may push to the project. */
  readonly fleetMayWrite: boolean;
}

const events = {
  ...{ issuesEvents: true, confidentialIssuesEvents: true, noteEvents: true, confidentialNoteEvents: true },
  ...{ mergeRequestsEvents: true, pipelineEvents: true, pushEvents: false },
};

/**
 * Makes a project's webhook and label, or brings them up to date. `maintainer` works with a Maintainer's token, which is
 * kept nowhere; `fleet` with Fleet's own.
 */
export async function connectProject(
  { maintainer, fleet }: { readonly maintainer: GitLabOptions; readonly fleet: GitLabOptions },
  order: ConnectOrder,
): Promise<Connected> {
  const { project, webhookUrl, label: name } = order;
  const client = createClient(maintainer);
  const found = await client.ask(`the project ${project}`, ({ Projects }) => Projects.show(project));
  const path = found.path_with_namespace;
  const webhook = await client.ask(`the webhook of ${path}`, (api) => ensureHook(api, found.id, order));
  const label = await client.ask(`the label ${name} of ${path}`, (api) => ensureLabel(api, found.id, name));
  const own = createClient(fleet);
  const repository = { forge: 'gitlab', id: String(found.id), path, defaultBranch: '' } as const;
  // To an account that is no member, the project is not there at all.
  const fleetMayWrite = await unlessMissing(own.self().then((self) => canWrite(own, repository, self)));
  client.log.info({ project: path, webhook, webhookUrl }, 'gitlab project connected');
  return { path, webhook, label, fleetMayWrite: fleetMayWrite === true };
}

async function ensureHook(api: Api, projectId: number, order: ConnectOrder): Promise<Connected['webhook']> {
  const { webhookUrl: url, webhookSecret: token } = order;
  const before = await findHook(api, projectId);
  if (before === undefined) {
    await api.ProjectHooks.add(projectId, url, { ...events, token });
    return 'created';
  }
  await api.ProjectHooks.edit(projectId, before.id, url, { ...events, token });
  return 'renewed';
}

async function ensureLabel(api: Api, projectId: number, name: string): Promise<Connected['label']> {
  try {
    await api.ProjectLabels.create(projectId, name, '#6e49cb', { description: 'Fleet works on this issue' });
    return 'created';
  } catch (error) {
    if (statusOf(error) !== 409) throw error;
    return 'there';
  }
}
