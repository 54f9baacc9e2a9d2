import { z } from 'zod';
import type { CiVerdict } from '../../domain/review.js';

/** Checks of a commit as GraphQL tells them; older statuses and newer check runs stand beside each other. */

const checkRun = z.object({
  __typename: z.literal('CheckRun'),
  id: z.string(),
  databaseId: z.number().nullish(),
  name: z.string(),
  url: z.string(),
  conclusion: z.string().nullable(),
  title: z.string().nullable(),
  summary: z.string().nullable(),
  checkSuite: z.object({
    app: z.object({ slug: z.string() }).nullable(),
    workflowRun: z.object({ databaseId: z.number().nullish(), workflow: z.object({ name: z.string() }) }).nullable(),
  }),
});
const status = z.object({
  __typename: z.literal('StatusContext'),
  id: z.string(),
  context: z.string(),
  state: z.string(),
  description: z.string().nullable(),
  targetUrl: z.string().nullable(),
});

export const checkNode = z.discriminatedUnion('__typename', [checkRun, status]);
export type CheckNode = z.output<typeof checkNode>;
export type CheckRun = z.output<typeof checkRun>;
export type CommitStatus = z.output<typeof status>;

/** To be named as `...check`. */
export const checkFragment =
  'fragment check on StatusCheckRollupContext { __typename ... on CheckRun { id databaseId name url conclusion title summary checkSuite { app { slug } workflowRun { databaseId workflow { name } } } } ... on StatusContext { id context state description targetUrl } }';

const annotation = z.object({
  path: z.string(),
  message: z.string(),
  location: z.object({ start: z.object({ line: z.number() }) }),
});
const listOf = <T extends z.ZodType>(node: T) =>
  z
    .object({ nodes: z.array(node) })
    .nullable()
    .transform((list) => list?.nodes ?? []);

/** What a check run tells of itself beyond its conclusion. */
export const runDetails = z.object({
  steps: listOf(z.object({ name: z.string(), conclusion: z.string().nullable() })),
  annotations: listOf(annotation),
});
export type RunDetails = z.output<typeof runDetails>;

/** To be named as `...details`. */
export const detailsFragment =
  'fragment details on CheckRun { steps(first: 100) { nodes { name conclusion } } annotations(first: 20) { nodes { path message location { start { line } } } } }';

/** True for a state or conclusion by which a commit did not pass. */
export function isRed(conclusion: string | null): boolean {
  return redStates.includes(conclusion ?? '');
}

const redStates = ['FAILURE', 'ERROR', 'TIMED_OUT', 'CANCELLED', 'STARTUP_FAILURE', 'ACTION_REQUIRED', 'STALE'];

/** All checks of a commit together; null where there are none, `refused` where GitHub does not tell. */
export function rollupOf<T extends z.ZodType<{ readonly state: string }>>(shape: T) {
  return z.union([z.literal('refused'), shape]).nullable();
}

const verdicts: ReadonlyMap<string, CiVerdict> = new Map([
  ['SUCCESS', 'green'],
  ['PENDING', 'pending'],
  ['EXPECTED', 'pending'],
  ['FAILURE', 'red'],
  ['ERROR', 'red'],
]);

export function verdictOf(rollup: { readonly state: string } | 'refused' | null): CiVerdict {
  if (rollup === null) return 'none';
  return rollup === 'refused' ? 'unknown' : (verdicts.get(rollup.state) ?? 'unknown');
}
