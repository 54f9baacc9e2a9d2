// Run for each file, before it registers hooks of its own, so that this one runs after them.
import { afterAll } from 'vitest';
import { removeFoldersOfFile } from './temp.js';

afterAll(removeFoldersOfFile);
