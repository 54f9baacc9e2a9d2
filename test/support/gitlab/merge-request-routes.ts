import { created, inProject, ok, onThread, page, refused } from './routing.js';
import type { Answer, Call, Place, Route } from './routing.js';
import { listedMergeRequestJson, mergeRequestJson, type Json, type Web } from './shapes.js';
import { addThread, now, type ProjectState, type ThreadState } from './state.js';

function openMergeRequest({ web, body, token }: Call, project: ProjectState): Answer {
  const { git } = web;
  const [source, target] = [String(body['source_branch']), String(body['target_branch'])];
  if (git.head(project.path, source) === undefined) return refused(400, ['Source branch does not exist']);
  if (git.head(project.path, target) === undefined) return refused(400, ['Target branch does not exist']);
  const other = [...project.mergeRequests.values()].find(
    ({ state, merge }) => state === 'opened' && merge?.source === source,
  );
  if (other !== undefined) {
    return refused(409, [`Another open merge request already exists for this source branch: !${other.iid}`]);
  }
  const thread = addThread(web.state, project, {
    title: String(body['title']),
    description: String(body['description']),
    author: token.user,
    merge: { source, target, reviewers: reviewersOf(web, project, body) },
  });
  return created(mergeRequestJson(web, { project, thread }));
}

/** Whoever may not see the project is left out without a word. */
function reviewersOf({ state }: Web, { members }: ProjectState, body: Json): ThreadState['author'][] {
  const ids = (body['reviewer_ids'] ?? []) as readonly number[];
  return [...state.accounts.values()].filter(({ id, username }) => ids.includes(id) && members.has(username));
}

function editMergeRequest({ web, body }: Call, { project, thread }: Place): Answer {
  thread.title = typeof body['title'] === 'string' ? body['title'] : thread.title;
  thread.description = typeof body['description'] === 'string' ? body['description'] : thread.description;
  if (thread.merge !== undefined && 'reviewer_ids' in body) thread.merge.reviewers = reviewersOf(web, project, body);
  thread.updatedAt = now();
  return ok(mergeRequestJson(web, { project, thread }));
}

function listMergeRequests(call: Call, project: ProjectState): Answer {
  const [state, source] = [call.query.get('state') ?? 'all', call.query.get('source_branch')];
  const iids = call.query.getAll('iids[]').map(Number);
  const isAsked = call.query.get('with_merge_status_recheck') === 'true';
  const found = [...project.mergeRequests.values()].filter(
    ({ iid, ...each }) =>
      (state === 'all' || each.state === state) &&
      (source === null || each.merge?.source === source) &&
      (iids.length === 0 || iids.includes(iid)),
  );
  return page(
    call,
    found.toReversed().map((thread) => listedMergeRequestJson(call.web, { project, thread }, isAsked)),
  );
}

const project = '/projects/{id}';

export const mergeRequestRoutes: readonly Route[] = [
  { method: 'GET', path: `${project}/merge_requests`, answer: inProject('reporter', listMergeRequests) },
  { method: 'POST', path: `${project}/merge_requests`, answer: inProject('developer', openMergeRequest) },
  {
    method: 'GET',
    path: `${project}/merge_requests/{merge_request_iid}`,
    answer: onThread('merge_requests', ({ web }, place) => ok(mergeRequestJson(web, place))),
  },
  {
    method: 'PUT',
    path: `${project}/merge_requests/{merge_request_iid}`,
    answer: onThread('merge_requests', editMergeRequest),
  },
];
