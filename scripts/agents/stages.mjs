// What the model "says" around the work, in every scripted run: the artifacts of the stages, written through the tools of the CLI.
import { handsOf } from './hands.mjs';

/** A shell line that writes an artifact, and says in which role. */
const writes = (name, text) => `cat > "$FLEET_ARTIFACTS/${name}" <<'EOF'\n${text}\nEOF\necho "role $FLEET_ROLE"`;
const writesJson = (name, value) => writes(name, JSON.stringify(value));

/** Steps by role: each takes the hands and the texts of the results so far, and gives the next tool call. */
export function stageSteps({ triage, research, plan, verdict }) {
  return {
    triager: [({ shell }) => shell(writesJson('triage.json', triage))],
    researcher: [({ shell }) => shell(writes('research.md', research))],
    planner: [({ shell }) => shell(writesJson('plan.json', plan))],
    critic: [({ shell }) => shell(writesJson('verdict.json', verdict))],
    verifier: [
      ({ shell }) => shell('git diff HEAD~1 --stat'),
      ({ shell }) => shell(writesJson('verdict.json', verdict)),
    ],
  };
}

/** The role that a prompt is for. */
export function roleOf({ prompt }) {
  return /^# Role: (\w+)$/m.exec(prompt)?.[1];
}

/** The step that follows on the results so far; after the last one a closing word. Throws for a conversation that is not in `steps`. */
export function goOn(steps, conversation) {
  const { results } = conversation;
  const ofRole = steps[roleOf(conversation)];
  if (ofRole === undefined) throw new Error(`no script for role ${roleOf(conversation)}`);
  const failed = results.find(({ isError }) => isError);
  if (failed !== undefined) throw new Error(`a tool failed: ${failed.text}`);
  const step = ofRole[results.length];
  if (step === undefined) return [{ type: 'text', text: 'Done.' }];
  const texts = results.map(({ text }) => text);
  return [{ type: 'text', text: `Step ${results.length + 1}.` }, step(handsOf(conversation), texts)];
}
