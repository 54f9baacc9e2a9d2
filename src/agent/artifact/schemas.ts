import { z } from 'zod';

const id = z
  .string()
  .regex(/^(?!\.{1,2}$)[A-Za-z0-9._-]+$/, 'must be a short id of A-Z a-z 0-9 . _ -')
  .max(64);
const text = z.string().trim();
const words = z.string().trim().min(1, 'must not be empty');
const list = <T extends z.ZodType>(of: T): z.ZodDefault<z.ZodArray<T>> => z.array(of).default([] as never);
const threadKind = z.enum(['fix', 'question', 'nit', 'disagree', 'outOfScope']);
const line = z.int().positive().optional();

const proof = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('command'), run: words.describe('a shell line that Fleet runs itself at the root') }),
  z.object({ kind: z.literal('inspection') }),
]);

export const planSchema = z.object({
  summary: words,
  criteria: z.array(z.object({ id, text: words, proof })),
  tasks: z.array(
    z.object({
      id,
      title: words,
      description: z.string().default(''),
      dependsOn: list(id).describe('ids of tasks that must be done before'),
      files: list(words).describe('files that exist, relative to the root'),
      creates: list(words).describe('files that do not exist yet'),
      criteria: list(id).describe('ids of the criteria that this task serves'),
      threads: list(z.string()),
    }),
  ),
  supersededTests: list(z.object({ test: words, reason: words })),
  threads: list(z.object({ id: z.string(), kind: threadKind })),
  risks: list(z.string()),
});

export const repliesSchema = z.object({
  replies: z.array(z.object({ thread: words, kind: threadKind, text: words })),
});

export const triageSchema = z.object({
  kind: z.enum(['bug', 'feature', 'refactor', 'test', 'docs', 'security', 'chore', 'question']),
  size: z.enum(['small', 'medium', 'large']),
  intents: list(text),
  assumptions: list(text),
  questions: list(
    z.union([words, z.object({ text: words, assumption: text.optional() })], {
      error: 'must be a text, or an object with text and assumption',
    }),
  ),
});

export const verdictSchema = z.object({
  criteria: z.array(z.object({ id, met: z.boolean(), evidence: text })),
  findings: list(z.object({ severity: z.enum(['blocker', 'minor']), file: text.optional(), line, text: words })),
});

/** The shapes of what agents hand back (contract: artifacts). Unknown keys are ignored. */
const artifactSchemas = {
  triage: triageSchema,
  plan: planSchema,
  verdict: verdictSchema,
  replies: repliesSchema,
  findings: z.object({
    findings: z.array(
      z.object({
        title: words,
        severity: z.enum(['high', 'medium', 'low']),
        area: z.enum(['security', 'tests', 'code', 'dependencies', 'docs']),
        file: z.string().optional(),
        line,
        evidence: z.string(),
        suggestion: z.string().default(''),
      }),
    ),
  }),
} as const;

export type ArtifactName = keyof typeof artifactSchemas;

/** The artifacts that have a schema, for `fleet schema`. */
export const artifactNames = Object.keys(artifactSchemas) as readonly ArtifactName[];

/** The JSON Schema of an artifact as indented JSON, as `fleet schema` prints it and prompts quote it. */
export function artifactSchema(name: ArtifactName): string {
  return JSON.stringify(z.toJSONSchema(artifactSchemas[name], { io: 'input' }), undefined, 2);
}
