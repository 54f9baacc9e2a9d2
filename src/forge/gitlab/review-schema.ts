import { z } from 'zod';
import { instant } from './schema.js';

/** Answers about a merge request under review, as far as Fleet looks at them; field names are GitLab's. */

const user = z.object({ id: z.number(), username: z.string() });

const position = z.object({
  head_sha: z.string().nullish(),
  old_path: z.string().nullish(),
  new_path: z.string().nullish(),
  /** Unset for lines that the change takes out, for files and for images. */
  new_line: z.number().nullish(),
});

const note = z.object({
  id: z.number(),
  body: z.string(),
  author: user,
  created_at: instant,
  system: z.boolean(),
  resolvable: z.boolean(),
  resolved: z.boolean().nullish(),
  position: position.nullish(),
});

export const discussionSchema = z.object({ id: z.string(), individual_note: z.boolean(), notes: z.array(note) });

export const reviewerSchema = z.object({ user, state: z.string(), created_at: instant });

const pipeline = z.object({
  id: z.number(),
  sha: z.string(),
  ref: z.string(),
  status: z.string(),
  web_url: z.string(),
  yaml_errors: z.string().nullish(),
});

export const pipelineSchema = pipeline;

export const jobSchema = z.object({
  id: z.number(),
  name: z.string(),
  stage: z.string(),
  status: z.string(),
  allow_failure: z.boolean(),
  failure_reason: z.string().nullish(),
  web_url: z.string(),
  archived: z.boolean().nullish(),
  pipeline: z.object({ status: z.string() }),
});

const mergeRequest = z.object({
  iid: z.number(),
  web_url: z.string(),
  state: z.string(),
  /** Null until there is a commit. */
  sha: z.string().nullish(),
  updated_at: instant,
  has_conflicts: z.boolean().nullish(),
  detailed_merge_status: z.string().nullish(),
});

/** One of a list. */
export const listedMergeRequestSchema = mergeRequest.extend({
  merge_user: user.nullish(),
  merged_at: instant.nullish(),
  closed_by: user.nullish(),
  closed_at: instant.nullish(),
});

/** Asked for alone. */
export const mergeRequestSchema = mergeRequest.extend({
  /** Left out where the project has no CI. */
  head_pipeline: pipeline.nullish(),
  diff_refs: z.object({ head_sha: z.string().nullish() }).nullish(),
});

export const issueSchema = z.object({
  iid: z.number(),
  state: z.string(),
  title: z.string(),
  description: z.string().nullish(),
  web_url: z.string(),
  author: user,
  labels: z.array(z.string()),
  updated_at: instant,
  closed_by: user.nullish(),
  closed_at: instant.nullish(),
});

/** Both are null once they were deleted. */
export const labelEventSchema = z.object({
  action: z.string(),
  created_at: instant,
  user: user.nullish(),
  label: z.object({ name: z.string() }).nullish(),
});

/** What GitLab itself notes, as far as it tells of edits. */
export const noteSchema = z.object({ body: z.string(), author: user, created_at: instant, system: z.boolean() });
