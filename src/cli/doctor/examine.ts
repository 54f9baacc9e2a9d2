import type { Finding, Patient } from './check.js';
import { agentsCheck, containmentCheck, gitCheck, nodeCheck, sandboxCheck } from './programs.js';
import { gitLabCheck } from './gitlab.js';
import {
  configurationCheck,
  databaseCheck,
  dataFolderCheck,
  gitHubCheck,
  localForgeCheck,
  portCheck,
  queueCheck,
} from './surroundings.js';

const checks = [
  ...[configurationCheck, nodeCheck, gitCheck, agentsCheck, containmentCheck, sandboxCheck, dataFolderCheck],
  ...[databaseCheck, queueCheck, localForgeCheck, gitHubCheck, gitLabCheck, portCheck],
];

/** Looks at everything, side by side; findings come in the order of the checks. */
export async function examine(patient: Patient): Promise<readonly Finding[]> {
  const found = await Promise.all(
    checks.map(async ({ name, look }): Promise<readonly Finding[]> => {
      try {
        return (await look(patient)).map((finding) => ({ name, ...finding }));
      } catch (error) {
        // Whatever stops the look is what is wrong with the part.
        const says = error instanceof Error ? error.message : String(error);
        return [{ name, state: 'wrong', says, mend: 'mend what the message names, then run `fleet doctor` again' }];
      }
    }),
  );
  return found.flat();
}
