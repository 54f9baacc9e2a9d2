import { created, forbidden, inProject, missing, ok, page, type Answer, type Call, type Route } from './routing.js';
import { jobJson, pipelineJson } from './shapes.js';
import { nextId, now, type JobState, type PipelineState, type ProjectState } from './state.js';

const project = '/projects/{id}';

function listPipelines(call: Call, found: ProjectState): Answer {
  const after = call.query.get('updated_after');
  return page(
    call,
    found.pipelines
      .filter(({ updatedAt }) => after === null || Date.parse(updatedAt) >= Date.parse(after))
      .toReversed()
      .map((each) => pipelineJson(call.web, found, each)),
  );
}

function listJobs(call: Call, found: ProjectState): Answer {
  const pipeline = found.pipelines.find(({ id }) => String(id) === call.params['pipeline_id']);
  if (pipeline === undefined) return missing('Pipeline');
  const scope = call.query.get('scope');
  const jobs = pipeline.jobs.filter(({ status, isRetried }) => !isRetried && (scope === null || status === scope));
  return page(
    call,
    jobs.map((job) => jobJson(call.web, found, { pipeline, job })),
  );
}

interface JobPlace {
  readonly found: ProjectState;
  readonly pipeline: PipelineState;
  readonly job: JobState;
}

function onJob(work: (call: Call, place: JobPlace) => Answer, least: 'reporter' | 'developer' = 'reporter') {
  return inProject(least, (call, found) => {
    for (const pipeline of found.pipelines) {
      const job = pipeline.jobs.find(({ id }) => String(id) === call.params['job_id']);
      if (job !== undefined) return work(call, { found, pipeline, job });
    }
    return missing('Job');
  });
}

/** A job of the same name takes its place; the old one cannot be started again. */
function retry({ web }: Call, { found, pipeline, job }: JobPlace): Answer {
  if (job.isRetried || job.status === 'pending' || job.status === 'running') return forbidden;
  const again: JobState = { ...job, id: nextId(web.state), status: 'pending' };
  job.isRetried = true;
  pipeline.jobs.push(again);
  Object.assign(pipeline, { status: 'running', updatedAt: now() });
  return created(jobJson(web, found, { pipeline, job: again }));
}

export const ciRoutes: readonly Route[] = [
  { method: 'GET', path: `${project}/pipelines`, answer: inProject('reporter', listPipelines) },
  { method: 'GET', path: `${project}/pipelines/{pipeline_id}/jobs`, answer: inProject('reporter', listJobs) },
  {
    method: 'GET',
    path: `${project}/jobs/{job_id}`,
    answer: onJob(({ web }, { found, ...place }) => ok(jobJson(web, found, place))),
  },
  {
    method: 'GET',
    path: `${project}/jobs/{job_id}/trace`,
    answer: onJob((_call, { job }) => ({ ...ok(job.log), headers: { 'content-type': 'text/plain' } })),
  },
  { method: 'POST', path: `${project}/jobs/{job_id}/retry`, answer: onJob(retry, 'developer') },
  {
    method: 'GET',
    path: `${project}/repository/commits/{sha}`,
    answer: inProject('reporter', ({ web, params }, { path }) => {
      const id = params['sha'] ?? '';
      return ok({ id, short_id: id.slice(0, 8), parent_ids: web.facts.parents(path, id) });
    }),
  },
];
