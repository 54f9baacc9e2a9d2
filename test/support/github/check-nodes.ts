import type { Json, Web } from './shapes.js';
import type { CheckState, RepositoryState, StatusState } from './state.js';

/** What CI said of one commit. */
export interface Checks {
  readonly runs: readonly CheckState[];
  readonly statuses: readonly StatusState[];
}

export function checksOf({ checks, statuses }: RepositoryState, commit: string): Checks {
  return { runs: checks.filter(({ sha }) => sha === commit), statuses: statuses.filter(({ sha }) => sha === commit) };
}

const passing = ['success', 'neutral', 'skipped'];

/** One red check makes the whole red, also while others run. */
export function rollupState({ runs, statuses }: Checks): 'SUCCESS' | 'PENDING' | 'FAILURE' {
  const states = [...runs.map(({ conclusion = 'pending' }) => conclusion), ...statuses.map(({ state }) => state)];
  if (states.some((state) => state !== 'pending' && !passing.includes(state))) return 'FAILURE';
  return states.includes('pending') ? 'PENDING' : 'SUCCESS';
}

/** Where people see a check. */
export function checkPage({ url }: Web, { id, run }: CheckState): string {
  return run === undefined ? `${url}/runs/${id}` : `${url}/actions/runs/${run}/job/${id}`;
}

export function checkNode(web: Web, check: CheckState): Json {
  const { id, name, run, conclusion, steps, annotations, title } = check;
  const nodes = (list: readonly Json[]) => () => ({ nodes: list });
  return {
    __typename: 'CheckRun',
    id: `CR_${id}`,
    databaseId: id,
    name,
    url: checkPage(web, check),
    status: conclusion === undefined ? 'IN_PROGRESS' : 'COMPLETED',
    conclusion: conclusion?.toUpperCase() ?? null,
    title: title ?? null,
    summary: null,
    steps: nodes(steps.map((step) => ({ name: step.name, conclusion: step.conclusion.toUpperCase() }))),
    annotations: nodes(
      annotations.map(({ path, line, message }) => ({ path, message, location: { start: { line } } })),
    ),
    checkSuite: {
      app: { slug: run === undefined ? 'another-ci' : 'github-actions' },
      workflowRun: run === undefined ? null : { databaseId: run, workflow: { name: 'ci' } },
    },
  };
}

export function statusNode({ id, context, state, description, targetUrl }: StatusState): Json {
  return { __typename: 'StatusContext', id: `SC_${id}`, context, state: state.toUpperCase(), description, targetUrl };
}
