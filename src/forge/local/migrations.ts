import type { Kysely, Migration } from 'kysely';

/** The local forge's tables, in the order in which they came to be. */
export const localMigrations: Readonly<Record<string, Migration>> = {
  'local-001-tables': { up: createTables },
  'local-002-labelled-by': { up: addLabelledBy },
  'local-003-reviews': { up: addReviews },
};

async function createTables(database: Kysely<unknown>): Promise<void> {
  const schema = database.schema.withSchema('fleet');
  await schema
    .createTable('local_repositories')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('path', 'text', (column) => column.notNull().unique())
    .addColumn('location', 'text', (column) => column.notNull().unique())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('default_branch', 'text', (column) => column.notNull())
    .addColumn('push', 'boolean', (column) => column.notNull())
    .addColumn('next_number', 'integer', (column) => column.notNull())
    .execute();
  await schema
    .createTable('local_issues')
    .addColumn('repository_id', 'text', (column) => column.notNull())
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('title', 'text', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .addColumn('author_id', 'text', (column) => column.notNull())
    .addColumn('author_login', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('local_issues_key', ['repository_id', 'number'])
    .execute();
  await schema
    .createTable('local_labels')
    .addColumn('repository_id', 'text', (column) => column.notNull())
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('label', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('local_labels_key', ['repository_id', 'number', 'label'])
    .execute();
  await createTalk(database);
}

async function createTalk(database: Kysely<unknown>): Promise<void> {
  const schema = database.schema.withSchema('fleet');
  await schema
    .createTable('local_comments')
    .addColumn('seq', 'bigserial', (column) => column.notNull())
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('repository_id', 'text', (column) => column.notNull())
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('author_id', 'text', (column) => column.notNull())
    .addColumn('author_login', 'text', (column) => column.notNull())
    .addColumn('by_fleet', 'boolean', (column) => column.notNull())
    .addColumn('verdict', 'text')
    .addColumn('body', 'text', (column) => column.notNull())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .execute();
  await schema.createIndex('local_comments_thread').on('local_comments').columns(['repository_id', 'number']).execute();
  await schema
    .createTable('local_merge_requests')
    .addColumn('repository_id', 'text', (column) => column.notNull())
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('branch', 'text', (column) => column.notNull())
    .addColumn('base', 'text', (column) => column.notNull())
    .addColumn('title', 'text', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .addColumn('draft', 'boolean', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('reviewers', 'text', (column) => column.notNull())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('local_merge_requests_key', ['repository_id', 'number'])
    .execute();
  await schema
    .createTable('local_reactions')
    .addColumn('repository_id', 'text', (column) => column.notNull())
    .addColumn('target', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('local_reactions_key', ['repository_id', 'target'])
    .execute();
  await schema
    .createTable('local_deliveries')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('event', 'jsonb', (column) => column.notNull())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .execute();
}

/** Labels of before were put on by nobody that is known, so they are not found by looking. */
async function addLabelledBy(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .withSchema('fleet')
    .alterTable('local_labels')
    .addColumn('by_login', 'text')
    .addColumn('at_ms', 'bigint')
    .execute();
}

/** Comments of before stand below, each for itself. */
async function addReviews(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .withSchema('fleet')
    .alterTable('local_comments')
    .addColumn('thread_id', 'text')
    .addColumn('spot', 'jsonb')
    .addColumn('is_resolved', 'boolean', (column) => column.notNull().defaultTo(false))
    .execute();
}
