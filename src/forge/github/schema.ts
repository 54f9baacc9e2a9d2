import { z } from 'zod';

/** Deliveries, as far as Fleet looks at them; field names are GitHub's. */

/** A time as GitHub writes it; given in ms. */
export const instant = z
  .string()
  .transform((text) => Date.parse(text))
  .pipe(z.number());
const user = z.object({ id: z.number(), login: z.string(), type: z.string().optional() });
const repository = z.object({ id: z.number(), full_name: z.string(), default_branch: z.string() });
/** Deliveries about an installation name its repositories shortly. */
const listed = z.object({ id: z.number(), full_name: z.string() });
const installation = z.object({ id: z.number() });
const label = z.object({ name: z.string() });
const app = z.object({ id: z.number() });

const shared = z.object({ sender: user, installation: installation.optional(), repository });

const issue = z.object({
  number: z.number(),
  title: z.string(),
  body: z.string().nullish(),
  html_url: z.string(),
  updated_at: instant,
  user: user.nullish(),
  pull_request: z.unknown().optional(),
  labels: z.array(label).optional(),
});

/** `issues`: labeled and unlabeled name the label; GitHub leaves it out for labels that were just deleted. */
export const issuesSchema = shared.extend({ issue, label: label.optional() });

export const issueCommentSchema = shared.extend({
  issue,
  comment: z.object({
    id: z.number(),
    body: z.string(),
    created_at: instant,
    user: user.nullish(),
    performed_via_github_app: app.nullish(),
  }),
});

export const pullRequestSchema = shared.extend({
  label: label.optional(),
  pull_request: z.object({ number: z.number(), updated_at: instant, merged: z.boolean().nullish() }),
});

export const reviewSchema = shared.extend({
  pull_request: z.object({ number: z.number() }),
  review: z.object({ id: z.number(), body: z.string().nullable(), submitted_at: instant }),
});

export const reviewCommentSchema = shared.extend({
  pull_request: z.object({ number: z.number() }),
  comment: z.object({ id: z.number(), body: z.string(), created_at: instant }),
});

export const checkSuiteSchema = shared.extend({
  check_suite: z.object({
    /** Null for checks of a commit that is on no branch. */
    head_branch: z.string().nullable(),
    head_sha: z.string(),
    conclusion: z.string().nullable(),
    updated_at: instant,
    app: app.nullish(),
  }),
});

/** `status` has no action. */
export const statusSchema = shared.extend({
  sha: z.string(),
  state: z.string(),
  branches: z.array(z.object({ name: z.string() })),
  updated_at: instant,
});

export const repositorySchema = shared;

export const installationSchema = z.object({
  sender: user,
  installation,
  /** Left out when the installation is suspended or comes back. */
  repositories: z.array(listed).optional(),
});

export const installationRepositoriesSchema = z.object({
  sender: user,
  installation,
  repositories_added: z.array(listed).default([]),
  repositories_removed: z.array(listed).default([]),
});

export const actionSchema = z.object({ action: z.string() });
