import { inProject, ok, onThread, page, type Answer, type Call, type Route } from './routing.js';
import { issueJson, labelEventJson } from './shapes.js';
import type { ProjectState } from './state.js';

const project = '/projects/{id}';

/** An issue has to carry all labels that are named. */
function list(call: Call, found: ProjectState): Answer {
  const { query, web } = call;
  const [state, iids] = [query.get('state') ?? 'all', query.getAll('iids[]').map(Number)];
  const labels = (query.get('labels') ?? '').split(',').filter((label) => label !== '');
  const wanted = [...found.issues.values()].filter(
    (each) =>
      (state === 'all' || each.state === state) &&
      (iids.length === 0 || iids.includes(each.iid)) &&
      labels.every((label) => each.labels.includes(label)),
  );
  const by = query.get('order_by') === 'updated_at' ? 'updatedAt' : 'createdAt';
  return page(
    call,
    wanted
      .sort((one, other) => other[by].localeCompare(one[by]))
      .map((thread) => issueJson(web, { project: found, thread })),
  );
}

export const issueRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: `${project}/issues`,
    fields: ['labels', 'state', 'order_by', 'sort', 'iids', 'per_page', 'page'],
    answer: inProject('reporter', list),
  },
  {
    method: 'GET',
    path: `${project}/issues/{issue_iid}`,
    fields: [],
    answer: onThread('issues', ({ web }, place) => ok(issueJson(web, place))),
  },
  {
    method: 'GET',
    path: `${project}/issues/{issue_iid}/resource_label_events`,
    fields: ['per_page', 'page'],
    answer: onThread('issues', (call, { thread }) =>
      page(
        call,
        thread.labelEvents.map((event) => labelEventJson(call.web, thread, event)),
      ),
    ),
  },
];
