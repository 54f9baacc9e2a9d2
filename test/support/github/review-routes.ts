import { runJson, remarkJson } from './pull-shapes.js';
import { created, inRepository, notFound, ok, onPull, react, type Answer, type Call, type Route } from './route.js';
import { addRemark, type CheckState, type IssueState, type RemarkState, type RepositoryState } from './state.js';

function remarkOf(repository: RepositoryState, id: number): RemarkState | undefined {
  return [...repository.issues.values()]
    .flatMap(({ threads }) => threads)
    .flatMap(({ comments }) => comments)
    .find((each) => each.id === id);
}

/** GitHub takes replies to the first comment of a thread only. */
function reply({ web, git, params, body }: Call, repository: RepositoryState, issue: IssueState): Answer {
  const thread = issue.threads.find(({ comments }) => comments[0]?.id === Number(params['id']));
  if (thread === undefined) return notFound;
  const remark = addRemark(web.state, issue, thread, { user: web.state.bot, body: String(body['body']) });
  return created(remarkJson({ web, git, repository, issue }, thread, remark));
}

/** Starts what a selection of jobs picks, unless a job of the same run is at it. */
function rerun(pick: (check: CheckState, id: number) => boolean): Route['answer'] {
  return inRepository(({ params }, repository) => {
    const id = Number(params['id']);
    const run = repository.checks.find((check) => pick(check, id))?.run;
    const ofRun = repository.checks.filter((check) => check.run === run);
    if (run === undefined) return notFound;
    if (ofRun.some(({ conclusion }) => conclusion === undefined)) {
      return { status: 403, body: { message: 'This workflow is already running' } };
    }
    for (const [index, check] of repository.checks.entries()) {
      if (!pick(check, id) || check.conclusion === 'success') continue;
      repository.reruns.push(check.id);
      repository.checks[index] = { ...check, conclusion: undefined };
    }
    return created({});
  });
}

const actions = '/repos/:owner/:repo/actions';

/** What Fleet may ask about reviews and CI. */
export const reviewRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/repos/:owner/:repo/pulls/:number/comments/:id/replies',
    needs: ['pull_requests', 'write'],
    fields: ['body'],
    answer: onPull(reply),
  },
  {
    method: 'POST',
    path: '/repos/:owner/:repo/pulls/comments/:id/reactions',
    needs: ['pull_requests', 'write'],
    fields: ['content'],
    answer: inRepository((call, repository) => {
      const remark = remarkOf(repository, Number(call.params['id']));
      return remark === undefined ? notFound : react(call, remark.reactions);
    }),
  },
  {
    method: 'GET',
    path: `${actions}/jobs/:id/logs`,
    needs: ['actions', 'read'],
    answer: inRepository(({ web, params }, repository) => {
      const check = repository.checks.find(({ id }) => id === Number(params['id']));
      if (check?.log === undefined) return notFound;
      return { status: 302, headers: { location: `${web.url}/api/v3/stored-logs/${check.id}` } };
    }),
  },
  {
    // Where the answer above sends to: a store of files that takes no tokens, and asks for none.
    method: 'GET',
    path: '/stored-logs/:id',
    needs: 'nobody',
    answer: ({ web, params }) => {
      const checks = web.state.repositories.flatMap((repository) => repository.checks);
      const log = checks.find(({ id }) => id === Number(params['id']))?.log ?? '';
      return { status: 200, body: log, headers: { 'content-type': 'text/plain' } };
    },
  },
  {
    method: 'POST',
    path: `${actions}/jobs/:id/rerun`,
    needs: ['actions', 'write'],
    answer: rerun(({ id }, wanted) => id === wanted),
  },
  {
    method: 'POST',
    path: `${actions}/runs/:id/rerun-failed-jobs`,
    needs: ['actions', 'write'],
    answer: rerun(({ run }, wanted) => run === wanted),
  },
  {
    method: 'GET',
    path: `${actions}/runs/:id`,
    needs: ['actions', 'read'],
    answer: inRepository(({ web, params }, repository) => {
      const run = Number(params['id']);
      const checks = repository.checks.filter((check) => check.run === run);
      return checks.length === 0 ? notFound : ok(runJson({ web, repository }, run, checks));
    }),
  },
];
