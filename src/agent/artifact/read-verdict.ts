import type { Finding, Verdict } from '../../domain/verdict.js';
import type { Reading } from '../../ports/agent.js';
import { readArtifact } from './read-artifact.js';
import { cut } from './read-text.js';
import { verdictSchema } from './schemas.js';

const mostFindings = 50;
const longestText = 2000;

/** Reads `verdict.json`. A blocker needs a file, a line and a reason: without them it is minor. Of too many findings the blockers stay. */
export async function readVerdict(artifacts: string): Promise<Reading<Verdict>> {
  const read = await readArtifact(artifacts, 'verdict', verdictSchema);
  if ('problems' in read) return read;
  const findings = read.value.findings.map(findingOf);
  const inOrder = [
    ...findings.filter(({ severity }) => severity === 'blocker'),
    ...findings.filter(({ severity }) => severity === 'minor'),
  ];
  return {
    value: {
      criteria: read.value.criteria.map(({ id, met, evidence }) => ({ id, met, evidence: cut(evidence, longestText) })),
      findings: findings.length > mostFindings ? inOrder.slice(0, mostFindings) : findings,
    },
  };
}

function findingOf(written: {
  readonly severity: Finding['severity'];
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly text: string;
}): Finding {
  const { file = '', line } = written;
  return {
    severity: file === '' || line === undefined ? 'minor' : written.severity,
    ...(file === '' ? {} : { file: cut(file, longestText) }),
    ...(line === undefined ? {} : { line }),
    text: cut(written.text, longestText),
  };
}
