import { z } from 'zod';
import type { Person } from '../../domain/forge.js';
import { instant } from './schema.js';
import { toPerson } from './shapes.js';

/** To be named in a question as `...actor`. */
export const actorFragment =
  'fragment actor on Actor { __typename login ... on User { databaseId } ... on Bot { databaseId } }';
/** Whoever did something, as GraphQL tells it. */
export const actor = z
  .object({ __typename: z.string(), login: z.string(), databaseId: z.number().nullish() })
  .nullable()
  .transform((who): Person => {
    const type = who?.__typename === 'Bot' ? 'Bot' : undefined;
    // REST, where permissions are asked for, knows a bot by its login with this ending.
    const login = type === undefined || who?.login.endsWith('[bot]') === true ? who?.login : `${who?.login ?? ''}[bot]`;
    return toPerson(who?.databaseId == null || login === undefined ? undefined : { id: who.databaseId, login, type });
  });

/** Events on an issue or merge request, oldest first. */
export const timeline = z
  .object({
    nodes: z.array(
      z.object({
        __typename: z.string(),
        createdAt: instant,
        actor,
        label: z.object({ name: z.string() }).optional(),
      }),
    ),
  })
  .transform(({ nodes }) => nodes);
