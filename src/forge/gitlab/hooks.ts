import type { Api } from './client.js';

/** A webhook, as far as Fleet looks at one. */
export interface Hook {
  readonly id: number;
  readonly url: string;
  readonly alert_status: string;
  readonly issues_events: boolean;
  readonly note_events: boolean;
  readonly merge_requests_events: boolean;
  readonly pipeline_events: boolean;
}

/** What GitLab must tell of, by its own names. */
export const neededEvents = ['issues_events', 'note_events', 'merge_requests_events', 'pipeline_events'] as const;

/** Fleet's webhook among those of a project; only a Maintainer may see them. */
export async function findHook(api: Api, projectId: number): Promise<Hook | undefined> {
  const hooks: readonly Hook[] = await api.ProjectHooks.all(projectId, { perPage: 100 });
  return hooks.find(({ url }) => URL.canParse(url) && new URL(url).pathname.endsWith('/api/gitlab/webhooks'));
}
