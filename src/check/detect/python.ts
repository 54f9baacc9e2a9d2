import { type Detected, type Detector, present, type Root } from './ecosystem.js';

export const detectPython: Detector = async (root) => {
  if (!root.has('pyproject.toml')) return undefined;
  const { setup, run } = installerOf(root);
  const checks = checksOf(root, await root.text('pyproject.toml'), run);
  return { ecosystem: 'python', checks, ...(setup === undefined ? {} : { setup }) };
};

/** Only what the project configures, or names among its dependencies. */
function checksOf(root: Root, project: string, run: string): Detected['checks'] {
  const hasTable = (name: string) => new RegExp(`^\\s*\\[+tool\\.${name}[.\\]]`, 'm').test(project);
  const ruff = hasTable('ruff') || root.first('ruff.toml', '.ruff.toml') !== undefined;
  const mypy = hasTable('mypy') || root.first('mypy.ini', '.mypy.ini') !== undefined;
  const pytest = hasTable('pytest') || root.has('pytest.ini') || /["']pytest["'\s<>=~![;]/.test(project);
  const module = run === '' ? 'python3 -m ' : run;
  return present({
    format: hasTable('ruff\\.format') ? `${run}ruff format --check .` : undefined,
    lint: ruff ? `${run}ruff check .` : undefined,
    types: mypy ? `${module}mypy${namesItsFiles(project) ? '' : ' .'}` : undefined,
    test: pytest ? `${module}pytest` : undefined,
  });
}

/** Without a lockfile nothing is installed: what Python there is must do. */
function installerOf(root: Root): { readonly setup?: string; readonly run: string } {
  if (root.has('uv.lock')) return { setup: 'uv sync --frozen', run: 'uv run --frozen ' };
  if (root.has('poetry.lock')) return { setup: 'poetry install --no-interaction', run: 'poetry run ' };
  return { run: '' };
}

function namesItsFiles(project: string): boolean {
  const table = /^\s*\[tool\.mypy\]([^[]*)/m.exec(project)?.[1] ?? '';
  return /^\s*(files|packages|modules)\s*=/m.test(table);
}
