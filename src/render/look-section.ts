import { fenced } from './plain.js';

/** What holds for whoever reads the code and changes nothing. `more`: rules of the role. */
export function lookRules(artifacts: string, ...more: readonly string[]): string {
  const rules = [
    'Change no file of the worktree: whatever you change is put aside. Read and run what shows how things are.',
    'The git directory is read-only for you. `git status`, `diff`, `log` and `show` work.',
    `Scratch files go to \`${artifacts}\`.`,
    ...more,
  ];
  return `## Rules\n\n${rules.map((rule) => `- ${rule}`).join('\n')}`;
}

/** What to write into an artifact of JSON. */
export function handIn(file: string, about: string, schema: string): string {
  return `## What to hand in

Write \`${file}\` (the folder is \`$FLEET_ARTIFACTS\`). Only this file counts; nothing that you say does.

${about}

The file must fit this JSON Schema:

${fenced(schema.trim(), 'json')}`;
}
