import type { Question, Triage } from '../../domain/triage.js';
import type { Reading } from '../../ports/agent.js';
import { readArtifact } from './read-artifact.js';
import { cut } from './read-text.js';
import { triageSchema } from './schemas.js';

/** People answer them in one comment. */
const mostQuestions = 10;
const mostLines = 20;
const longestText = 1000;

/** Reads `triage.json`; what is too long or too much for people to read is cut. */
export async function readTriage(artifacts: string): Promise<Reading<Triage>> {
  const read = await readArtifact(artifacts, 'triage', triageSchema);
  if ('problems' in read) return read;
  const { kind, size, intents, assumptions, questions } = read.value;
  return {
    value: {
      kind,
      size,
      intents: linesOf(intents),
      assumptions: linesOf(assumptions),
      questions: questions.slice(0, mostQuestions).map(questionOf),
    },
  };
}

function linesOf(texts: readonly string[]): readonly string[] {
  return texts
    .filter((text) => text !== '')
    .slice(0, mostLines)
    .map((text) => cut(text, longestText));
}

function questionOf(written: string | { readonly text: string; readonly assumption?: string | undefined }): Question {
  const { text, assumption = '' } = typeof written === 'string' ? { text: written } : written;
  return {
    text: cut(text, longestText),
    ...(assumption === '' ? {} : { assumption: cut(assumption, longestText) }),
  };
}
