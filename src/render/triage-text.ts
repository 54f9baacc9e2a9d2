import type { Run } from '../domain/run.js';
import type { Answer, Question } from '../domain/triage.js';
import { escapeInline } from './escape.js';
import { fold } from './fold.js';
import { amountText } from './format.js';
import { clipped } from './plain.js';

const longestAnswer = 1000;
const mostAnswers = 10;

/** What the issue was found to be, folded where there is more to it than its kind. */
export function triageFold(run: Run): readonly string[] {
  const { triage } = run;
  if (triage === undefined) return [];
  const counts = [
    ...(triage.assumptions.length === 0 ? [] : [amountText(triage.assumptions.length, 'assumption')]),
    ...(triage.questions.length === 0 ? [] : [amountText(triage.questions.length, 'question')]),
  ];
  const found = [triage.kind, triage.size, ...counts].join(', ');
  if (counts.length === 0) return [`Found to be: ${found}.`];
  return fold(`Found to be: ${found}`, [
    ...triage.assumptions.map((text) => `- Assumed: ${escapeInline(text)}`),
    ...questionLines(run),
  ]);
}

/** What was asked, what is assumed where nobody has answered, and what people said. */
export function questionLines({ triage, answers = [] }: Run): readonly string[] {
  const questions = triage?.questions ?? [];
  return [
    ...questions.map(({ text, assumption }) => {
      const open = answers.length > 0 ? '' : ` — assumed: ${assumed(assumption)}`;
      return `- Asked: ${escapeInline(text)}${open}`;
    }),
    ...answers.slice(-mostAnswers).map(answerLine),
  ];
}

function answerLine({ by, text }: Answer): string {
  return `- Answered by ${escapeInline(by)}: ${escapeInline(clipped(text, longestAnswer))}`;
}

/** The questions as a numbered list, each with what is assumed if nobody answers. */
export function questionList(questions: readonly Question[]): readonly string[] {
  return questions.map(
    ({ text, assumption }, index) =>
      `${index + 1}. ${escapeInline(text)}\n   *Without an answer:* ${assumed(assumption)}`,
  );
}

function assumed(assumption: string | undefined): string {
  return assumption === undefined ? 'what seems sensible' : escapeInline(assumption);
}
