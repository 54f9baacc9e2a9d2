/** A key that is understood and has no effect yet. */
export interface UnbuiltKey {
  readonly path: string;
  readonly why: string;
}

interface Rule {
  /** `[]` stands for each entry of a list, `*` for each key. */
  readonly key: string;
  readonly why: string;
  /** Values that are built; an empty list always is. */
  readonly built?: readonly unknown[];
}

const stages = 'issues are neither audited nor split yet';
const sandbox = 'agents and checks run without the sandbox yet';

const operatorRules: readonly Rule[] = [
  { key: 'roles.auditor', why: stages },
  { key: 'sandbox.mode', why: sandbox },
  { key: 'sandbox.network', why: sandbox },
  { key: 'retention', why: 'streams are kept, and worktrees go with their run' },
  { key: 'forges.github.allow', why: 'only people with write access may command yet' },
  { key: 'forges.github.deny', why: 'everybody with write access may command yet' },
  { key: 'forges.gitlab.allow', why: 'only people with write access may command yet' },
  { key: 'forges.gitlab.deny', why: 'everybody with write access may command yet' },
  { key: 'notify', why: 'people are told on the forge only' },
];

const repositoryRules: readonly Rule[] = [
  { key: 'network', why: sandbox },
  { key: 'ci', why: 'every push starts CI yet', built: ['auto'] },
  { key: 'splitIssues', why: stages, built: [false] },
  { key: 'audits', why: 'audits are not built yet' },
  { key: 'sentry', why: 'Sentry is not built yet' },
  { key: 'priority', why: 'runs start in the order of their labels yet' },
  { key: 'notify', why: 'people are told on the forge only' },
];

/** The keys of a `fleet.config.yml` as it was written that have no effect yet. */
export function unbuiltKeys(written: unknown): readonly UnbuiltKey[] {
  return found(operatorRules, written);
}

/** The keys of a `.fleet/config.yml` as it was written that have no effect yet. */
export function unbuiltRepositoryKeys(written: unknown): readonly UnbuiltKey[] {
  return found(repositoryRules, written);
}

function found(rules: readonly Rule[], written: unknown): readonly UnbuiltKey[] {
  return rules.flatMap(({ key, why, built = [] }) =>
    valuesAt(written, key.split('.'))
      .filter(({ value }) => !built.includes(value) && !isEmptyList(value))
      .map(({ path }) => ({ path, why })),
  );
}

interface Found {
  readonly path: string;
  readonly value: unknown;
}

function valuesAt(written: unknown, [key = '', ...rest]: readonly string[], before = ''): readonly Found[] {
  if (typeof written !== 'object' || written === null) return [];
  const names = key === '*' ? Object.keys(written) : [key.replace('[]', '')];
  return names
    .filter((name) => Object.hasOwn(written, name))
    .map((name): Found => ({ path: before + name, value: Reflect.get(written, name) }))
    .flatMap((place) => (key.endsWith('[]') ? entriesOf(place) : [place]))
    .flatMap((place) => (rest.length === 0 ? [place] : valuesAt(place.value, rest, `${place.path}.`)));
}

function entriesOf({ path, value }: Found): readonly Found[] {
  return Array.isArray(value)
    ? value.map((entry: unknown, index) => ({ path: `${path}[${index}]`, value: entry }))
    : [];
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
