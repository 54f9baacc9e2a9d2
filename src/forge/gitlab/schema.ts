import { z } from 'zod';

/** Deliveries, as far as Fleet looks at them; field names are GitLab's. */

/** A time as GitLab writes it, in one of its two ways; given in ms. */
export const instant = z
  .string()
  .transform((text) => Date.parse(text))
  .pipe(z.number());
const user = z.object({ id: z.number(), username: z.string() });
const project = z.object({
  id: z.number(),
  path_with_namespace: z.string(),
  /** Null while the repository is empty. */
  default_branch: z.string().nullish(),
});
const label = z.object({ title: z.string() });

/** Newer GitLabs tell the state of a reviewer's review. */
const reviewer = z.object({ id: z.number(), state: z.string().optional() });

/** Left out of `changes` is what did not change. */
const changes = z
  .object({
    labels: z.object({ previous: z.array(label).nullish(), current: z.array(label).nullish() }).optional(),
    reviewers: z.object({ previous: z.array(reviewer).nullish(), current: z.array(reviewer).nullish() }).optional(),
  })
  .nullish();

const shared = z.object({ user, project });

/** GitLab leaves `action` out of some older deliveries; an object's state at that moment comes all the same. */
const issuable = z.object({ iid: z.number(), action: z.string().optional(), updated_at: instant });

export const issueSchema = shared.extend({
  object_attributes: issuable.extend({
    title: z.string(),
    description: z.string().nullish(),
    url: z.string(),
    author_id: z.number(),
  }),
  labels: z.array(label).default([]),
  assignees: z.array(z.object({ id: z.number().optional(), username: z.string() })).default([]),
  changes,
});

export const mergeRequestSchema = shared.extend({
  object_attributes: issuable,
  labels: z.array(label).default([]),
  changes,
});

const numbered = z.object({ iid: z.number() });

export const noteSchema = shared.extend({
  object_attributes: z.object({
    id: z.number(),
    note: z.string(),
    noteable_type: z.string(),
    system: z.boolean().nullish(),
    /** Left out before GitLab 16; then the two times tell a new note from an edited one. */
    action: z.string().optional(),
    created_at: instant,
    updated_at: instant,
  }),
  issue: numbered.optional(),
  merge_request: numbered.optional(),
});

export const pipelineHookSchema = z.object({
  project,
  object_attributes: z.object({ ref: z.string(), tag: z.boolean(), sha: z.string(), status: z.string() }),
  /** Set for pipelines of merge requests. */
  merge_request: z.object({ source_branch: z.string() }).nullish(),
});

/** Of hooks of groups and of the instance: they name a project shortly, and nobody who did it. */
export const projectSchema = z.object({
  project_id: z.number(),
  path_with_namespace: z.string(),
});

/** What a delivery is about: hooks of projects say `object_kind`, those of groups and instances `event_name`. */
export const kindSchema = z.object({ object_kind: z.string().optional(), event_name: z.string().optional() });
