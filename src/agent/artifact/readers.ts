import type { Readers } from '../../ports/agent.js';
import { readPlan } from './read-plan.js';
import { readReplies } from './read-replies.js';
import { readResearch } from './read-research.js';
import { readTriage } from './read-triage.js';
import { readVerdict } from './read-verdict.js';

/** What agents hand back, as files in their artifacts folder. */
export const readers: Readers = { readTriage, readResearch, readPlan, readVerdict, readReplies };
