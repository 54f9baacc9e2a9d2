import { describe } from 'vitest';
import { embeddedDatabase } from '../support/databases.js';
import { storeContract } from './contract.js';

describe('store on PGlite', () => {
  storeContract(async () => {
    const database = await embeddedDatabase('file');
    return { database, second: database };
  });
});
