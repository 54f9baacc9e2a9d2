import { sql, type Kysely, type Migration } from 'kysely';

/** Fleet's own tables, in the order in which they came to be. Names stay for ever: the database remembers them. */
export const fleetMigrations: Readonly<Record<string, Migration>> = {
  'fleet-001-first-tables': { up: createFirstTables },
  'fleet-002-rounds': { up: addRounds },
  'fleet-003-ladder': { up: addLadder },
  'fleet-004-lanes': { up: addLanes },
  'fleet-005-accounts': { up: addAccounts },
};

async function createFirstTables(database: Kysely<unknown>): Promise<void> {
  await createInbox(database);
  await createRuns(database);
  await createOutbox(database);
  await createRecords(database);
}

async function createInbox(database: Kysely<unknown>): Promise<void> {
  await sql`
    create table fleet.inbox (
      id bigint generated always as identity primary key,
      source text not null,
      delivery text not null,
      run text,
      type text not null,
      event jsonb not null,
      at_ms bigint not null,
      received_at timestamptz not null default now(),
      read_at timestamptz,
      because text,
      constraint inbox_delivery unique (source, delivery)
    );
    create index inbox_waiting on fleet.inbox (id) where run is null and read_at is null;
    create index inbox_unread on fleet.inbox (run, id) where run is not null and read_at is null;
    create index inbox_granted on fleet.inbox (at_ms) where type = 'slotGranted';
  `.execute(database);
}

async function createRuns(database: Kysely<unknown>): Promise<void> {
  await sql`
    create table fleet.runs (
      id text primary key,
      revision integer not null,
      run jsonb not null,
      phase text not null,
      forge text not null,
      repository_id text not null,
      issue_number integer not null,
      merge_request_number integer,
      requester_id text not null,
      open boolean not null,
      slot boolean not null,
      waiting boolean not null,
      created_at_ms bigint not null,
      updated_at_ms bigint not null
    );
    create unique index runs_one_open_per_issue on fleet.runs (forge, repository_id, issue_number) where open;
    create index runs_of_issue on fleet.runs (forge, repository_id, issue_number);
    create index runs_of_merge_request on fleet.runs (forge, repository_id, merge_request_number) where open;
    create index runs_newest on fleet.runs (created_at_ms, id);
    create index runs_taking_slots on fleet.runs (id) where slot or waiting;
  `.execute(database);
}

async function createOutbox(database: Kysely<unknown>): Promise<void> {
  await sql`
    create table fleet.outbox (
      id text primary key,
      run text not null,
      revision integer not null,
      type text not null,
      effect jsonb not null,
      created_at timestamptz not null default now(),
      due_at_ms bigint not null,
      tries integer not null default 0,
      epoch integer not null default 0,
      worker text,
      claimed_until_ms bigint,
      postponed_because text,
      settled_at timestamptz,
      cancelled_at timestamptz
    );
    create index outbox_due on fleet.outbox (due_at_ms) where settled_at is null and cancelled_at is null;
    create index outbox_of_run on fleet.outbox (run) where settled_at is null;
  `.execute(database);
}

async function createRecords(database: Kysely<unknown>): Promise<void> {
  await sql`
    create table fleet.journal (
      seq bigint generated always as identity primary key,
      run text not null,
      at_ms bigint not null,
      kind text not null,
      text text not null,
      fields jsonb not null
    );
    create index journal_of_run on fleet.journal (run, seq);

    create table fleet.repositories (
      forge text not null,
      id text not null,
      repository jsonb not null,
      served boolean not null,
      label_read boolean not null default false,
      label text,
      seen_at timestamptz not null default now(),
      primary key (forge, id)
    );
  `.execute(database);
}

/** Runs that began before there were rounds of review get what rounds need, with the defaults of then. */
async function addRounds(database: Kysely<unknown>): Promise<void> {
  await sql`
    update fleet.runs set run = run || jsonb_build_object('delivered',
      case when run->'phase'->>'name' = 'inReview'
        then jsonb_build_array(jsonb_build_object('round', 1, 'head', run->'phase'->'head', 'tasks', '[]'::jsonb))
        else '[]'::jsonb end);
    update fleet.runs set run = jsonb_set(run, '{prepared,policy,review}',
      '{"settleMs": 60000, "maxRounds": 10, "resolveThreads": true, "conflicts": "merge"}') where run ? 'prepared';
    update fleet.runs set run = jsonb_set(run, '{plan,tasks}', (
      select coalesce(jsonb_agg(task || '{"threads": []}' order by place), '[]')
      from jsonb_array_elements(run->'plan'->'tasks') with ordinality as tasks (task, place))) where run ? 'plan';
    update fleet.runs set run = jsonb_set(run, '{phase,assignment,threads}', '[]') where run->'phase' ? 'assignment';
    update fleet.outbox set effect = jsonb_set(effect, '{assignment,threads}', '[]') where effect ? 'assignment';
  `.execute(database);
}

/** Runs that began when one task was worked on at a time go on with that one at hand; their policy gets the defaults of then. */
async function addLanes(database: Kysely<unknown>): Promise<void> {
  await sql`
    update fleet.runs set run = jsonb_set(run, '{phase}', jsonb_build_object('name', 'working', 'head', run->'phase'->'head',
      'lanes', jsonb_build_array((run->'phase') - 'name'))) where run->'phase'->>'name' = 'working';
    update fleet.runs set run = jsonb_set(run, '{prepared,policy}', (run->'prepared'->'policy') ||
      '{"parallelTasks": 1, "planApproval": false, "questionDeadlineMs": 86400000, "vendors": {}, "intents": {}}')
      where run ? 'prepared';
  `.execute(database);
}

/** Runs that began before there was a ladder stand at its foot, with the budgets of then. */
async function addLadder(database: Kysely<unknown>): Promise<void> {
  await sql`
    update fleet.runs set run = jsonb_set(run, '{phase,ladder}', '{"rung": "fix", "onRung": 0, "frontiers": []}')
      where run->'phase'->>'name' = 'working';
    update fleet.runs set run = jsonb_set(run, '{prepared,policy}', (run->'prepared'->'policy') ||
      '{"budgets": {"attemptsPerTask": 6, "replans": 2, "wallTimeMs": 21600000, "tokens": 5000000, "costUsd": 20}, "retryBlocked": {"afterMs": 43200000, "times": 3}}')
      where run ? 'prepared';
  `.execute(database);
}

/** How accounts fare, and every attempt from now on. */
async function addAccounts(database: Kysely<unknown>): Promise<void> {
  await sql`
    create table fleet.accounts (name text primary key, health jsonb not null);

    create table fleet.attempts (
      id text primary key,
      run text not null,
      forge text not null,
      repository_id text not null,
      kind text not null,
      role text not null,
      agent text not null,
      account text not null,
      task text not null,
      outcome text not null,
      failure text,
      limit_kind text,
      accepted boolean not null,
      started_at_ms bigint not null,
      ended_at_ms bigint not null,
      tokens bigint not null,
      cost_usd double precision not null
    );
    create index attempts_of_run on fleet.attempts (run, role, task);
    create index attempts_by_end on fleet.attempts (ended_at_ms);
    create index attempts_by_kind on fleet.attempts (forge, repository_id, kind, role);
  `.execute(database);
}
