import type { Config } from '../../config/config.js';
import type { Control } from '../../control/request.js';
import type { RunGit } from '../../forge/local/git.js';
import type { DoctorProbes } from '../fleet-port.js';

/** What a look at one part brought. `mend` says what a person can do. */
export interface Finding {
  readonly name: string;
  readonly state: 'ok' | 'warn' | 'wrong';
  readonly says: string;
  readonly mend?: string;
}

/** What checks look at. */
export interface Patient {
  readonly config: Config;
  readonly probes: DoctorProbes;
  readonly git: RunGit;
  /** The Fleet that holds the data folder, if one runs. */
  readonly server: Control | undefined;
}

/** One check; a thrown error is turned into a finding by who runs it. */
export interface Check {
  readonly name: string;
  readonly look: (patient: Patient) => Promise<readonly Omit<Finding, 'name'>[]>;
}

export function ok(says: string): readonly Omit<Finding, 'name'>[] {
  return [{ state: 'ok', says }];
}

export function warn(says: string, mend: string): readonly Omit<Finding, 'name'>[] {
  return [{ state: 'warn', says, mend }];
}

export function wrong(says: string, mend: string): readonly Omit<Finding, 'name'>[] {
  return [{ state: 'wrong', says, mend }];
}
